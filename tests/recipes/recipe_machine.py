"""A machine that has Python and what the grader needs, but no grader yet; nothing is loaded from anywhere."""

import os
import shutil
import subprocess
import sysconfig
import venv
from importlib.metadata import distribution
from pathlib import Path

from grader.author.kit.wheel import pinned


def environment_at(folder, more=""):
    """Make an environment with pip, what the grader needs and `more`, of the files that are installed here."""
    venv.create(folder, with_pip=False, symlinks=True)
    here, there = Path(sysconfig.get_path("purelib")), next((folder / "lib").glob("*/site-packages"))
    for name in ["pip", *(line.partition("==")[0] for line in (pinned() + more).splitlines())]:
        for file in distribution(name).files:
            source, target = here / file, there / file
            if target.resolve().is_relative_to(there.resolve()) and source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)


def shell(script, *, cwd, **environment):
    """Run a file, or lines as `bash -e`, with the given variables and no others of this machine's."""
    own = {"PATH": os.environ["PATH"], "HOME": str(cwd), "PIP_NO_INDEX": "1", "LC_ALL": "C.UTF-8", "PIP_NO_INPUT": "1"}
    return subprocess.run(
        ["bash", str(script)] if isinstance(script, Path) else ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=cwd,
        env={**own, **{key: str(value) for key, value in environment.items()}},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


RUBRIC = """\
title: Squares
language: en
seed: 918273645
submission: assignment/squares.py
reference: solutions/squares.py
mistakes: solutions/mistakes.py
generators: more/draws.py
files: [more/table.csv]
problems:
  square:
    points: 4
    checks:
      - example: shown
        share: 25%
        draw: {x: "[1.5, 2.5]"}
      - values: drawn
        generator: some
  total:
    points: 2
    checks:
      - values: sums
        visibility: public
        draw: {n: 4..6, x: normal(n)}
"""
REFERENCE = '''\
"""Squares."""

import numpy as np


def square(x):
    """Return the squares of x."""
    ### START CODE HERE ###
    from halves import half

    squares = 2 * half(np.asarray(x) ** 2)
    ### END CODE HERE ###
    return squares


def total(x):
    """Return the sum of x."""
    ### START CODE HERE ###
    whole = np.sum(x)
    ### END CODE HERE ###
    return whole
'''
STUB = '''\
"""Squares."""

import numpy as np


def square(x):
    """Return the squares of x."""
    ### START CODE HERE ###

    squares = None
    ### END CODE HERE ###
    return squares


def total(x):
    """Return the sum of x."""
    ### START CODE HERE ###
    whole = None
    ### END CODE HERE ###
    return whole
'''
SECRETS = ("2 * half(", "np.sum(x)", "918273645", "mean_of_course")
"""What only the course knows: of its reference, of its rubric, of its known mistakes."""

RIGHT = """\
import numpy as np

def square(x):
    return np.asarray(x) * x

def total(x):
    return np.asarray(x).sum()
"""
FILES = {
    "grading.yaml": RUBRIC,
    "solutions/squares.py": REFERENCE,
    "solutions/halves.py": "def half(x):\n    return x / 2\n",
    "solutions/mistakes.py": (
        'edit(of="total", name="mean_of_course", replace=[("np.sum", "np.mean")],\n'
        '     en=["Is it the mean that is asked for?", "It is the sum."])\n'
    ),
    "solutions/notes.txt": "not named by the rubric\n",
    "more/draws.py": 'def some(seed, index):\n    return {"x": [1.0 + index, seed % 7 + 0.5]}\n',
    "more/table.csv": "a,b\n1,2\n",
    "assignment/squares.py": STUB,
    "assignment/old_try.py": "x = 1\n",
}
