"""Times what is to be timed: the student's calls beside the reference's, once it is known what is right.

`grader.checks.timing` takes times, and a kind that is timed decides what is too slow. What is worth timing, and with
whose helpers, is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from grader.checks.kind import kind_of
from grader.checks.timing import PATIENCE, Bench
from grader.execution import Engine, Helpers
from grader.grading import second_look
from grader.grading.judging import Judged
from grader.model import Case, Source, Stopped, Trial


def measure(
    engine: Engine,
    student: Source,
    reference: Source,
    cases: Sequence[Case],
    judged: Mapping[str, Judged],
    unaided: Mapping[str, Judged] = {},
) -> dict[str, Judged]:
    """Return the functions that have checks that are timed, with these measured on `cases`; their `timed` is true.

    Where nothing is right yet there is nothing to measure: such a check stays without trials and earns nothing. Where
    helpers are to blame, the function is timed with the reference's in place. It is timed with the student's own as
    well if that earned more; `unaided` are the functions so. Raises RubricError where the reference does not return.
    """
    found = {}
    for name, before in judged.items():
        if not any(check.demand.timed for check, _ in before.trials):
            continue
        one, limits = replace(before, timed=True), before.problem.limits
        timed = [case for case in cases if case.function == name]
        left = PATIENCE * limits.seconds / (2 if one.blames else 1)
        if not one.blames:
            found[name] = _measured(Bench(engine, student, reference, limits, left=left), one, timed)
            continue
        with engine.session(second_look.instrumented(reference, {name, *one.blames}), limits) as session:
            helpers = Helpers({name: one.blames}, second_look.answering(session))
            bench = Bench(engine, student, reference, limits, left=left, helpers=helpers)
            found[name] = helped = _not_slow(_measured(bench, one, timed), one)
        if name in unaided and unaided[name].earned > helped.earned:
            other = replace(unaided[name], timed=True, violations=one.violations)
            other = _measured(Bench(engine, student, reference, limits, left=left), other, timed)
            found[name] = max(helped, other, key=lambda each: each.earned)
    return found


def _measured(bench: Bench, judged: Judged, cases: Sequence[Case]) -> Judged:
    """Return the function with trials in its checks that are timed, if it is worth it.

    Every check is timed once before an open one is timed again, so that one check's doubts do not use up the time of
    the others.
    """
    if not _worth_it(judged):
        return judged
    timings = {}
    for check, _ in judged.trials:
        if check.demand.timed:
            of_check = [case for case in cases if case.check == check.key]
            timings[check.key] = kind_of(check).timing(judged.problem, check, of_check, bench)
    done = {key: timing.decided() for key, timing in timings.items()}
    return replace(judged, trials=tuple((check, done.get(check.key, trials)) for check, trials in judged.trials))


def _worth_it(judged: Judged) -> bool:
    """Return whether something is right, by the checks of the greatest weight; without any it is worth it too."""
    others = [each for each in judged.trials if not each[0].demand.timed]
    top = [judged.fraction(each[0]) for each in others if each[0].demand.weight == judged.top_weight]
    return not top or any(top)


def _not_slow(measured: Judged, before: Judged) -> Judged:
    """Return `measured`, with each check that was too slow as it was `before`: not measured.

    The way to a helper in another process takes time, so it is not known whether the function itself is too slow.
    """
    pairs = zip(measured.trials, before.trials, strict=True)
    return replace(
        measured,
        trials=tuple(
            (check, old if check.demand.timed and _late(trials) else trials) for (check, trials), (_, old) in pairs
        ),
    )


def _late(trials: Sequence[Trial]) -> bool:
    slow = any(each.category == "slow" for trial in trials for each in trial.verdict.mismatches)
    return slow or any(isinstance(outcome, Stopped) for trial in trials for outcome in trial.got)
