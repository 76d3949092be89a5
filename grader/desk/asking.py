"""Asks `grade` in a process of its own, so that the reference is never in the memory of a student's session."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.errors import EngineError, GraderError, UsageError
from grader.language import Language, inert, say

_GRADED = (0, 1, 3)


def ask(
    path: Path | None,
    *,
    rubric: Path | None = None,
    only: Sequence[str] = (),
    form: str = "json",
    lang: Language | None = None,
) -> str:
    """Return `grade`'s report on `path` (default: the rubric's submission) in the format `form`.

    It and any error are in the language `lang`; else a report is in the rubric's, an error in the environment's.
    Raises UsageError with grade's own words where nothing was graded.
    """
    words = ["--format", form]
    words += [word for name in only for word in ("--only", name)]
    words += ["--rubric", str(rubric)] if rubric is not None else []
    words += ["--lang", lang] if lang is not None else []
    words += ["--", str(path)] if path is not None else []
    run = subprocess.run(
        [sys.executable, "-m", "grader", *words],
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    if run.returncode in _GRADED and run.stdout:
        return run.stdout.decode("utf-8", "replace")
    raise _failure(run.returncode, run.stderr.decode("utf-8", "replace"))


def ask_json(path: Path | None, *, rubric: Path | None = None, only: Sequence[str] = ()) -> dict[str, Any]:
    """Return the report `grade/report/v1` as a dict. Raises as `ask` does."""
    import json

    found = json.loads(ask(path, rubric=rubric, only=only))
    return dict(found)


def _failure(code: int, words: str) -> GraderError:
    said = say("{words}", words=inert(words.strip(), 4000, lines=True))
    return UsageError(said) if code == UsageError.exit_code else EngineError(said)
