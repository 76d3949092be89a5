"""Runs the examples in the generators' docstrings: each expression in a case of its own, drawn with seed 1."""

import inspect
import re

import numpy as np

from grader.cases.evaluation import Evaluator
from grader.cases.library import Drawing
from grader.cases.randomness import Decks, Randomness

EXAMPLE = re.compile(r"^>>> (.*)\n((?:(?!>>>).*\S.*\n)+)", re.MULTILINE)


def run(expression, *, legacy=False):
    source = Randomness(1, 0, Decks(1, "example"), np.random.RandomState(1) if legacy else None)
    source.value("x")
    value = Evaluator({}, Drawing(signatures={}, reference=None, source=source)).evaluate(expression)
    with np.printoptions(precision=8, linewidth=75):
        return str(value)


def examples(docstring):
    """Return (expression, printed value) of each example."""
    return [(expression, text.rstrip("\n")) for expression, text in EXAMPLE.findall(inspect.cleandoc(docstring) + "\n")]
