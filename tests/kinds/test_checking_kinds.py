"""`grade check` of checks that compare other things than a value that is returned."""

import pytest

from grader.author.check import check
from grader.execution import open_engine

REFERENCE = """\
import numpy as np


def show(x):
    ### BEGIN SOLUTION
    print("mean", x.mean())
    print("norm", np.sqrt((x ** 2).sum()))
    ### END SOLUTION
"""
PROBLEMS = """\
show:
  points: 2
  checks:
    - printed: shown
      output: OUTPUT
      visibility: public
      draw: {x: "uniform(0, 5, 3)"}
    - printed: hidden
      output: OUTPUT
      draw: {x: "uniform(0, 5, 3)"}
"""


@pytest.fixture
def failing(course, engine):
    """Return a function that returns what does not hold of the checks of a rubric and a reference."""

    def found(problems, reference):
        plan = course(problems, reference).plan()
        other = open_engine()
        try:
            looks = [*check(plan, engine, other)]
        finally:
            other.close()
        said = [detail.text("en") for each in looks if not each.holds for detail in each.details]
        return [text for text in said if ": show, " in text]

    return found


def test_numbers_that_are_printed_are_compared_within_the_tolerance(failing):
    assert failing(PROBLEMS.replace("OUTPUT", "numbers"), REFERENCE) == []


def test_all_digits_that_are_printed_as_text_are_too_many(failing):
    said = "in case 1 rounding alone may change what is printed. Print fewer digits"
    found = failing(PROBLEMS.replace("OUTPUT", "lines"), REFERENCE)
    assert len(found) == 2 and all(said in each for each in found)
    rounded = (
        REFERENCE.replace("x.mean()", 'f"{x.mean():.1f}"').replace("np.sqrt", "round(np.sqrt").replace("())", "()), 1)")
    )
    assert failing(PROBLEMS.replace("OUTPUT", "lines"), rounded) == []


def test_a_pattern_that_everything_fits_cannot_fail(failing):
    anything = PROBLEMS.replace("output: OUTPUT", 'output: pattern\n      pattern: "(?s).*"')
    found = failing(anything, REFERENCE)
    assert sum("every wrong answer that was tried passes" in each for each in found) == 2
