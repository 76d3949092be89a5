"""A function pays nothing where another one, called around its own calls, never ends, and cannot feign it."""

import pytest

RUBRIC = """\
title: T
language: en
seed: 9
submission: work.py
reference: ref.py
limits: {seconds: 1}
problems:
  fwd:
    points: 5
    checks: [{values: hidden, cases: 1, draw: {x: normal(3)}}]
  bwd:
    points: 5
    checks:
      - {values: hidden, cases: 1, share: 50%, draw: {x: normal(3)}}
      - properties: {calls_independent: {of: fwd(x)}}
        cases: 1
        share: 50%
        draw: {x: normal(3)}
"""
REFERENCE = "last = None\n\n\ndef fwd(x):\n    return 2 * x\n\n\ndef bwd(x):\n    return 3 * x\n"


@pytest.mark.parametrize(
    ("old", "new", "points"),
    [
        ("    return 2 * x", "    while True:\n        pass", {"fwd": 0, "bwd": 5}),
        ("    return 2 * x", "    import os\n    os._exit(0)", {"fwd": 0, "bwd": 5}),
        ("    return 2 * x", "    raise ValueError", {"fwd": 0, "bwd": 5}),
        ("    return 2 * x", "    global last\n    last = x\n    return 2 * x", {"fwd": 5, "bwd": 5}),
    ],
)
def test_the_fault_of_the_function_that_is_called_around_costs_once(tmp_path, engine, old, new, points):
    assert graded(tmp_path, engine, REFERENCE.replace(old, new)) == points


@pytest.mark.parametrize("end", ["raise SystemExit", "import os; os._exit(0)", "while True: pass", "return 0 * x"])
def test_whoever_stops_among_calls_of_a_right_function_loses_the_points(tmp_path, engine, end):
    text = REFERENCE.replace("    return 2 * x", "    global last\n    last = x\n    return 2 * x").replace(
        "    return 3 * x", f"    if last is not None:\n        {end}\n    return 3 * x"
    )
    assert graded(tmp_path, engine, text)["bwd"] <= 2.5


def graded(folder, engine, text):
    from grader import submission
    from grader.grading import grade, prepare, read

    (folder / "grading.yaml").write_text(RUBRIC, "utf-8")
    (folder / "ref.py").write_text(REFERENCE, "utf-8")
    (folder / "work.py").write_text(text, "utf-8")
    student = submission.load(folder / "work.py", ["fwd", "bwd"])
    report = grade(prepare(read(folder / "grading.yaml"), engine), student, engine)
    return {problem.function: problem.score for problem in report.problems}
