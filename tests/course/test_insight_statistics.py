"""The numbers of a class: against values worked out by hand, and against numpy."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.course.insight.numbers import over_time
from grader.course.insight.statistics import (
    FEWEST,
    alpha,
    correlation,
    discrimination,
    groups,
    histogram,
    mean,
    means_by_group,
    median,
    reliability,
)

FOUR = [[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]]
"""Variances of the items 1/4, 1/3, 1/4; of the sums 2, 1, 3, 0 it is 5/3."""


def test_alpha_worked_out_by_hand():
    assert alpha(FOUR) == pytest.approx(3 / 2 * (1 - (5 / 6) / (5 / 3)))
    assert alpha(FOUR) == pytest.approx(0.75)


def test_discrimination_is_with_the_other_items_only():
    assert discrimination(FOUR, 0) == pytest.approx(0.75 / math.sqrt(0.75 * 2.75))
    with_itself = correlation([row[0] for row in FOUR], [sum(row) for row in FOUR])
    assert discrimination(FOUR, 0) < with_itself
    assert discrimination(FOUR, 0, apart=[1]) == pytest.approx(1 / 3)  # with the third item alone


def test_what_does_not_vary_has_no_correlation():
    assert correlation([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]) is None
    assert correlation([0.1 + 0.2, 0.3, 0.3], [1.0, 2.0, 3.0]) is None  # it varies by rounding
    assert correlation([], []) is None
    assert alpha([[1.0, 2.0]] * 5) is None
    assert alpha([[1.0], [2.0]]) is None
    assert alpha([]) is None


rows = st.builds(
    lambda students, seed, most: np.random.default_rng(seed).integers(0, most, (students, 4), endpoint=True).tolist(),
    st.integers(FEWEST, 60), st.integers(0, 1 << 32), st.sampled_from([1, 2, 40]),
)  # fmt: skip


@given(rows)
def test_alpha_and_its_error_are_those_of_the_covariances(scores):
    table = np.array(scores)
    both = np.cov(table.T)
    assume(both.sum() > 1e-6)
    wanted = 4 / 3 * (1 - np.trace(both) / both.sum())
    found = reliability(scores)
    assert found.alpha == pytest.approx(wanted, abs=1e-6)
    assert found.error == pytest.approx(math.sqrt(both.sum()) * math.sqrt(max(0, 1 - wanted)), abs=1e-6)
    assert found.without[2] == alpha([[*row[:2], row[3]] for row in scores])
    assert found.students == len(scores)


@given(rows)
def test_discrimination_is_numpys_correlation(scores):
    table = np.array(scores)
    rest = table[:, [0, 2, 3]].sum(axis=1)
    assume(table[:, 1].std() > 1e-3 and rest.std() > 1e-3)
    assert discrimination(scores, 1) == pytest.approx(np.corrcoef(table[:, 1], rest)[0, 1], abs=1e-6)


def test_below_thirty_there_is_no_reliability():
    assert reliability(FOUR * 7) is None
    assert reliability(FOUR * 8) is not None


@given(st.lists(st.integers(0, 20), min_size=1, max_size=80))
def test_equal_totals_are_in_one_group_whatever_their_order(totals):
    found = groups(totals)
    assert all(0 <= each < 5 for each in found)
    assert len({*zip(totals, found, strict=True)}) == len({*totals})
    assert [*sorted(found)] == [each for _, each in sorted(zip(totals, found, strict=True))]
    assert groups(totals[::-1]) == found[::-1]


def test_five_groups_of_ten():
    assert groups([*range(10)]) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert means_by_group([0.0, 1.0, 1.0], [0, 0, 4]) == [(0.5, 2), (None, 0), (None, 0), (None, 0), (1.0, 1)]


def test_the_full_score_is_in_the_last_part():
    assert histogram([0, 9.9, 10, 99.9, 100, 100], 100, 10) == [2, 1, 0, 0, 0, 0, 0, 0, 0, 3]
    assert histogram([105.0, -1.0], 100, 10) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2.5
    assert (median([]), mean([])) == (None, None)


def test_hand_ins_are_counted_in_few_steps_whatever_they_span():
    start = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    for span in (timedelta(minutes=5), timedelta(days=1), timedelta(days=9), timedelta(days=80), timedelta(days=4000)):
        bars, step = over_time([start, start + span / 3, start + span])
        assert sum(bar.count for bar in bars) == 3
        assert len(bars) <= 50
        assert bars[0].start <= start < bars[0].start + step
    assert over_time([]) == ((), timedelta(hours=1))
