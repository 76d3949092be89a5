"""Rules in a rubric: what they cost, what is said, and that they award nothing by themselves."""

from fractions import Fraction

import pytest

from grader import submission
from grader.errors import RubricError
from grader.grading import for_students, grade, prepare, read

RUBRIC = """title: t
language: en
seed: 5
submission: s.py
reference: r.py
problems:
  h:
    points: 2
    checks:
      - values: v
        draw: {x: "normal(3)"}
  f:
    points: 10
    checks:
      - values: v
        draw: {x: "normal(3)"}
      - rules: {zh: 向量化, en: vectorised}
        no_loops: true
        forbid: np.cumsum
        require: [h, "@ | np.dot"]
        each: 40%
        share: 50%
        hint: think of arrays
"""
REFERENCE = "import numpy as np\n\n\ndef h(x):\n    return x * 2\n\n\ndef f(x):\n    return h(x) @ x\n"


@pytest.fixture
def graded(engine, tmp_path):
    """Return a function that grades a text by the rubric and returns the result of `f`."""
    (tmp_path / "grading.yaml").write_text(RUBRIC, "utf-8")
    (tmp_path / "r.py").write_text(REFERENCE, "utf-8")
    prepared = prepare(read(tmp_path / "grading.yaml"), engine)

    def of(text):
        path = tmp_path / "s.py"
        path.write_text(text, "utf-8")
        report = grade(prepared, submission.load(path, ["h", "f"]), engine)
        return {problem.function: problem for problem in report.problems}["f"], report

    return of


LOOPING = """import numpy as np
def h(x):
    return x * 2
def mine(x):
    t = 0
    for a in x:
        t += 2 * a * a
    return t
def f(x):
    np.cumsum(x)
    return mine(x)
"""


def test_the_reference_keeps_its_own_rules(graded):
    problem, report = graded(REFERENCE)
    assert (problem.score, problem.status, report.score) == (10, "passed", 12)


def test_each_violation_has_its_line_and_its_price(graded):
    problem, _ = graded(LOOPING)
    assert (problem.score, problem.status) == (5, "partial")
    values, rules = problem.checks
    assert (values.score, rules.score, rules.max_score, rules.visibility) == (5, 0, 5, "public")
    assert [(case.at.line, case.status) for case in rules.cases] == [(10, "failed"), (6, "failed")] + [
        (9, "failed")
    ] * 2
    said = [case.message.text("en") for case in rules.cases]
    assert said[0] == "s.py:10: `np.cumsum` may not be used in this function (−2 points)."
    assert said[1].endswith("here is one (for) (−2 points).")
    assert said[2].endswith("(−1 points).") and said[3].endswith("does not.")
    assert all(one in rules.message.text("en") for one in said)
    assert "扣 2 分" in rules.message.text("zh")
    assert rules.hint is not None


def test_one_violation_costs_its_share(graded):
    problem, _ = graded(REFERENCE.replace("return h(x) @ x", "np.cumsum(x)\n    return h(x) @ x"))
    assert problem.score == 10 - Fraction(40, 100) * 5
    assert [check.status for check in problem.checks] == ["passed", "partial"]


@pytest.mark.parametrize(
    "body", ["pass", "return None", "return h(x) @ x + 1", "raise ValueError", "h; x @ x", "return h(x) @ x @"]
)
def test_what_is_wrong_earns_nothing_by_keeping_rules(graded, body):
    problem, _ = graded(REFERENCE.replace("return h(x) @ x", body))
    assert problem.score == 0


def test_a_function_that_is_not_there(graded):
    problem, _ = graded("def h(x):\n    return x * 2\n")
    assert (problem.score, problem.status) == (0, "missing")


def test_half_right_earns_half_of_the_rules(graded):
    problem, _ = graded(REFERENCE.replace("return h(x) @ x", "return h(x) @ x if x[0] > 0 else h(x) @ x + 1"))
    values, rules = problem.checks
    assert 0 < values.score < 5 and rules.score == values.score


def test_students_see_it_in_every_language(graded):
    _, report = graded(LOOPING)
    from grader.report import html, json, markdown, terminal

    for render in (json.render, markdown.render, terminal.render, html.render):
        text = render(for_students(report), language="zh")
        assert "cumsum" in text and "循环" in text
        assert render is html.render or "may not" not in text


def test_what_cannot_be_followed_costs_as_much_and_is_named(graded):
    text = REFERENCE.replace("return h(x) @ x", "np.sum(x)\n    return h(x) @ x")
    text = text.replace("np\n", "np\nname = ''.join(['cum', 'sum'])\n", 1)
    problem, _ = graded(text.replace("np.sum", "getattr(np, name)"))
    assert problem.score == 10 - Fraction(40, 100) * 5
    (case,) = problem.checks[1].cases
    said = "s.py:10: the text does not show what `getattr` gives here; write the name of the function itself"
    assert (case.at.line, case.message.text("en")) == (10, f"{said} (−2 points).")
    assert "看不出是什么" in case.message.text("zh")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("        no_loops: true\n        forbid: np.cumsum\n", "", None),
        ("forbid: np.cumsum", "forbid: 'np cumsum'", 19),
        ("forbid: np.cumsum", "forbid: return", 19),
        ("forbid: np.cumsum", "forbid: [np.pad | np.sum]", 19),
        ('[h, "@ | np.dot"]', '[h, "@ |"]', 20),
        ("each: 40%", "each: 40", 21),
        ("each: 40%", "cases: 3", 21),
    ],
)
def test_authors_are_told(graded, tmp_path, old, new, line):
    assert old in RUBRIC
    (tmp_path / "grading.yaml").write_text(RUBRIC.replace(old, new), "utf-8")
    if line is None:
        assert read(tmp_path / "grading.yaml")
        return
    with pytest.raises(RubricError) as caught:
        read(tmp_path / "grading.yaml")
    assert [fault.at.line for fault in caught.value.faults] == [line]
