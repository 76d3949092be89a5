"""JSON Lines (jsonlines.org): a line for each person, with the report as in `json`, or null for none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec
from msgspec import Struct

from grader.language import Language
from grader.model.standing import Standing
from grader.report import Format
from grader.report.json import ReportV1, to_wire


class PersonV1(Struct, frozen=True, kw_only=True):
    """Who it is; `ids` are what platforms call the same person."""

    id: str
    name: str
    email: str
    section: str
    group: str
    ids: dict[str, str]


class LineV1(Struct, frozen=True, kw_only=True):
    """One line: `handed_in` is null where nobody knows it, and `attempt` is 0 then."""

    person: PersonV1
    submission: str
    handed_in: datetime | None
    attempt: int
    attempts: int
    report: ReportV1 | None


def lines(standings: Iterable[Standing], *, language: Language | None) -> Iterator[str]:
    """Yield the lines, one by one; where `language` is `None`, each in its report's."""
    for one in standings:
        who, report = one.person, one.report
        person = PersonV1(
            id=who.id, name=who.name, email=who.email, section=who.section, group=who.group,
            ids=dict(sorted(who.ids.items())),
        )  # fmt: skip
        line = LineV1(
            person=person, submission=one.submission, handed_in=one.handed_in, attempt=one.attempt,
            attempts=one.attempts, report=to_wire(report, language or report.language) if report is not None else None,
        )  # fmt: skip
        yield msgspec.json.encode(line).decode() + "\n"


FORMAT = Format(table=lines, suffix="jsonl", streams=True)
