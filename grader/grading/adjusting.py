"""What changes a score after the checks: one function a policy; the report shows each as arithmetic.

A policy gets the rubric's problem and its result, or the whole report, and returns its adjustment, if any.
One of the report sees no rubric: what it needs has to be in the report.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from fractions import Fraction
from typing import TypeAlias, TypeGuard

from msgspec.structs import replace

from grader.language import Message, say, say_count
from grader.model import Adjustment, Exhibit, ManualResult, Problem, ProblemResult, Report, Withheld
from grader.model.report import adjusted
from grader.report.points import show_points

Result: TypeAlias = "ProblemResult[Exhibit | Withheld]"
FullReport: TypeAlias = "Report[Exhibit | Withheld]"


def all_or_nothing(problem: Problem, result: Result) -> Adjustment | None:
    """Take off what a problem has that scores all of its points or none."""
    if not problem.all_or_nothing or not 0 < result.score < problem.points:
        return None
    return Adjustment(policy="all_or_nothing", reason=say("all or nothing"), points=-result.score)


def penalties(problem: Problem, result: Result) -> Adjustment | None:
    """Take off what the violations and failing cases of checks with a penalty cost; the reason names each check."""
    points, reasons = Fraction(0), []
    for check, found in zip(problem.checks, result.checks, strict=True):
        count = sum(case.status != "passed" for case in found.cases) if found.status != "not_attempted" else 0
        if check.penalty is None or not count:
            continue
        cost = check.penalty.of(count)
        points -= cost
        said = say("{check}: {count} × {points}", check=check.name, count=count, points=show_points(check.penalty.each))
        if cost < count * check.penalty.each:
            said = say("{first}, at most {most}", first=said, most=show_points(cost))
        reasons.append(said)
    return Adjustment(policy="penalty", reason=_joined(reasons), points=points) if reasons else None


def _joined(reasons: list[Message]) -> Message:
    whole = reasons[0]
    for reason in reasons[1:]:
        whole = say("{first}; {then}", first=whole, then=reason)
    return whole


def hints(problem: Problem, result: Result) -> Adjustment | None:
    """Take off what the hints cost that were shown after the first one."""
    count = len(result.hints) - 1
    if count < 1 or not problem.hint_cost:
        return None
    reason = say_count("{count} hint after the first", "{count} hints after the first", count)
    return Adjustment(policy="hints", reason=reason, points=-count * problem.hint_cost)


OF_PROBLEMS: list[Callable[[Problem, Result], Adjustment | None]] = [all_or_nothing, penalties, hints]
"""Policies of one problem, in the order in which they are applied."""
OF_REPORTS: list[Callable[[FullReport], Adjustment | None]] = []
"""Policies of a whole submission, as it was graded; those of a class are in `grader.course.policies`."""


def adjust(problem: Problem, result: Result) -> Result:
    """Return the result after every policy of a problem."""
    for policy in OF_PROBLEMS:
        found = policy(problem, result)
        if _counts(found, result.score):
            result = replace(result, score=adjusted(result.score, [found]), adjustments=(*result.adjustments, found))
    return result


def summed(report: FullReport, results: Collection[Result]) -> FullReport:
    """Return the report with these results, and their sums with its `manual` items, after every policy."""
    every: list[Result | ManualResult] = [*results, *report.manual]
    required = [one for one in every if not one.bonus]
    bonus = [one for one in every if one.bonus]
    report = replace(
        report,
        problems=tuple(results),
        score=_sum(one.score or Fraction(0) for one in required),
        max_score=_sum(one.max_score for one in required),
        bonus=_sum(one.score or Fraction(0) for one in bonus),
        max_bonus=_sum(one.max_score for one in bonus),
        adjustments=(),
        bonus_adjustments=(),
    )
    for policy in OF_REPORTS:
        report = adjust_report(report, policy(report))
    return report


def adjust_report(report: FullReport, required: Adjustment | None, bonus: Adjustment | None = None) -> FullReport:
    """Return the report after adjustments of its required and its bonus points, those that change them."""
    if _counts(required, report.score):
        score, adjustments = adjusted(report.score, [required]), (*report.adjustments, required)
        report = replace(report, score=score, adjustments=adjustments)
    if _counts(bonus, report.bonus):
        extra, adjustments = adjusted(report.bonus, [bonus]), (*report.bonus_adjustments, bonus)
        report = replace(report, bonus=extra, bonus_adjustments=adjustments)
    return report


def _counts(found: Adjustment | None, score: Fraction) -> TypeGuard[Adjustment]:
    """Return whether an adjustment changes the score; a score of 0 is not lowered."""
    return found is not None and adjusted(score, [found]) != score


def _sum(points: Iterable[Fraction]) -> Fraction:
    return sum(points, Fraction(0))
