"""Limits of time fit: the reference is slow enough to be timed, and far from its own limit."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from grader.author.check.scene import Finding, Scene
from grader.grading.efficiency import above
from grader.grading.timing import FLOOR, PATIENCE, Bench, Turn
from grader.language import Message, say
from grader.model import Check, Efficiency, Problem, Returned
from grader.report.focus import show_place

LEAST_RATIO = 2.0
"""Machines, and runs on one of them, differ by less."""
ROOM = 0.25
"""What a measured exponent may be off by."""


def pace(scene: Scene) -> Finding | None:
    """Look at every limit of time beside the reference's own; `None` where the rubric has none.

    What it does not see is remarked on, and no fault.
    """
    faults, remarks = [], []
    for problem in scene.prepared.chosen:
        for check in problem.checks:
            if isinstance(check.plan, Efficiency):
                turns = _turns(scene, problem, check)
                faults += [_said(problem, check, what) for what in _faults(check.plan, problem, turns)]
                remarks += [_said(problem, check, what) for what in _remarks(check.plan, turns)]
    if not any(isinstance(check.plan, Efficiency) for problem in scene.prepared.chosen for check in problem.checks):
        return None
    return Finding(
        title=say("A limit of time does not fit the reference.")
        if faults
        else say("Limits of time are far from the reference's own time."),
        holds=not faults,
        details=(*faults, *remarks),
    )


def _said(problem: Problem, check: Check, what: Message) -> Message:
    return say("{place}: {function}, {check}: {what}", place=show_place(check.at), function=problem.function,
               check=check.name, what=what)  # fmt: skip


def _turns(scene: Scene, problem: Problem, check: Check) -> list[Turn]:
    source = scene.plan.reference.source
    bench = Bench(scene.engine, source, source, problem.limits)
    own = [task.case for task in scene.prepared.timed if task.key == (problem.function, check.key)]
    return bench.sweep(own, 0)


def _faults(plan: Efficiency, problem: Problem, turns: list[Turn]) -> Iterator[Message]:
    seconds = [[each.seconds for each in turn.want if isinstance(each, Returned)] for turn in turns]
    least, most = median(each[0] for each in seconds), median(each[-1] for each in seconds)
    if (least if plan.growth is not None else most) < FLOOR:
        yield say("The reference takes less than a millisecond, which cannot be timed. Draw larger inputs.")
    if plan.at_most is not None and plan.at_most < LEAST_RATIO:
        yield say(
            "Runs of the reference itself may differ that much. Let at_most be {least:g} or more.", least=LEAST_RATIO
        )
    whole = sum(sum(each) for each in seconds) * (plan.at_most or 1)
    if most * (plan.at_most or 1) > problem.limits.seconds:
        yield say("Who is just quick enough is stopped by the limit of {seconds:g} s.", seconds=problem.limits.seconds)
    elif whole > PATIENCE * problem.limits.seconds:
        yield say(
            "Whoever is just quick enough would need {whole:.0f} s for all cases, and nobody is given more than "
            "{most:g} s. Draw fewer or smaller ones.",
            whole=whole,
            most=PATIENCE * problem.limits.seconds,
        )
    if plan.growth is not None:
        slopes = [turn.growth(plan.sizes) for turn in turns]
        if above(slopes, plan.growth - ROOM):
            yield say("The reference's own time grows with a power of about {power:.1f}.", power=median(slopes))


def _remarks(plan: Efficiency, turns: list[Turn]) -> Iterator[Message]:
    if plan.growth is not None and plan.at_most is None:
        yield say("`growth` alone misses code that is slowed down on small inputs on purpose; add `at_most`.")
    if plan.growth is not None and all(turn.first for turn in turns):
        yield say(
            "The first call of a worker says nothing of the smallest size. Draw several cases, each with other numbers."
        )
