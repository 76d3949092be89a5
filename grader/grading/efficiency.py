"""Efficiency: the student's call and the reference's by turns, until it is clear on which side of a limit they are.

What is compared is a ratio or a slope of one turn with its neighbour, so a machine that is busy for a while slows both.
A limit is broken if the median of all turns is surely above it: above it with the interval of order statistics that
holds the true median 19 times out of 20 (W. J. Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2).
While a limit lies inside that interval the sweep is repeated; who is still in doubt after the last one is not slow.
Turns of one sweep share what keeps a machine busy for a moment, so nobody is slow by one sweep alone: whoever seems to
be is measured again a little later.

The ratio is held at every size. Growth alone cannot see a time that was made longer on small inputs on purpose, so at
the smallest size it goes together with a limit on the ratio, or, where the rubric has none, on what does not grow.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from grader.checks.efficiency import Efficiency
from grader.execution import Engine, Helpers
from grader.grading import second
from grader.grading.judging import Judged
from grader.grading.timing import PATIENCE, Bench, Turn
from grader.model import Case, Check, Mismatch, Outcome, Problem, Source, Stopped, Task, Trial, Verdict

SWEEPS = 6
PAUSE = 0.3
"""Seconds until who seems to be slow is measured again."""
FIXED = 50.0
"""So many times the reference's time for the smallest size (at least 1 ms) may be spent on what does not grow."""
_HALF_WIDTH = 0.98  # 1.96 standard deviations of a binomial variable with p = 1/2, halved, over the root of n


class Limit(Struct, frozen=True, kw_only=True):
    """A limit of a check: "ratio", "growth" or "fixed", the `most` it may be, and what each turn says of it."""

    name: str
    most: float
    samples: tuple[float, ...]


class Timed(Struct, kw_only=True, eq=False):
    """One check on its way: its cases, and what was measured of them so far."""

    check: Check
    demand: Efficiency
    cases: list[Case]
    trials: list[Trial]
    turns: list[Turn]


def measure(
    engine: Engine,
    student: Source,
    reference: Source,
    cases: Sequence[Case],
    judged: Mapping[str, Judged],
    alone: Mapping[str, Judged] = {},
) -> dict[str, Judged]:
    """Return the functions that have checks of efficiency, with these measured on `cases`; `timed` says so.

    Where nothing is right yet there is nothing to measure: such a check stays without trials and earns nothing. Where
    helpers are to blame, the function is timed with the reference's in place; `alone` is what the functions were with
    the student's own, and counts where the function earns more with these. Raises RubricError where the reference does
    not return.
    """
    found = {}
    for name, before in judged.items():
        if not any(check.demand.timed for check, _ in before.trials):
            continue
        one = replace(before, timed=True)
        own = [case for case in cases if case.function == name]
        left = PATIENCE * one.problem.limits.seconds / (2 if one.blames else 1)
        if not one.blames:
            found[name] = _measured(Bench(engine, student, reference, one.problem.limits, left=left), one, own)
            continue
        with engine.session(second.lendable(reference, {name, *one.blames}), one.problem.limits) as session:
            helpers = Helpers({name: one.blames}, second.lender(session))
            bench = Bench(engine, student, reference, one.problem.limits, left=left, helpers=helpers)
            found[name] = helped = _in_full(_measured(bench, one, own), one)
        if name in alone and alone[name].earned > helped.earned:
            other = replace(alone[name], timed=True, violations=one.violations)
            other = _measured(Bench(engine, student, reference, one.problem.limits, left=left), other, own)
            found[name] = max(helped, other, key=lambda each: each.earned)
    return found


def _worth_it(judged: Judged) -> bool:
    earning = [each for each in judged.trials if each[0].demand.weight == judged.earning and not each[0].demand.timed]
    parts = [judged.fraction(check, trials) for check, trials in earning]
    return not parts or any(parts)


def _in_full(measured: Judged, before: Judged) -> Judged:
    """Return `measured` with those of its checks of efficiency as they were `before` that were not passed.

    The way to a helper in another process takes time, so who is too slow with it is not measured, rather than slow.
    """
    pairs = zip(measured.trials, before.trials, strict=True)
    return replace(
        measured,
        trials=tuple(
            (check, trials if not check.demand.timed or _not_late(trials) else old)
            for (check, trials), (_, old) in pairs
        ),
    )


def _not_late(trials: Sequence[Trial]) -> bool:
    slow = any(each.category == "slow" for trial in trials for each in trial.verdict.mismatches)
    return not slow and not any(isinstance(outcome, Stopped) for trial in trials for outcome in trial.got)


def _measured(bench: Bench, judged: Judged, cases: Sequence[Case]) -> Judged:
    """Return the function with trials in its checks of efficiency, if it is worth it.

    Each check is swept once before one in doubt is swept again, so that none is left out for another's sake.
    """
    if not _worth_it(judged):
        return judged
    begun = [
        _begun(bench, judged.problem, check, [case for case in cases if case.check == check.key])
        for check, _ in judged.trials
        if check.demand.timed
    ]
    done = {each.check.key: _decided(bench, judged.problem, each) for each in begun}
    return replace(judged, trials=tuple((check, done.get(check.key, trials)) for check, trials in judged.trials))


def _begun(bench: Bench, problem: Problem, check: Check, cases: list[Case]) -> Timed:
    """Time each case of a check once: its trials so far are right or wrong, its turns those of the right ones."""
    assert isinstance(check.demand, Efficiency)  # no other kind is timed yet
    turns = bench.sweep(cases, 0)
    trials = [
        Trial(task=Task(case=case, want=turn.want), got=turn.got, verdict=_verdict(problem, check, case, turn))
        for case, turn in zip(cases, turns, strict=True)
    ]
    right = [turn for trial, turn in zip(trials, turns, strict=True) if trial.verdict.share == 1]
    return Timed(check=check, demand=check.demand, cases=cases, trials=trials, turns=right)


def _verdict(problem: Problem, check: Check, case: Case, turn: Turn) -> Verdict:
    return check.demand.judge(check, problem.returns, case, turn.got, turn.want)


def _decided(bench: Bench, problem: Problem, timed: Timed) -> tuple[Trial, ...]:
    """Return the trials of one check: a right result is too slow or fast enough, a wrong one is wrong."""
    slow = _slow(bench, problem, timed) if timed.turns else None
    return tuple(
        replace(trial, verdict=Verdict(share=Fraction(0), mismatches=(slow,)))
        if slow is not None and trial.verdict.share == 1
        else trial
        for trial in timed.trials
    )


def _slow(bench: Bench, problem: Problem, timed: Timed) -> Mismatch | None:
    """Return the limit that is surely broken, if there is one."""
    right = [trial.case for trial in timed.trials if trial.verdict.share == 1]
    for sweep in range(1, SWEEPS + 1):
        limits = _limits(timed.demand, timed.turns)
        answers = [above(limit.samples, limit.most) for limit in limits]
        slow, doubtful = any(answers), None in answers
        if sweep == SWEEPS or bench.left <= 0 or (sweep > 1 if slow else not doubtful):
            break
        if slow:
            time.sleep(PAUSE)
        again = zip(right, bench.sweep(right, sweep), strict=True)
        timed.turns += [_spoilt(problem, timed.check, case, turn) for case, turn in again if _reached(turn.got)]
    for limit, answer in zip(limits, answers, strict=True):
        if answer:
            return Mismatch(
                category="slow", property=limit.name, got=float(f"{_median(limit.samples):.2g}"), want=limit.most
            )
    return None


def _reached(outcomes: Sequence[Outcome]) -> bool:
    return not any(isinstance(outcome, Stopped) and outcome.reason == "unreached" for outcome in outcomes)


def _spoilt(problem: Problem, check: Check, case: Case, turn: Turn) -> Turn:
    """Return `turn`; one whose result is wrong this time took for ever, lest someone be right once and quick later."""
    if _verdict(problem, check, case, turn).share == 1:
        return turn
    endless = (math.inf,) * len(turn.seconds)
    return replace(turn, seconds=endless, cpu=endless)


def _limits(demand: Efficiency, turns: Sequence[Turn]) -> list[Limit]:
    """Return what is asked of the turns so far: the ratio at every size, the largest first; then growth."""
    # What is done once, like an import in the function, is in the first call of a worker, which is the smallest.
    settled = [turn for turn in turns if not turn.first]
    limits = []
    if demand.at_most is not None:
        for place in reversed(range(max(1, len(demand.sizes)))):
            own = settled if place == 0 < len(demand.sizes) - 1 else turns
            limits.append(Limit(name="ratio", most=demand.at_most, samples=tuple(turn.ratios[place] for turn in own)))
    if demand.growth is not None:
        limits.append(_growth(demand, demand.growth, turns, settled))
    return [limit for limit in limits if limit.samples]


def _growth(demand: Efficiency, most: float, turns: Sequence[Turn], settled: Sequence[Turn]) -> Limit:
    """Return the limit on growth, or the one on the smallest size if that is broken by more.

    A turn breaks the two together, lest someone break now this one and now that one, each in less than half the turns.
    """
    grown = [turn.growth(demand.sizes) / most for turn in settled or turns]
    if demand.at_most is not None:
        name, limit, small = "ratio", demand.at_most, [turn.ratios[0] / demand.at_most for turn in settled]
    else:
        # Where arguments are always the same no turn is settled; FIXED has room for what is done once.
        name, limit, small = "fixed", FIXED, [turn.fixed / FIXED for turn in settled or turns]
    small = small or [0.0] * len(grown)
    if _median(grown) >= _median(small):
        name, limit = "growth", most
    return Limit(name=name, most=limit, samples=tuple(limit * max(pair) for pair in zip(grown, small, strict=True)))


def above(samples: Sequence[float], most: float) -> bool | None:
    """Return whether the median is above `most`: `None` while `most` lies in its interval, or there are too few."""
    ranked = sorted(samples)
    low = math.floor(len(ranked) / 2 - _HALF_WIDTH * math.sqrt(len(ranked)))
    if low < 0 or not ranked:
        return None
    if ranked[low] > most:
        return True
    return False if ranked[len(ranked) - 1 - low] <= most else None


def _median(samples: Sequence[float]) -> float:
    return sorted(samples)[len(samples) // 2]
