"""Looks at checks by calling the reference in other ways: each check can fail, and no tolerance is too near to noise.

A tolerance lies far from rounding noise on one side and from known mistakes on the other.

Noise has two sources, and is to be less than a hundredth of the tolerance. What a function does to the rounding of its
inputs is seen by rounding them to 30 bits: that moves each number by at most 2^-31 of itself, 2^22 times more than
double precision does, and the result by as many times more (the forward error is the condition number times the
backward error: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 1.6). What it rounds on
the way is seen beside a run in extended precision.

Known mistakes are to differ from the reference by more than ten times the tolerance in some case.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from grader import comparison
from grader.author.check import ways
from grader.author.check.checkup import Checkup, Look, calling, look, of_check, of_mistake
from grader.author.check.known import failed
from grader.grading import narrow
from grader.grading.judging import Judged
from grader.grading.variants import try_all
from grader.language import Message, say, say_count
from grader.model import Check, Comparison, Returned, Trial

FINER = 2.0 ** (52 - ways.BITS)
BELOW, ABOVE = 1 / 100, 10.0
"""The least distances, as parts and multiples of the tolerance."""


def tolerances_are_far(checkup: Checkup) -> Look:
    """Look for results that rounding moves near their tolerance, and for known mistakes that come near it."""
    return look(
        say("Tolerances are far from rounding noise and from known mistakes."),
        say("A tolerance is too near to rounding noise or to a known mistake."),
        [*_noisy(checkup), *_near(checkup)],
    )


def _noisy(checkup: Checkup) -> list[Message]:
    factors = {ways.rounded: BELOW * FINER, ways.extended: BELOW}
    probing = [
        (factor, answer)
        for problem in checkup.prepared.chosen
        for factor, answer in zip(factors.values(), calling(problem.function, tuple(factors)), strict=True)
    ]
    judged = try_all(checkup.prepared, checkup.engine, [answer for _, answer in probing])
    found: dict[int, Message] = {}
    for (factor, _), one in zip(probing, judged, strict=True):
        for check, trials in one.trials:
            for trial in trials if check.demand.compares else ():
                if not _agree(trial, check.compare, factor):
                    found.setdefault(id(check), _said(one.problem.function, check, trial))
    return list(found.values())


def _said(function: str, check: Check, trial: Trial) -> Message:
    what = say(
        "in case {number} rounding alone may move the result by more than a hundredth of the tolerance. Draw other "
        "numbers, or widen rtol or atol.",
        number=trial.case.index + 1,
    )
    return of_check(function, check, what)


def _near(checkup: Checkup) -> list[Message]:
    return [
        of_mistake(mistake, say("differs from the reference by less than ten times the tolerance."))
        for mistake, judged in checkup.tried
        if judged.earned < 1 and not _far(judged)
    ]


def _far(judged: Judged) -> bool:
    """Return whether some case fails at ten times the tolerance too, or fails by something else than numbers."""
    return any(
        trial.verdict.share < 1
        and (
            not check.demand.compares
            or not isinstance(trial.got[0], Returned)
            or not _agree(trial, check.compare, ABOVE)
        )
        for check, trials in judged.trials
        for trial in trials
    )


def _agree(trial: Trial, rule: Comparison, factor: float) -> bool:
    """Return whether the values agree within `factor` times the tolerance, or one side returned nothing."""
    got, want = trial.got[0], trial.want[0]
    if not isinstance(got, Returned) or not isinstance(want, Returned):
        return True
    atol = None if rule.atol is None else rule.atol * factor
    return not comparison.differences(got.value, want.value, replace(rule, rtol=rule.rtol * factor, atol=atol))


def every_check_can_fail(checkup: Checkup) -> Look:
    """Look for checks that nothing fails: neither a known mistake nor a right answer that was spoilt.

    Rules and limits of time are left out: the rubric says what they demand, and a wrong answer need not break them.
    """
    checks = {
        (problem.function, check.key): check
        for problem in checkup.plan.rubric.problems
        for check in problem.checks
        if check.demand.decisive
    }
    done = {key for _, judged in checkup.tried for key in failed(judged)}
    done |= _spoilt(checkup, {key: check for key, check in checks.items() if key not in done})
    idle = [
        of_check(function, check, say("every wrong answer that was tried passes. Does it compare anything?"))
        for (function, key), check in checks.items()
        if (function, key) not in done
    ]
    return look(
        say_count("The check can fail.", "Each of the {count} checks can fail.", len(checks)),
        say_count(
            "{count} check passes whatever a function returns.",
            "{count} checks pass whatever a function returns.",
            len(idle),
        ),
        idle,
    )


def _spoilt(checkup: Checkup, left: Mapping[tuple[str, str], Check]) -> set[tuple[str, str]]:
    """Return those of the checks in which the reference's answer loses points once it is spoilt in some way."""
    functions = sorted({function for function, _ in left})
    if not functions:
        return set()
    prepared = narrow(checkup.prepared, functions)
    numbers = [answer for name in functions for answer in calling(name, ways.NUMBERS)]
    forms = [answer for name in functions for answer in calling(name, ways.FORMS)]
    found = {key for judged in try_all(prepared, checkup.engine, numbers) for key in failed(judged)}
    of_form = {key for judged in try_all(prepared, checkup.engine, forms) for key in failed(judged)}
    return found | {key for key in of_form if key in left and left[key].demand.weight < 2}
