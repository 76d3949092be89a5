"""A right answer is not too large, whatever type its numbers have."""

from grader import submission
from grader.grading import grade, prepare, read
from grader.grading.runs import with_room

HEAD = """\
title: t
language: en
seed: 1
submission: s.py
reference: r.py
problems:
"""
RUBRIC = (
    HEAD
    + """\
  labels:
    points: 1
    checks: [{values: v, draw: {n: 200000..200010}, cases: 1}]
  mask:
    points: 1
    compare: {dtype: truth}
    checks: [{values: v, draw: {n: 200000..200010}, cases: 1}]
"""
)
SMALL = """
import numpy as np

def labels(n):
    return (np.arange(n) % 3).astype(np.int8)

def mask(n):
    return np.arange(n) % 3 == 0
"""


def test_numbers_of_eight_bytes_may_stand_for_those_of_one(engine, tmp_path):
    (tmp_path / "grading.yaml").write_text(RUBRIC, "utf-8")
    (tmp_path / "r.py").write_text(SMALL, "utf-8")
    (tmp_path / "s.py").write_text(
        SMALL.replace("np.int8", "int")
        .replace("== 0", "== 0) * 1")
        .replace("np.arange(n) % 3 ==", "(np.arange(n) % 3 =="),
        "utf-8",
    )
    names = ["labels", "mask"]
    report = grade(prepare(read(tmp_path / "grading.yaml"), engine), submission.load(tmp_path / "s.py", names), engine)
    assert [problem.score for problem in report.problems] == [1, 1]


LISTS = (
    HEAD
    + """\
  items:
    points: 1
    checks: [{values: v, draw: {n: 20..900}, cases: 1}]
"""
)


def test_how_large_an_answer_may_be_does_not_tell_how_long_the_wanted_one_is(engine, tmp_path):
    (tmp_path / "grading.yaml").write_text(LISTS, "utf-8")
    room = set()
    for count in (1, 3, 40, 60):
        (tmp_path / "r.py").write_text(f"def items(n):\n    return [n] * {count}\n", "utf-8")
        prepared = prepare(read(tmp_path / "grading.yaml"), engine)
        room |= {call.room for task in with_room(prepared.tasks) for call in task.case.calls}
    assert len(room) == 1
