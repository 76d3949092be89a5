"""What is added is one place: a report format, a diagnosis."""

import ast
from pathlib import Path

import pytest

from grader import submission
from grader.execution import open_engine
from grader.explain import values
from grader.grading import for_students, grade, prepare, read
from grader.report import FILES, FORMATS, terminal

ROOT = Path(__file__).resolve().parents[2]
WRITERS = [ROOT / f"grader/cli/{name}.py" for name in ("exporting", "grade", "grading", "paths", "writing")]


@pytest.mark.parametrize("path", WRITERS, ids=lambda path: path.name)
def test_nobody_asks_which_format_it_is(path):
    asked = [
        constant.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Compare)
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant) and constant.value in {*FORMATS, *FILES}
    ]
    assert asked == []


RUBRIC = """title: t
language: en
seed: 5
submission: s.py
reference: r.py
problems:
  double:
    points: 10
    checks:
      - values: v
        visibility: public
        draw: {n: 3..6, x: "normal(n)"}
        share: 100%
"""
DIAGNOSIS = """
import numpy as np

from grader.explain.values import also
from grader.language import say


@also
def cubed(evidence):
    if all(np.allclose(one.got, one.want**3) for one in evidence.wrong):
        return say("Every number is cubed.")
    return None
"""


def test_a_diagnosis_is_one_function(tmp_path, monkeypatch):
    monkeypatch.setattr(values, "HYPOTHESES", [*values.HYPOTHESES])
    for name, text in {
        "grading.yaml": RUBRIC,
        "r.py": "def double(x):\n    return 2 * x\n",
        "s.py": "def double(x):\n    return (2 * x) ** 3\n",
        "cubes.py": DIAGNOSIS,
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    engine = open_engine()

    def told():
        prepared = prepare(read(tmp_path / "grading.yaml"), engine)
        report = grade(prepared, submission.load(tmp_path / "s.py", ["double"]), engine)
        return terminal.render(for_students(report), language="en")

    try:
        assert "cubed" not in told()
        monkeypatch.syspath_prepend(tmp_path)
        __import__("cubes")
        assert "Diagnosis: Every number is cubed." in told()
    finally:
        engine.close()
