"""A gradient may be differenced through any function of the reference, also one that is no problem of the rubric."""

from grader import submission
from grader.grading import grade, prepare, read

RUBRIC = """\
title: T
language: en
seed: 7
total: 10
reference: solutions/t.py
submission: assignment/t.py
problems:
  loss_backward:
    points: 10
    checks:
      - {gradient: g, of: loss(y), wrt: {dy: y}, upstream: one, draw: {y: normal(3), one: 1.0}}
"""
REFERENCE = "def loss(y):\n    return (y * y).sum()\n\ndef loss_backward(y, one):\n    return 2 * y * one\n"


def test_a_function_that_is_no_problem_is_differenced(tmp_path, engine):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions/t.py").write_text(REFERENCE, "utf-8")
    (tmp_path / "grading.yaml").write_text(RUBRIC, "utf-8")
    prepared = prepare(read(tmp_path / "grading.yaml"), engine)

    def points(text):
        (tmp_path / "t.py").write_text(text, "utf-8")
        return grade(prepared, submission.load(tmp_path / "t.py", ["loss_backward"]), engine).score

    assert points(REFERENCE) == 10
    assert points(REFERENCE.replace("2 * y", "3 * y")) == 0
