"""How a person stands in a class: who it is, what was handed in last, and the report that counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from grader.language import Inert
from grader.model.report import Exhibit, Report, Withheld

if TYPE_CHECKING:
    from datetime import datetime


class Person(Struct, frozen=True, kw_only=True):
    """One student of a course.

    `id` tells the person from every other of the course. `ids` are what platforms call the same person: `canvas`, `sis`
    and `login` (Canvas), `moodle` (the participant's number), `gradescope`, `github`, `nbgrader`, `number` (the
    university's). A person without a `group` hands in alone.
    """

    id: str
    name: Inert = Inert("")
    email: str = ""
    section: str = ""
    group: str = ""
    ids: Mapping[str, str] = {}


class Standing(Struct, frozen=True, kw_only=True, eq=False):
    """What one person has: the report that counts, of attempt `attempt`, or none.

    Without a `report` nothing was handed in, or with `attempts` it is not graded yet.

    `submission` is where that attempt lay, relative to the folder that was named.
    `handed_in` is when that attempt was handed in, if that is known; `attempts` is how many there are.
    """

    person: Person
    report: Report[Exhibit | Withheld] | None = None
    submission: str = ""
    handed_in: datetime | None = None
    attempt: int = 0
    attempts: int = 0
