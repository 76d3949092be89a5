"""What a reference needs for what its functions are given, and the libraries besides NumPy: those installed here."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from importlib.util import find_spec

from grader.author.new.functions import defined_in, within
from grader.author.new.solution import Solved
from grader.author.new.tracing import Trace, imported
from grader.values.tables import Series, Table

_SHOWING = frozenset(("matplotlib", "seaborn", "IPython", "ipywidgets", "tqdm"))
"""Libraries that do nothing, in place of what they would show, where they cannot be imported."""


def installed(modules: Iterable[str], beside: Collection[str]) -> frozenset[str]:
    """Return those of a notebook's modules that are installed here, neither Python's own nor NumPy nor `beside` it."""
    known = {*sys.stdlib_module_names, *beside, "numpy", "grader", "pingfen"}
    return frozenset(name for name in modules if name not in known and find_spec(name) is not None)


def needed(solved: Solved, found: frozenset[str], *, draws: bool) -> frozenset[str]:
    """Return those of the libraries that were `found` without which the reference cannot be graded.

    A library that only shows something is needed where something that a function `draws` is graded.
    """
    wanted = solved.modules | ({"matplotlib"} if draws else set())
    return found & (wanted if draws else wanted - _SHOWING)


def given(solved: Solved, seen: Trace) -> frozenset[str]:
    """Return the names that a reference needs for what graded functions are given: functions, pandas for tables."""
    names = {one.name for one in solved.graded}
    values = [each for one in seen.records if one.function in names for each in (one.arguments or {}).values()]
    tables = any(isinstance(each, Table | Series) for each in within(values))
    pandas = {name for piece in solved.pieces if tables and "pandas" in imported(piece.text) for name in piece.binds}
    return frozenset(defined_in(values)) - solved.watched | pandas
