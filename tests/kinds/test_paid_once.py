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


MAIN = RIGHT[RIGHT.index("def main") :]
STUBBED = "def rows(text):\n    pass\n\n\ndef total(numbers):\n    return sum(numbers)\n\n\n"
RAISING = WRONG_ROWS.replace('return [int(word) + 1 for word in text.split(",")]', "raise NotImplementedError")


@pytest.mark.parametrize("source", [STUBBED + MAIN, RAISING])
def test_what_is_given_around_a_stub_earns_nothing(adding, source):
    """The template has the lines that call what students write."""
    assert earned(adding.full(source)) == {"rows": 0, "total": 2, "best": 0, "adding": 0}


def test_a_helper_that_loops_or_ends_the_process_is_not_paid_for_twice(course):
    made = course(PROBLEMS, RIGHT)
    for bad in ("while True: pass", "import os; os._exit(0)"):
        wrong = RIGHT.replace('return [int(word) for word in text.split(",")]', bad)
        assert earned(made.full(wrong)) == {"rows": 0, "total": 2, "best": 2, "adding": 4}


PRINTING = (
    PROBLEMS
    + """\
main:
  points: 1
  checks: [{printed: main, stdin: ["{a},{b}"], draw: {a: 1..9, b: 1..9}}]
"""
)


def test_a_graded_function_that_prints_is_lent_what_it_needs_and_not_lent_itself(course):
    made = course(PRINTING, RIGHT)
    assert earned(made.full(RIGHT)) == {"rows": 2, "total": 2, "best": 2, "adding": 4, "main": 1}
    assert earned(made.full(WRONG_ROWS)) == {"rows": 0, "total": 2, "best": 2, "adding": 4, "main": 1}


OVER = """\
over:
  points: 1
  checks: [{values: v, draw: {x: 1..9}}]
best:
  points: 9
  checks: [{variable: best}]
"""
TESTED = "best = 7919\n\n\ndef over(x):\n    return x > best\n\n\nassert over(7920)\n"
MADE = "def make(x):\n    return 7919\n\n\nbest = make(1)\n\n\ndef over(x):\n    return best + x\n\n\nprint(over(0))\n"
SEARCH = "def over(x):\n    return 0\n\n\nbest = next(x for x in range(9999) if over(x)) - 1\n"
ASKED = "def over(x):\n    return 0\n\n\nbest = over(0)\n"


@pytest.mark.parametrize(("reference", "student"), [(TESTED, SEARCH), (MADE, ASKED)])
def test_a_helper_that_reads_a_variable_does_not_tell_its_value(course, reference, student):
    made = course(OVER, reference)
    assert earned(made.full(reference))["best"] == 9
    assert earned(made.full(student))["best"] == 0


def test_a_function_is_lent_what_it_calls_itself(course):
    """Not what its helpers call: it could do without them."""
    slow, verify = "def slow(a):\n    return a * a\n\n\n", "def verify(a):\n    return slow(a) > 9\n\n\n"
    chain = f"{slow}{verify}def fast(a):\n    return a ** 2 if verify(a) else a * a\n"
    one = "  points: 1\n  checks: [{values: v, draw: {a: 1..9}}]\n"
    made = course("".join(f"{name}:\n{one}" for name in ("slow", "verify", "fast")), chain)
    cheat = "def slow(a):\n    return 0\n\n\ndef verify(a):\n    return 0\n\n\ndef fast(a):\n    return slow(a)\n"
    assert earned(made.full(cheat)) == {"slow": 0, "verify": 0, "fast": 0}
