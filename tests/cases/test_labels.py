"""An example's labelled lines, for right values and for any others."""

from fractions import Fraction

import numpy as np
import pytest
from cases_kit import drawn, rubric
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.example import LONGEST

PROBLEMS = """
affine:
  returns: {Z: 80%, cache: {X: 10%, inner: 10%}}
  checks:
    - example: handout
      legacy_seed: 1
      draw: {X: "randn(3, 2)", W: "randn(2, 4)", b: randn(4), mode: '"max"'}
      show:
        x.shape: X.shape
        Z's mean: mean(Z)
        Z[0]: Z[0]
        inner: inner
        cache[1][0]: cache[1][0]
        result: result
        mode: mode
    - values: hidden
      like: handout
"""


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labels")
    problem = rubric(folder, PROBLEMS).problems[0]
    case = drawn(folder, PROBLEMS)[0]
    return problem, case


def lines(scene, value):
    problem, case = scene
    return dict(problem.checks[0].demand.labelled(problem.returns, case, value))


def test_lines_are_printed_as_python_prints_them(scene):
    _, case = scene
    Z = np.arange(8.0).reshape(2, 4) / 3
    shown = lines(scene, (Z, (np.zeros((7, 7)), 2.5)))
    assert shown["x.shape"] == "(3, 2)"
    assert shown["Z's mean"] == str(float(Z.mean()))
    assert shown["Z[0]"] == str(Z[0]) == "[0.         0.33333333 0.66666667 1.        ]"
    assert shown["inner"] == "2.5"
    assert shown["result"].startswith("(array([[0.")
    assert shown["mode"] == "max"
    assert case.names["X"].shape == (3, 2)


def test_print_options_of_the_process_do_not_matter(scene):
    value = (np.arange(8.0).reshape(2, 4) / 3, None)
    before = lines(scene, value)["Z[0]"]
    with np.printoptions(precision=2, suppress=True, linewidth=20):
        assert lines(scene, value)["Z[0]"] == before


@pytest.mark.parametrize(
    ("value", "label", "text"),
    [
        (None, "Z's mean", "? (NameError)"),
        (np.zeros(3), "Z's mean", "? (NameError)"),
        ((np.zeros((2, 2)), 5), "inner", "? (NameError)"),
        ((np.zeros((2, 2)), 5), "cache[1][0]", "? (TypeError)"),
        ((np.zeros((2, 2)), (1,)), "cache[1][0]", "? (IndexError)"),
        ((np.zeros((2, 2)), {"inner": 4}), "inner", "4"),
        ((np.zeros((2, 2)), {"inner": 4}), "cache[1][0]", "? (KeyError)"),
        (("text", 1), "Z's mean", "? (TypeError)"),
        (([[1, 2], [3]], 1), "Z's mean", "? (ValueError)"),
        ((np.float64(2.0), 1), "Z[0]", "? (IndexError)"),
        ((np.array(2.0), 1), "Z[0]", "? (IndexError)"),
        pytest.param(10**5000, "result", "? (ValueError)", id="huge"),
        ("\x1b[31mred\u202e", "result", r"\x1b[31mred\u202e"),
        ("two\nlines", "result", "two\nlines"),
        ([1, "a"], "result", "[1, 'a']"),
    ],
)
def test_odd_values_get_a_question_mark(scene, value, label, text):
    assert lines(scene, value)[label] == text


def test_what_is_printed_is_bounded(scene):
    assert len(lines(scene, "x" * 10**6)["result"]) == LONGEST
    assert len(lines(scene, np.zeros((1000, 1000)))["result"]) < 1000


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.complex_numbers()
ARRAYS = st.lists(st.integers(0, 3), max_size=3).map(lambda shape: np.ones(shape)) | st.just(np.array(["a", "b"]))
VALUES = st.recursive(
    PLAIN | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(["Z", "cache", "inner", "X", 1]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_no_value_of_a_student_raises(scene, value):
    shown = lines(scene, value)
    assert list(shown) == ["x.shape", "Z's mean", "Z[0]", "inner", "cache[1][0]", "result", "mode"]
    assert shown["x.shape"] == "(3, 2)"


def test_other_checks_have_no_lines(scene):
    problem, case = scene
    assert problem.checks[1].demand.labelled(problem.returns, case, None) == ()


def test_one_named_output_is_the_value_itself(tmp_path):
    problems = """
    scale:
      returns: {Z: 100%}
      checks: [{example: e, draw: {X: normal(2)}, show: {Z: Z}}]
    """
    problem = rubric(tmp_path, problems).problems[0]
    case = drawn(tmp_path, problems)[0]
    for value, text in ((3.5, "3.5"), ((3.5,), "3.5"), ({"Z": 4}, "4"), ((1, 2), "(1, 2)")):
        assert problem.checks[0].demand.labelled(problem.returns, case, value) == (("Z", text),)
    assert problem.returns[0].share == Fraction(1)
