"""When a limit counts as broken: decided on turns with a clock that the test holds."""

from contextlib import contextmanager
from fractions import Fraction

import pytest

from grader.errors import Span
from grader.grading import efficiency
from grader.grading.judging import Judged
from grader.language import Bilingual
from grader.model import (
    Call,
    Case,
    Check,
    Comparison,
    Draw,
    Efficiency,
    Limits,
    Problem,
    Returned,
    Source,
    Stopped,
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
    def session(self, source, limits):
        yield Session(self, self.mine if source.text == "student" else self.theirs)


class Session:
    """One side: `seconds` gives the next call's time, from its number and its size."""

    def __init__(self, bench, seconds):
        self.bench, self.seconds = bench, seconds

    def call(self, function, arguments):
        if not function:
            return Returned(value=None)
        took = self.seconds(self.bench.calls, arguments[0])
        self.bench.calls += 1
        if took is None:
            return Stopped(reason="timeout")
        self.bench.now += took + WAY
        return Returned(value=1.0, seconds=took)


def measured(monkeypatch, plan, mine, theirs, cases=5):
    """Return the trials of one check, and how many sweeps it took."""
    bench = Bench(mine, theirs)
    monkeypatch.setattr(efficiency.time, "perf_counter", lambda: bench.now)
    monkeypatch.setattr(efficiency.time, "monotonic", lambda: 0.0)
    calls = tuple(Call(function="f", arguments=(size,)) for size in plan.sizes or (1,))
    drawn = [Case(function="f", check="e", index=i, seed=0, names={}, calls=calls, truth=calls) for i in range(cases)]
    check = Check(
        key="e", name=Bilingual("e", "e"), plan=plan, share=Fraction(1), visibility="hidden", cases=cases,
        draw=Draw(stream="f.e", at=AT), compare=Comparison(), at=AT,
    )  # fmt: skip
    problem = Problem(
        function="f", title=Bilingual("f", "f"), points=Fraction(1), bonus=False, needs=(), returns=(),
        limits=Limits(), checks=(check,), at=AT,
    )  # fmt: skip
    judged = {"f": Judged(problem=problem, trials=((check, ()),))}
    sources = [Source(path="s.py", text=text, digest="") for text in ("student", "reference")]
    found = efficiency.measure(bench, *sources, drawn, judged)
    return found["f"], bench.calls // (2 * len(calls) * cases)


RATIO = Efficiency(at_most=10.0)
GROWTH = Efficiency(growth=1.5, over="n", sizes=(100, 200, 400, 800))


@pytest.mark.parametrize(
    ("times", "sweeps", "earned"),
    [(1, 1, 1), (9, 1, 1), (11, 1, 0), (100, 1, 0)],
)
def test_what_is_clear_is_decided_at_once(monkeypatch, times, sweeps, earned):
    """The way there and back is half a second and the call a tenth: it does not count."""
    judged, took = measured(monkeypatch, RATIO, lambda n, size: 0.1 * times, lambda n, size: 0.1)
    assert (judged.earned, took) == (earned, sweeps)


def test_near_the_limit_it_is_measured_again(monkeypatch):
    noise = [0.5, 1.6, 1.0, 0.7, 1.3, 1.5, 0.6]
    judged, took = measured(monkeypatch, RATIO, lambda n, size: noise[n % 7], lambda n, size: 0.1)
    assert took == efficiency.SWEEPS
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


@pytest.mark.parametrize(("power", "earned"), [(1.0, 1), (1.4, 1), (1.6, 0), (2.0, 0)])
def test_growth_is_the_slope_over_all_sizes(monkeypatch, power, earned):
    judged, _ = measured(monkeypatch, GROWTH, lambda n, size: (size / 100) ** power, lambda n, size: 0.1, cases=4)
    assert judged.earned == earned


def test_a_call_that_does_not_return_is_wrong_not_slow(monkeypatch):
    judged, took = measured(monkeypatch, RATIO, lambda n, size: None, lambda n, size: 0.1)
    ((_, trials),) = judged.trials
    assert (judged.earned, took) == (0, 1)
    assert all(trial.verdict.mismatches == () for trial in trials)


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
    assert efficiency.above(samples, 5.0) is answer
