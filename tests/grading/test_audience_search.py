"""A hidden case's expected value cannot be searched for: how far an answer is from it changes nothing that is told.

An attack asked for the power of ten of the error, run by run, and had eight hidden values after 51 runs.
"""

import hashlib
import json

import pytest
from msgspec.structs import replace

from grader import submission
from grader.cli.writing import write
from grader.grading import for_students, grade, read
from grader.report import FORMATS

RUBRIC = """\
title: {zh: 搜索, en: Search}
language: en
seed: 918273645
submission: s.py
reference: r.py
problems:
  number:
    points: 4
    checks:
      - example: shown
        draw: {x: 5.0}
      - values: hidden
        draw: {x: "uniform(10, 90)"}
        cases: 4
  slope:
    points: 4
    returns: {dx: 100%}
    checks:
      - example: shown
        draw: {x: "array([1.5, 2.5, 4.0])"}
      - values: hidden
        draw: {x: "normal(6)"}
        cases: 3
      - gradient: differences
        of: total(x)
        wrt: {dx: x}
        draw: {x: "normal(6)"}
        cases: 1
  total:
    points: 1
    checks: [{example: shown, draw: {x: "array([1.5, 2.5, 4.0])"}}]
  level:
    points: 4
    checks:
      - example: shown
        draw: {x: 5.0}
      - values: hidden
        draw: {x: "uniform(10, 90)"}
        cases: 2
  flags:
    points: 4
    checks:
      - example: shown
        draw: {x: "array([1.0, -2.0, 4.0])"}
      - values: hidden
        draw: {x: "normal(12)"}
        cases: 3
  items:
    points: 4
    checks:
      - example: shown
        draw: {x: [1, 2]}
      - values: hidden
        draw: {a: 1..99, b: 1..99, c: 1..99, x: "[a, b, c, a + b]"}
        cases: 3
"""
REFERENCE = """\
import numpy as np
def total(x):
    return float(np.sum(x ** 3))
def number(x):
    return 3 * x + 0.125
def slope(x):
    return 3 * x ** 2
def level(x):
    return np.full(5, x / 7)
def flags(x):
    return x > 0
def items(x):
    return [3 * one for one in x]
"""
# A function of one call: undoing a slip in it makes it right nowhere. Of a function that is one slip away from right,
# the slip is told, which says no more than that the function without it would pass.
STUDENT = """\
import numpy as np
HOW = {how!r}
def apart(want, n=1):
    return eval(HOW, {{"np": np, "want": want, "n": n}})
def total(x):
    return float(np.sum(x ** 3))
def _number(x):
    return 15.125 if x == 5.0 else float(apart(3 * x + 0.125))
def _slope(x):
    return 3 * x ** 2 if len(x) == 3 else apart(3 * x ** 2, np.arange(len(x)) % 5 + 1)
def _level(x):
    return np.full(5, x / 7) if x == 5.0 else apart(np.full(5, x / 7), 1 + 1e-9 * np.arange(5))
def _flags(x):
    right = x > 0
    return right if len(x) == 3 else np.logical_xor(right, np.arange(12) < int(abs(apart(0, 7))) % 7 + 2)
def _items(x):
    right = [3 * one for one in x]
    return right if len(x) == 2 else [one + (place >= int(abs(apart(0, 9))) % 3) for place, one in enumerate(right)]
def number(x):
    return _number(x)
def slope(x):
    return _slope(x)
def level(x):
    return _level(x)
def flags(x):
    return _flags(x)
def items(x):
    return _items(x)
"""
FAR_AND_NEAR = {
    "far": "want + 1e6 * n",
    "further": "want + 3e11 * n",
    "near": "want + 1e-4 * n",
    "below": "want - 7e-2 * n",
    "times": "want * (1 + 0.37 * n)",
}


def told(folder, ready, engine, how, *, instructor=False):
    """Return every format of a report, but for the digest and the time that the file itself has."""
    path = folder / "s.py"
    path.write_text(STUDENT.format(how=how), "utf-8")
    names = [problem.function for problem in ready.chosen]
    report = replace(grade(ready, submission.load(path, names), engine), submission_digest="", seconds=0.5)
    texts = {}
    for form in FORMATS:
        target = folder / "report.out"
        write([report], form, "en", str(target), instructor=instructor)
        texts[form] = target.read_text("utf-8")
    return texts


@pytest.fixture(autouse=True)
def steady(monkeypatch):
    """A log for GitHub holds a random word, and a summary would go beside it."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setattr("secrets.token_hex", lambda size: "0" * size)


def test_however_far_a_hidden_answer_is_the_report_is_the_same(folder, ready, engine):
    reports = {name: told(folder, ready, engine, how) for name, how in FAR_AND_NEAR.items()}
    first = json.loads(reports["far"]["json"])
    hidden = [case for problem in first["problems"] for check in problem["checks"] for case in check["cases"]
              if check["visibility"] == "hidden"]  # fmt: skip
    assert {case["status"] for case in hidden} == {"failed"}
    assert not any(set(case) & {"differing", "total", "magnitude"} for case in hidden)
    for name, texts in reports.items():
        assert {form for form, text in texts.items() if text != reports["far"][form]} == set(), name


def test_the_instructors_report_keeps_what_was_measured(folder, ready, engine):
    far, near = (json.loads(told(folder, ready, engine, FAR_AND_NEAR[how], instructor=True)["json"])
                 for how in ("far", "near"))  # fmt: skip
    cases = [report["problems"][0]["checks"][1]["cases"][0] for report in (far, near)]
    assert cases[0]["magnitude"] > cases[1]["magnitude"]
    assert cases[0]["differing"] == 1
    assert "statistics" in far["problems"][1]["checks"][1]


def test_no_number_is_told_that_a_submission_may_choose_the_scale_of(folder, ready, engine):
    """In `level` all that is expected of a case is one number: a factor, an offset or digits would spell it."""
    for how in ("0 * want + 1234567.5 * n", "0 * want + 0.001 * n", "np.round(want, 1) * n ** 0", "np.floor(want)"):
        problem = json.loads(told(folder, ready, engine, how)["json"])["problems"][3]
        assert not any(char.isdigit() for char in problem["diagnosis"]), (how, problem["diagnosis"])


def test_the_digest_that_students_see_cannot_be_tried_with_another_seed(folder, ready, engine):
    path = folder / "s.py"
    path.write_text(REFERENCE, "utf-8")
    report = grade(ready, submission.load(path, ["number"]), engine)
    of_file = hashlib.sha256((folder / "grading.yaml").read_bytes()).hexdigest()
    assert of_file == report.rubric_file_digest
    seen = for_students(report)
    assert (len(seen.rubric_digest), seen.rubric_file_digest) == (64, "")
    texts = told(folder, ready, engine, "want")
    assert not any(of_file[:12] in text for text in texts.values())
    (folder / "other.py").write_text(REFERENCE + "\n# another secret\n", "utf-8")
    other = read(folder / "grading.yaml", folder / "other.py")
    assert other.digest != ready.plan.digest == read(folder / "grading.yaml").digest == seen.rubric_digest


def test_a_binary_search_has_nothing_to_go_by(folder, ready, engine):
    """Two answers on either side of a value, one a thousand times nearer, are told apart by nothing."""
    every = (task.case for task in ready.tasks)
    (first, *_) = (case for case in every if case.function == "number" and case.names["x"] != 5.0)
    want = 3 * float(first.names["x"]) + 0.125
    sides = [told(folder, ready, engine, f"{value!r} + 0 * want") for value in (want * 0.5, want * 1.0005, -want)]
    numbers = [json.loads(texts["json"])["problems"][0] for texts in sides]
    assert numbers[0] == numbers[1] == numbers[2]
