"""Sets, tables, bytes, exact numbers and dates in a draw: made without the libraries, with a fault for what is none."""

import datetime
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import pytest

from grader.cases.evaluation import Evaluator
from grader.cases.expression import Failure
from grader.cases.library import Drawing
from grader.cases.randomness import Decks, Randomness
from grader.report.evidence import show_rows, show_value


def drawn(expression):
    source = Randomness(1, 0, Decks(1, "example"), None)
    source.value("x")
    return Evaluator({}, Drawing(signatures={}, reference=None, source=source)).evaluate(expression)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('bytes("né")', "né".encode()),
        ("bytes([1, 255])", b"\x01\xff"),
        ('decimal("1.10")', Decimal("1.10")),
        ("fraction(2, 4)", Fraction(1, 2)),
        ("date(2024, 2, 30)", datetime.date(2024, 3, 1)),
        ("datetime(2024, 1, 1, 25)", datetime.datetime(2024, 1, 2, 1)),
    ],
)
def test_a_plain_value_is_what_it_says(expression, value):
    assert drawn(expression) == value


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("set([3, 1, 1])", "{1, 3}"),
        ("set()", "set()"),
        ('frozenset([(1, "a")])', "frozenset({(1, 'a')})"),
        ("set(arange(3))", "{0, 1, 2}"),
        ("table(a=[1, 2])", "<DataFrame (2, 1): 'a'>"),
        ('series([1.5, 2.0], ["u", "v"])', "<Series float64 (2,)  1.5 2>"),
    ],
)
def test_what_stands_for_a_value_shows_it(expression, shown):
    assert show_value(drawn(expression)) == shown


def test_a_table_has_its_columns_and_labels():
    table = drawn('table({"unit price": [1.5, 2.0]}, ["u", "v"], name=["x", None], ok=[True, False])')
    assert show_rows(table) == [
        "   unit price  name     ok",
        "u         1.5     x   True",
        "v           2  None  False",
    ]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("set([[1]])", "A set holds numbers, texts and tuples of these alone."),
        ("set(3)", "A list or array is needed, not int."),
        ("table()", "A table needs a column."),
        ("table(a=[1], b=[1, 2])", "The column b has 2 rows, not 1."),
        ("table(a=3)", "The column a needs a list or array, not int."),
        ("table(a=normal(2, 2))", "The column a needs an array of one axis."),
        ('decimal("one")', "This is no decimal number: one"),
        ("fraction(1, 0)", "Division by zero."),
        ("choices([], 3)", "Values to choose from are needed, not list."),
        ("arange(n=3)", "`arange` takes its arguments by position."),
        ("table(a=[1]) + 1", "`+` does not work between DataFrame and int."),
        ('table(a=[1])["a"]', "DataFrame has no items."),
    ],
)
def test_what_cannot_be_made_is_the_authors_fault(expression, said):
    with pytest.raises(Failure) as failed:
        drawn(expression)
    assert failed.value.message.text("en") == said


def test_a_draw_imports_nothing_that_it_does_not_use():
    code = "import sys, grader.cases.library; print([name for name in ('numpy', 'pandas') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
