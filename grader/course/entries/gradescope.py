"""Gradescope: folders `submission_N` beside `submission_metadata.yml`, which says whose they are and when they came.

The file is Ruby's YAML of a mapping from each folder to `:submitters:` (a list of `:name:`, `:sid:`, `:email:`; several
for a group), `:created_at:`, `:score:`, `:results:` and `:history:` (earlier ones, each with `:id:` and `:created_at:`;
their files are in the export only where a folder `submission_ID` is). It is trusted where Gradescope writes it, beside
the folders; a file of that name inside a submission is a student's and is never opened.

The tests' results of a large class are millions of nodes, so the parser's events are followed and only these fields are
kept: nothing is built, no tag is resolved, no alias expanded but that of a scalar.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml
from msgspec import Struct
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    MappingStartEvent,
    ScalarEvent,
)

from grader.course.entries.inbox import Found, Handed, Inbox, Item, handed, most_of
from grader.course.entries.people import Claim
from grader.course.entries.times import moment
from grader.errors import UsageError
from grader.language import inert, say
from grader.reading.compose import events

NAME = "submission_metadata.yml"
_LARGEST = 256 << 20
_DEEPEST = 200
_LONGEST = 400


class _About(Struct):
    """What the file says of one folder."""

    created_at: str = ""
    submitters: dict[str, dict[str, str]] = {}
    history: dict[str, dict[str, str]] = {}


def gradescope(inbox: Inbox) -> Found | None:
    """Return what was handed in, if this is an export of Gradescope's; else `None`. Raises UsageError for a broken one.

    An earlier submission whose folder is there, too, comes before the one that the export is about. One whose folder is
    not there is listed with that fault.
    """
    if not any(item.name == NAME and item.kind == "file" for item in inbox.items):
        return None
    about = _read(inbox.text(inbox.path / NAME, _LARGEST), inbox)
    items = {item.name: item for item in inbox.items if item.name != NAME}
    earlier = {
        f"submission_{past.get(':id', '')}": (past, each)
        for each in about.values()
        for past in each.history.values()
        if past.get(":id")
    }
    mine = [name for name in items if name in about or name in earlier]
    if not most_of(mine, items):
        return None
    lost = {name: Item(name=name, path=inbox.path / name, kind="folder") for name in about if name not in items}
    found = []
    for name in [*mine, *lost]:
        past, each = earlier.get(name, ({}, _About())) if name not in about else ({}, about[name])
        claims = [_claim(one) for one in each.submitters.values()] or [Claim(word=name)]
        whole = handed(inbox, items.get(name) or lost[name], claims[0], "gradescope")
        at = moment(past.get(":created_at", "") or each.created_at, inbox.zone)
        found.append(
            Handed(
                path=whole.path, beneath=whole.beneath, claim=claims[0], named_by="gradescope",
                others=tuple(claims[1:]), handed_in=at, fault=whole.fault, told=whole.told,
            )
        )  # fmt: skip
    return found, frozenset({NAME, *mine})


def _claim(submitter: dict[str, str]) -> Claim:
    sid = submitter.get(":sid", "")
    return Claim(ids={"number": sid} if sid else {}, name=submitter.get(":name", ""), email=submitter.get(":email", ""))


def _read(text: str, inbox: Inbox) -> dict[str, _About]:
    found: dict[str, _About] = {}
    try:
        for way, value in _scalars(text):
            about = found.setdefault(way[0], _About())
            if len(way) == 2 and way[1] == ":created_at":
                about.created_at = value
            elif len(way) == 4 and way[1] in (":submitters", ":history"):
                kept = about.submitters if way[1] == ":submitters" else about.history
                kept.setdefault(way[2], {})[way[3]] = value
    except yaml.YAMLError as error:
        why = inert(" ".join(str(error).split()), 200)
        raise UsageError(
            say("{path} cannot be read: {why}", path=inert(str(inbox.path / NAME)), why=why),
            say("Download the export from Gradescope again."),
        ) from None
    return found


class _Level:
    """A collection that is open: the key that comes next, or how many items there were."""

    def __init__(self, *, mapping: bool) -> None:
        self.mapping = mapping
        self.key: str | None = None
        self.count = 0

    def step(self) -> str:
        """Return the key of the value that comes now."""
        if self.mapping:
            key, self.key = self.key or "", None
            return key
        self.count += 1
        return str(self.count)


def _scalars(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the scalars with the keys that lead to each, no deeper than what is wanted. Raises YAMLError."""
    open_: list[_Level] = []
    way: list[str] = []
    anchors: dict[str, str] = {}
    for event in events(text):
        if isinstance(event, CollectionEndEvent):
            open_.pop()
            if way:
                way.pop()
            continue
        if isinstance(event, CollectionStartEvent):
            way += [open_[-1].step()] if open_ else []
            open_.append(_Level(mapping=isinstance(event, MappingStartEvent)))
            if len(open_) > _DEEPEST:
                raise yaml.YAMLError("nested too deeply")
            continue
        if not isinstance(event, ScalarEvent | AliasEvent) or not open_:
            continue
        value = anchors.get(event.anchor or "", "") if isinstance(event, AliasEvent) else str(event.value)[:_LONGEST]
        if isinstance(event, ScalarEvent) and event.anchor and len(open_) <= 4:
            anchors[event.anchor] = value
        level = open_[-1]
        if level.mapping and level.key is None:
            level.key = value
        elif (step := level.step()) and len(open_) <= 4 and (way or open_):
            yield (*way, step), value
