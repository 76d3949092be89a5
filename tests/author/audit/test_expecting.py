"""A check whose reference returns nothing cannot fail: `grade check` and `grade audit` say so, and why."""

import pytest

from grader.author.audit.expecting import expecting_nothing
from grader.author.audit.rendering import as_json, as_text
from grader.author.check.checkup import set_up
from grader.author.check.wrong_answers import every_check_can_fail, tolerances_are_far
from grader.grading import prepare, read

ONE = """
f:
  points: 4
  checks:
    - values: numbers
      draw: {n: 1..4}
"""
PRINTS = "def f(n):\n    for i in range(n):\n        print(i)\n"
WHY = {
    PRINTS: "prints and returns nothing (None), and what is printed is not graded",
    "def f(n):\n    print()\n    return None\n": "returns nothing (None) in every case",
    "def f(n):\n    total = sum(range(n))\n": "returns nothing (None) in every case",
}
MATRIX = ONE.replace("{n: 1..4}", "{x: normal(3)}")


@pytest.mark.parametrize("reference", WHY)
def test_a_reference_that_returns_nothing_leaves_nothing_to_fail(assignment, engine, reference):
    checkup = set_up(read(assignment(reference, ONE)), engine)
    found = every_check_can_fail(checkup)
    assert not found.holds
    (said,) = found.details
    assert ": f, numbers: the reference's f" in said.text("en")
    assert WHY[reference] in said.text("en")
    assert "None" in said.text("zh") and said.text("zh") != said.text("en")


def test_so_it_is_with_arguments_that_are_changed(assignment, engine):
    checkup = set_up(read(assignment("def f(x):\n    x.sort()\n", MATRIX)), engine)
    (said,) = every_check_can_fail(checkup).details
    assert "changes its arguments and returns nothing" in said.text("en")


@pytest.mark.parametrize(
    "reference",
    [
        "def f(n):\n    print(n)\n    return n\n",
        "def f(n):\n    return n if n > 2 else None\n",
        "def f(n):\n    return [None] * n\n",
        "def f(n):\n    return (None, n)\n",
    ],
)
def test_a_reference_that_returns_something_is_let_be(assignment, engine, reference):
    assert not list(expecting_nothing(prepare(read(assignment(reference, ONE)), engine)))


def test_the_audit_says_it_first_and_never_calls_it_enough(audited):
    found = audited(PRINTS, ONE)
    text = as_text(found, language="en")
    assert "what is printed is not graded" in " ".join(text.split())
    assert '"cannot_fail": [' in as_json(found)
    assert not found.holds(0)


def test_expected_values_that_are_noise_are_named(assignment, engine):
    noise = "import numpy as np\n\n\ndef f(x):\n    return np.sin(np.pi * np.round(x)) + 0 * x\n"
    found = tolerances_are_far(set_up(read(assignment(noise, MATRIX)), engine))
    assert any("zero but for rounding (result)" in detail.text("en") for detail in found.details)
    plain = tolerances_are_far(set_up(read(assignment(noise.replace("+ 0 * x", "+ x"), MATRIX)), engine))
    assert plain.holds and not plain.details
