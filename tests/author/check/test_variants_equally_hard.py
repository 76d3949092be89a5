"""`grade check` of a rubric with variants: whether everybody's hidden cases notice the same wrong versions."""

from grader.author.check.difficulty import DRAWN, equally_hard
from grader.grading import read

RUBRIC = """\
title: t
language: en
seed: 4711
variants: per_student
submission: s.py
reference: r.py
problems:
  f:
    points: 4
    checks:
      - example: shown
        draw: {x: 1}
      - values: hidden ones
        visibility: hidden
        cases: CASES
        draw: {x: 0..9}
"""
RARE = "def f(x):\n    if x == 7:\n        return -2 * x + 3 + x ** 3\n    return 3 * x\n"
"""Only a case with 7 notices what is wrong in its line."""


def plan_of(tmp_path, text, reference):
    (tmp_path / "grading.yaml").write_text(text, "utf-8")
    (tmp_path / "r.py").write_text(reference, "utf-8")
    (tmp_path / "s.py").write_text("def f(x):\n    pass\n", "utf-8")
    return read(tmp_path / "grading.yaml")


def test_variants_that_always_notice_a_slip_are_equally_hard(tmp_path, engine):
    """Ten cases of ten numbers are all of them: a fair draw plays every card."""
    found = equally_hard(plan_of(tmp_path, RUBRIC.replace("CASES", "10"), RARE), engine)
    assert found.holds and f"equally hard: {DRAWN} of them" in found.title.text("en")
    (line,) = (each.text("en") for each in found.details)
    counts, total = line.removeprefix("f: ").split(" of ")
    assert counts == ", ".join([total] * DRAWN) and int(total) > 5


def test_variants_that_notice_a_slip_by_chance_are_told_with_the_slips(tmp_path, engine):
    found = equally_hard(plan_of(tmp_path, RUBRIC.replace("CASES", "3"), RARE), engine)
    assert not found.holds
    (line,) = (each.text("en") for each in found.details)
    assert "Draw more cases" in line and "r.py:3" in line and "r.py:4" not in line


def test_variants_without_hidden_cases_are_told_to_be_all_the_same(tmp_path, engine):
    text = RUBRIC.replace("visibility: hidden\n        cases: CASES", "visibility: public\n        cases: 3")
    found = equally_hard(plan_of(tmp_path, text, RARE), engine)
    assert not found.holds and "all the same" in found.title.text("en")


def test_a_rubric_without_variants_is_not_looked_at(tmp_path, engine):
    text = RUBRIC.replace("variants: per_student\n", "").replace("CASES", "3")
    assert equally_hard(plan_of(tmp_path, text, RARE), engine) is None
