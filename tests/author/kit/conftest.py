"""The shipped assignment prepared once, and small assignments of a test's own."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

RUBRIC = """\
title: {zh: 平方, en: Squares}
language: en
seed: 918273645
submission: work/squares.py
reference: answers/squares.py
mistakes: answers/mistakes.py
problems:
  square:
    points: 4
    returns: {y: 75%, n: 25%}
    checks:
      - example: shown
        share: 25%
        draw: {x: [1.5, 2.5]}
        show: {y: y}
      - values: drawn
        draw: {n: 4..6, x: normal(n)}
      - properties: [inputs_unchanged, deterministic]
        share: 25%
"""

REFERENCE = '''\
"""Squares."""

import numpy as np


def square(x):
    """Return the squares of x, and how many there are."""
    ### START CODE HERE ###
    # the squares (1 line)
    y = np.asarray(x, dtype=float) ** 2
    ### END CODE HERE ###
    return y, len(x)
'''

MISTAKES = """\
@mistake(of="square", zh=["是平方，不是两倍。"], en=["The square, not the double."])
def doubled_instead(x):
    return 2 * np.asarray(x), len(x)
"""


@pytest.fixture
def squares(tmp_path):
    """Return the folder of a small assignment whose stub follows from its reference."""
    folder = tmp_path / "squares"
    for path, text in {
        "grading.yaml": RUBRIC,
        "answers/squares.py": REFERENCE,
        "answers/mistakes.py": MISTAKES,
        "work/squares.py": REFERENCE.replace("np.asarray(x, dtype=float) ** 2", "None"),
        "work/README.md": "# Squares\n\nWrite `square`.\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder
