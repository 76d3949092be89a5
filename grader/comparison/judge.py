"""One case judged, whatever its kind of check."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from grader.comparison import exceptions, gradients, properties
from grader.comparison.blame import fault, returned
from grader.comparison.shares import leaves, misnamed, score, verdict
from grader.model import (
    Case,
    Check,
    Efficiency,
    Errors,
    Example,
    Gradient,
    Outcome,
    Part,
    Properties,
    Returned,
    Rules,
    Values,
    Verdict,
)

if TYPE_CHECKING:
    from grader.model import Value


def judge(
    check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
) -> Verdict:
    """Return what one case earned and why not more.

    `got` are the student's outcomes of `case.calls`, `want` the reference's of `case.truth`. A call of the student's
    that did not return earns nothing and has no mismatch: its outcome speaks for itself (`Verdict.call` says which).
    Raises RubricError at the check's line if the reference did not do what the check needs of it.
    """
    match check.plan:
        case Rules():  # it has no cases: its text speaks for itself
            return Verdict(share=Fraction(1))
        case Efficiency():
            return _each(check, returns, case, got, returned(check, case.function, want))
        case Errors(raises=raises):
            return exceptions.judge(check, raises, case, got[0], want[0])
        case Properties() | Gradient() | Example() | Values():
            truths = returned(check, case.truth[0].function if case.truth else case.function, want)
    stopped = next((index for index, outcome in enumerate(got) if not isinstance(outcome, Returned)), None)
    values = [outcome for outcome in got if isinstance(outcome, Returned)]
    match check.plan:
        case Properties():
            if stopped is not None:
                return Verdict(share=Fraction(0), call=stopped)
            return properties.judge(check, returns, case, values, truths)
        case Gradient() as plan:
            value = None if stopped is not None else values[0].value
            return gradients.judge(check, plan, returns, case, gradients.Both(got=value, forward=truths), stopped)
        case Example() | Values():
            wrong = misnamed(returns, truths[0])
            if wrong is not None:
                raise fault(check, wrong)
            if stopped is not None:
                lost = tuple((name, Fraction(0)) for name, _ in leaves(returns))
                return Verdict(share=Fraction(0), by_part=lost, call=stopped)
            return verdict(score(values[0].value, truths[0], returns, check.compare), named=bool(returns))


def _each(
    check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], truths: Sequence[Value]
) -> Verdict:
    """Return the worst verdict of a case's calls, each compared with the reference's value."""
    worst = Verdict(share=Fraction(1))
    for call, (outcome, truth) in enumerate(zip(got, truths, strict=True)):
        wrong = misnamed(returns, truth)
        if wrong is not None:
            raise fault(check, wrong)
        if not isinstance(outcome, Returned):
            return Verdict(share=Fraction(0), call=call)
        one = verdict(score(outcome.value, truth, returns, check.compare), call=call)
        worst = min(worst, one, key=lambda each: each.share)
    return worst
