"""What an expression comes to, and what is refused before it costs anything."""

import tracemalloc

import numpy as np
import pytest

from grader.cases.evaluation import MOST_ITEMS, Evaluator
from grader.cases.expression import Failure
from grader.cases.library import Plain

NAMES = {
    "X": np.arange(24.0).reshape(2, 3, 4),
    "k": np.array([1, 2, 3]),
    "h": 5,
    "w": 3,
    "mode": "max",
    "cache": ([1, (2.5, "a")], {"pad": 2, 7: None}),
    "parameters": {"W1": np.ones((2, 2)), "L": 2},
}


def value(text, names=NAMES):
    with np.errstate(all="ignore"):
        return Evaluator(names, Plain()).evaluate(text)


def refused(text, names=NAMES):
    with pytest.raises(Failure) as caught, np.errstate(all="ignore"):
        Evaluator(names, Plain()).evaluate(text)
    failure = caught.value
    under = text.encode()[failure.start : failure.end].decode()
    return under, failure.message.text("en"), failure.word


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("(h - w) // 2 + 1", 2),
        ("-h % w", 1),
        ("2 ** -1", 0.5),
        ("1 < w <= h != 4", True),
        ("h > 9 and undrawn", False),
        ("h > 9 or w", 3),
        ("'yes' if h > w else 'no'", "yes"),
        ("mode in ('max', 'average') and 'y' not in mode", True),
        ("mode + 'imum' * 2", "maximumimum"),
        ("[1] + [h] * 2", [1, 5, 5]),
        ("(h, *cache[0], w)[1:3]", (1, (2.5, "a"))),
        ("cache[0][1][0] + cache[1]['pad']", 4.5),
        ("{'pad': h, 1: [w]}", {"pad": 5, 1: [3]}),
        ("X.shape", (2, 3, 4)),
        ("X.size + X.ndim", 27),
        ("X.T.shape", (4, 3, 2)),
        ("X.dtype", "float64"),
        ("X[1, 2, 3]", 23.0),
        ("X[..., 0][1, -1]", 20.0),
        ("X[0, k[:2], 0][1]", 8.0),
        ("mean(X)", 11.5),
        ("mean(X[0, 0, ::2])", 1.0),
        ("max(X) - min(k) + max(h, w) - min([4, 2])", 25.0),
        ("round(7 / 3, 2)", 2.33),
        ("round(2.5)", 2),
        ("sum(k) + sum([1, 2])", 9),
        ("len(X) + len(mode)", 5),
        ("abs(-h) + int(2.9) + float(1)", 8.0),
        ("range(h - 2)", [0, 1, 2]),
        ("range(1, 10, 4)", [1, 5, 9]),
        ("list(k) + [0]", [1, 2, 3, 0]),
        ("tuple(k)", (1, 2, 3)),
        ("sort([3, 1, 2])", [1, 2, 3]),
        ("reshape(k, 3, 1).shape", (3, 1)),
        ("reshape(X, -1, 4).shape", (6, 4)),
        ("transpose(X, 1, 0, 2).shape", (3, 2, 4)),
        ("concatenate([k, k]).shape", (6,)),
        ("list(arange(3))", [0, 1, 2]),
        ("list(linspace(0, 1, 3))", [0.0, 0.5, 1.0]),
        ("list(eye(2)[0])", [1.0, 0.0]),
        ("list(array([[1, 2], [3, 4]])[1])", [3, 4]),
        ("list(array([h, 0.5]))", [5.0, 0.5]),
        ("(k @ k, (eye(2) @ eye(2)).shape)", (14, (2, 2))),
        ("all(k > 0) and any(k == 2)", True),
        ("argmax(k) + sqrt(4) + exp(0)", 5.0),
        ("cos(pi)", -1.0),
        ("1 / inf", 0.0),
        ("parameters['W1'].shape[0]", 2),
    ],
)
def test_values(text, want):
    got = value(text)
    assert got == want
    assert type(got) is type(want)


def test_arrays_compute_as_numpy_does():
    np.testing.assert_array_equal(value("-1 - abs(X - 5) / 2"), -1 - abs(NAMES["X"] - 5) / 2)
    np.testing.assert_array_equal(value("X > 3"), NAMES["X"] > 3)
    np.testing.assert_array_equal(value("sum(X, 1)"), NAMES["X"].sum(1))
    np.testing.assert_array_equal(value("log(constant)", {"constant": np.array([0.0, 1.0])}), [-np.inf, 0.0])


@pytest.mark.parametrize(
    ("text", "under", "message", "word"),
    [
        ("h + undrawn", "undrawn", "`undrawn` has no value here.", "NameError"),
        ("1 + h // (w - 3)", "h // (w - 3)", "Division by zero.", "ZeroDivisionError"),
        ("X * [1, 2]", "X * [1, 2]", "`*` does not work between array and list.", "TypeError"),
        ("mode % 3", "mode % 3", "`%` does not work between str and int.", "TypeError"),
        ("X + k", "X + k", "Shapes (2, 3, 4) and (3,) do not go together.", "ValueError"),
        ("X > k", "X > k", "Shapes (2, 3, 4) and (3,) do not go together.", "ValueError"),
        ("not X", "not X", "An array is neither true nor false.", "ValueError"),
        ("0 < X < 1", "0 < X < 1", "An array is neither true nor false.", "ValueError"),
        ("h.shape", "h.shape", "Only arrays have `.shape`; this is int.", "AttributeError"),
        ("X.flags", "X.flags", "There is no `.flags`.", "AttributeError"),
        ("h[0]", "h[0]", "int has no items.", "TypeError"),
        ("1 + cache[3]", "cache[3]", "This cannot be computed: tuple index out of range", "IndexError"),
        ("cache[1]['f']", "cache[1]['f']", "This cannot be computed: 'f'", "KeyError"),
        (
            "mode < 3",
            "mode < 3",
            "This cannot be computed: '<' not supported between instances of 'str' and 'int'",
            "TypeError",
        ),
        ("-mode", "-mode", "No number to compute with: str.", "TypeError"),
        ("f(3)", "f(3)", "There is no function `f`.", "NameError"),
        ("len()", "len()", "`len` takes 1 argument, not 0.", "TypeError"),
        ("round(1, 2, 3)", "round(1, 2, 3)", "`round` takes 1 to 2 arguments, not 3.", "TypeError"),
        ("max()", "max()", "`max` takes at least 1 argument, not 0.", "TypeError"),
        ("round(h, digits=2)", "round(h, digits=2)", "`round` takes its arguments by position.", "TypeError"),
        ("max(*h)", "*h", "A star spreads a tuple or list, not int.", "TypeError"),
        ("normal(3)", "normal(3)", "Nothing can be drawn at random here.", "ValueError"),
        ("1..3", "1..3", "Nothing can be drawn at random here.", "ValueError"),
        ("1.5..3", "1.5..3", "A range goes from one whole number to another.", "TypeError"),
        ("h..w", "h..w", "The range 5..3 is empty.", "ValueError"),
        ("(..., 1)", "...", "`...` may stand only in an index.", "SyntaxError"),
        ("{(1, 2): 3}", "{(1, 2): 3}", "A key is text or a whole number, not tuple.", "TypeError"),
        ("abs(mode)", "abs(mode)", "A number or an array is needed, not str.", "TypeError"),
        ("reshape(cache, 2)", "reshape(cache, 2)", "An array is needed, not tuple.", "TypeError"),
        ("array([[1, 2], [3]])", "array([[1, 2], [3]])", "This does not make an array of numbers.", "TypeError"),
        ("array(['a'])", "array(['a'])", "This does not make an array of numbers.", "TypeError"),
        ("arange(X.shape)", "arange(X.shape)", "A size is a whole number, not tuple.", "TypeError"),
        ("eye(-1)", "eye(-1)", "A size cannot be negative (-1).", "ValueError"),
        ("k * 10 ** 30", "k * 10 ** 30", "This number is too large.", "OverflowError"),
    ],
)
def test_what_has_no_value_is_pointed_at(text, under, message, word):
    assert refused(text) == (under, message, word)


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9",
        "2**10**9",
        "(2**2000)**2000",
        "2**2000 * 2**2000",
        "10.0**400",
        "int(inf)",
        "1 << 10**9",
        "'a' * 10**10",
        "[0] * 10**10",
        "[[0] * 10**5] * 10**5",
        "('a' * 10**6) + 'a'",
        "range(10**9)",
        "eye(10**5)",
        "arange(10**9)",
        "linspace(0, 1, 10**9)",
        "reshape(arange(10**7), 10**7, 1) * arange(10**7)",
        "reshape(arange(10**7), 10**7, 1) @ reshape(arange(10**7), 1, 10**7)",
        "reshape(arange(10**7), 10**7, 1) < arange(10**7)",
        "arange(10**7)[reshape(arange(100), 100), None]",
        "list(arange(10**7))",
        "array([[0] * 10**5] * 10**5)",
        "concatenate([arange(10**7)] * 100)",
        "round(7, -10**9)",
        "max(*range(1000))",
        "'%1000000000d' % 5",
    ],
)
def test_nothing_large_is_even_begun(text):
    tracemalloc.start()
    try:
        with pytest.raises(Failure):
            value(text)
        assert tracemalloc.get_traced_memory()[1] < 400_000_000
    finally:
        tracemalloc.stop()


def test_what_is_just_small_enough_is_computed():
    assert len(value(f"'a' * {MOST_ITEMS}")) == MOST_ITEMS
    assert value("2 ** 2000") == 2**2000
    assert value("(-1) ** 10 ** 9") == 1


def test_no_array_of_objects_is_made():
    with pytest.raises(Failure):
        value("k ** -1 + list")
    odd = {"odd": np.array([1, None], dtype=object), "k": np.array([1, 2])}
    assert refused("odd + k", odd)[2] == "TypeError"
