"""Counts a student's tries at each function, so that each try may show one hint more.

The count is a courtesy kept beside the rubric (`.grade/attempts.json`), on the student's own machine; whoever wants
it to count for points gives `--attempt N` from a record of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.model import Report, Submission

FOLDER = ".grade"
NAME = "attempts.json"


class Attempts:
    """The tries at one submission's functions, by function: what was tried last and how often it failed."""

    def __init__(self, rubric: Path, submission: Submission) -> None:
        self._file = rubric.parent / FOLDER / NAME
        self._key = submission.source.path
        self._all = _load(self._file)
        self._texts = {name: _digest(submission, name) for name in submission.symbols}

    def now(self) -> dict[str, int]:
        """Return which try this is at each function: one more than the different versions that failed before."""
        mine = self._all.get(self._key, {})
        return {name: _tries(mine.get(name, {}), text) for name, text in self._texts.items()}

    def record(self, report: Report[Any]) -> None:
        """Remember what failed. A folder that cannot be written (a shared course folder) keeps no count."""
        mine: dict[str, Any] = {}
        for problem in report.problems:
            name = problem.function
            if problem.score < problem.max_score and problem.status != "not_attempted" and name in self._texts:
                mine[name] = {"digest": self._texts[name], "tries": self.now()[name]}
        self._all[self._key] = mine
        try:
            self._file.parent.mkdir(exist_ok=True)
            (self._file.parent / ".gitignore").write_text("*\n", encoding="utf-8")
            self._file.write_text(json.dumps(self._all, indent=1), encoding="utf-8")
        except OSError:
            return


def _tries(last: Mapping[str, Any], text: str) -> int:
    tries = last.get("tries", 0)
    if not isinstance(tries, int):
        return 1
    return max(tries, 1) if last.get("digest") == text else tries + 1


def _digest(submission: Submission, name: str) -> str:
    from hashlib import sha256

    symbol = submission.symbols[name]
    lines = submission.original.splitlines()[symbol.line - 1 : symbol.end_line]
    return sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()


def _load(file: Path) -> dict[str, Any]:
    """Return what the state file holds; a file that is not there or was damaged starts the count anew."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, dict)}
