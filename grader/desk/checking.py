"""`from grader import check`: grade from a notebook, a REPL or a script."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from html import escape
from pathlib import Path

from grader.desk.asking import ask
from grader.desk.session import cells, file_of, name_of, notebook, shown_by_itself
from grader.errors import GraderError
from grader.language import Language
from grader.search_path import WithoutHere


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
            from grader.language.environment import environment_language
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
        from grader.submission.found import SCRIPT, Allowance
        from grader.submission.lexing import lex
        from grader.submission.modules import gather

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
