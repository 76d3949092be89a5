"""From what an instructor points at to who handed in what, and when: the exports of platforms, checkouts, folders.

A folder that is named holds submissions; a file that is named is one. A zip that is named is an export of a platform's
if its names are those of one, else one submission. Which convention a folder follows is told by the names that stand
directly in it (`inbox.py`): the platform or the instructor wrote these. What a submission holds is never asked whose
it is or when it came, whatever it is called.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.course.entries.canvas import canvas
from grader.course.entries.checkouts import checkouts, is_checkout
from grader.course.entries.exports import exports, opened
from grader.course.entries.gradescope import gradescope
from grader.course.entries.inbox import Found, Handed, Inbox, Item, Kind, listed_in, most_of, natural
from grader.course.entries.moodle import NAMED as MOODLE
from grader.course.entries.moodle import moodle
from grader.course.entries.nbgrader import nbgrader
from grader.course.entries.people import People
from grader.course.entries.plain import plain
from grader.course.entries.roster import Roster, read_roster
from grader.course.entries.rosters import read_rosters
from grader.errors import GraderError, UsageError
from grader.language import Message, inert, say
from grader.model.standing import Person

__all__ = ["Arrival", "Roster", "entries", "read_roster", "read_rosters"]

Convention: TypeAlias = Callable[[Inbox], Found | None]
_CONVENTIONS: tuple[Convention, ...] = (gradescope, canvas, moodle, checkouts, nbgrader)


class Arrival(Struct, frozen=True, kw_only=True):
    """One thing that was handed in.

    `path` is a file or folder that can be graded; below `beneath` no link is followed, and `helpers` says whether
    modules beside a single file are its own (never in a class). `person` handed it in, with the other `members` of a
    group; it is `None` where nobody could be told. `handed_in` is aware, and a table of the class says it where it is
    so `by_table`; `late` is what the platform itself says.
    `named_by` is the convention that told. `fault` is why it cannot be graded at all, where that is plain before it is
    read; `told` is what the instructor should know of it.
    """

    path: Path
    beneath: Path
    person: Person | None
    members: tuple[Person, ...] = ()
    handed_in: datetime | None = None
    by_table: bool = False
    late: bool | None = None
    named_by: str = "plain"
    helpers: bool = False
    fault: GraderError | None = None
    told: tuple[Message, ...] = ()


def entries(
    paths: Sequence[Path],
    roster: Roster | None,
    *,
    own: Collection[Path],
    unpacked: Path,
    zone: tzinfo | None = None,
    assignment: str = "",
) -> list[Arrival]:
    """Return everything that was handed in at `paths`, each person's in the order in which it came.

    Exports are unpacked into the folder `unpacked`. Times without an offset are meant in `zone`, `None` being this
    machine's; where an export says no time, the roster's counts. Of several assignments in one folder `assignment`
    counts. The course's `own` files, and folders that hold one, are passed over in a folder that is named. Raises
    UsageError for a path that is not there, for a folder with nothing in it, and where a platform's own file is broken.
    """
    people = People(roster)
    blank = Inbox(path=Path(), beneath=Path(), items=(), people=people, unpacked=unpacked, zone=zone,
                  assignment=assignment)  # fmt: skip
    found = [each for inbox in _inboxes(paths, blank, _with_parents(own)) for each in _read(inbox)]
    return _in_order([(each, _entry(each, people, roster)) for each in found])


def _inboxes(paths: Sequence[Path], blank: Inbox, own: Collection[str]) -> Iterator[Inbox]:
    """Yield the folders that hold submissions: those that are named, exports unpacked, and what else lies in one."""
    alone: dict[Path, list[Item]] = {}
    named = list({os.path.realpath(path): path for path in paths}.values())
    exported = exports([path for path in named if _kind_of(path) == "file"], blank.people)
    for path in named:
        kind = _kind_of(path)
        if kind == "folder" and (os.path.realpath(path) in own or not _is_one(path, blank, own)):
            inbox = _inbox(path, blank, own)
            if not inbox.items:
                raise UsageError(say("The folder {path} holds no submissions.", path=inert(str(path), 200)))
            yield inbox
        elif path in exported:
            yield opened(path, blank)
        else:
            alone.setdefault(path.parent, []).append(Item(name=_name(path), path=path, kind=kind))
    for folder, several in alone.items():
        yield replace(blank, path=folder, beneath=folder, items=tuple(several))


def _inbox(folder: Path, blank: Inbox, own: Collection[str]) -> Inbox:
    items = tuple(_not_own(folder, listed_in(folder, folder), own))
    return replace(blank, path=folder, beneath=folder, items=items)


def _read(inbox: Inbox) -> list[Handed]:
    """Return what was handed in at one inbox by the first convention that holds, and plainly what it leaves out."""
    found, names = _held(inbox) or ([], frozenset[str]())
    rest = tuple(item for item in inbox.items if item.name not in names)
    return [*found, *plain(replace(inbox, items=rest))]


def _held(inbox: Inbox) -> Found | None:
    return next((held for convention in _CONVENTIONS if (held := convention(inbox)) is not None), None)


def _is_one(path: Path, blank: Inbox, own: Collection[str]) -> bool:
    """Return whether a folder that is named is itself a submission: a checkout, or called as somebody is.

    Who is on no roster may be a folder that was once taken for a person, so what looks like a class is one.
    """
    if is_checkout(path) or MOODLE.fullmatch(path.name) is not None or blank.people.on_roster(path.name):
        return True
    return blank.people.known(path.name) and not _looks_like_a_class(_inbox(path, blank, own))


def _looks_like_a_class(inbox: Inbox) -> bool:
    listed = [item for item in inbox.items if inbox.people.on_roster(item.stem)]
    return most_of(listed, inbox.items) or _held(inbox) is not None


def _entry(each: Handed, people: People, roster: Roster | None) -> Arrival:
    whose = people.whose(each.claim)
    others = [people.whose(claim) for claim in each.others]
    members = [other.person for other in others if other.person is not None] or whose.members
    told = [*each.told, *(said for one in (whose, *others) if (said := one.told) is not None)]
    person, at = whose.person, each.handed_in
    if at is None and person is not None and roster is not None:
        at = roster.handed_in.get(person.id)
    return Arrival(
        path=each.path, beneath=each.beneath, person=person, members=tuple(members), handed_in=at,
        by_table=at is not None and each.handed_in is None, late=each.late, named_by=each.named_by, fault=each.fault,
        told=tuple(told),
    )  # fmt: skip


def _in_order(pairs: Sequence[tuple[Handed, Arrival]]) -> list[Arrival]:
    """Return the entries of each person together, in order of time, of number, of name; it is told where none says."""
    groups: dict[str, list[tuple[Handed, Arrival]]] = {}
    for each, entry in pairs:
        key = f"person {entry.person.id}" if entry.person is not None else f"path {entry.path}"
        groups.setdefault(key, []).append((each, entry))
    ordered: list[Arrival] = []
    for group in groups.values():
        group.sort(key=lambda pair: (pair[1].handed_in or _NEVER, pair[0].turn, natural(pair[1].path.name)))
        orders = {(entry.handed_in, each.turn) for each, entry in group}
        last = group[-1][1]
        if len(orders) == len(group) and all(entry.handed_in or each.turn for each, entry in group):
            ordered += [entry for _, entry in group]
            continue
        said = say("{count} submissions are here, and nothing says which came last; {last} was taken for the last.",
                   count=len(group), last=inert(last.path.name, 100))  # fmt: skip
        ordered += [replace(entry, told=(*entry.told, said)) if len(group) > 1 else entry for _, entry in group]
    return ordered


_NEVER = datetime.min.replace(tzinfo=UTC)


def _kind_of(path: Path) -> Kind:
    """Return what a path that was named is; only a link to a folder is followed. Raises UsageError for nothing."""
    try:
        if path.is_dir():
            return "folder"
        mode = path.lstat().st_mode
    except (OSError, ValueError):
        raise UsageError(say("{path} is not there.", path=inert(str(path)))) from None
    return "link" if stat.S_ISLNK(mode) else "file" if stat.S_ISREG(mode) else "other"


def _name(path: Path) -> str:
    return path.name if path.name not in ("", "..") else path.resolve().name


def _with_parents(own: Collection[Path]) -> frozenset[str]:
    real = [Path(os.path.realpath(path)) for path in own]
    return frozenset(str(each) for path in real for each in (path, *path.parents))


def _not_own(folder: Path, items: Sequence[Item], own: Collection[str]) -> Iterator[Item]:
    """Yield what lies in a folder but for the course's own; a link to it was handed in, and is not the course's."""
    real = os.path.realpath(folder)
    return (item for item in items if os.path.join(real, item.name) not in own)  # noqa: PTH118 - 10,000 times
