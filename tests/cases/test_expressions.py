"""The expression language: what parses, what does not, and where it says so."""

import ast
import time
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.cases.evaluation import Evaluator
from grader.cases.expression import LONGEST, Failure, calls, names, parse, reads
from grader.cases.library import Plain


def failing(text):
    """Return (what the failure points at, message, hint)."""
    with pytest.raises(Failure) as caught:
        parse(text)
    failure = caught.value
    under = text.strip().encode(errors="replace")[failure.start : failure.end].decode(errors="ignore")
    return under, failure.message.text("en"), failure.hint and failure.hint.text("en")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1..3", "1 << 3"),
        ("1..h - 1", "1 << h - 1"),
        ("f..f+2", "f << f + 2"),
        ("2*f..3*f if f > 1 else 0..1", "2 * f << 3 * f if f > 1 else 0 << 1"),
        ("normal(1..3, c)", "normal(1 << 3, c)"),
        ("choice('1..3', \"a..b\")", "choice('1..3', 'a..b')"),
        ("'''1..3''' + '..'", "'1..3' + '..'"),
        (r"'it\'s 1..3'", '"it\'s 1..3"'),
        ("x[..., 0]", "x[..., 0]"),
        ("x[..., 0..2]", "x[..., 0 << 2]"),
        ("  h +\n  w  ", "h + w"),
    ],
)
def test_a_range_is_read_wherever_a_value_may_stand(text, meaning):
    assert ast.unparse(parse(text)) == meaning


def test_columns_stay_what_they_were():
    tree = parse("'数' + text(1..n, alphabet)")
    (name, node), *_ = calls(tree)
    assert name == "text"
    assert [each.id for each in names(tree)] == ["n", "alphabet"]
    assert node.col_offset == len("'数' + ".encode())


def test_reads_leaves_out_called_functions():
    assert reads("max(f, h) + g(f)") == {"f", "h"}


@pytest.mark.parametrize(
    ("text", "under", "message", "hint"),
    [
        ("1 +", "", "The expression ends too early.", None),
        ("normal(m, (h)", "(", "This `(` is never closed.", None),
        ("f(x))", ")", "This `)` closes nothing.", None),
        ("f[x)", ")", "This `)` closes nothing.", None),
        ("'max", "'", "This text has no closing quote.", None),
        ("f = 3", "=", "The expression cannot be read from here on.", "Write `==` instead of `=`."),
        ("a && b", "&", "The expression cannot be read from here on.", "Write `and` instead of `&&`."),
        ("!a", "!", "The expression cannot be read from here on.", "Write `not` instead of `!`."),
        ("normal(m h)", "h", "The expression cannot be read from here on.", None),
        (
            "normal(m，h)",
            "，",
            "`，` has no place in an expression.",
            "Use half-width signs: , ( ) : instead of ， （ ） ：.",
        ),
        ("1...3", ".", "The expression cannot be read from here on.", "A range is written `1..3`, with two dots."),
        ("h << 2", "<<", "`<<` has no place in an expression.", None),
        ("h >> 2", "h >> 2", "This has no place in an expression.", None),
        ("1 + a & b", "1 + a & b", "This has no place in an expression.", "Did you mean `and`?"),
        ("2 ^ n", "2 ^ n", "This has no place in an expression.", "Did you mean `**`?"),
        ("mode is None", "mode is None", "This has no place in an expression.", "Did you mean `==`?"),
        ("np.mean(X)", "np.mean(X)", "A function is called by its name alone.", "Write `mean(…)`."),
        ("1 + X.sum()", "X.sum()", "A function is called by its name alone.", "Write `sum(X)`."),
        (
            "[x for x in y]",
            "[x for x in y]",
            "This has no place in an expression.",
            "Arithmetic, comparisons, indexing and calls by name may be used.",
        ),
        ("b'x'", "b'x'", "This has no place in an expression.", None),
        ("{**a}", "{**a}", "This has no place in an expression.", None),
    ],
)
def test_what_cannot_be_read_is_pointed_at(text, under, message, hint):
    assert failing(text) == (under, message, hint)


def test_size_and_depth_are_bounded():
    assert failing("1" * (LONGEST + 1))[1] == f"An expression has at most {LONGEST} characters."
    assert failing("-" * 900 + "1")[1] == "This expression is nested too deeply."
    assert failing("(" * 900 + ")" * 900)[1] == "The expression cannot be read from here on."
    assert failing("+1" * 400)[1] == "This expression is nested too deeply."


def test_python_warnings_do_not_come_through():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse(r"'\d'").value == "\\d"


SIGNS = st.sampled_from(
    [*".,:()[]{}+-*/%@<>='\"\\#&|^~!; \n\t\0，（数", "..", "...", "<<", "//", "**", "<=", "==", ":=", "'''"]
)
WORDS = st.sampled_from(
    ["1", "23", "4.5", ".5", "1.", " and ", " or ", "not ", " in ", " is ", " if ", " else ", "lambda ", "await "]
)
NAMES = st.sampled_from(
    ["x", "X", "X.T", "X.shape", "normal(", "max(", "np.mean(", "*x", "**x", "f'", "None", "True", "yield "]
)
SCRAPS = SIGNS | WORDS | NAMES


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(SCRAPS, max_size=20).map("".join), st.lists(SCRAPS).map(" ".join)))
@example("'")
@example("\ud800..")
@example("x\\")
@example("1.." * 200)
def test_any_text_is_read_or_refused(text):
    began = time.process_time()
    try:
        tree = parse(text)
        Evaluator({"x": 2, "X": [1, 2]}, Plain()).evaluate(text)
        assert isinstance(tree, ast.expr)
    except Failure as failure:
        assert failure.message.text("zh")
        assert failure.start <= len(text.strip().encode(errors="replace"))
    assert time.process_time() - began < 5


NUMBERS = st.integers(0, 9).map(str)
ARITHMETIC = st.recursive(
    NUMBERS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "//", "%", "/", "<", "<=", "==", "and", "or"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        inner.map(lambda part: f"-{part}"),
        inner.map(lambda part: f"(not {part})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} if {parts[1]} else {parts[2]})"),
        st.tuples(inner, inner).map(lambda parts: f"max({parts[0]}, {parts[1]})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} < {parts[1]} <= {parts[2]})"),
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(ARITHMETIC)
def test_arithmetic_is_pythons(text):
    try:
        want = eval(text, {"__builtins__": {"max": max}})
    except ZeroDivisionError:
        with pytest.raises(Failure, match="Division by zero"):
            Evaluator({}, Plain()).evaluate(text)
        return
    got = Evaluator({}, Plain()).evaluate(text)
    assert (got, type(got)) == (want, type(want))
