"""What counts of a person's attempts, after every adjustment: a function of what is kept, so it can be found anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.course.store import Attempt, Decision, Kept, Store
from grader.errors import Span
from grader.grading import marks
from grader.language import inert, say
from grader.model import Adjustment, Person, Report
from grader.model.report import adjusted


class Score(Struct, frozen=True, kw_only=True, eq=False):
    """What a person gets: of which attempt, by which kept report, and the whole report after every adjustment."""

    attempt: Attempt
    kept: Kept
    report: Report[Any]
    attempts: int


def score_of(
    store: Store,
    person: Person,
    attempts: Sequence[tuple[Attempt, Kept]],
    decisions: Sequence[Decision],
) -> Score | None:
    """Return what the person gets, `None` if nothing was handed in that has a report."""
    if not attempts:
        return None
    graded = [pair for pair in attempts if pair[1].graded] or attempts
    attempt, kept = graded[-1]
    report = replace(store.report(kept.id), submission=inert(person.id, 200))
    return Score(attempt=attempt, kept=kept, report=decided(report, decisions), attempts=len(attempts))


def decided(report: Report[Any], decisions: Sequence[Decision], now: datetime | None = None) -> Report[Any]:
    """Return the report with the marks and overrides that hold now, the later one of two for the same item."""
    at = now or datetime.now(UTC)
    given = {
        each.item: marks.Mark(
            name="", item=each.item, score=each.points, comment=inert(each.why, marks.LONGEST_COMMENT, lines=True),
            at=Span(path=""),
        )
        for each in decisions
        if each.kind == "mark"
    }  # fmt: skip
    report = marks.filled(report, given)
    overrides = {
        each.item: each
        for each in decisions
        if each.kind == "override" and (not each.until or datetime.fromisoformat(each.until) > at)
    }
    for item, each in overrides.items():
        report = _overridden(report, item, each)
    return report


def _overridden(report: Report[Any], item: str, decision: Decision) -> Report[Any]:
    """Return the report in which a function, or the whole ("" as item), has the points that somebody set."""
    from grader.grading.adjusting import summed

    assert decision.points is not None
    if item:
        problems = [
            replace(
                each,
                score=decision.points,
                adjustments=(*each.adjustments, _set(each.score, decision)),
            )
            if each.function == item and each.score != decision.points
            else each
            for each in report.problems
        ]
        later = report.adjustments
        report = summed(report, problems)
        return replace(report, score=adjusted(report.score, later), adjustments=later)
    if decision.points == report.score:
        return report
    own = _set(report.score, decision)
    return replace(report, score=decision.points, adjustments=(*report.adjustments, own))


def _set(score: Fraction, decision: Decision) -> Adjustment:
    who, why = inert(decision.who, 80), inert(decision.why, 400)
    said = say("set by {who}: {why}", who=who, why=why) if why else say("set by {who}", who=who)
    return Adjustment(policy="override", reason=said, points=decision.points - score)  # type: ignore[operator]


Scoring = Callable[[Person], "Score | None"]


def as_mapping(decisions: Sequence[Decision]) -> Mapping[str, list[Decision]]:
    """Return the decisions by the person they are about."""
    found: dict[str, list[Decision]] = {}
    for each in decisions:
        found.setdefault(each.person, []).append(each)
    return found
