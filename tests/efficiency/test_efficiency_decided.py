"""When a limit counts as broken: decided on turns with a clock that the test holds."""

from contextlib import contextmanager, nullcontext
from fractions import Fraction
from types import SimpleNamespace
from typing import ClassVar

import pytest

from grader.checks import timing
from grader.checks.efficiency import Efficiency, limits
from grader.checks.kind import Kind
from grader.errors import Span
from grader.execution.engine import Usage
from grader.grading import measuring
from grader.grading.judging import Judged
from grader.language import Bilingual
from grader.model import (
    Call,
    Case,
    Check,
    Comparison,
    Draw,
    Limits,
    Problem,
    Returned,
    Source,
    Stopped,
    Task,
    Trial,
    Verdict,
)

AT = Span(path="grading.yaml", line=1)
WAY = 0.5  # seconds there and back, which are nobody's


class Bench:
    """An engine whose calls take as long as they are told to, by a clock that stands still in between."""

    def __init__(self, mine, theirs):
        self.mine, self.theirs = mine, theirs
        self.now = 0.0
        self.calls = 0

    @contextmanager
    def session(self, source, limits, *, helpers=None):
        yield Session(self, self.mine if source.text == "student" else self.theirs)


class Session:
    """One side: `seconds` gives the next call's time from its number and its size.

    It may give the CPU time and the time queued for a processor, too.
    """

    paused = nullcontext

    def __init__(self, bench, seconds):
        self.bench, self.seconds = bench, seconds
        self.usage = Usage()

    def make(self, call):
        if not call.function:
            return Returned(value=None)
        took = self.seconds(self.bench.calls, call.arguments[0])
        self.bench.calls += 1
        if took is None:
            return Stopped(reason="timeout")
        took, cpu, queued = (*took, 0.0)[:3] if isinstance(took, tuple) else (took, took, 0.0)
        self.bench.now += took + WAY
        self.usage = Usage(self.usage.cpu + cpu, self.usage.queued + queued)
        return Returned(value=1.0, seconds=took)


def measured(monkeypatch, demand, mine, theirs, cases=5, seconds=1e9, kind=Bench, alike=False):
    """Return the trials of one check, and how many sweeps it took."""
    bench = kind(mine, theirs)
    monkeypatch.setattr(limits, "PAUSE", 0)
    monkeypatch.setattr(timing.time, "perf_counter", lambda: bench.now)
    calls = [
        tuple(Call(function="f", arguments=(size, 0 if alike else i)) for size in demand.sizes or (1,))
        for i in range(cases)
    ]
    drawn = [
        Case(function="f", check="e", index=i, seed=0, names={}, calls=each, truth=each) for i, each in enumerate(calls)
    ]
    check = Check(
        key="e", name=Bilingual("e", "e"), demand=demand, share=Fraction(1), visibility="hidden", cases=cases,
        draw=Draw(stream="f.e", at=AT), compare=Comparison(), at=AT,
    )  # fmt: skip
    problem = Problem(
        function="f", title=Bilingual("f", "f"), points=Fraction(1), bonus=False, needs=(), returns=(),
        limits=Limits(seconds=seconds), checks=(check,), at=AT,
    )  # fmt: skip
    judged = {"f": Judged(problem=problem, trials=((check, ()),))}
    sources = [Source(path="s.py", text=text, digest="") for text in ("student", "reference")]
    found = measuring.measure(bench, *sources, drawn, judged)
    return found["f"], bench.calls // (2 * len(calls[0]) * cases)


RATIO = Efficiency(at_most=10.0)
GROWTH = Efficiency(growth=1.5, over="n", sizes=(100, 200, 400, 800))


@pytest.mark.parametrize(
    ("times", "sweeps", "earned"),
    [(1, 1, 1), (9, 1, 1), (11, 2, 0), (100, 2, 0)],
)
def test_what_is_clear_is_decided_at_once(monkeypatch, times, sweeps, earned):
    """The way there and back is half a second and the call a tenth: it does not count."""
    judged, took = measured(monkeypatch, RATIO, lambda n, size: 0.1 * times, lambda n, size: 0.1)
    assert (judged.earned, took) == (earned, sweeps)


def test_the_time_that_a_worker_waits_for_a_processor_is_not_its_own(monkeypatch):
    def preempted(n, size):
        queued = 100.0 if size >= 400 else 0.0
        return size / 100 + queued, size / 100, queued

    ratio = Efficiency(at_most=10.0, over="n", sizes=(100, 200, 400))
    for demand in (ratio, GROWTH):
        judged, took = measured(monkeypatch, demand, preempted, lambda n, size: size / 100)
        assert (judged.earned, took) == (1, 1)
        judged, _ = measured(monkeypatch, demand, lambda n, size: preempted(n, size)[:2], lambda n, size: size / 100)
        assert judged.earned == 0, "what it waits for otherwise is"


def test_who_waits_by_the_clock_is_not_excused_by_a_busy_machine(monkeypatch):
    judged, _ = measured(monkeypatch, GROWTH, lambda n, size: (100.0, 40.0, 60.0), lambda n, size: size / 100)
    assert (judged.earned, said(judged)) == (0, {"fixed"})


def test_near_the_limit_it_is_measured_again(monkeypatch):
    noise = [0.5, 1.6, 1.0, 0.7, 1.3, 1.5, 0.6]
    judged, took = measured(monkeypatch, RATIO, lambda n, size: noise[n % 7], lambda n, size: 0.1)
    assert took == limits.SWEEPS
    assert judged.earned == 1, "whoever is still in doubt is not slow"


def test_one_turn_in_four_disturbed_decides_nothing(monkeypatch):
    judged, _ = measured(monkeypatch, RATIO, lambda n, size: 30.0 if n % 8 in (2, 3) else 0.3, lambda n, size: 0.1)
    assert judged.earned == 1


def test_a_busy_machine_slows_both(monkeypatch):
    busy = lambda n: 50 if n >= 4 else 1  # noqa: E731
    judged, took = measured(monkeypatch, RATIO, lambda n, size: 0.5 * busy(n), lambda n, size: 0.1 * busy(n))
    assert (judged.earned, took) == (1, 1)


def test_what_takes_no_time_is_not_told_apart(monkeypatch):
    judged, _ = measured(monkeypatch, RATIO, lambda n, size: 9e-3, lambda n, size: 1e-6)
    assert judged.earned == 1


@pytest.mark.parametrize(
    ("demand", "slow"), [(RATIO, lambda size: 5.0), (GROWTH, lambda size: (size / 100) ** 2)], ids=["ratio", "growth"]
)
def test_nobody_is_slow_by_what_disturbed_one_sweep(monkeypatch, demand, slow):
    """A machine is busy for a moment: all turns of the first sweep are as those of a slow function."""
    calls = 2 * 5 * max(1, len(demand.sizes))  # the reference's are counted, too
    judged, took = measured(
        monkeypatch, demand, lambda n, size: slow(size) if n < calls else size / 10, lambda n, size: size / 10
    )
    assert judged.earned == 1 and took > 1


@pytest.mark.parametrize(("power", "earned"), [(1.0, 1), (1.4, 1), (1.6, 0), (2.0, 0)])
def test_growth_is_the_slope_over_all_sizes(monkeypatch, power, earned):
    judged, _ = measured(monkeypatch, GROWTH, lambda n, size: (size / 100) ** power, lambda n, size: 0.1, cases=4)
    assert judged.earned == earned


def test_a_call_that_does_not_return_is_wrong_not_slow(monkeypatch):
    judged, took = measured(monkeypatch, RATIO, lambda n, size: None, lambda n, size: 0.1)
    ((_, trials),) = judged.trials
    assert (judged.earned, took) == (0, 1)
    assert all(trial.verdict.mismatches == () for trial in trials)


class Quick(Kind, frozen=True, kw_only=True):
    """A kind of a course's own: the first time decides."""

    sizes: tuple[int, ...] = ()

    kind: ClassVar[str] = "quick"
    timed: ClassVar[bool] = True

    def judge(self, check, returns, case, got, want):
        return Verdict(share=Fraction(1))

    def timing(self, problem, check, cases, bench):
        turns = bench.sweep(cases, 0)
        trials = tuple(
            Trial(
                task=Task(case=case, want=turn.want), got=turn.got, verdict=Verdict(share=Fraction(turn.ratios[0] < 2))
            )
            for case, turn in zip(cases, turns, strict=True)
        )
        return SimpleNamespace(decided=lambda: trials)


@pytest.mark.parametrize(("times", "earned"), [(1, 1), (3, 0)])
def test_another_kind_may_be_timed(monkeypatch, times, earned):
    judged, took = measured(monkeypatch, Quick(), lambda n, size: 0.1 * times, lambda n, size: 0.1)
    assert (judged.earned, took) == (earned, 1)


BOTH = Efficiency(at_most=10.0, growth=1.5, over="n", sizes=(100, 200, 400, 800))
LINEAR = lambda n, size: size / 1000  # noqa: E731


def said(judged):
    """Return which limit was broken, "" for none."""
    return {
        mismatch.property for _, trials in judged.trials for trial in trials for mismatch in trial.verdict.mismatches
    }


def test_the_ratio_is_held_at_every_size(monkeypatch):
    judged, _ = measured(monkeypatch, BOTH, lambda n, size: 2.0, LINEAR)
    assert (judged.earned, said(judged)) == (0, {"ratio"}), "at the largest size it is 2.5, at the smallest 20"
    judged, _ = measured(monkeypatch, BOTH, lambda n, size: size / 200, LINEAR)
    assert judged.earned == 1


def test_growth_is_that_of_cpu_time_too(monkeypatch):
    """Sleeping makes the small ones as long as the large ones; the worker's CPU time tells."""
    judged, took = measured(monkeypatch, GROWTH, lambda n, size: (0.1, (size / 800) ** 2 / 10), LINEAR)
    assert (judged.earned, said(judged), took) == (0, {"growth"}, 2)


def test_where_no_cpu_time_is_counted_the_clock_decides(monkeypatch):
    for power, earned in ((1, 1), (2, 0)):
        judged, _ = measured(monkeypatch, GROWTH, lambda n, size, p=power: ((size / 800) ** p, 0.0), LINEAR)
        assert judged.earned == earned


@pytest.mark.parametrize(
    ("mine", "earned"),
    [
        (lambda n, size: 8.0, 0),
        (lambda n, size: 8.0 + size / 1000, 0),
        (lambda n, size: max(6.0, 8 * (size / 800) ** 2), 0),
        (lambda n, size: 4.0 + size / 1000, 1),
        (lambda n, size: 200 * size / 1000, 1),
        (lambda n, size: 4.0, 1),
    ],
    ids=["flat", "flat and linear", "made longer below a size", "some fixed cost", "200 times as slow", "short"],
)
def test_a_time_that_does_not_grow_may_not_be_long(monkeypatch, mine, earned):
    """The reference takes 0.1 s for the smallest, so that 5 s may be spent on what does not grow."""
    judged, took = measured(monkeypatch, GROWTH, mine, LINEAR)
    assert (judged.earned, took) == (earned, 1 if earned else 2)
    assert said(judged) == (set() if earned else {"fixed"})


def test_who_breaks_now_this_and_now_that_breaks_them_all(monkeypatch):
    """Half the turns grow too fast, half are flat and long: neither limit is surely broken alone."""
    coin = lambda n, size: 10.0 if n // 8 % 2 else 10.0 * (size / 800) ** 2  # noqa: E731
    for demand in (GROWTH, BOTH):
        judged, _ = measured(monkeypatch, demand, coin, LINEAR)
        assert judged.earned == 0


def test_what_is_done_once_does_not_count(monkeypatch):
    """The first call of a worker, on the smallest input, takes a second more: a library is imported."""
    for demand in (GROWTH, BOTH):
        judged, _ = measured(monkeypatch, demand, lambda n, size: size / 1000 + 40.0 * (n % 40 < 2), LINEAR)
        assert judged.earned == 1


def test_wrong_and_quick_later_is_slow(monkeypatch):
    """Only 3 cases, so that one sweep decides nothing: right and slow in it, wrong and quick in all that follow."""
    later = lambda n, size: 3.0 if n < 6 else None  # noqa: E731
    judged, _ = measured(monkeypatch, RATIO, later, lambda n, size: 0.1, cases=3)
    assert judged.earned == 0


def test_a_function_has_so_many_times_the_seconds_of_a_call(monkeypatch):
    judged, _ = measured(monkeypatch, RATIO, lambda n, size: 3.0, lambda n, size: 1.0, cases=20, seconds=4.0)
    ((_, trials),) = judged.trials
    reached = [trial for trial in trials if trial.verdict.share == 1]
    assert 0 < len(reached) < 20 and all(trial.got[0].reason == "unreached" for trial in trials if trial not in reached)


def test_a_flat_time_is_too_slow_where_all_cases_are_alike(monkeypatch):
    """Then each call for the smallest size is the first of its worker."""
    judged, _ = measured(monkeypatch, GROWTH, lambda n, size: 0.3, lambda n, size: size * 1e-6, alike=True)
    assert judged.earned == 0


def test_equal_arguments_never_meet_the_same_worker(monkeypatch):
    """A function that keeps its results is as slow as it is."""
    kept = set()
    sessions = []

    class Keeping(Bench):
        @contextmanager
        def session(self, source, limits, *, helpers=None):
            sessions.append(kept.clear())
            yield Session(self, self.mine if source.text == "student" else self.theirs)

    def mine(n, size):
        took = 0.0 if size in kept else 3.0
        kept.add(size)
        return took

    judged, _ = measured(monkeypatch, RATIO, mine, lambda n, size: 0.1, kind=Keeping, alike=True)
    assert judged.earned == 0 and len(sessions) == 20


@pytest.mark.parametrize(
    ("samples", "answer"),
    [
        ([1, 2, 3], None),
        ([1, 2, 3, 4], False),
        ([6, 7, 8, 9], True),
        ([1, 2, 6, 7], None),
        ([1] * 14 + [9] * 6, None),
        ([1] * 15 + [9] * 5, False),
        ([9] * 15 + [1] * 5, True),
        ([], None),
    ],
)
def test_the_median_is_surely_above(samples, answer):
    """Of 20 samples the 6th and the 15th bound the median 19 times out of 20."""
    assert limits.above(samples, 5.0) is answer
