"""Asks `grade` in a process of its own, so that the reference is never in the memory of a student's session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.errors import EngineError, GraderError, UsageError
from grader.language import Language, inert, say
from grader.search_path import sound

_GRADED = (0, 1, 3)
_GRADE = str(Path(__file__).absolute().parents[1] / "__main__.py")


def ask(
    path: Path | None,
    *,
    rubric: Path | None = None,
    only: Sequence[str] = (),
    form: str = "json",
    lang: Language | None = None,
    here: Path | None = None,
) -> str:
    """Return `grade`'s report on `path` (default: the rubric's submission) in the format `form`.

    A `rubric` is one that somebody named; else `grade` finds it from the folder `here`, or the current one. What
    `grade` says besides goes to standard error.

    It and any error are in the language `lang`; else a report is in the rubric's, an error in the environment's.
    Raises UsageError with grade's own words where nothing was graded.
    """
    words = ["--format", form]
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
