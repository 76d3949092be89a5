"""Which of the zips that were named are exports of a platform's, by the names in them, and what is in these.

A student's own zip can be made to look like an export, with somebody else's name on a bad submission. So a zip that is
called as somebody on the roster is that person's, and where several are named side by side, as a shell makes of
`class/*.zip`, they are exports only if all look like one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from msgspec.structs import replace

from grader.course.entries.canvas import NAMED as CANVAS
from grader.course.entries.gradescope import NAME as METADATA
from grader.course.entries.inbox import Inbox, Item, listed_in, most_of, safe
from grader.course.entries.moodle import NAMED as MOODLE
from grader.course.entries.people import People
from grader.course.entries.unpacking import names_in, unpack
from grader.language import Message
from grader.submission.choosing import is_work

_STAMPED = re.compile(r"(?:[^/]+/)?(?:submitted/)?([^/]+)/[^/]+/timestamp\.txt")


def exports(paths: Sequence[Path], people: People) -> frozenset[Path]:
    """Return those of the files that are exports."""
    zips = [path for path in paths if path.suffix.lower() == ".zip"]
    looks = {path: not people.on_roster(path.stem) and _looks(path, people) for path in zips}
    beside: dict[Path, list[Path]] = {}
    for path in zips:
        beside.setdefault(path.parent, []).append(path)
    return frozenset(path for path in zips if all(looks[each] for each in beside[path.parent]))


def _looks(path: Path, people: People) -> bool:
    """Return whether the names in a zip are those of an export, or of a class of the roster."""
    names = [name for name in names_in(path) or [] if is_work(name)]
    tops = {name.partition("/")[0] for name in names}
    if len(tops) == 1 and all("/" in name for name in names) and not MOODLE.fullmatch(next(iter(tops))):
        names = [name.partition("/")[2] for name in names]
        tops = {name.partition("/")[0] for name in names}
    stamped = {match[1] for name in names if (match := _STAMPED.fullmatch(name)) is not None}
    students = {name.split("/")[-3] for name in names if name.count("/") >= 2}
    return bool(tops) and (
        METADATA in tops
        or most_of([top for top in tops if CANVAS.fullmatch(top) or MOODLE.fullmatch(top)], tops)
        or (bool(stamped) and most_of(stamped, students))
        or (len(tops) > 1 and most_of([top for top in tops if people.on_roster(PurePosixPath(top).stem)], tops))
    )


def opened(path: Path, blank: Inbox) -> Inbox:
    """Return the inbox that holds what is in an export. Raises SubmissionError and UsageError as `unpack` does."""
    whole = unpack(path, blank.unpacked)
    folder = whole.folder
    items = _items(folder, whole.refused, "")
    if len(items) == 1 and items[0].kind == "folder" and not MOODLE.fullmatch(items[0].name):
        inner = items[0]
        items, folder = _items(inner.path, whole.refused, f"{inner.name}/"), inner.path
    return replace(blank, path=folder, beneath=folder, items=tuple(items))


def _items(folder: Path, refused: Mapping[str, Message], below: str) -> list[Item]:
    """Return what lies in an unpacked folder, and what would, had it not been left out."""
    said: dict[str, list[Message]] = {}
    whole: set[str] = set()
    for name, why in refused.items():
        if name.startswith(below):
            top, _, more = name.removeprefix(below).partition("/")
            if top in ("", ".", ".."):  # it leads out, so it is nobody's
                top, more = safe(name), ""
            said.setdefault(top, []).append(why)
            whole.update([] if more else [top])
    there = listed_in(folder, folder)
    lost = [Item(name=name, path=folder / name, kind="file" if name in whole else "folder")
            for name in said.keys() - {item.name for item in there}]  # fmt: skip
    return [replace(item, refused=tuple(said.get(item.name, ()))) for item in [*there, *lost]]
