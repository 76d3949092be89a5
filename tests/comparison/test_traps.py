"""Every looseness that other graders fell for (numpy's allclose and assert_allclose, mean checks, float checkers)."""

import warnings

import numpy as np
import pytest
from comparison_samples import category, judged

RNG = np.random.default_rng(7)
A = RNG.normal(size=(2, 3, 4))


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (np.ones((4, 1)), np.ones(4)),
        (np.ones((2, 3)), np.ones((1, 3))),
        (np.ones((1, 3)), np.ones((2, 3))),
        (np.zeros((3, 3)), 0.0),
        (0.0, np.zeros((3, 3))),
        (np.float64(0.0), np.zeros(1)),
        (np.zeros((1, 1, 1)), 0.0),
        (np.zeros((0, 3)), np.zeros((0, 4))),
        (A.reshape(3, 2, 4), A),
    ],
)
def test_nothing_is_broadcast(got, want):
    assert category(got, want) == "shape"


def test_an_empty_array_agrees_with_no_number():
    assert category(np.zeros(0), 7.0) == "empty"
    assert category(np.zeros((0, 3)), np.ones((2, 3))) == "empty"
    assert category(np.zeros((0, 3)), np.zeros((0, 3))) == ""
    assert category(np.ones(3), np.zeros(0)) == "shape"


def test_precision_may_not_be_lost():
    assert category(A.astype(np.float32), A) == "dtype"
    assert category(A.astype(np.float16), A.astype(np.float32)) == "dtype"
    assert category(np.float32(1.5), 1.5) == "dtype"
    assert category(A.astype(np.float32).astype(float), A.astype(np.float32)) == ""
    assert category(A.astype(np.longdouble), A) == ""
    assert category(A.astype(">f8"), A) == ""


def test_whole_numbers_are_no_floats_and_no_truth_values():
    assert category(np.arange(3), np.arange(3.0)) == "dtype"
    assert category(np.arange(3.0), np.arange(3)) == "dtype"
    assert category(np.array([0, 1]), np.array([False, True])) == "dtype"
    assert category(True, 1) == "dtype"
    assert category(1, True) == "dtype"
    assert category(2.0, 2) == "dtype"
    assert category(np.arange(3, dtype=np.uint8), np.arange(3)) == ""
    assert category(A.astype(complex), A) == "dtype"


def test_a_bare_python_number_may_stand_for_a_wider_kind():
    assert category(0, 0.0) == ""
    assert category(3, 3.0) == ""
    assert category(np.int64(3), 3.0) == "dtype"
    assert category(3, 3.5) == "values"
    assert category(1.5, 1.5 + 0j) == ""


def test_python_numpy_and_0d_are_one_form_of_a_scalar():
    for form in (1.5, np.float64(1.5), np.array(1.5)):
        for other in (1.5, np.float64(1.5), np.array(1.5)):
            assert category(form, other) == ""
    assert category(np.array([1.5]), 1.5) == "shape"
    assert category(np.array([[[1.5]]]), 1.5, size_one=True) == ""
    assert category(1.5, np.array([[[1.5]]]), size_one=True) == ""
    assert category(np.array([1.6]), 1.5, size_one=True) == "values"
    assert category(np.array([1.5, 1.5]), 1.5, size_one=True) == "shape"
    assert category([1.5], 1.5, size_one=True) == "type"


def test_tiny_gradients_are_not_zero():
    assert category(np.full(5, 1e-9), np.zeros(5)) == "values"
    assert category(np.zeros(5), np.full(5, 1e-9)) == "values"
    assert category(np.full(5, 1.001e-30), np.full(5, 1e-30)) == "values"
    assert category(np.full(5, 1e-300), np.full(5, 2e-300)) == "values"


def test_the_absolute_tolerance_follows_the_output():
    want = np.array([1e6, 1e-9])
    assert category(np.array([1e6, 2e-9]), want) == ""
    assert category(np.array([1e6, 2.0]), want) == "values"
    assert category(np.array([1e6, 2e-9]), want, atol=0.0) == "values"


def test_where_zero_is_expected_only_zero_will_do():
    assert category(5e-324, 0.0) == "values"
    assert category(-0.0, 0.0) == ""
    assert category(1e-17, 0.0, atol=1e-12) == ""


def test_a_permutation_has_the_same_mean_and_is_wrong():
    mixed = A.reshape(-1)[::-1].reshape(A.shape)
    assert np.isclose(mixed.mean(), A.mean())
    assert category(mixed, A) == "values"


def test_nan_is_expected_where_the_reference_has_it():
    want = np.array([1.0, np.nan, np.inf, -np.inf])
    assert category(want.copy(), want) == ""
    assert category(want.copy(), want, nan_equal=False) == "nan"
    assert category(np.array([1.0, 2.0, np.inf, -np.inf]), want) == "nan"
    assert category(np.array([1.0, np.nan, -np.inf, -np.inf]), want) == "nan"
    assert category(np.array([1.0, np.nan, np.nan, -np.inf]), want) == "nan"
    assert category(np.array([np.nan, np.nan, np.inf, -np.inf]), want) == "nan"
    assert category(np.array([2.0, np.nan, np.inf, -np.inf]), want) == "values"
    assert category(float("nan"), float("nan")) == ""
    assert category(float("inf"), 1e308) == "nan"


def test_infinity_in_the_reference_opens_no_tolerance():
    want = np.array([np.inf, 1.0])
    assert category(np.array([np.inf, 1.1]), want) == "values"


def test_large_whole_numbers_are_exact():
    assert category(10_000_001, 10_000_000) == "values"
    assert category(np.array([10_000_001, 0]), np.array([10_000_000, 0])) == "values"
    assert category(np.array([2**62 + 1]), np.array([2**62])) == "values"
    assert category(np.array([2**63], dtype=np.uint64), np.array([2**63 - 1])) == "values"
    assert category(2**80 + 1, 2**80) == "values"
    assert category(2**80, 2**80) == ""
    assert category(10**400, 10**400 + 1) == "values"
    assert category(10**400, 1.0) in ("nan", "values", "dtype")
    assert category(np.array([3]), np.array([4]), atol=1.0) == ""


def test_truth_takes_bools_and_zeros_and_ones_only():
    want = np.array([[True, False], [False, True]])
    for kind in (bool, int, float, np.uint8):
        assert category(want.astype(kind), want, dtype="truth") == ""
    assert category(want * 2.0, want, dtype="truth") == "values"
    assert category(want + 1e-9, want, dtype="truth") == "values"
    assert category(np.where(want, np.nan, 0.0), want, dtype="truth") == "nan"
    assert category(want.astype(complex), want, dtype="truth") == "dtype"
    assert category(~want, want, dtype="truth") == "values"
    assert category(want.astype(int), want) == "dtype"


def test_exact_and_any_dtypes():
    assert category(np.arange(3, dtype=np.int32), np.arange(3), dtype="exact") == "dtype"
    assert category(np.arange(3), np.arange(3), dtype="exact") == ""
    assert category(np.arange(3, dtype=np.float32), np.arange(3), dtype="any") == ""
    assert category(np.arange(3) + 1, np.arange(3.0), dtype="any") == "values"


def test_complex_numbers():
    want = np.array([1 + 1j, 1e-9j])
    assert category(want * (1 + 1e-9), want) == ""
    assert category(want.conj(), want) == "values"
    assert category(want.real, want) == "dtype"
    assert category(np.array([complex(np.nan, 1), 0]), np.array([complex(1, np.nan), 0])) == "nan"
    assert category(np.array([complex(np.inf, 1), 0]), np.array([complex(np.inf, 2), 0])) == "values"


def test_numbers_near_overflow_neither_pass_nor_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert category(np.array([1.7e308]), np.array([-1.7e308])) == "values"
        assert category(np.array([1.7e308 + 1.7e308j]), np.array([-1.7e308 + 1.7e308j])) == "values"
        assert category(np.array([1.7e308]), np.array([1.7e308 * (1 - 1e-9)])) == ""
        assert category(1e308, 5e-324) == "values"
        verdict = judged(np.array([1.7e308, np.nan]), np.array([-1.7e308, 1.0]))
    assert np.isfinite(verdict.mismatches[0].worst_absolute)
    assert np.isfinite(verdict.mismatches[0].worst_relative)


def test_lists_strings_and_none_are_no_arrays():
    assert category(A.tolist(), A) == "type"
    assert category(None, A) == "type"
    assert category("3.14", 3.14) == "type"
    assert category({"Z": A}, A) == "type"
    assert category((A,), A) == "type"
    assert category(0, None) == "type"
    assert category(None, None) == ""


def test_texts_are_exact():
    assert category("max", "max") == ""
    assert category("max ", "max") == "text"
    assert category("", "max") == "text"


def test_containers():
    assert category([1, 2.0], (1, 2.0)) == ""
    assert category([1, 2.0], (1, 2.0), sequence="same") == "type"
    assert category((1, 2), (1, 2, 3)) == "length"
    assert category({"pad": 1, "stride": 2}, {"stride": 2, "pad": 1}) == ""
    assert category({"pad": 1}, {"pad": 1, "stride": 2}) == "keys"
    assert category({"pad": 1, "f": 1}, {"pad": 1}) == "keys"
    assert category({1: "a"}, {"1": "a"}) == "keys"
    assert category({"pad": 2}, {"pad": 1}) == "values"
    assert category({"pad": 1.0}, {"pad": 1}) == "dtype"
    assert category([[1, [2, "x"]]], [[1, [2, "y"]]]) == "text"


def test_evidence_of_a_wrong_element():
    got = A.copy()
    got[1, 2, 3] += 1.0
    got[1, 0, 0] *= -1
    (found,) = judged(got, A).mismatches
    assert found.index == (1, 0, 0)
    assert (found.differing, found.total) == (2, 24)
    assert (found.got, found.want) == (got[1, 0, 0], A[1, 0, 0])
    assert found.worst_absolute == pytest.approx(max(1.0, 2 * abs(A[1, 0, 0])))
    assert found.worst_relative == pytest.approx(max(1 / abs(A[1, 2, 3]), 2.0))


def test_nan_evidence_points_at_the_nan():
    got = A.copy()
    got[0, 0, 0] += 1.0
    got[1, 2, 3] = np.nan
    (found,) = judged(got, A).mismatches
    assert (found.category, found.index, found.differing) == ("nan", (1, 2, 3), 2)


def test_places_in_containers_are_named():
    verdict = judged((A, [{"pad": 1}]), (A, [{"pad": 2}]))
    assert verdict.mismatches[0].output == "[1][0]['pad']"


def test_large_arrays_are_compared_to_the_last_element():
    want = np.zeros(200_001)
    got = want.copy()
    got[-1] = 1e-12
    (found,) = judged(got, want).mismatches
    assert found.index == (200_000,)
    assert found.differing == 1
