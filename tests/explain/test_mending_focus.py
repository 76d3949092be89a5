"""Which lines feed one returned item alone, by the text of a function."""

import ast

import pytest

from grader.explain.mending.focus import lines
from grader.explain.mending.written import FunctionText

TEXT = """def both(X, y, s):
    n = X.shape[0]
    low = np.zeros(X.shape[1])
    high = np.zeros(len(y))
    row = high[:s]
    for i in range(n):
        low += X[i]
        row += y[i]
        np.add.at(high, i, s)
    kept = (X, s)
    return low, high, kept
"""


@pytest.mark.parametrize(
    ("wrong", "right", "found"),
    [
        ({0}, {1, 2}, {3, 7}),
        ({1}, {0, 2}, {4, 5, 8, 9}),
        ({2}, {0, 1}, {10}),
        ({0, 1}, {2}, {2, 3, 4, 5, 6, 7, 8, 9}),
        ({0, 1, 2}, set(), set()),
    ],
)
def test_the_lines_that_feed_what_is_wrong_and_nothing_that_is_right(wrong, right, found):
    (function,) = ast.parse(TEXT).body
    assert lines(FunctionText(function), wrong, right) == found


def test_where_no_tuple_is_returned_nothing_is_known():
    (function,) = ast.parse("def f(x):\n    y = x\n    return y\n").body
    assert lines(FunctionText(function), {0}, {1}) == set()
