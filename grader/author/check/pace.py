"""Looks at limits of time: the reference must be slow enough to be timed, and far from its own limit."""

from __future__ import annotations

from msgspec.structs import replace

from grader.author.check.checkup import Checkup, Look, look, of_check
from grader.checks.kind import kind_of
from grader.checks.timing import Bench, Turn
from grader.language import say
from grader.model import Check, Problem


def time_limits_fit(checkup: Checkup) -> Look | None:
    """Look at every limit of time beside the reference's own; `None` where the rubric has none.

    What a limit cannot notice is remarked on, and is no fault.
    """
    faults, remarks = [], []
    for problem in checkup.prepared.chosen:
        for check in problem.checks:
            if check.demand.timed:
                kind, turns = kind_of(check), _turns(checkup, problem, check)
                faults += [of_check(problem.function, check, what) for what in kind.misfits(problem, turns)]
                remarks += [of_check(problem.function, check, what) for what in kind.unnoticed(turns)]
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
