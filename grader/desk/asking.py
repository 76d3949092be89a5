"""Asks `grade` in a process of its own, so that the reference is never in the memory of a student's session.

As a program it answers `check`: the report on a session's function, or why there is none.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.errors import EngineError, GraderError, UsageError
from grader.language import Language, environment_language, inert, say
from grader.report.lines import show_error
from grader.search_path import sound
from grader.submission import gather
from grader.submission.costs import SCRIPT, WordsLeft
from grader.submission.text import lex

_GRADED = (0, 1, 3)
_GRADE = str(Path(__file__).absolute().parents[1] / "__main__.py")


def ask(
    path: Path | None,
    *,
    rubric: Path | None = None,
    only: Sequence[str] = (),
    format: str = "json",
    lang: Language | None = None,
    here: Path | None = None,
) -> str:
    """Return `grade`'s report on `path` (default: the rubric's submission) in the format `format`.

    A `rubric` is one that somebody named; else `grade` finds it from the folder `here`, or the current one. What
    `grade` says besides goes to standard error.

    It and any error are in the language `lang`; else a report is in the rubric's, an error in the environment's.
    Raises UsageError with grade's own words where nothing was graded.
    """
    words = ["--format", format]
    words += [word for name in only for word in ("--only", name)]
    words += ["--rubric", str(rubric)] if rubric is not None else []
    words += ["--lang", lang] if lang is not None else []
    words += ["--", str(path)] if path is not None else []
    run = subprocess.run(
        [sys.executable, "-P", _GRADE, *words],
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
        cwd=here,
        env=_environment(),
    )
    if run.returncode in _GRADED and run.stdout:
        sys.stderr.write(run.stderr.decode("utf-8", "replace"))
        return run.stdout.decode("utf-8", "replace")
    raise _failure(run.returncode, run.stderr.decode("utf-8", "replace"))


def ask_json(path: Path | None, *, rubric: Path | None = None, here: Path | None = None) -> dict[str, Any]:
    """Return the report `grade/report/v1` as a dict. Raises as `ask` does."""
    return dict(json.loads(ask(path, rubric=rubric, here=here)))


def _environment() -> dict[str, str]:
    """Return the environment for `grade`: its search path leads to no folder whose files are graded (see -P, too)."""
    path = sound(os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(path)}


def _failure(code: int, words: str) -> GraderError:
    said = say("{words}", words=inert(words.strip(), 4000, lines=True))
    return UsageError(said) if code == UsageError.exit_code else EngineError(said)


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
            return ask(_file(question), rubric=rubric, only=only, format=question["format"], lang=lang), True
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "notebook.ipynb"
            file.write_text(json.dumps(_notebook(question["cells"])), encoding="utf-8")
            _bring_helpers("\n".join(question["cells"]), Path(folder))
            return ask(file, rubric=rubric, only=only, format=question["format"], lang=lang), True
    except GraderError as error:
        return show_error(error, language=lang or environment_language()), False


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
