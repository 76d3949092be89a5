"""Counts a student's tries at each function, so that each try may show one hint more.

The count lies beside the rubric (`.grade/attempts.json`), on the student's own machine, where a student can change it.
A course that takes points off for hints gives `--attempt N` from a record of its own. The file holds only digests and
numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from grader.desk.own_files import read_own, write_own
from grader.model import Report, Submission

NAME = "attempts.json"
MOST_BYTES = 1 << 20
MOST = 200
"""So many submissions of a rubric are remembered; the one that was graded longest ago is forgotten first."""

MOST_TRIES = 1_000_000


class Attempts:
    """The tries at one submission's functions, by function: what was tried last and how often it failed.

    Each of several rubrics in one folder has its own counts.
    """

    def __init__(self, rubric: Path, submission: Submission) -> None:
        self._rubric = rubric
        self._rubrics = _load(rubric)
        self._submissions = _mapping(self._rubrics.get(rubric.name))
        self._rubrics[rubric.name] = self._submissions
        self._path = submission.source.path
        lines = submission.original.splitlines()
        self._texts = {
            name: _digest(lines[symbol.line - 1 : symbol.end_line]) for name, symbol in submission.symbols.items()
        }

    def now(self) -> dict[str, int]:
        """Return which try this is at each function: one more than the different versions that failed before."""
        counts = _mapping(self._submissions.get(self._path))
        return {name: _tries(_mapping(counts.get(name)), text) for name, text in self._texts.items()}

    def record(self, report: Report[Any]) -> None:
        """Remember which functions failed; the counts of functions that were not graded now stay.

        In a folder that cannot be written (a shared course folder) nothing is counted.
        """
        tries, counts = self.now(), _mapping(self._submissions.pop(self._path, None))
        for problem in report.problems:
            name = problem.function
            counts.pop(name, None)
            if not problem.is_full and problem.status != "not_attempted" and name in self._texts:
                counts[name] = {"digest": self._texts[name], "tries": tries[name]}
        self._submissions[self._path] = counts
        for old in list(self._submissions)[:-MOST]:
            del self._submissions[old]
        with suppress(OSError, ValueError, RecursionError):  # what was read may be too deep to write
            write_own(self._rubric, NAME, json.dumps(self._rubrics, indent=1).encode())


def _tries(last: Mapping[str, Any], text: str) -> int:
    tries = last.get("tries", 0)
    if not isinstance(tries, int) or tries > MOST_TRIES:  # damaged, or too long to be written
        return 1
    return max(tries, 1) if last.get("digest") == text else max(tries, 0) + 1


def _digest(lines: Sequence[str]) -> str:
    from hashlib import sha256

    return sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()


def _load(rubric: Path) -> dict[str, Any]:
    """Return what the state file holds, an empty dict if it is missing or damaged: counting then begins again."""
    try:
        return _mapping(json.loads(read_own(rubric, NAME, MOST_BYTES) or b""))
    except (ValueError, RecursionError):
        return {}


def _mapping(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
