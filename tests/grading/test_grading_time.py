"""What is said of a call that was stopped names the limit that stopped it."""

import pytest

from grader import submission
from grader.grading import grade, prepare, read

RUBRIC = """\
title: t
language: en
seed: 1
submission: s.py
reference: r.py
problems:
  f:
    points: 1
    limits: {{{limits}}}
    checks:
      - values: v
        draw: {{x: 0..{last}}}
        visibility: public
"""
LOOP = "while True:\n        pass"


@pytest.mark.parametrize(
    ("limits", "last", "body", "said"),
    [
        ("seconds: 0.6", 0, "import time\n    time.sleep(60)", "Ran longer than 0.6 s"),
        ("seconds: 20, cpu_seconds: 1", 0, LOOP, "Ran longer than 1 s"),
        ("seconds: 1", 0, "x += 1\n    while x: pass", "the loop at line 3"),
    ],
)
def test_the_limit_that_stopped_it_is_said(limits, last, body, said, engine, tmp_path):
    (tmp_path / "grading.yaml").write_text(RUBRIC.format(limits=limits, last=last), "utf-8")
    (tmp_path / "r.py").write_text("def f(x):\n    return x\n", "utf-8")
    (tmp_path / "s.py").write_text(f"def f(x):\n    {body}\n", "utf-8")
    report = grade(prepare(read(tmp_path / "grading.yaml"), engine), submission.load(tmp_path / "s.py", ["f"]), engine)
    cases = report.problems[0].checks[0].cases
    first = next(case for case in cases if case.status != "passed")
    assert said in first.message.text("en")
