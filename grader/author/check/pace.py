"""Looks at limits of time: the reference must be slow enough to be timed, and far from its own limit."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from msgspec.structs import replace

from grader.author.check.checkup import Checkup, Look, look, of_check
from grader.checks.efficiency import Efficiency
from grader.grading.efficiency import above
from grader.grading.timing import FLOOR, PATIENCE, Bench, Turn
from grader.language import Message, say
from grader.model import Check, Problem, Returned

LEAST_RATIO = 2.0
"""Machines, and runs on one of them, differ by less."""
ROOM = 0.25
"""What a measured exponent may be off by."""


def time_limits_fit(checkup: Checkup) -> Look | None:
    """Look at every limit of time beside the reference's own; `None` where the rubric has none.

    What a limit cannot notice is remarked on, and is no fault.
    """
    faults, remarks = [], []
    for problem in checkup.prepared.chosen:
        for check in problem.checks:
            if check.demand.timed:
                assert isinstance(check.demand, Efficiency)  # no other kind is timed yet
                turns = _turns(checkup, problem, check)
                faults += [of_check(problem.function, check, what) for what in _faults(check.demand, problem, turns)]
                remarks += [of_check(problem.function, check, what) for what in _remarks(check.demand, turns)]
    if not any(check.demand.timed for problem in checkup.prepared.chosen for check in problem.checks):
        return None
    found = look(
        say("Limits of time are far from the reference's own time."),
        say("A limit of time does not fit the reference."),
        faults,
    )
    return replace(found, details=(*faults, *remarks))


def _turns(checkup: Checkup, problem: Problem, check: Check) -> list[Turn]:
    source = checkup.plan.reference.source
    bench = Bench(checkup.engine, source, source, problem.limits)
    own = [task.case for task in checkup.prepared.timed if task.key == (problem.function, check.key)]
    return bench.sweep(own, 0)


def _faults(plan: Efficiency, problem: Problem, turns: list[Turn]) -> Iterator[Message]:
    seconds = [[each.seconds for each in turn.want if isinstance(each, Returned)] for turn in turns]
    least, most = median(each[0] for each in seconds), median(each[-1] for each in seconds)
    if (least if plan.growth is not None else most) < FLOOR:
        yield say("The reference takes less than a millisecond, which cannot be timed. Draw larger inputs.")
    if plan.at_most is not None and plan.at_most < LEAST_RATIO:
        yield say(
            "Two runs of the reference itself may differ that much. Set at_most to {least:g} or more.",
            least=LEAST_RATIO,
        )
    whole = sum(sum(each) for each in seconds) * (plan.at_most or 1)
    if most * (plan.at_most or 1) > problem.limits.seconds:
        yield say(
            "A function that is just quick enough is stopped by the limit of {seconds:g} s for a call. Draw smaller "
            "inputs, or raise the limit.",
            seconds=problem.limits.seconds,
        )
    elif whole > PATIENCE * problem.limits.seconds:
        yield say(
            "A function that is just quick enough needs {whole:.0f} s for all cases, but only {most:g} s are allowed. "
            "Draw fewer cases or smaller inputs.",
            whole=whole,
            most=PATIENCE * problem.limits.seconds,
        )
    if plan.growth is not None:
        slopes = [turn.growth(plan.sizes) for turn in turns]
        if above(slopes, plan.growth - ROOM):
            yield say(
                "The reference's own time grows about as the size to the power of {power:.1f}.", power=median(slopes)
            )


def _remarks(plan: Efficiency, turns: list[Turn]) -> Iterator[Message]:
    if plan.growth is not None and plan.at_most is None:
        yield say("`growth` alone misses code that is slowed down on small inputs on purpose; add `at_most`.")
    if plan.growth is not None and all(turn.first for turn in turns):
        yield say(
            "The first call in a new process says nothing about the smallest size. Draw several cases, each with other "
            "numbers."
        )
