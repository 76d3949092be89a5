"""What lies in a folder that was named, and what was found there: the seam between the conventions and the rest.

A convention looks at the names that stand directly in such a folder, which the platform or the instructor wrote, and
never at what a submission holds: that is the student's. It holds for a folder where more than half of what lies there
follows it, so that no single student can make it hold by what he calls his file; what does not follow it is listed
plainly, and nothing is lost.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal, TypeAlias

from msgspec import Struct

from grader.course.entries.people import Claim, People
from grader.errors import GraderError, SubmissionError, UsageError
from grader.language import Message, inert, say
from grader.submission.choosing import left_by_tools
from grader.submission.reading import Folder

Kind: TypeAlias = Literal["folder", "file", "link", "other"]
_LARGEST = 256 << 20
_PIECE = 1 << 20
_MOST_WITHIN = 1000


class Item(Struct, frozen=True, kw_only=True):
    """What lies in a folder. `refused` says what of it was not unpacked, and why."""

    name: str
    path: Path
    kind: Kind
    refused: tuple[Message, ...] = ()

    @property
    def stem(self) -> str:
        """The name without the suffix that a file has."""
        return self.name if self.kind == "folder" else re.sub(r"\.[A-Za-z0-9]{1,8}$", "", self.name) or self.name


class Inbox(Struct, frozen=True, kw_only=True):
    """A folder whose entries are submissions: what lies in it, below which folder no link is followed.

    `people`, `zone` (of times without one) and `unpacked` (a folder of ours) are for whoever reads it; of several
    assignments in it only `assignment` counts.
    """

    path: Path
    beneath: Path
    items: tuple[Item, ...]
    people: People
    unpacked: Path
    zone: tzinfo | None = None
    assignment: str = ""

    def within(self, item: Item) -> list[Item]:
        """Return what lies in a folder here; nothing where it cannot be read, or holds too much."""
        try:
            found = listed_in(item.path, self.beneath, _MOST_WITHIN + 1)
        except GraderError:
            return []
        return found if len(found) <= _MOST_WITHIN else []

    def text(self, path: Path, most: int) -> str:
        """Return the text of a file here that a platform wrote. Raises GraderError where it cannot be read."""
        with Folder.at(self.beneath) as base, base.open(path.relative_to(self.beneath).as_posix()) as file:
            if isinstance(file, Folder) or not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UsageError(say("{path} is not an ordinary file.", path=inert(str(path))))
            data = file.read(most + 1)
        if len(data) > most:
            raise UsageError(say("{path} is larger than {most} MiB.", path=inert(str(path)), most=most >> 20))
        return data.decode("utf-8-sig", "replace")


class Handed(Struct, frozen=True, kw_only=True):
    """One thing that was handed in, as a convention found it; fields as in `Arrival`.

    `turn` is its number among those of one person, where names tell it. `others` are the group's other members.
    """

    path: Path
    beneath: Path
    claim: Claim
    named_by: str
    others: tuple[Claim, ...] = ()
    handed_in: datetime | None = None
    late: bool | None = None
    turn: int = 0
    fault: GraderError | None = None
    told: tuple[Message, ...] = ()


Found: TypeAlias = tuple[list[Handed], frozenset[str]]
"""What a convention found, and the names of the items that this is about."""


def listed_in(path: Path, beneath: Path, most: int | None = None) -> list[Item]:
    """Return what lies in the folder at `path`, in order of names, but for what tools left behind. Raises GraderError.

    Below `beneath` no link is followed. With `most` only so many are looked at.
    """
    with Folder.at(beneath) as base, base.listed(path.relative_to(beneath).as_posix()) as entries:
        kept = (entry for entry in entries if not left_by_tools(entry.name))
        found = [(entry.name, _kind(entry)) for entry in islice(kept, most)]
    return [Item(name=name, path=path / name, kind=kind) for name, kind in sorted(found)]


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def most_of(part: Collection[object], whole: Collection[object]) -> bool:
    """Return whether a convention that `part` follows holds for all: more than half, and never the wish of one."""
    return 2 * len(part) > len(whole)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts `hw-2` before `hw-10`."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part[:40]), "") if part.isdecimal() else (1, 0, part) for part in parts)


def gathered(inbox: Inbox, name: str, files: Mapping[str, Item]) -> tuple[Path, tuple[Message, ...]]:
    """Return a folder of ours with copies of the files that one person handed in, by the names they get there.

    The folder's name follows from `name` and from what the files are called here, so that a second run finds it. What
    cannot be copied is told.
    """
    said = "\0".join([str(inbox.path), *sorted(item.name for item in files.values())])
    sign = hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    folder = inbox.unpacked / "gathered" / f"{safe(name)}-{sign}"
    told: list[Message] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritten(folder, error) from None
    for target, item in files.items():
        try:
            _copy(inbox, item, folder / target)
        except GraderError as error:
            told.append(say("{file} was left out: {why}", file=inert(item.name, 100), why=error.message))
    return folder, tuple(told)


def safe(name: str) -> str:
    """Return a name that any disk takes."""
    return re.sub(r"[^\w-]+", "_", inert(name, 40)) or "_"


def _copy(inbox: Inbox, item: Item, target: Path) -> None:
    with Folder.at(inbox.beneath) as base, base.open(item.path.relative_to(inbox.beneath).as_posix()) as file:
        if isinstance(file, Folder) or not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise SubmissionError(say("{path} is not an ordinary file.", path=inert(item.name)))
        about = os.fstat(file.fileno())
        if about.st_size > _LARGEST:
            raise SubmissionError(say("It is larger than {most} MiB.", most=_LARGEST >> 20))
        try:
            had = target.lstat()
            if had.st_size == about.st_size and had.st_mtime_ns == about.st_mtime_ns:
                return
        except OSError:
            pass
        try:
            with target.open("wb") as copy:
                while piece := file.read(_PIECE):
                    copy.write(piece)
            os.utime(target, ns=(about.st_mtime_ns, about.st_mtime_ns))
        except OSError as error:
            raise unwritten(target, error) from None


def begun_in(folder: Path) -> Path:
    """Return a new folder for what is moved to its place in `folder` once it is complete. Raises UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return Path(mkdtemp(prefix=".begun-", dir=folder))
    except OSError as error:
        raise unwritten(folder, error) from None


def unwritten(path: Path, error: OSError) -> UsageError:
    """Return the error for a folder of ours that cannot be written."""
    why = inert(error.strerror or "", 200)
    return UsageError(say("{path} cannot be written: {why}", path=inert(str(path), 1000), why=why))


def fault_of(item: Item, inbox: Inbox) -> GraderError | None:
    """Return why an item cannot be graded at all, if that is plain before anybody reads it."""
    shown = inert(str(item.path))
    if item.kind == "link":
        return SubmissionError(say("{path} is a link; links are not followed.", path=shown))
    if item.kind == "other":
        return SubmissionError(say("{path} is not an ordinary file.", path=shown))
    left_out = [say("{file} was left out: {why}", file=inert(item.name, 100), why=why) for why in item.refused[:1]]
    if item.kind == "folder":
        try:
            if listed_in(item.path, inbox.beneath, 1):
                return None
        except GraderError as error:
            return SubmissionError(left_out[0]) if left_out else error
        return SubmissionError(left_out[0] if left_out else say("The folder that was handed in is empty."))
    return SubmissionError(left_out[0]) if left_out else None


def handed(inbox: Inbox, item: Item, claim: Claim, named_by: str) -> Handed:
    """Return what was handed in as one item."""
    fault = fault_of(item, inbox)
    told = item.refused if fault is None else ()
    return Handed(path=item.path, beneath=inbox.beneath, claim=claim, named_by=named_by, fault=fault, told=told)


def by_key(pairs: Sequence[tuple[str, Item]]) -> Iterator[tuple[str, list[Item]]]:
    """Yield each key with its items, in order."""
    groups: dict[str, list[Item]] = {}
    for key, item in pairs:
        groups.setdefault(key, []).append(item)
    yield from groups.items()
