"""Asks `grade` in a process of its own, so that the reference is never in the memory of a student's session.

As a program it answers `check`: the report on a session's function, or why there is none.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.desk.checking import environment
from grader.errors import EngineError, GraderError, UsageError
from grader.language import Language, environment_language, inert, say
from grader.report.lines import show_error
from grader.submission.choosing import defines
from grader.submission.costs import SCRIPT, WordsLeft
from grader.submission.files import gather_files
from grader.submission.modules import gather
from grader.submission.reading import Folder, files_beside, place_of
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

    `rubric` is the one that the user named; without it `grade` looks for one from the folder `here`, or the current
    one. Notes of `grade` go to standard error.

    Reports and errors are in the language `lang`; without it reports are in the rubric's and errors in the
    environment's. Raises UsageError or EngineError with grade's own words if nothing was graded.
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
        env=environment(),
    )
    if run.returncode in _GRADED and run.stdout:
        sys.stderr.write(run.stderr.decode("utf-8", "replace"))
        return run.stdout.decode("utf-8", "replace")
    raise _failure(run.returncode, run.stderr.decode("utf-8", "replace"))


def ask_json(path: Path | None, *, rubric: Path | None = None, here: Path | None = None) -> dict[str, Any]:
    """Return the report `grade/report/v1` as a dict. Raises as `ask` does."""
    return dict(json.loads(ask(path, rubric=rubric, here=here)))


def _failure(code: int, words: str) -> GraderError:
    said = say("{words}", words=inert(words.strip(), 4000, lines=True))
    return UsageError(said) if code == UsageError.exit_code else EngineError(said)


def main() -> None:
    """Answer the question on standard input (`grader.desk.checking`): a text, and whether it is a report."""
    json.dump(answer(json.load(sys.stdin)), sys.stdout)


def answer(question: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the report and True, or the reason why there is none and False."""
    lang = question["lang"]
    rubric = Path(question["rubric"]) if question["rubric"] is not None else None
    try:
        only = [name] if (name := _name(question)) else []
        if question["cells"] is None:
            return ask(_file(question), rubric=rubric, only=only, format=question["format"], lang=lang), True
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "notebook.ipynb"
            file.write_text(json.dumps(_notebook(question["cells"])), encoding="utf-8")
            _bring_beside("\n".join(question["cells"]), Path(folder))
            report = ask(file, rubric=rubric, only=only, format=question["format"], lang=lang)
            if only and not defines(file.read_bytes(), only):
                raise UsageError(
                    say("No cell that was run so far defines {name}.", name=inert(only[0], 80)),
                    say("Run the cell that defines it, or correct its name, then check again."),
                )
            return report, True
    except GraderError as error:
        return show_error(error, language=lang or environment_language()), False


def _name(question: Mapping[str, Any]) -> str:
    """Return the function's name, "" for all functions. Raises UsageError if it was given anything else."""
    name: str | None = question["name"]
    if name is None:
        raise UsageError(
            say("A {kind} cannot be checked.", kind=inert(question["kind"], 80)),
            say('Give check a function or its name, like `check("zero_pad")`, or nothing to check all.'),
        )
    return name


def _file(question: Mapping[str, Any]) -> Path | None:
    """Return the file of a function that was given itself, else None. Raises UsageError if it was typed at a prompt."""
    file: str | None = question["file"]
    if file == "":
        raise UsageError(
            say("The text of {name} cannot be found.", name=inert(question["name"], 80)),
            say("Save it to a file, or work in IPython or a notebook, which keep what was typed."),
        )
    return Path(file) if file is not None else None


def _notebook(cells: list[str]) -> dict[str, Any]:
    """Return the cells as a notebook (nbformat 4.4), so that the report names lines by cell."""
    code: list[dict[str, Any]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell} for cell in cells
    ]
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": code}


def _bring_beside(text: str, folder: Path) -> None:
    """Copy the modules that `text` imports from the current folder, those that they import, and the data they name.

    `grade` reads them beside the notebook, and reports those that it cannot read.
    """
    texts = [text]

    def copy(module: str) -> bytes | None:
        try:
            with Path(place_of(module)).open("rb") as file:
                data = file.read(SCRIPT + 1)
        except OSError:
            return None
        target = folder / place_of(module)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        texts.append(data.decode("utf-8", "replace"))
        return data

    gather(lex(text).bare, text, copy, WordsLeft())
    with Folder.at(Path()) as here:
        for name, data in gather_files("\n".join(texts), files_beside(here, "notebook.ipynb"))[0]:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
