"""`from pingfen import check`: grade from a notebook, a REPL or a script. This is the part in the student's session.

In a session `grader` may be the student's own file. So this module and those that it imports do not rely on that name
(see `pingfen`): they import only the standard library, and one another by relative imports.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any, Literal

from ..search_path import sound

_ROOT = str(Path(__file__).absolute().parents[2])
_ANSWER = """\
import sys
sys.path.insert(0, sys.argv[1])
import grader
del sys.path[0]
from grader.desk.asking import main
main()
"""


def cells() -> list[str] | None:
    """Return the cells run so far in this notebook or IPython session, `None` outside of one."""
    module = sys.modules.get("IPython")
    shell: Any = module.get_ipython() if module is not None else None
    if shell is None:
        return None
    return [str(cell) for cell in shell.user_ns.get("In", [])[1:]]


def shows_values() -> bool:
    """Return whether the session shows the value of an expression: a notebook and a prompt do, a script does not."""
    return cells() is not None or hasattr(sys, "ps1")


def described(what: object) -> dict[str, str | None]:
    """Return the `name` and `file` of a function, given the function or its name, and the type's name as `kind`.

    The name is "" for `None`, and None for anything that is not a function. The file is None if a name is given, and ""
    if the function has no file.
    """
    name = what if isinstance(what, str) else "" if what is None else getattr(what, "__name__", None)
    file = None
    if what is not None and not isinstance(what, str):
        path = Path(getattr(getattr(what, "__code__", None), "co_filename", ""))
        file = str(path.absolute()) if path.is_file() else ""
    return {"name": name if isinstance(name, str) else None, "kind": type(what).__name__, "file": file}


class Checked:
    """A report, or why there is none, as `text`; a notebook shows it as HTML. `graded` says whether it is a report."""

    def __init__(self, text: str, page: Callable[[], str], *, graded: bool = True, printed: bool = False) -> None:
        self.text, self.graded = text, graded
        self._page, self._printed = page, printed

    def __repr__(self) -> str:
        """Return the text; in a script, which has printed it already, only its first line."""
        return self.text.strip().split("\n", 1)[0] if self._printed else self.text.rstrip("\n")

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, so that its styles stay in it and a notebook's stay out."""
        if not self.graded:
            return f"<pre>{escape(self.text)}</pre>"
        page = escape(self._page(), quote=True)
        return f'<iframe sandbox srcdoc="{page}" style="width:100%;height:36rem;border:0" title="评分"></iframe>'


def check(
    what: str | Callable[..., object] | None = None,
    *,
    rubric: str | None = None,
    lang: Literal["zh", "en"] | None = None,
) -> Checked:
    """Return the report on one function (its name, or the function itself), or on all of them.

    In a notebook the cells that were run so far are graded, as if they were run from top to bottom. Elsewhere it is the
    file that defines the function or, given a name or nothing, the rubric's submission. The rubric is `rubric`, or the
    nearest `grading.yaml` in this folder or above. Grading happens in processes of its own.

    Notebooks and prompts show what is returned; in a script it is printed here. Mistakes of a student raise nothing:
    where nothing can be graded, the result says why, in the language `lang` or the environment's.
    """
    question = {**described(what), "cells": cells(), "rubric": rubric, "lang": lang}
    text, graded = _answer({**question, "format": "text"})
    shows = shows_values()
    checked = Checked(text, lambda: _answer({**question, "format": "html"})[0], graded=graded, printed=not shows)
    if not shows:
        encoding = sys.stdout.encoding or "utf-8"
        print(checked.text.encode(encoding, "replace").decode(encoding).rstrip("\n"), flush=True)
    return checked


def environment() -> dict[str, str]:
    """Return the environment for the grader: no folder whose files are graded is on its search path (see -P, too)."""
    path = sound(os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(path)}


def _answer(question: dict[str, Any]) -> tuple[str, bool]:
    """Return what `grader.desk.asking` answers, in a process that imports nothing from the current folder."""
    run = subprocess.run(
        [sys.executable, "-P", "-c", _ANSWER, _ROOT],
        input=json.dumps(question).encode(),
        capture_output=True,
        check=False,
        env=environment(),
    )
    said = run.stderr.decode("utf-8", "replace")
    if run.returncode:
        return said, False
    sys.stderr.write(said)
    text, graded = json.loads(run.stdout)
    return text, graded
