"""A small assignment that is right in every respect, to be spoilt in one."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from grader.author.check import check
from grader.cli.trusted import engine_of
from grader.execution import open_engine
from grader.grading import read

REFERENCE = '''import numpy as np


def scale(x, by):
    """Return x times by."""
    ### START CODE ###
    y = x * by
    ### END CODE ###
    return y


def centred(x):
    """Return the columns of x, each with mean 0, and their means."""
    ### START CODE ###
    mean = scale(x.sum(axis=0), 1 / len(x))
    z = x - mean
    ### END CODE ###
    return z, mean
'''

STUB = '''import numpy as np


def scale(x, by):
    """Return x times by."""
    ### START CODE ###
    y = None
    ### END CODE ###
    return y


def centred(x):
    """Return the columns of x, each with mean 0, and their means."""
    ### START CODE ###
    mean = None
    z = None
    ### END CODE ###
    return z, mean
'''

MISTAKES = """
edit(of="scale", name="divides", replace=[("x * by", "x / by")], zh=["除了"], en=["divided"])
edit(of="centred", name="by_rows", replace=[("axis=0", "axis=1")], zh=["按行"], en=["by rows"])


@mistake(of="centred", zh=["没有减"], en=["not subtracted"])
def only_mean(x):
    z, mean = centred(x)
    return x, mean
"""

RUBRIC = """title: t
language: en
seed: 5
submission: stub.py
reference: reference.py
mistakes: mistakes.py
problems:
  scale:
    points: 4
    checks:
      - example: shown
        draw: {x: "normal(3)", by: 2.5}
      - values: drawn
        draw: {n: 2..5, x: "normal(n)", by: "uniform(2, 3)"}
      - properties: [inputs_unchanged, deterministic]
  centred:
    points: 6
    returns: {z: 50%, mean: 50%}
    checks:
      - values: drawn
        draw: {n: 2..5, k: 2..4, x: "normal(n, k)"}
        where: n != k
"""


@pytest.fixture(scope="session")
def engines():
    """Return two engines, as `grade check` has."""
    both = open_engine(), open_engine()
    yield both
    for engine in both:
        engine.close()


@pytest.fixture
def engines_of(engines):
    """Return a function that gives two engines for a rubric: of its own Python where it names one."""
    with ExitStack() as opened:
        yield (
            lambda plan: (
                [opened.enter_context(engine_of(plan, named=True)) for _ in engines] if plan.rubric.runtime else engines
            )
        )


@pytest.fixture
def desk(tmp_path):
    """Return a folder with the assignment, and a way to change its files: `desk(rubric=("5", "6"))`."""
    texts = {"rubric": RUBRIC, "reference": REFERENCE, "stub": STUB, "mistakes": MISTAKES}

    def write(top="", **changes):
        for name, text in texts.items():
            old, new = changes.get(name, ("", ""))
            assert old in text
            ending = "yaml" if name == "rubric" else "py"
            path = tmp_path / ("grading.yaml" if name == "rubric" else f"{name}.{ending}")
            changed = text.replace(old, new) if old else text
            path.write_text(top + changed if name == "rubric" else changed, "utf-8")
        return Path(tmp_path)

    return write


@pytest.fixture
def findings(desk, engines):
    """Return a function that checks the assignment with changes and gives what does not hold, with its details."""

    def of(**changes):
        plan = read(desk(**changes) / "grading.yaml")
        return {
            found.title.text("en"): [detail.text("en") for detail in found.details]
            for found in check(plan, *engines)
            if not found.holds
        }

    return of
