"""What changes a score after the checks is one function in a list, and every format shows it as arithmetic."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest

from grader import submission
from grader.cli.grading import exit_code
from grader.grading import adjusting, for_students, grade, prepare, read
from grader.language import say
from grader.model import Adjustment
from grader.report import gradebook, gradescope, html, junit, markdown, terminal
from grader.report import json as as_json
from grader.report.points import arithmetic

RUBRIC = """\
title: t
language: en
seed: 1
submission: s.py
reference: r.py
problems:
  f:
    points: 10
    hints: [one, two, three]
    hint_cost: 1.5
    checks: [{values: v, draw: {x: 0..4}, cases: 5}]
"""
ARITHMETIC = "10 − 2 (late by 1 day) = 8"


def late(report):
    """Take a fifth of what was earned off: a policy is one function."""
    return Adjustment(policy="late", reason=say("late by 1 day"), points=-report.score / 5)


@pytest.fixture
def graded(engine, tmp_path):
    (tmp_path / "grading.yaml").write_text(RUBRIC, "utf-8")
    (tmp_path / "r.py").write_text("def f(x):\n    return x + 1\n", "utf-8")
    prepared = prepare(read(tmp_path / "grading.yaml"), engine)

    def run(body, attempt=1):
        (tmp_path / "s.py").write_text(f"def f(x):\n    return {body}\n", "utf-8")
        return for_students(grade(prepared, submission.load(tmp_path / "s.py", ["f"]), engine, {"f": attempt}))

    return run


def test_a_policy_is_one_function_that_every_format_shows(graded, monkeypatch):
    monkeypatch.setattr(adjusting, "OF_REPORTS", [late])
    report = graded("x + 1")
    assert (report.score, report.problems[0].score) == (8, 10)
    for format in (terminal, markdown, html, gradescope):
        text = format.render(report, language="en")
        assert (ARITHMETIC if format is not markdown else markdown.escape(ARITHMETIC)) in text.replace("\\u2212", "−")
    wire = json.loads(as_json.render(report, language="en"))
    assert wire["adjustments"] == [{"policy": "late", "reason": "late by 1 day", "points": -2.0}]
    assert (wire["score"], json.loads(gradescope.render(report, language="en"))["score"]) == (8, 8)
    root = ET.fromstring(junit.render(report, language="en"))
    assert ARITHMETIC in root.find(".//property[@name='adjusted']").get("value")
    names, row = csv.reader(io.StringIO(gradebook.render([report], language="en")))
    assert ARITHMETIC in dict(zip(names, row, strict=True))["adjusted"]
    assert gradebook.standing(report).text("en") == "partly right"
    assert exit_code(report) == 1


def test_a_score_may_be_raised_above_the_most(graded, monkeypatch):
    override = Adjustment(policy="override", reason=say("a fault in the handout"), points=Fraction(5))
    monkeypatch.setattr(adjusting, "OF_REPORTS", [lambda report: override])
    report = graded("x + 1 if x < 4 else 0")
    assert report.score == 13 and exit_code(report) == 0
    assert "Required points: 8 + 5 (a fault in the handout) = 13" in terminal.render(report, language="en")
    assert "必做题得分：8 + 5（a fault in the handout）= 13" in terminal.render(report, language="zh")


def test_what_hints_cost_is_shown_by_every_format(graded):
    report = graded("x + 1 if x < 4 else 0", attempt=3)
    said = "8 − 3 (2 hints after the first) = 5"
    assert arithmetic(report.problems[0].earned, report.problems[0].adjustments).text("en") == said
    for format in (terminal, markdown, html, gradescope):
        text = format.render(report, language="en")
        assert (said if format is not markdown else markdown.escape(said)) in text
    (problem,) = json.loads(as_json.render(report, language="zh"))["problems"]
    assert problem["adjustments"] == [{"policy": "hints", "reason": "第一条之后看了 2 条提示", "points": -3.0}]
    assert problem["hint_penalty"] == 3
    root = ET.fromstring(junit.render(report, language="en"))
    assert root.find("testsuite/properties/property[@name='adjusted']").get("value") == said
    names, row = csv.reader(io.StringIO(gradebook.render([report], language="en")))
    assert dict(zip(names, row, strict=True))["adjusted"] == f"f: {said}"


def test_a_score_never_falls_below_zero_and_that_is_said(graded):
    report = graded("x + 1 if x == 0 else 0", attempt=3)
    (problem,) = report.problems
    assert (problem.earned, problem.score, problem.taken_by("hints")) == (2, 0, 2)
    said = arithmetic(problem.earned, problem.adjustments)
    assert said.text("en") == "2 − 3 (2 hints after the first; a score is never below 0) = 0"
    assert said.text("zh") == "2 − 3（第一条之后看了 2 条提示；最低 0 分）= 0"
    assert graded("0", attempt=3).problems[0].adjustments == (), "nothing is taken off nothing"


def test_nothing_is_said_where_nothing_was_adjusted(graded):
    report = graded("0")
    assert "adjust" not in as_json.render(report, language="en")
    assert "adjusted" not in gradebook.render([report], language="en")


def test_adjustments_follow_one_another_and_what_is_shown_adds_up():
    one = Adjustment(policy="a", reason=say("one"), points=Fraction(-1, 3))
    other = Adjustment(policy="b", reason=say("other"), points=Fraction(1))
    assert arithmetic(Fraction(10, 3), (one, other)).text("en") == "3.33 − 0.33 (one) + 1 (other) = 4"
