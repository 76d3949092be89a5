"""What changes a score after the checks: one function a policy; the report shows each as arithmetic.

A policy gets the rubric's problem and its result, or the whole report, and returns its adjustment, if any.
One of the report sees no rubric: what it needs has to be in the report.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from fractions import Fraction
from typing import TypeAlias, TypeGuard

from msgspec.structs import replace

from grader.language import say_count
from grader.model import Adjustment, Exhibit, Problem, ProblemResult, Report, Withheld
from grader.model.report import adjusted

Result: TypeAlias = "ProblemResult[Exhibit | Withheld]"
FullReport: TypeAlias = "Report[Exhibit | Withheld]"


def hints(problem: Problem, result: Result) -> Adjustment | None:
    """Take off what the hints cost that were shown after the first one."""
    count = len(result.hints) - 1
    if count < 1 or not problem.hint_cost:
        return None
    reason = say_count("{count} hint after the first", "{count} hints after the first", count)
    return Adjustment(policy="hints", reason=reason, points=-count * problem.hint_cost)


OF_PROBLEMS: list[Callable[[Problem, Result], Adjustment | None]] = [hints]
"""Policies of one problem, in the order in which they are applied."""
OF_REPORTS: list[Callable[[FullReport], Adjustment | None]] = []
"""Policies of a whole submission; they change its required points."""


def adjust(problem: Problem, result: Result) -> Result:
    """Return the result after every policy of a problem."""
    for policy in OF_PROBLEMS:
        found = policy(problem, result)
        if _counts(found, result.score):
            result = replace(result, score=adjusted(result.score, [found]), adjustments=(*result.adjustments, found))
    return result


def summed(report: FullReport, results: Collection[Result]) -> FullReport:
    """Return the report with these results and their sums, after every policy of a submission."""
    required = [result for result in results if not result.bonus]
    bonus = [result for result in results if result.bonus]
    report = replace(
        report,
        problems=tuple(results),
        score=_sum(result.score for result in required),
        max_score=_sum(result.max_score for result in required),
        bonus=_sum(result.score for result in bonus),
        max_bonus=_sum(result.max_score for result in bonus),
        adjustments=(),
    )
    for policy in OF_REPORTS:
        found = policy(report)
        if _counts(found, report.score):
            report = replace(report, score=adjusted(report.score, [found]), adjustments=(*report.adjustments, found))
    return report


def _counts(found: Adjustment | None, score: Fraction) -> TypeGuard[Adjustment]:
    """Return whether an adjustment changes the score; a score of 0 is not lowered."""
    return found is not None and adjusted(score, [found]) != score


def _sum(points: Iterable[Fraction]) -> Fraction:
    return sum(points, Fraction(0))
