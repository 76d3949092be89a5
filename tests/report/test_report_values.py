import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.evidence import show_kind, show_pair, show_rows, show_value
from grader.values.plain import show_number

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.arange(1000.0).reshape(10, 100), "float64 (10, 100)  0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 …"),
        (np.array([1.5, np.nan]), "float64 (2,)  1.5 nan"),
        (np.zeros((0, 3)), "float64 (0, 3)"),
        (np.array(True), "bool ()  True"),
        ((np.zeros((4, 4)), {"pad": 2}), "(<float64 (4, 4)>, {'pad': 2})"),
        ({1: [1, 2, 3, 4, 5, 6, 7]}, "{1: [1, 2, 3, 4, 5, 6, …]}"),
        ((1,), "(1,)"),
        ("a\x1b[31m", r"'a\x1b[31m'"),
        (2 + 0.5j, "2+0.5j"),
        (None, "None"),
    ],
)
def test_values_on_one_line(value, text):
    assert show_value(value) == text


def test_kinds():
    assert [show_kind(value) for value in (np.zeros((2, 3)), (1, 2), {}, 3, None)] == [
        "float64 (2, 3)", "tuple (2)", "dict (0)", "int", "NoneType",
    ]  # fmt: skip


def test_small_arrays_are_shown_whole_with_their_brackets():
    assert show_rows(np.array([[1.0, -2.5], [np.inf, 0.0]])) == ["[[   1 -2.5]", " [ inf    0]]"]
    assert show_rows(np.array([[1, 2]])) == ["[[1 2]]"]
    assert show_rows(np.array([1, 2])) == ["[1 2]"]
    assert show_rows(np.zeros((5, 5))) == []


def test_two_numbers_are_told_apart():
    assert show_pair(0.1234561, 0.1234562) == ("0.1234561", "0.1234562")
    assert show_pair(1.0, 2.0) == ("1", "2")


def test_numbers_of_any_size():
    assert show_number(10**5000).startswith("int (")
    assert show_number(np.float32(0.1)) == "0.1"
    assert show_number(-0.0) == "0"


@given(PLAIN)
def test_any_value_is_one_printable_line(value):
    text = show_value(value)
    assert len(text) <= 60
    assert "\n" not in text
    assert text.isprintable()


def test_numpy_is_not_needed_to_show_plain_values():
    code = (
        "import sys; from grader.report.evidence import show_value; show_value([1, {'a': 2.5}]); "
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
