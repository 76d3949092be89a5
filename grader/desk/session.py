"""The student's session: where a function that was just typed stands as text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.language import inert, say


def cells() -> list[str] | None:
    """Return the cells run so far in this notebook or IPython session, `None` outside of one."""
    module = sys.modules.get("IPython")
    shell: Any = module.get_ipython() if module is not None else None
    if shell is None:
        return None
    return [str(cell) for cell in shell.user_ns.get("In", [])[1:]]


def shown_by_itself() -> bool:
    """Return whether the session shows what an expression gives: a notebook or a prompt does, a script does not."""
    return cells() is not None or hasattr(sys, "ps1")


def name_of(what: object) -> str:
    """Return the name of a function, given it or its name; "" for `None`. Raises UsageError for anything else."""
    name = what if isinstance(what, str) else "" if what is None else getattr(what, "__name__", None)
    if not isinstance(name, str):
        kind = inert(type(what).__name__, 80)
        raise UsageError(
            say("A {kind} cannot be checked.", kind=kind),
            say('Give check a function or its name, like `check("zero_pad")`, or nothing to check all.'),
        )
    return name


def notebook(of: list[str]) -> dict[str, Any]:
    """Return `of` as a notebook (nbformat 4.4), so that lines are told by cell."""
    kept: list[dict[str, Any]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell} for cell in of
    ]
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": kept}


def file_of(function: Callable[..., object]) -> Path:
    """Return the file that defines `function`. Raises UsageError where it was typed at a prompt that keeps no text."""
    code = getattr(function, "__code__", None)
    path = Path(getattr(code, "co_filename", ""))
    if not path.is_file():
        raise UsageError(
            say("The text of {name} cannot be found.", name=inert(getattr(function, "__name__", "?"), 80)),
            say("Save it to a file, or work in IPython or a notebook, which keep what was typed."),
        )
    return path.absolute()
