"""Rules: held against the student's text, and what each violation costs."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from msgspec.structs import replace

from grader.checks.kind import kind_of
from grader.grading.judging import Judged
from grader.language import Message, say, say_count
from grader.model import CaseResult, Check, CheckResult, Exhibit, Rubric, Submission, Violation, Withheld
from grader.report.lines import show_place
from grader.report.points import show_points

TOLD = 4
"""Violations that a check's sentence tells; the others are counted."""


def hold(judged: Mapping[str, Judged], student: Submission, rubric: Rubric) -> dict[str, Judged]:
    """Return the functions that have rules, with the violations found in the student's text."""
    ruled = {name: [check for check, _ in one.trials if not check.demand.drawn] for name, one in judged.items()}
    if not any(ruled.values()):
        return {}
    from grader.submission.costs import TimeLeft

    time_left = TimeLeft()
    graded = [problem.function for problem in rubric.problems]
    return {
        name: replace(
            judged[name],
            violations={check.key: kind_of(check).violations(student, name, graded, time_left) for check in checks},
        )
        for name, checks in ruled.items()
        if checks
    }


def ruled(judged: Judged, check: Check, fraction: Fraction) -> CheckResult[Exhibit | Withheld]:
    """Return the result of a check of rules: a case for each violation, with its line and its price."""
    found = judged.violations.get(check.key, ())
    results = tuple(_violation(judged, check, number, each) for number, each in enumerate(found or ()))
    own = judged.own(check, ())
    return CheckResult(
        name=check.name,
        kind=check.kind,
        visibility=check.visibility,
        status="not_attempted" if found is None else "passed" if own == 1 else "partial" if fraction else "failed",
        score=fraction * check.share * judged.problem.points,
        max_score=check.share * judged.problem.points,
        message=_together([result.message for result in results]),
        hint=check.hint if results else None,
        cases=results,
    )


def _violation(judged: Judged, check: Check, number: int, found: Violation) -> CaseResult[Exhibit | Withheld]:
    kind = kind_of(check)
    own = kind.price(number + 1) - kind.price(number)
    price = own * check.share * judged.problem.points * judged.counted(check)
    place, what = show_place(found.at), found.message
    message = say("{place}: {what}.", place=place, what=what)
    if price:
        message = say("{place}: {what} (−{points} points).", place=place, what=what, points=show_points(price))
    return CaseResult(index=number, status="failed", share=Fraction(0), at=found.at, message=message)


def _together(messages: list[Message]) -> Message | None:
    """Return the sentences as one, the first ones whole."""
    if not messages:
        return None
    whole = messages[0]
    for message in messages[1:TOLD]:
        whole = say("{first} {then}", first=whole, then=message)
    more = len(messages) - TOLD
    if more > 0:
        whole = say("{first} {then}", first=whole, then=say_count("… and {count} more", "… and {count} more", more))
    return whole
