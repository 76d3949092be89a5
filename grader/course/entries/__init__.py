"""Who handed in what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from grader.errors import GraderError
from grader.language import inert
from grader.model import Person


class Entry(Struct, frozen=True, kw_only=True):
    """One thing that was handed in."""

    path: Path
    beneath: Path
    person: Person | None
    members: tuple[Person, ...] = ()
    handed_in: datetime | None = None
    late: bool | None = None
    named_by: str = "plain"
    fault: GraderError | None = None


def entries(paths: Sequence[Path], roster: object, *, own: Collection[Path] = ()) -> list[Entry]:
    """Return what was handed in."""
    found = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        for each in inside:
            name = each.stem if each.is_file() else each.name
            found.append(Entry(path=each, beneath=each.parent, person=Person(id=inert(name, 200))))
    return found
