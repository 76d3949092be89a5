"""Limits of time fit: the reference is slow enough to be timed, and far from its own limit."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from grader.grading.efficiency import FLOOR, Bench, Turn, above
from grader.language import Message, say
from grader.model import Check, Efficiency, Problem, Returned
from grader.rehearsal.finding import Finding, finding
from grader.rehearsal.scene import Scene
from grader.report.focus import show_place

LEAST_RATIO = 2.0
"""Machines, and runs on one of them, differ by less."""
ROOM = 0.25
"""What a measured exponent may be off by."""


def pace(scene: Scene) -> Finding | None:
    """Look at every limit of time beside the reference's own; `None` where the rubric has none."""
    asked = [
        (problem, check, check.plan)
        for problem in scene.prepared.chosen
        for check in problem.checks
        if isinstance(check.plan, Efficiency)
    ]
    if not asked:
        return None
    return finding(
        say("Limits of time are far from the reference's own time."),
        say("A limit of time does not fit the reference."),
        [
            say("{place}: {function}, {check}: {what}", place=show_place(check.at), function=problem.function,
                check=check.name, what=what)
            for problem, check, plan in asked
            for what in _faults(plan, problem, _turns(scene, problem, check, plan))
        ],
    )  # fmt: skip


def _turns(scene: Scene, problem: Problem, check: Check, plan: Efficiency) -> list[Turn]:
    source = scene.plan.reference.source
    bench = Bench(engine=scene.engine, student=source, reference=source, limits=problem.limits)
    own = [case for case in scene.prepared.timed if (case.function, case.check) == (problem.function, check.key)]
    return bench.sweep(plan, own, 0)


def _faults(plan: Efficiency, problem: Problem, turns: list[Turn]) -> Iterator[Message]:
    seconds = [[each.seconds for each in turn.want if isinstance(each, Returned)] for turn in turns]
    least, most = median(each[0] for each in seconds), median(each[-1] for each in seconds)
    if (least if plan.growth is not None else most) < FLOOR:
        yield say("The reference takes less than a millisecond, which cannot be timed. Draw larger inputs.")
    if plan.at_most is not None:
        if plan.at_most < LEAST_RATIO:
            yield say(
                "Runs of the reference itself may differ that much. Let at_most be {least:g} or more.",
                least=LEAST_RATIO,
            )
        if most * plan.at_most > problem.limits.seconds:
            yield say(
                "Who is just quick enough is stopped by the limit of {seconds:g} s.", seconds=problem.limits.seconds
            )
    if plan.growth is not None and above([turn.growth for turn in turns], plan.growth - ROOM):
        slope = median(turn.growth for turn in turns)
        yield say("The reference's own time grows with a power of about {power:.1f}.", power=slope)
