"""A second look, so that no one pays twice: what failed is run again with the reference's helpers in place."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter

from msgspec.structs import replace

from grader.execution import Engine, Helpers
from grader.grading.judging import Judged, judge_all
from grader.grading.runs import generous, regroup
from grader.model import Absent, Limits, Submission


def second_look(
    engine: Engine,
    student: Submission,
    reference: Submission,
    limits: Mapping[str, Limits],
    judged: Mapping[str, Judged],
) -> dict[str, Judged]:
    """Return the functions that do better with the reference's helpers, judged anew and with their `blames`."""
    helpers = _candidates(judged, student)
    if not helpers:
        return {}
    checks = [(check.visibility == "hidden", each) for name in helpers for check, each in judged[name].trials]
    trials = [trial for _, each in sorted(checks, key=itemgetter(0)) for trial in each]  # public first, as before
    calls = [trial.case.calls for trial in trials]
    with engine.session(reference.source, generous(limits)) as session:
        flat = [call for group in calls for call in group]
        ran = engine.run(student.source, flat, _patient(limits), helpers=Helpers(helpers, session.call))
    problems = [judged[name].problem for name in helpers]
    want = [trial.want for trial in trials]
    again = judge_all(problems, [trial.case for trial in trials], regroup(ran.outcomes, calls), want)
    return {name: replace(one, blames=helpers[name]) for name, one in again.items() if one.earned > judged[name].earned}


def _patient(limits: Mapping[str, Limits]) -> dict[str, Limits]:
    """Return limits with twice the time: the way to a helper in another process is ours, not the student's."""
    return {
        name: replace(each, seconds=2 * each.seconds, cpu_seconds=2 * each.cpu_seconds) for name, each in limits.items()
    }


def _candidates(judged: Mapping[str, Judged], student: Submission) -> dict[str, tuple[str, ...]]:
    """Return, for each function worth a second look, the helpers to replace: those that are not right themselves.

    A stub or a missing function is not looked at again: whatever its helpers do, nothing is there.
    """
    wrong = {name for name, one in judged.items() if one.earned < 1}
    found = {}
    for name in wrong:
        symbol = student.symbols.get(name)
        if (symbol is not None and symbol.untouched) or _absent(judged[name]):
            continue
        helpers = tuple(need for need in judged[name].problem.needs or () if need in wrong)
        if helpers:
            found[name] = helpers
    return found


def _absent(judged: Judged) -> bool:
    return any(isinstance(got, Absent) for _, trials in judged.trials for trial in trials for got in trial.got)
