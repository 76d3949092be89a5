"""A gradebook opens in a spreadsheet as it is meant, whatever a submission is called; so does a table at a glance."""

import csv
import io

import pytest
import report_samples as samples

from grader.cli.writing import standings_of
from grader.language import inert
from grader.report import gradebook


def rows(*reports, language="en"):
    return list(csv.reader(io.StringIO(gradebook.render(standings_of(reports), language=language), newline="")))


def graded(name, *problems, **fields):
    return samples.report(*problems, submission=inert(name), **fields)


def test_a_row_each_and_totals_that_add_up():
    half = samples.problem("pool_forward", "partial", (samples.check(samples.EXAMPLE, samples.F(1, 3), samples.F(30)),))
    header, most, one, two = rows(
        graded("a.py", samples.problem("zero_pad"), half, samples.problem("pool_backward")),
        graded("b.py", *(samples.problem(name, "not_attempted") for name in ("zero_pad", "pool_backward"))),
    )
    assert header == [
        "submission", "status", "required", "bonus", "total", "zero_pad", "pool_forward", "pool_backward",
    ]  # fmt: skip
    assert most == ["(out of)", "", "45", "20", "65", "15", "30", "20"]
    assert one == ["a.py", "partly right", "15.33", "20", "35.33", "15", "0.33", "20"]
    assert two == ["b.py", "not attempted", "0", "0", "0", "0", "", "0"]
    assert rows(graded("a.py", samples.problem("zero_pad")), language="zh")[2][1] == "满分"


def test_what_was_not_graded_is_empty_and_never_zero():
    lost = [samples.problem("zero_pad", "not_graded"), samples.problem("conv_forward")]
    (_, _, row) = rows(graded("a.py", *lost, samples.problem("pool_backward")))
    assert row == ["a.py", "not graded", "", "20", "", "", "40", "20"]
    glance = gradebook.at_a_glance([graded("a.py", *lost, samples.problem("pool_backward"))], language="en")
    (line,) = glance.splitlines()[2:]
    assert line == "a.py      – / 55  +20  not graded  –zero_pad"


def test_what_cannot_be_read_is_worth_nothing_and_says_so():
    (_, _, row) = rows(graded("a.py", samples.problem("zero_pad", "ungradable")))
    assert row[:6] == ["a.py", "cannot be read", "0", "", "0", "0"]


@pytest.mark.parametrize(
    "name", ["=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)", " =1+1", "＝1+1", "＠x", '=HYPERLINK("http://x";"y")']
)
def test_a_name_is_never_a_formula(name):
    cell = rows(graded(name, samples.problem("zero_pad")))[2][0]
    assert cell == f"'{name}"


@pytest.mark.parametrize("name", ["a,b.py", 'a"b.py', "a;b.py", "名字 .py"])
def test_a_name_stays_one_cell(name):
    assert rows(graded(name, samples.problem("zero_pad")))[2][:2] == [name, "full marks"]


def test_every_line_at_a_glance_has_the_same_columns():
    names = ("zero_pad", "conv_forward")
    text = gradebook.at_a_glance(
        [
            graded("full.py", *map(samples.problem, names)),
            graded("stub.py", *(samples.problem(name, "not_attempted") for name in names)),
            graded("wrong.py", samples.problem("zero_pad"), samples.problem("conv_forward", "failed")),
        ],
        language="en",
    )
    assert text.splitlines()[2:] == [
        "full.py   55 / 55  full marks",
        "stub.py    0 / 55  not attempted",
        "wrong.py  15 / 55  partly right   ✗conv_forward",
    ]
