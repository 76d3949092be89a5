"""What never ends is told with its line: of a loop where it begins, else where it was."""

import re

import pytest

from grader import submission
from grader.grading import for_students, grade, prepare, read

RUBRIC = """\
title: t
language: en
seed: 5
submission: s.py
reference: r.py
limits: {seconds: 1, load_seconds: 5}
problems:
  f:
    points: 4
    checks:
      - example: shown
        draw: {x: 3}
      - values: hidden numbers
        draw: {x: 1..40}
        cases: 5
"""
REFERENCE = "def f(x):\n    return x + 1\n"


@pytest.fixture
def graded(engine, tmp_path):
    def of(text):
        (tmp_path / "grading.yaml").write_text(RUBRIC)
        (tmp_path / "r.py").write_text(REFERENCE)
        (tmp_path / "s.py").write_text(text)
        prepared = prepare(read(tmp_path / "grading.yaml"), engine)
        student = submission.load(tmp_path / "s.py", ["f"])
        return for_students(grade(prepared, student, engine)).problems[0]

    return of


def told(problem, *, public):
    check = problem.checks[0 if public else 1]
    return next((case.message.text("en"), case.at and case.at.line) for case in check.cases if case.status != "passed")


LOOPS = {
    "a counter forgotten": ("def f(x):\n    k = 0\n    while k < x:\n        y = k\n    return y\n", 3),
    "a while in a for": (
        "def f(x):\n    for i in range(3):\n        h = 0\n        while h < x:\n            i += 1\n    return x\n",
        4,
    ),
    "an outer while around a for": (
        "def f(x):\n    n = 0\n    while n < x:\n        for i in range(1000):\n            x = x + i\n    return x\n",
        3,
    ),
    "a helper that ends, called without end": (
        "def g(x):\n    s = 0\n    for i in range(1000):\n        s += i\n    return s\n"
        "def f(x):\n    while x > 0:\n        g(x)\n    return x\n",
        7,
    ),
    "everything caught": (
        "def f(x):\n    while True:\n        try:\n            x += 1\n"
        "        except BaseException:\n            pass\n",
        2,
    ),
    "a method": (
        "class Box:\n    def run(self, x):\n        while x:\n            x += 1\ndef f(x):\n    return Box().run(x)\n",
        3,
    ),
    "in compiled code": (
        "import itertools, collections\ndef f(x):\n    x += 1\n"
        "    return collections.deque(itertools.count(), maxlen=0)\n",
        4,
    ),
    "numpy in a loop": (
        "import numpy as np\ndef f(x):\n    a = np.ones((600, 600))\n    while a[0, 0] > 0:\n"
        "        a = a @ a / 600\n    return x\n",
        4,
    ),
}


@pytest.mark.parametrize("what", LOOPS)
def test_an_endless_loop_is_told_with_its_line(graded, what):
    text, line = LOOPS[what]
    message, at = told(graded(text), public=True)
    assert (re.findall(r"line (\d+)", message), at) == ([str(line)], line)
    assert message.startswith("Ran longer than 1 s and was stopped")


def test_a_loop_in_a_helper_is_told_with_the_helper(graded):
    problem = graded("def g(x):\n    while x:\n        x += 1\ndef f(x):\n    return g(x)\n")
    assert told(problem, public=True) == (
        "Ran longer than 1 s and was stopped: does the loop at line 2, in g, never end?",
        2,
    )


def test_of_a_hidden_case_only_lines_of_the_function_are_told(graded):
    """As where it raises: which line of a long helper it is could depend on what is hidden."""
    problem = graded("def g(x):\n    while x != 3:\n        x *= 3\n    return 4\ndef f(x):\n    return g(x)\n")
    assert problem.checks[0].score == problem.checks[0].max_score
    assert told(problem, public=False) == ("Ran longer than 1 s and was stopped while it was at line 6.", 6)


def test_recursion_that_only_the_clock_ends_is_told(graded):
    text = (
        "import sys\nsys.setrecursionlimit(90)\ndef f(x):\n    try:\n        f(x + 1)\n    finally:\n        f(x - 1)\n"
    )
    message, at = told(graded(text), public=True)
    assert "f calls itself" in message and at in (5, 7)


def test_lines_that_a_source_makes_up_tell_nothing(graded):
    """It prints what a traceback looks like, with lines that its file does not have."""
    text = (
        "import time\ndef f(x):\n    while True:\n"
        "        print('Stack (most recent call first):\\n  File \"s.py\", line 999999999 in f\\n', flush=True)\n"
        "        print('Stack (most recent call first):\\n  File \"s.py\", line 0 in f\\n', flush=True)\n"
        "        time.sleep(0.01)\n"
    )
    for public in (True, False):
        message, at = told(graded(text), public=public)
        assert at in (None, 3) and "999" not in message


def test_a_source_that_takes_the_signal_is_stopped_all_the_same(graded):
    text = (
        "import faulthandler, signal\nfaulthandler.unregister(signal.SIGUSR1)\n"
        "signal.signal(signal.SIGUSR1, lambda *_: 1 / 0)\ndef f(x):\n    while True:\n"
        "        try: x += 1\n        except ZeroDivisionError: return 4\n"
    )
    problem = graded(text)
    assert told(problem, public=True)[0] == "Ran longer than 1 s and was stopped: does a loop never end?"
    assert problem.score == 0
