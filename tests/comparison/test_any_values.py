"""Properties of the comparison over arbitrary values."""

import warnings

import numpy as np
from comparison_samples import category, judged
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.explain.sentences import sentence
from grader.model import Comparison
from grader.values.numbers import SLICE

KINDS = st.sampled_from(["?", "i1", "i4", "i8", "u1", "u8", "f2", "f4", "f8", ">f8", "c8", "c16"])
ARRAYS = hnp.arrays(KINDS, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text(max_size=5) | ARRAYS
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    ),
    max_leaves=6,
)
RULES = st.fixed_dictionaries(
    {
        "rtol": st.sampled_from([0.0, 1e-6, 0.1]),
        "atol": st.sampled_from([None, 0.0, 1e-3]),
        "dtype": st.sampled_from(["kind", "exact", "any"]),
        "size_one": st.booleans(),
        "sequence": st.sampled_from(["any", "same"]),
    }
)
FINITE = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6)
FLOATS = hnp.arrays(float, hnp.array_shapes(min_dims=1, max_dims=3, max_side=5), elements=FINITE)


def _copy(value):
    match value:
        case np.ndarray():
            return value.copy()
        case tuple():
            return tuple(_copy(each) for each in value)
        case list():
            return [_copy(each) for each in value]
        case dict():
            return {key: _copy(each) for key, each in reversed(value.items())}
        case _:
            return value


@given(VALUES, RULES)
def test_a_value_agrees_with_itself(value, rule):
    assert judged(_copy(value), value, **rule).share == 1


@given(VALUES, VALUES, RULES, st.booleans())
@settings(max_examples=300)
def test_any_two_values_are_judged_without_a_word_from_numpy(got, want, rule, public):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        verdict = judged(got, want, **rule)
    assert (verdict.share == 1) == (not verdict.mismatches)
    for mismatch in verdict.mismatches:
        assert np.isfinite(mismatch.worst_absolute)
        assert np.isfinite(mismatch.worst_relative)
        for language in ("zh", "en"):
            assert sentence(mismatch, public=public).text(language)


@given(ARRAYS, VALUES)
def test_truth_never_raises(want, got):
    assert judged(got, want, dtype="truth").share in (0, 1)


@given(FLOATS, st.data())
def test_one_element_beyond_the_tolerance_loses(want, data):
    place = tuple(data.draw(st.integers(0, side - 1)) for side in want.shape)
    allowed = 1e-6 * (np.abs(want).max() + abs(want[place]))
    got = want.copy()
    got[place] += data.draw(st.sampled_from([-1.0, 1.0])) * max(allowed * 1.01, 1e-12)
    verdict = judged(got, want)
    assert verdict.share == 0
    assert (verdict.mismatches[0].index, verdict.mismatches[0].differing) == (place, 1)


@given(FLOATS, st.sampled_from([-1.0, 1.0]))
def test_the_border_is_the_same_on_both_sides(want, sign):
    allowed = 1e-6 * (np.abs(want).max() + np.abs(want))
    assert category(want + sign * allowed * 0.99, want) == ""
    assume((allowed > 0).any())
    assert category(want + sign * allowed * 1.01, want) == "values"


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_two_scalars_agree_as_the_formula_says(got, want):
    want = 0.0 if abs(want) < 1e-290 else want
    allowed = 2e-6 * abs(want)
    distance = abs(got - want)
    assume(allowed == 0 or abs(distance - allowed) > 1e-3 * allowed)
    assert (category(got, want) == "") == (distance <= allowed)


@given(st.permutations(range(24)))
def test_a_permutation_loses(order):
    want = np.arange(24.0).reshape(2, 3, 4)
    got = want.reshape(-1)[list(order)].reshape(want.shape)
    assert category(got, want) == ("" if list(order) == sorted(order) else "values")


@given(hnp.arrays(int, (3, 3), elements=st.integers(-50, 50)), st.sampled_from([1.0, 1e-9, 1e9]))
def test_a_transpose_loses(whole, scale):
    assert category(whole.T * scale, whole * scale) == ("" if (whole == whole.T).all() else "values")


@given(FLOATS, st.sampled_from(["f2", "f4", "i8", "?", "c16"]))
def test_another_dtype_loses(want, dtype):
    with np.errstate(all="ignore"):
        assert category(want.astype(dtype), want) == "dtype"


@given(FLOATS)
def test_another_shape_loses(want):
    assert category(want[None], want) == "shape"
    assert category(want[..., None], want) == "shape"


@given(st.integers(0, 3), st.integers(-2, 2))
@settings(max_examples=20, deadline=None)
def test_a_wrong_element_is_found_at_every_slice_border(slices, beside):
    place = slices * SLICE + beside
    want = np.ones(3 * SLICE + 5, dtype=np.float64)
    assume(0 <= place < want.size)
    got = want.copy()
    got[place] = 2.0
    assert judged(got, want).mismatches[0].index == (place,)


@given(st.integers(), st.integers())
def test_whole_numbers_agree_only_with_themselves(got, want):
    assert (category(got, want) == "") == (got == want)


@given(
    hnp.arrays(st.sampled_from(["i8", "u8", "i2"]), 3),
    hnp.arrays(st.sampled_from(["i8", "u8", "i2"]), 3),
)
def test_whole_arrays_agree_only_with_themselves(got, want):
    assert (category(got, want) == "") == (got.tolist() == want.tolist())


def test_the_default_is_the_documented_one():
    assert Comparison() == Comparison(rtol=1e-6, atol=None, dtype="kind", size_one=False, sequence="any")
