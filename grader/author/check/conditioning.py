"""The tolerance lies far from rounding noise on one side and from known mistakes on the other.

Noise has two sources, and is to be less than a hundredth of the tolerance. What a function does to the rounding of its
inputs is seen by rounding them to 30 bits: that moves each number by at most 2^-31 of itself, 2^22 times more than
double precision does, and the result by as many times more (the forward error is the condition number times the
backward error: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 1.6). What it rounds on
the way is seen beside a run in extended precision.

Known mistakes are to differ from the reference by more than ten times the tolerance in some case.
"""

from __future__ import annotations

from msgspec.structs import replace

from grader import comparison
from grader.author.check import probes
from grader.author.check.scene import Finding, Scene, called, finding
from grader.grading.judging import Judged
from grader.grading.variants import try_all
from grader.language import Message, say
from grader.model import Check, Comparison, Returned, Trial
from grader.report.focus import show_place

FINER = 2.0 ** (52 - probes.BITS)
BELOW, ABOVE = 1 / 100, 10.0
"""The least distances, as parts and multiples of the tolerance."""


def conditioning(scene: Scene) -> Finding:
    """Look for results that rounding moves near their tolerance, and for known mistakes that come near it."""
    return finding(
        say("Tolerances are far from rounding noise and from known mistakes."),
        say("A tolerance is too near to rounding noise or to a known mistake."),
        [*_noisy(scene), *_near(scene)],
    )


def _noisy(scene: Scene) -> list[Message]:
    factors = {probes.rounded: BELOW * FINER, probes.extended: BELOW}
    probing = [
        (factor, answer)
        for problem in scene.prepared.chosen
        for factor, answer in zip(factors.values(), called(problem.function, probes, tuple(factors)), strict=True)
    ]
    judged = try_all(scene.prepared, scene.engine, [answer for _, answer in probing])
    found: dict[int, Message] = {}
    for (factor, _), one in zip(probing, judged, strict=True):
        for check, trials in one.trials:
            for trial in trials if check.kind in ("example", "values") else ():
                if not _agree(trial, check.compare, factor):
                    found.setdefault(id(check), _said(one.problem.function, check, trial))
    return list(found.values())


def _said(function: str, check: Check, trial: Trial) -> Message:
    return say(
        "{place}: {function}, {check}, case {number}: rounding alone may move the result by more than a hundredth of "
        "the tolerance. Draw other numbers, or widen rtol or atol.",
        place=show_place(check.at),
        function=function,
        check=check.name,
        number=trial.case.index + 1,
    )


def _near(scene: Scene) -> list[Message]:
    return [
        say(
            "{place}: {function}.{name} differs from the reference by less than ten times the tolerance.",
            place=show_place(mistake.at),
            function=mistake.function,
            name=mistake.name,
        )
        for mistake, judged in scene.tried
        if judged.earned < 1 and not _far(judged)
    ]


def _far(judged: Judged) -> bool:
    """Return whether some failing case fails at ten times the tolerance too, or by something else than numbers."""
    return any(
        trial.verdict.share < 1
        and (
            check.kind not in ("example", "values")
            or not isinstance(trial.got[0], Returned)
            or not _agree(trial, check.compare, ABOVE)
        )
        for check, trials in judged.trials
        for trial in trials
    )


def _agree(trial: Trial, rule: Comparison, factor: float) -> bool:
    """Return whether the values agree within `factor` times the tolerance; what gave no value says nothing here."""
    got, want = trial.got[0], trial.want[0]
    if not isinstance(got, Returned) or not isinstance(want, Returned):
        return True
    atol = None if rule.atol is None else rule.atol * factor
    return not comparison.differences(got.value, want.value, replace(rule, rtol=rule.rtol * factor, atol=atol))
