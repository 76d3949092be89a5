"""One cause is told once: a result of another kind, and a check's own hint where another check fails as well."""

import pytest

from grader import submission
from grader.grading import grade, prepare, read

RUBRIC = """title: one reason
language: en
seed: 7
submission: own.py
reference: right.py
problems:
  double:
    points: 4
    checks:
      - example: shown
        draw: {X: "normal(2, 3)"}
      - values: drawn
        cases: 3
        draw: {m: 2..3, X: "normal(m, 3)"}
      - values: nothing
        cases: 2
        draw: {X: "0 * normal(2, 3)"}
        hint: Zeros are special.
      - properties: samples_independent
        draw: {m: 2..3, X: "normal(m, 3)"}
"""
RIGHT = "import numpy as np\ndef double(X):\n    return 2 * X + 1\n"


@pytest.fixture
def told(engine, tmp_path):
    """Return a function that grades a body and returns the checks' results by name."""
    (tmp_path / "right.py").write_text(RIGHT, "utf-8")
    (tmp_path / "grading.yaml").write_text(RUBRIC, "utf-8")

    def graded(body):
        own = tmp_path / "own.py"
        own.write_text(RIGHT.replace("return 2 * X + 1", body), "utf-8")
        report = grade(prepare(read(tmp_path / "grading.yaml"), engine), submission.load(own, ["double"]), engine)
        return {check.name.en: check for check in report.problems[0].checks}

    return graded


@pytest.mark.parametrize("body", ["return (2 * X + 1).tolist()", "print(2 * X + 1)"])
def test_a_result_of_another_kind_has_no_second_reason(told, body):
    said = {check.message.text("en") for check in told(body).values() if check.message is not None}
    assert said
    assert not any("shape is not the expected" in each for each in said)


def test_a_hint_of_a_later_check_is_told_where_it_fails_alone(told):
    alone = told("return 2 * X + 1 if X.any() else X")
    assert alone["nothing"].hint is not None
    both = told("return 2 * X + 2 if X[0, 0] < 0 or not X.any() else 2 * X + 1")
    assert both["nothing"].status != "passed"
    assert both["nothing"].hint is None
