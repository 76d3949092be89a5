"""`from grader import check`: grade from a notebook, a REPL or a script."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from grader.desk.asking import ask
from grader.errors import GraderError, UsageError
from grader.language import Language, inert, say
from grader.search_path import WithoutHere


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


class Checked:
    """A report, or why there is none; it shows itself as HTML in a notebook and as text elsewhere.

    `graded` says whether there is a report; what it says is `text`.
    """

    def __init__(self, text: str, page: Callable[[], str], *, graded: bool = True, printed: bool = False) -> None:
        self.text, self.graded = text, graded
        self._page, self._printed = page, printed

    def __repr__(self) -> str:
        """Return the text, but in a script, which has printed it already, only its first line."""
        return self.text.strip().split("\n", 1)[0] if self._printed else self.text.rstrip("\n")

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, so that its styles stay in it and a notebook's stay out."""
        if not self.graded:
            return f"<pre>{escape(self.text)}</pre>"
        page = escape(self._page(), quote=True)
        return f'<iframe sandbox srcdoc="{page}" style="width:100%;height:36rem;border:0" title="评分"></iframe>'


def check(
    what: str | Callable[..., object] | None = None, *, rubric: str | None = None, lang: Language | None = None
) -> Checked:
    """Return the report on one function (its name, or the function itself), or on all of them.

    In a notebook what counts is what the cells run so far define, as a run of them from top to bottom would; outside of
    one it is the file that defines the function or, for a name or nothing, the rubric's submission. The rubric is the
    nearest `grading.yaml` upwards, or `rubric`. Grading happens in processes of its own.

    Notebooks and prompts show what is returned; a script prints it here. Nothing is raised for what a student can
    mend: where nothing can be graded, the result says why, in the language `lang` or the environment's.
    """
    found = Path(rubric) if rubric is not None else None
    try:
        name = name_of(what)
        typed = cells()
        path = None if what is None or isinstance(what, str) or typed is not None else file_of(what)
        checked = Checked(
            _asked(typed, path, name, found, lang, "text"),
            lambda: _asked(typed, path, name, found, lang, "html"),
            printed=not shown_by_itself(),
        )
    except GraderError as error:
        with WithoutHere():
            from grader.language.message import environment_language
            from grader.report import faults

            text = faults.render(error, language=lang or environment_language())
        checked = Checked(text, str, graded=False, printed=not shown_by_itself())
    if not shown_by_itself():
        encoding = sys.stdout.encoding or "utf-8"
        print(checked.text.encode(encoding, "replace").decode(encoding).rstrip("\n"), flush=True)
    return checked


def _bring_helpers(text: str, folder: Path) -> None:
    """Copy the modules that `text` imports from the current folder, as the session would, and those that they import.

    `grade` reads them beside the notebook, and says so where it cannot.
    """
    with WithoutHere():
        from grader.submission.lexing import lex
        from grader.submission.modules import gather
        from grader.submission.reading import SCRIPT, Allowance

    def copy(module: str) -> bytes | None:
        try:
            with Path(f"{module}.py").open("rb") as file:
                data = file.read(SCRIPT + 1)
        except OSError:
            return None
        (folder / f"{module}.py").write_bytes(data)
        return data

    gather(lex(text).bare, copy, Allowance())


def _asked(
    typed: list[str] | None, path: Path | None, name: str, rubric: Path | None, lang: Language | None, form: str
) -> str:
    only = [name] if name else []
    if typed is None:
        return ask(path, rubric=rubric, only=only, form=form, lang=lang)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "notebook.ipynb"
        file.write_text(json.dumps(notebook(typed)), encoding="utf-8")
        _bring_helpers("\n".join(typed), Path(folder))
        return ask(file, rubric=rubric, only=only, form=form, lang=lang)
