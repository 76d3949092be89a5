"""`from grader import check`: grade one function from a notebook or a REPL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.desk.asking import ask
from grader.desk.session import cells, file_of, notebook


class Checked:
    """A report that shows itself as HTML in a notebook and as text elsewhere."""

    def __init__(self, text: str, html: str) -> None:
        self.text, self.html = text, html

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, so that its styles stay in it and a notebook's stay out."""
        from html import escape

        page = escape(self.html, quote=True)
        return f'<iframe sandbox srcdoc="{page}" style="width:100%;height:36rem;border:0" title="评分"></iframe>'


def check(what: str | Callable[..., object], *, rubric: str | None = None) -> Checked:
    """Return the report on one function: its name, or the function itself.

    In a notebook what counts is what the cells run so far define, as a run of them from top to bottom would; outside of
    one it is the file that defines the function or, for a name, the rubric's submission. The rubric is the nearest
    `grading.yaml` upwards, or `rubric`. Grading happens in processes of its own. Raises UsageError where nothing can
    be graded.
    """
    name = what if isinstance(what, str) else what.__name__
    found = Path(rubric) if rubric is not None else None
    typed = cells()
    if typed is not None:
        return _cells(typed, name, found)
    return _both(None if isinstance(what, str) else file_of(what), name, found)


def _cells(typed: list[str], name: str, rubric: Path | None) -> Checked:
    import json
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notebook.ipynb"
        path.write_text(json.dumps(notebook(typed)), encoding="utf-8")
        return _both(path, name, rubric)


def _both(path: Path | None, name: str, rubric: Path | None) -> Checked:
    return Checked(
        ask(path, rubric=rubric, only=[name], form="text"), ask(path, rubric=rubric, only=[name], form="html")
    )
