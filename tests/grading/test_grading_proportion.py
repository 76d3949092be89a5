"""What earns in proportion, and to what; a check that does is never half right for nothing."""

from fractions import Fraction

import pytest
from grading_kit import by_function

from grader import submission
from grader.execution import open_engine
from grader.grading import for_students, grade, prepare, read
from grader.report import terminal

NEARLY = """
def zero_pad(X, pad):
    if pad > 1:
        X += 1
    return np.zeros((1, 1))
"""


def test_no_check_is_partly_right_with_no_points(graded, reference_text):
    start = reference_text.index("def zero_pad")
    end = reference_text.index("def conv_single_step")
    problem = by_function(graded(reference_text[:start] + NEARLY.lstrip() + "\n\n" + reference_text[end:]))["zero_pad"]
    properties = [check for check in problem.checks if check.kind == "properties"]
    assert properties
    passed = [case.status == "passed" for check in properties for case in check.cases]
    assert any(passed) and not all(passed)
    assert problem.score == 0
    assert {check.status for check in problem.checks} == {"failed"}


RUBRIC = """title: t
language: en
seed: 5
submission: s.py
reference: r.py
problems:
  root:
    points: 10
    checks:
      - values: v
        draw: {x: "choice(1.0, 4.0)"}
        share: 50%
      - errors: e
        raises: ValueError
        draw: {x: "choice(-1.0, -2.0)"}
        share: 30%
      - properties: deterministic
        draw: {x: "choice(1.0, 4.0)"}
        share: 20%
  refuse:
    points: 10
    checks:
      - errors: short
        raises: ValueError
        draw: {n: 1..3, x: "normal(n)"}
        share: 40%
      - errors: long
        raises: KeyError
        draw: {n: 5..9, x: "normal(n)"}
        share: 40%
      - rules: plain
        forbid: eval
        share: 20%
"""
RIGHT = """
def root(x):
    if x < 0:
        raise ValueError
    return x**0.5
def refuse(x):
    raise ValueError if len(x) < 4 else KeyError
"""


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    """Return a function that grades a text and gives each function's points by check, and the student's report."""
    folder = tmp_path_factory.mktemp("proportion")
    (folder / "grading.yaml").write_text(RUBRIC, "utf-8")
    (folder / "r.py").write_text(RIGHT, "utf-8")
    engine = open_engine()
    prepared = prepare(read(folder / "grading.yaml"), engine)

    def of(text):
        (folder / "s.py").write_text(text, "utf-8")
        report = grade(prepared, submission.load(folder / "s.py", ["root", "refuse"]), engine)
        return [[check.score for check in problem.checks] for problem in report.problems], for_students(report)

    yield of
    engine.close()


def test_who_only_raises_earns_nothing_by_it(scores):
    (root, refuse), report = scores("def root(x):\n    raise ValueError\ndef refuse(x):\n    raise KeyError\n")
    assert root == [0, 0, 0] and report.problems[0].status == "error"
    assert refuse == [0, 4, 1], "where there are no values, errors earn by themselves, and rules in proportion to them"
    text = " ".join(terminal.render(report, language="en").split())
    assert "e · hidden · 0 / 3 · Scored in proportion to the other checks" in text
    assert "plain · public · 1 / 2 · Scored in proportion to the other checks" in text


def test_who_never_raises_keeps_the_points_of_values_and_properties(scores):
    (root, _), _ = scores(RIGHT.replace("raise ValueError\n", "return 0.0\n"))
    assert root == [5, 0, 2]


def test_errors_earn_as_much_of_their_points_as_values_do_of_theirs(scores):
    (root, refuse), _ = scores(RIGHT.replace("x**0.5", "2.0 if x > 2 else 0.0"))
    part = root[0] / 5
    assert 0 < part < 1 and root == [5 * part, 3 * part, 2 * part]
    assert refuse == [4, 4, 2] and all(isinstance(each, Fraction) for each in root)


def test_full_marks_stay_full(scores):
    (root, refuse), _ = scores(RIGHT)
    assert sum(root) == sum(refuse) == 10
