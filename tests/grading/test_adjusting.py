"""What changes a score after the checks is one function in a list, and every format shows it as arithmetic."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest

from grader import submission
from grader.cli.grading import exit_code
from grader.cli.writing import standings_of
from grader.grading import adjusting, for_students, grade, prepare, read
from grader.language import say
from grader.model import Adjustment
from grader.report import github, gradebook, gradescope, html, junit, markdown, prairielearn, terminal
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
def course(engine, tmp_path):
    """Return a function that prepares a rubric, and returns one that grades the body of `f`."""

    def prepared_for(text):
        (tmp_path / "grading.yaml").write_text(text, "utf-8")
        (tmp_path / "r.py").write_text("def f(x):\n    return x + 1\n", "utf-8")
        prepared = prepare(read(tmp_path / "grading.yaml"), engine)

        def run(body, attempt=1, before=""):
            (tmp_path / "s.py").write_text(f"def f(x):\n{before}    return {body}\n", "utf-8")
            return for_students(grade(prepared, submission.load(tmp_path / "s.py", ["f"]), engine, {"f": attempt}))

        return run

    return prepared_for


@pytest.fixture
def graded(course):
    return course(RUBRIC)


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
    names, _, row = csv.reader(io.StringIO(gradebook.render(standings_of([report]), language="en")))
    assert ARITHMETIC in dict(zip(names, row, strict=True))["adjusted"]
    assert gradebook.standing(report).text("en") == "right, with deductions"
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
    names, _, row = csv.reader(io.StringIO(gradebook.render(standings_of([report]), language="en")))
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
    assert "adjusted" not in gradebook.render(standings_of([report]), language="en")


def test_adjustments_follow_one_another_and_what_is_shown_adds_up():
    one = Adjustment(policy="a", reason=say("one"), points=Fraction(-1, 3))
    other = Adjustment(policy="b", reason=say("other"), points=Fraction(1))
    assert arithmetic(Fraction(10, 3), (one, other)).text("en") == "3.33 − 0.33 (one) + 1 (other) = 4"


# --- all or nothing, points off, no points


def rubric(points, *checks, **more):
    """Return a rubric of one function."""
    keys = "".join(f"    {key}: {value}\n" for key, value in more.items())
    head = RUBRIC[: RUBRIC.index("    points")]
    return f"{head}    points: {points}\n{keys}    checks:\n" + "".join(f"      - {each}\n" for each in checks)


VALUES = "{values: v, draw: {x: 0..4}, cases: 5}"
EVERY = (terminal, markdown, html, gradescope, junit)


def arithmetic_of(report):
    (problem,) = report.problems
    return arithmetic(problem.earned, problem.adjustments).text("en") if problem.adjustments else ""


def test_a_problem_scores_all_of_its_points_or_none(course):
    run = course(rubric(10, VALUES, all_or_nothing="true"))
    report = run("x + 1 if x < 4 else 0")
    assert (report.score, arithmetic_of(report)) == (0, "8 − 8 (all or nothing) = 0")
    assert "得分：8 − 8（全对才得分）= 0" in terminal.render(report, language="zh")
    for format in EVERY:
        text = format.render(report, language="en").replace("\\u2212", "−")
        assert (markdown.escape if format is markdown else str)("8 − 8 (all or nothing) = 0") in text
    assert (run("x + 1").score, arithmetic_of(run("x + 1")), arithmetic_of(run("0 * x - 1"))) == (10, "", "")


def test_a_check_earns_all_of_its_points_or_none(course):
    run = course(rubric(10, "{values: w, draw: {x: 0..4}, cases: 5, all_or_nothing: true, share: 30%}", VALUES))
    report = run("x + 1 if x < 4 else 0")
    assert [float(check.score) for check in report.problems[0].checks] == [0, 5.6]
    assert "1 of 5 cases is not right · Scored all or nothing" in terminal.render(report, language="en")
    assert "全部通过才得分" in terminal.render(report, language="zh")
    assert run("x + 1").score == 10 and "nothing" not in terminal.render(run("x + 1"), language="en")


STYLE = "{rules: style, no_loops: true, penalty: %s}"
LOOP = "    for i in []: pass\n"


@pytest.mark.parametrize(
    ("penalty", "loops", "said"),
    [
        ("0.5", 1, "10 − 0.5 (style: 1 × 0.5) = 9.5"),
        ("0.5", 3, "10 − 1.5 (style: 3 × 0.5) = 8.5"),
        ("{each: 0.75, at_most: 2}", 2, "10 − 1.5 (style: 2 × 0.75) = 8.5"),
        ("{each: 0.75, at_most: 2}", 4, "10 − 2 (style: 4 × 0.75, at most 2) = 8"),
        ("{each: 6}", 2, "10 − 12 (style: 2 × 6; a score is never below 0) = 0"),
        ("1", 0, ""),
    ],
)
def test_each_violation_takes_points_off(course, penalty, loops, said):
    run = course(rubric(10, VALUES, STYLE % penalty))
    report = run("x + 1", before=LOOP * loops)
    (problem,) = report.problems
    assert arithmetic_of(report) == said
    assert (problem.status, problem.earned) == ("partial" if loops else "passed", 10)
    assert [check.max_score for check in problem.checks] == [10, 0]
    assert ("takes points off" in terminal.render(report, language="en")) is bool(loops)
    assert exit_code(report) == bool(loops)


def test_what_a_violation_costs_stands_beside_its_line(course):
    report = course(rubric(10, VALUES, STYLE % "{each: 0.75, at_most: 1}"))("x + 1", before=LOOP * 3)
    costs = [case.message.text("en").rpartition("(for)")[2] for case in report.problems[0].checks[1].cases]
    assert costs == [" (−0.75 points).", " (−0.25 points).", "."]


def test_failing_cases_may_take_points_off_and_a_stub_loses_nothing(course):
    run = course(rubric(10, VALUES, "{values: edge, draw: {x: 5..9}, cases: 5, penalty: 0.5}"))
    report = run("x + 1 if x < 8 else 0")
    assert arithmetic_of(report) == "10 − 1 (edge: 2 × 0.5) = 9"
    assert run("x + 1").problems[0].status == "passed"
    assert arithmetic_of(run("-1")) == "", "nothing is taken off nothing"


def test_a_penalty_comes_after_all_or_nothing(course):
    run = course(rubric(10, VALUES, STYLE % "1", all_or_nothing="true"))
    assert arithmetic_of(run("x + 1", before=LOOP)) == "10 − 1 (style: 1 × 1) = 9"
    assert run("x + 1 if x < 4 else 0", before=LOOP).score == 0


def test_a_function_without_points_informs_and_changes_no_score(course):
    run = course(rubric(0, VALUES, STYLE % "1"))
    for body, full in (("x + 1", True), ("x + 2", False), ("x + 1 if x < 4 else 0", False)):
        report = run(body)
        assert (report.score, report.max_score, exit_code(report)) == (0, 0, 0)
        assert report.problems[0].is_full is full
        for format in (*EVERY, as_json, gradebook, prairielearn, github):
            one = standings_of([report]) if format is gradebook else report
            assert format.render(one, language="en") and format.render(one, language="zh")
        assert "info only" in terminal.render(report, language="en")
        assert ("The value differs" in terminal.render(report, language="en")) is not full
    assert "仅供参考" in terminal.render(run("x + 2"), language="zh")
