"""What `check` asks of a process of its own: the report on a session's function, or why there is none."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.desk.asking import ask
from grader.errors import GraderError, UsageError
from grader.language import environment_language, inert, say
from grader.report import faults
from grader.submission import gather
from grader.submission.costs import SCRIPT, WordsLeft
from grader.submission.text import lex


def main() -> None:
    """Answer the question on standard input (`grader.desk.checking`): a text, and whether it is a report."""
    json.dump(answer(json.load(sys.stdin)), sys.stdout)


def answer(question: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the report that is asked for and True, or why there is none and False."""
    lang = question["lang"]
    rubric = Path(question["rubric"]) if question["rubric"] is not None else None
    try:
        only = [name] if (name := _name(question)) else []
        if question["cells"] is None:
            return ask(_file(question), rubric=rubric, only=only, form=question["form"], lang=lang), True
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "notebook.ipynb"
            file.write_text(json.dumps(_notebook(question["cells"])), encoding="utf-8")
            _bring_helpers("\n".join(question["cells"]), Path(folder))
            return ask(file, rubric=rubric, only=only, form=question["form"], lang=lang), True
    except GraderError as error:
        return faults.render(error, language=lang or environment_language()), False


def _name(question: Mapping[str, Any]) -> str:
    """Return the function's name; "" for all of them. Raises UsageError for what is neither a function nor a name."""
    name: str | None = question["name"]
    if name is None:
        raise UsageError(
            say("A {kind} cannot be checked.", kind=inert(question["kind"], 80)),
            say('Give check a function or its name, like `check("zero_pad")`, or nothing to check all.'),
        )
    return name


def _file(question: Mapping[str, Any]) -> Path | None:
    """Return the file of a function that was given itself. Raises UsageError for a prompt that keeps no text."""
    file: str | None = question["file"]
    if file == "":
        raise UsageError(
            say("The text of {name} cannot be found.", name=inert(question["name"], 80)),
            say("Save it to a file, or work in IPython or a notebook, which keep what was typed."),
        )
    return Path(file) if file is not None else None


def _notebook(of: list[str]) -> dict[str, Any]:
    """Return `of` as a notebook (nbformat 4.4), so that lines are told by cell."""
    kept: list[dict[str, Any]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell} for cell in of
    ]
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": kept}


def _bring_helpers(text: str, folder: Path) -> None:
    """Copy the modules that `text` imports from the current folder, as the session would, and those that they import.

    `grade` reads them beside the notebook, and says so where it cannot.
    """

    def copy(module: str) -> bytes | None:
        try:
            with Path(f"{module}.py").open("rb") as file:
                data = file.read(SCRIPT + 1)
        except OSError:
            return None
        (folder / f"{module}.py").write_bytes(data)
        return data

    gather(lex(text).bare, copy, WordsLeft())
