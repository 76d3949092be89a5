"""What is not available where work is graded is told by its name, at the student's line, also of hidden cases."""

import pytest

from grader import submission
from grader.errors import RubricError
from grader.grading import for_students, grade, prepare, read

RUBRIC = """\
title: t
language: en
seed: 5
submission: s.py
reference: r.py
problems:
  f:
    points: 4
    checks:
      - values: hidden numbers
        draw: {n: 2..5, x: normal(n)}
"""

PLOT = "import matplotlib.pyplot as plt\nimport numpy as np\n"
GONE = "The module matplotlib is not available here; this function has to do without it. (ModuleNotFoundError)"
ALONE = "Threads, other processes, asyncio and the network are not available here; do the work in the function itself."

UNAVAILABLE = {
    "counts": (PLOT + "def f(x):\n    n, bins, patches = plt.hist(x)\n    return n\n", GONE, None),
    "a value asked for": (PLOT + "def f(x):\n    return x * max(plt.xlim())\n", "Line 4: " + GONE, 4),
    "a thread": (
        "import threading\ndef f(x):\n    t = threading.Thread(target=print)\n    t.start()\n    return x\n",
        f"Line 4: {ALONE} (RuntimeError)",
        4,
    ),
    "a pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor\ndef f(x):\n    with ThreadPoolExecutor() as pool:\n"
        "        return list(pool.map(abs, x))\n",
        f"Line 4: {ALONE} (RuntimeError)",
        4,
    ),
    "a pool of processes": (
        "from multiprocessing import Pool\ndef f(x):\n    with Pool(2) as pool:\n        return pool.map(abs, x)\n",
        f"Line 3: {ALONE} (PermissionError)",
        3,
    ),
    "a program": (
        "import subprocess\ndef f(x):\n    return subprocess.run(['ls'])\n",
        f"Line 3: {ALONE} (PermissionError)",
        3,
    ),
    "the network": (
        "import socket\ndef f(x):\n    return socket.socket()\n",
        f"Line 3: {ALONE} (PermissionError)",
        3,
    ),
}


@pytest.mark.parametrize("what", UNAVAILABLE)
def test_it_is_told(what, engine, tmp_path):
    text, said, line = UNAVAILABLE[what]
    problem = _graded(text, engine, tmp_path)
    case = problem.checks[0].cases[0]
    assert (problem.score, case.message.text("en"), case.at and case.at.line) == (0, said, line)


def test_a_lock_that_nobody_else_holds_is_no_thread(engine, tmp_path):
    text = "import threading\nLOCK = threading.Lock()\ndef f(x):\n    with LOCK:\n        return x\n"
    assert _graded(text, engine, tmp_path).score == 4


CALLED = "        draw: {n: 2..5, x: normal(n)}\n"
TWICE = CALLED + "      - values: others\n        draw: {x: g(3)}\n      - values: more\n        draw: {x: g(4)}\n"


@pytest.mark.parametrize("draws", [CALLED, TWICE], ids=["called", "drawn with"])
@pytest.mark.parametrize("runtime", ["", "runtime: {python: python3}  # `make setup`\n"], ids=["our own", "a course's"])
def test_a_library_that_the_reference_lacks_is_told_once(draws, runtime, engine, tmp_path):
    rubric = RUBRIC.replace(CALLED, draws).replace("submission:", f"{runtime}submission:")
    (tmp_path / "grading.yaml").write_text(rubric)
    (tmp_path / "r.py").write_text(
        "import numpy as np\nimport nowhere.deep as nw\ndef f(x):\n    return nw.f(x)\ndef g(n):\n    return nw.g(n)\n"
    )
    with pytest.raises(RubricError) as error:
        prepare(read(tmp_path / "grading.yaml"), engine)
    (fault,) = error.value.faults
    assert fault.message.text("en") == "The reference needs nowhere, which is not there."
    place, line = ("grading.yaml", runtime.strip()) if runtime else ("r.py", "import nowhere.deep as nw")
    assert (fault.at.path, fault.line_text) == (str(tmp_path / place), line)
    assert ("Install it into this Python: /" if runtime else "`runtime: {python: …}`") in fault.hint.text("en")


def test_another_failure_of_the_reference_is_told_as_it_is(engine, tmp_path):
    (tmp_path / "grading.yaml").write_text(RUBRIC)
    (tmp_path / "r.py").write_text("import nowhere\ndef f(x):\n    return x[99]\n")
    with pytest.raises(RubricError) as error:
        prepare(read(tmp_path / "grading.yaml"), engine)
    assert "IndexError" in error.value.faults[0].message.text("en")


def _graded(text, engine, tmp_path):
    (tmp_path / "grading.yaml").write_text(RUBRIC)
    (tmp_path / "r.py").write_text("def f(x):\n    return x\n")
    (tmp_path / "s.py").write_text(text)
    prepared = prepare(read(tmp_path / "grading.yaml"), engine)
    return for_students(grade(prepared, submission.load(tmp_path / "s.py", ["f"]), engine)).problems[0]
