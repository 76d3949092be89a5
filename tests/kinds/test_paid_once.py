"""What builds on a wrong function of the student's is graded with the reference's: a program and a variable, too."""

import pytest

RIGHT = """\
import sys


def rows(text):
    return [int(word) for word in text.split(",")]


def total(numbers):
    return sum(numbers)


def main():
    print(total(numbers=rows(input())))


best = max(rows("3,5,4")) + 1

if __name__ == "__main__":
    main()
"""
PROBLEMS = """\
rows:
  points: 2
  checks: [{values: v, draw: {text: '"1,2"'}, cases: 1}]
total:
  points: 2
  checks: [{values: v, draw: {numbers: 'integers(1, 9, 3)'}}]
best:
  points: 2
  checks: [{variable: best}]
adding:
  points: 4
  checks:
    - program: shown
      visibility: public
      stdin: ["{a},{b}"]
      draw: {a: 1..9, b: 1..9}
    - program: hidden
      stdin: ["{a},{b}"]
      draw: {a: 1..9, b: 1..9}
"""
WRONG_ROWS = RIGHT.replace("int(word) for", "int(word) + 1 for")


@pytest.fixture
def adding(course):
    return course(PROBLEMS, RIGHT)


def earned(report):
    return {one.function: float(one.score) for one in report.problems}


@pytest.mark.parametrize(
    ("source", "points"),
    [
        (RIGHT, (2, 2, 2, 4)),
        (WRONG_ROWS, (0, 2, 2, 4)),
        (RIGHT.replace("int(word) for", "wrd for"), (0, 2, 2, 4)),  # the line that sets the variable fails with it
        (WRONG_ROWS.replace("sum(numbers)", "max(numbers)"), (0, 0, 2, 4)),
        (WRONG_ROWS.replace('5,4")) + 1', '5,4")) + 2'), (0, 2, 0, 4)),
        (WRONG_ROWS.replace("print(total", "print(2 * total"), (0, 2, 2, 0)),
        (WRONG_ROWS.replace("def main():", "def main():\n    rows = lambda text: [0]"), (0, 2, 2, 0)),
        (WRONG_ROWS.replace("best = max", "best = rows and 7; max"), (0, 2, 0, 4)),
        ("from __future__ import annotations\n" + WRONG_ROWS, (0, 2, 2, 4)),
        (WRONG_ROWS.replace("    main()", "    main()\n    sys.exit(3)"), (0, 2, 2, 4)),
    ],
)
def test_what_builds_on_a_wrong_function_is_not_paid_for_twice(adding, source, points):
    assert tuple(earned(adding.full(source)).values()) == points


def test_the_report_says_whose_fault_it_is(adding):
    shown = adding.shown(WRONG_ROWS)
    assert "rows" in shown.partition("adding")[2]


def test_a_stub_is_lent_to_a_program_but_a_program_that_is_one_earns_nothing(course):
    stub = 'def rows(text):\n    pass\n\n\ndef total(numbers):\n    pass\n\n\nif __name__ == "__main__":\n    pass\n'
    made = course(PROBLEMS, RIGHT, stub=stub)
    assert earned(made.full(stub)) == dict.fromkeys(("rows", "total", "best", "adding"), 0)
    half = stub.replace("    pass\n\n\nif", "    return sum(numbers)\n\n\nif")
    assert earned(made.full(half)) == {"rows": 0, "total": 2, "best": 0, "adding": 0}


def test_a_program_asks_a_helper_for_no_more_than_answers(adding):
    """It is told what the reference's helper returns, never the reference's text or its numbers for this case."""
    peeking = WRONG_ROWS.replace("print(total", "print(rows.__code__, rows.__globals__, total")
    assert earned(adding.full(peeking))["adding"] == 0
    assert "int(word) for" not in adding.shown(peeking)


CHAIN = """\
def low(x):
    return x + 1


def middle(x):
    return low(x) > 0


def high(x):
    return low(x) if middle(x) else 0
"""
CHAINED = """\
low:
  points: 1
  checks: [{values: v, draw: {x: 1..9}}]
middle:
  points: 1
  checks: [{values: v, draw: {x: 1..9}}]
high:
  points: 2
  needs: [middle]
  checks: [{values: v, draw: {x: 1..9}}]
"""


def test_what_a_helper_uses_is_lent_where_the_helper_itself_is_right_by_luck(course):
    made = course(CHAINED, CHAIN)
    assert earned(made.full(CHAIN.replace("x + 1", "x + 2"))) == {"low": 0, "middle": 1, "high": 2}
    assert earned(made.full(CHAIN.replace("x + 1", "x + 2").replace("else 0", "else 0\n\n\nhigh = None")))["high"] == 0
