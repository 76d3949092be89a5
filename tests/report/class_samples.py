"""A class made by hand: everything that a platform's file has to tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import report_samples as samples
from msgspec.structs import replace
from platform_readers import RUNNER

from grader.language import inert
from grader.model import Report
from grader.model.standing import Person, Standing
from grader.report import Surroundings
from grader.report.exporting import Standings, exported

NAMES = ("zero_pad", "conv_forward")
HOSTILE = (
    '=HYPERLINK("http://x")',
    'Smith, "Bob"; Jr.',
    "@SUM(1)",
    "  padded ",
    "名，字；",
    "a\tb",
    "+1+1",
    "\u202eevil",
)


def graded(*functions: Any, **fields: Any) -> Any:
    return samples.report(*functions, language="en", **fields)


def full() -> Any:
    return graded(*(samples.problem(name) for name in NAMES))


def half() -> Any:
    third = samples.check(samples.EXAMPLE, samples.F(40, 3), samples.F(40))
    return graded(samples.problem("zero_pad"), samples.problem("conv_forward", "partial", (third,)))


def nothing_right() -> Any:
    return graded(*(samples.problem(name, "failed") for name in NAMES))


def not_graded() -> Any:
    return graded(samples.problem("zero_pad", "not_graded"), samples.problem("conv_forward"))


def with_bonus() -> Any:
    return graded(*(samples.problem(name) for name in (*NAMES, "pool_backward")))


def person(own: str, name: str = "", **ids: str) -> Person:
    return Person(id=own, name=inert(name), email=f"{own}@example.org", ids=ids)


def standing(who: Person, report: Any = None, **fields: Any) -> Standing:
    return Standing(person=who, report=report, submission=who.id if report is not None else "", **fields)


AT = datetime(2026, 11, 28, 21, 5, tzinfo=UTC)


def a_class() -> list[Standing]:
    """Full marks, a third, nothing right, not graded by our fault, nothing handed in."""
    return [
        standing(person("s1", "Ada Lovelace", canvas="101", moodle="11"), full(), handed_in=AT, attempt=2, attempts=3),
        standing(
            person("s2", "Euler, Leonhard", canvas="102", moodle="12"), half(), handed_in=AT, attempt=1, attempts=1
        ),
        standing(person("s3", "王 小明", canvas="103", moodle="13"), nothing_right()),
        standing(person("s4", "=cmd|'/c calc'!A1", canvas="104", moodle="14"), not_graded()),
        standing(person("s5", "Emmy Noether", canvas="105", moodle="15")),
    ]


def reading(people: Iterable[Standing]) -> Standings:
    """Return what reads these people as a store does: where no evidence is asked for, there is none."""

    def read(*, evidence: bool) -> Iterator[Standing]:
        for one in people:
            yield one if evidence or one.report is None else replace(one, report=_bare(one.report))

    return read


def _bare(report: Report[Any]) -> Report[Any]:
    problems = [
        replace(problem, checks=tuple(
            replace(check, cases=tuple(replace(case, exhibit=None) for case in check.cases)) for check in problem.checks
        ))
        for problem in report.problems
    ]  # fmt: skip
    return replace(report, problems=tuple(problems))


def text_of(kind: str, report: Any, language: str = "en") -> str:
    """Return one report in a format, whether it is one for a report or for a class."""
    place = Surroundings(environment=RUNNER, now=AT)
    one = [standing(person("s1", "Ada Lovelace"), report)]
    (file,) = exported(kind, reading(one), language=language, place=place)
    return b"".join(file.data).decode()
