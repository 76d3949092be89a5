"""Efficiency: the student's call and the reference's by turns, until it is clear on which side of the limit they are.

Each has a worker of its own, so the reference is never in the student's process. A call's time is the grader's own
clock around it, so no worker can make itself look faster; the way there and back, which is the grader's, is taken off:
it is what the reference's call took beyond the seconds that its own worker, which can be trusted, says it worked. Every
case has other numbers and every sweep fresh workers, so a result kept from an earlier call is of no use.

What is compared is a ratio or a slope of one turn with its neighbour, so a machine that is busy for a while slows both.
The limit is broken if the median of all turns is surely above it: above it with the interval of order statistics that
holds the true median 19 times out of 20 (W. J. Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2).
While the limit lies inside that interval the sweep is repeated; who is still in doubt after the last one is not slow.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from grader import comparison
from grader.execution import Engine, Session
from grader.grading.judging import Judged, Trial
from grader.model import Call, Case, Check, Efficiency, Limits, Mismatch, Outcome, Problem, Returned, Source, Verdict

FLOOR = 1e-3
"""Seconds: what takes less is not told apart from what takes this long."""
SWEEPS = 6
PATIENCE = 8.0
"""No sweep is begun after so many times the seconds of a call."""
_HALF_WIDTH = 0.98  # 1.96 standard deviations of a binomial variable with p = 1/2, halved, over the root of n


class Turn(Struct, frozen=True, kw_only=True, eq=False):
    """One case measured once: what came of it on both sides, how many times as long it took, how its time grows."""

    got: tuple[Outcome, ...]
    want: tuple[Outcome, ...]
    ratio: float
    growth: float


class Bench(Struct, frozen=True, kw_only=True, eq=False):
    """Where the two are measured: two sources, and the limits of a call."""

    engine: Engine
    student: Source
    reference: Source
    limits: Limits

    def sweep(self, plan: Efficiency, cases: Sequence[Case], number: int) -> list[Turn]:
        """Measure each case once, in fresh workers; who begins alternates with the case and the sweep's `number`."""
        with (
            self.engine.session(self.student, self.limits) as theirs,
            self.engine.session(self.reference, self.limits) as ours,
        ):
            for session in (theirs, ours):
                session.call("", ())  # there is no such function: the worker only loads its source
            return [
                _turn(plan, case, theirs, ours, ours_first=bool((number + place) % 2))
                for place, case in enumerate(cases)
            ]


def apart(problems: Sequence[Problem], drawn: Sequence[Case]) -> tuple[list[Case], tuple[Case, ...]]:
    """Return the cases that are run together, and those whose time is measured."""
    timed = {
        (problem.function, check.key)
        for problem in problems
        for check in problem.checks
        if isinstance(check.plan, Efficiency)
    }
    others = [case for case in drawn if (case.function, case.check) not in timed]
    return others, tuple(case for case in drawn if (case.function, case.check) in timed)


def measure(
    engine: Engine, student: Source, reference: Source, cases: Sequence[Case], judged: Mapping[str, Judged]
) -> dict[str, Judged]:
    """Return the functions that have checks of efficiency, with these measured on `cases`.

    Where nothing is right yet there is nothing to measure, and where a helper is to blame its time is not the
    function's: such a check stays without trials. Raises RubricError where the reference does not return.
    """
    found = {}
    for name, one in judged.items():
        asked = any(isinstance(check.plan, Efficiency) for check, _ in one.trials)
        if not asked or one.blames or not _worth_it(one):
            continue
        bench = Bench(engine=engine, student=student, reference=reference, limits=one.problem.limits)
        own = [case for case in cases if case.function == name]
        trials = tuple(
            (
                check,
                _trials(bench, one, check, check.plan, own) if isinstance(check.plan, Efficiency) else judged_so_far,
            )
            for check, judged_so_far in one.trials
        )
        found[name] = replace(one, trials=trials)
    return found


def _worth_it(judged: Judged) -> bool:
    parts = [part for check, part in judged.fractions if check.kind in judged.earning]
    return not parts or any(parts)


def _trials(bench: Bench, judged: Judged, check: Check, plan: Efficiency, cases: Sequence[Case]) -> tuple[Trial, ...]:
    """Return the trials of one check: a right result is too slow or fast enough, a wrong one is wrong."""
    cases = [case for case in cases if case.check == check.key]
    turns = bench.sweep(plan, cases, 0)
    trials = [
        Trial(
            case=case,
            got=turn.got,
            want=turn.want,
            verdict=comparison.judge(check, judged.problem.returns, case, turn.got, turn.want),
        )
        for case, turn in zip(cases, turns, strict=True)
    ]
    right = [place for place, trial in enumerate(trials) if trial.verdict.share == 1]
    slow = _slow(bench, plan, [cases[place] for place in right], [turns[place] for place in right]) if right else None
    if slow is not None:
        for place in right:
            trials[place] = replace(trials[place], verdict=Verdict(share=Fraction(0), mismatches=(slow,)))
    return tuple(trials)


def _slow(bench: Bench, plan: Efficiency, cases: Sequence[Case], turns: list[Turn]) -> Mismatch | None:
    """Return the limit that is surely broken, if there is one; `turns` are those of the first sweep."""
    began = time.monotonic()
    for sweep in range(1, SWEEPS):
        if all(above(samples, most) is not None for _, most, samples in _asked(plan, turns)):
            break
        if time.monotonic() - began > PATIENCE * bench.limits.seconds:
            break
        turns += bench.sweep(plan, cases, sweep)
    for name, most, samples in _asked(plan, turns):
        if above(samples, most):
            return Mismatch(category="slow", property=name, got=float(f"{_median(samples):.2g}"), want=most)
    return None


def _asked(plan: Efficiency, turns: Sequence[Turn]) -> list[tuple[str, float, list[float]]]:
    limits = (("ratio", plan.at_most), ("growth", plan.growth))
    return [(name, most, [getattr(turn, name) for turn in turns]) for name, most in limits if most is not None]


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


def _turn(plan: Efficiency, case: Case, theirs: Session, ours: Session, *, ours_first: bool) -> Turn:
    got: list[Outcome] = []
    want: list[Outcome] = []
    mine: list[float] = []
    reference: list[float] = []
    for call, truth in zip(case.calls, case.truth, strict=True):
        if ours_first:
            right, around = _clocked(ours, truth)
            outcome, seconds = _clocked(theirs, call)
        else:
            outcome, seconds = _clocked(theirs, call)
            right, around = _clocked(ours, truth)
        inside = right.seconds if isinstance(right, Returned) else around
        got.append(outcome)
        want.append(right)
        reference.append(max(inside, FLOOR))
        mine.append(max(seconds - max(around - inside, 0.0), FLOOR) if isinstance(outcome, Returned) else math.inf)
    return Turn(got=tuple(got), want=tuple(want), ratio=mine[-1] / reference[-1], growth=_slope(plan.sizes, mine))


def _clocked(session: Session, call: Call) -> tuple[Outcome, float]:
    began = time.perf_counter()
    outcome = session.call(call.function, call.arguments)
    return outcome, time.perf_counter() - began


def _slope(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Return the slope of log seconds over log size by least squares, 0 for a single size."""
    if len(sizes) < 2 or math.inf in seconds:
        return 0.0 if len(sizes) < 2 else math.inf
    x, y = [math.log(size) for size in sizes], [math.log(each) for each in seconds]
    middle, height = sum(x) / len(x), sum(y) / len(y)
    up = sum((a - middle) * (b - height) for a, b in zip(x, y, strict=True))
    return up / sum((a - middle) ** 2 for a in x)
