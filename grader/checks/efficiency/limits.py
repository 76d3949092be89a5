"""Decides whether a limit of time is broken: calls are timed until it is clear on which side of the limit they are.

What is compared is a ratio or a slope of two calls made right after each other, so a machine that is busy for a while
slows both. A limit is broken if the median of all turns is surely above it: the interval of order statistics that holds
the true median 19 times out of 20 lies above (W. J. Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2).
While the limit lies inside that interval the sweep is repeated; if it still does after the last sweep, the limit holds.
What keeps a machine busy for a moment may disturb all turns of one sweep, so no limit is broken by one sweep alone:
there is a second one a little later.

The ratio is held at every size. Growth alone cannot see a time that was made longer on small inputs on purpose, so at
the smallest size it goes together with a limit on the ratio, or, where the rubric has none, on the time that does not
grow.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from statistics import median, median_high

from msgspec import Struct
from msgspec.structs import replace

from grader.checks.efficiency import Efficiency
from grader.checks.timing import FLOOR, PATIENCE, Bench, Turn
from grader.language import Message, say
from grader.model import Case, Check, Mismatch, Outcome, Problem, Returned, Stopped, Task, Trial, Verdict

SWEEPS = 6
PAUSE = 0.3
"""Seconds until a function that seems to be slow is measured again."""
FIXED = 50.0
"""So many times the reference's time for the smallest size (at least 1 ms) may be spent on what does not grow."""
LEAST_RATIO = 2.0
"""Machines, and runs on one of them, differ by less."""
ROOM = 0.25
"""How far off a measured exponent may be."""
_HALF_WIDTH = 0.98  # 1.96 standard deviations of a binomial variable with p = 1/2, halved, over the root of n


class Limit(Struct, frozen=True, kw_only=True):
    """A limit of a check: "ratio", "growth" or "fixed", the `most` it may be, and what each turn measured."""

    name: str
    most: float
    samples: tuple[float, ...]

    @property
    def broken(self) -> bool | None:
        """Whether the median of the samples is surely above the limit; `None` while that is open."""
        return above(self.samples, self.most)


class Measurement:
    """One check whose cases have been timed once: `trials` says what came of them, `turns` how long right ones took."""

    def __init__(self, demand: Efficiency, problem: Problem, check: Check, cases: Sequence[Case], bench: Bench) -> None:
        self.demand, self.problem, self.check, self.bench = demand, problem, check, bench
        turns = bench.sweep(cases, 0)
        self.trials = tuple(
            Trial(task=Task(case=case, want=turn.want), got=turn.got, verdict=self._verdict(case, turn))
            for case, turn in zip(cases, turns, strict=True)
        )
        pairs = zip(self.trials, turns, strict=True)
        self.turns = [turn for trial, turn in pairs if trial.verdict.share == 1]

    def decided(self) -> tuple[Trial, ...]:
        """Return the trials once the limits are decided, timing the right ones again until they are."""
        slow = self._slow() if self.turns else None
        if slow is None:
            return self.trials
        late = Verdict(share=Fraction(0), mismatches=(slow,))
        return tuple(replace(each, verdict=late) if each.verdict.share == 1 else each for each in self.trials)

    def _verdict(self, case: Case, turn: Turn) -> Verdict:
        return self.demand.judge(self.check, self.problem.returns, case, turn.got, turn.want)

    def _slow(self) -> Mismatch | None:
        """Return the limit that is surely broken, if there is one."""
        right = [trial.case for trial in self.trials if trial.verdict.share == 1]
        for sweep in range(1, SWEEPS + 1):
            limits = limits_of(self.demand, self.turns)
            answers = [limit.broken for limit in limits]
            slow, doubtful = any(answers), None in answers
            if sweep == SWEEPS or self.bench.left <= 0 or (sweep > 1 if slow else not doubtful):
                break
            if slow:
                time.sleep(PAUSE)
            again = zip(right, self.bench.sweep(right, sweep), strict=True)
            self.turns += [self._spoilt(case, turn) for case, turn in again if _reached(turn.got)]
        broken = next((limit for limit, answer in zip(limits, answers, strict=True) if answer), None)
        if broken is None:
            return None
        measured = float(f"{median_high(broken.samples):.2g}")
        return Mismatch(category="slow", property=broken.name, got=measured, want=broken.most)

    def _spoilt(self, case: Case, turn: Turn) -> Turn:
        """Return `turn`, with endless times if its result is wrong: one right result must not buy quick wrong ones."""
        if self._verdict(case, turn).share == 1:
            return turn
        endless = (math.inf,) * len(turn.seconds)
        return replace(turn, seconds=endless, cpu=endless, whole=endless)


def _reached(outcomes: Sequence[Outcome]) -> bool:
    return not any(isinstance(outcome, Stopped) and outcome.reason == "unreached" for outcome in outcomes)


def limits_of(demand: Efficiency, turns: Sequence[Turn]) -> list[Limit]:
    """Return what is asked of the turns so far: the ratio at every size, the largest first; then growth."""
    # What is done once, like an import in the function, is in the first call of a worker, which is the smallest.
    settled = [turn for turn in turns if not turn.first]
    limits = []
    if demand.at_most is not None:
        for place in reversed(range(max(1, len(demand.sizes)))):
            counted = settled if place == 0 < len(demand.sizes) - 1 else turns
            samples = tuple(turn.ratios[place] for turn in counted)
            limits.append(Limit(name="ratio", most=demand.at_most, samples=samples))
    if demand.growth is not None:
        limits.append(_growth(demand, demand.growth, turns, settled))
    return [limit for limit in limits if limit.samples]


def _growth(demand: Efficiency, most: float, turns: Sequence[Turn], settled: Sequence[Turn]) -> Limit:
    """Return the limit on growth, or the one on the smallest size if that is broken by more.

    A turn counts for both together: otherwise each could be broken in a little less than half of the turns.
    """
    grown = [turn.growth(demand.sizes) / most for turn in settled or turns]
    if demand.at_most is not None:
        name, limit, small = "ratio", demand.at_most, [turn.ratios[0] / demand.at_most for turn in settled]
    else:
        # Where arguments are always the same no turn is settled; FIXED has room for what is done once.
        name, limit, small = "fixed", FIXED, [turn.fixed / FIXED for turn in settled or turns]
    small = small or [0.0] * len(grown)
    if median_high(grown) >= median_high(small):
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


def misfits(demand: Efficiency, problem: Problem, turns: Sequence[Turn]) -> Iterator[Message]:
    """Yield why the limits do not fit the reference, given turns of it beside itself."""
    seconds = [[each.seconds for each in turn.want if isinstance(each, Returned)] for turn in turns]
    least, most = median(each[0] for each in seconds), median(each[-1] for each in seconds)
    if (least if demand.growth is not None else most) < FLOOR:
        yield say("The reference takes less than a millisecond, which cannot be timed. Draw larger inputs.")
    if demand.at_most is not None and demand.at_most < LEAST_RATIO:
        yield say(
            "Two runs of the reference itself may differ that much. Set at_most to {least:g} or more.",
            least=LEAST_RATIO,
        )
    whole = sum(sum(each) for each in seconds) * (demand.at_most or 1)
    if most * (demand.at_most or 1) > problem.limits.seconds:
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
    if demand.growth is not None:
        slopes = [turn.growth(demand.sizes) for turn in turns]
        if above(slopes, demand.growth - ROOM):
            yield say(
                "The reference's own time grows about as the size to the power of {power:.1f}.", power=median(slopes)
            )
