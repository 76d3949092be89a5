"""A diagnosis never fails, whatever a student returns, and never says what is not so."""

import warnings

import numpy as np
from diagnosis_lab import diagnosed, said
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from test_any_values import VALUES

KINDS = st.sampled_from(["?", "i8", "u8", "f4", "f8", "c16"])


def _affine(x, n):
    return 2.0 * x + n


CASES = [
    {"X": np.arange(1.0, 1 + rows * columns).reshape(rows, columns) / 3, "n": n}
    for rows, columns, n in [(1, 1, 3), (2, 3, 1), (3, 3, 0), (1, 4, 2), (4, 2, 5)]
]


def _diagnose(answers, right=_affine):
    """Return the diagnosis where the student's answers are `answers`, whatever the question."""
    rest = iter(answers)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return diagnosed(right, lambda x, n: next(rest), CASES, ("X", "n"), example=CASES[0])


@given(st.lists(VALUES, min_size=6, max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_answers(answers):
    diagnosis = _diagnose(answers)
    if diagnosis is not None:
        assert diagnosis.text("zh")


@given(st.data(), KINDS, st.sampled_from([(), (1,), (2, 3), (0, 2)]))
@settings(max_examples=60, deadline=None)
def test_any_arrays_of_the_expected_shape(data, kind, extra):
    answers = [data.draw(hnp.arrays(kind, case["X"].shape + extra)) for case in [CASES[0], *CASES]]
    diagnosis = _diagnose(answers)
    if diagnosis is not None:
        assert diagnosis.text("en")


@given(hnp.arrays("c16", (2, 2)), st.data())
@settings(max_examples=30, deadline=None)
def test_any_references(want, data):
    answers = [data.draw(hnp.arrays(KINDS, hnp.array_shapes(max_dims=3, max_side=3))) for _ in range(6)]
    _diagnose(answers, lambda x, n: want)


@given(st.permutations(range(6)))
@settings(max_examples=30, deadline=None)
def test_the_order_of_cases_does_not_matter_to_the_cause(order):
    cases = [*CASES, {"X": np.ones((5, 2)) * np.arange(2.0) + 1, "n": 4}]
    mixed = [cases[place] for place in order]
    diagnosis = diagnosed(_affine, lambda x, n: _affine(x, n) / len(x), mixed, ("X", "n"))
    assert said(diagnosis).startswith("Every number is 1/X.shape[0] times what it should be")
