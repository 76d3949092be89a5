"""Counts a student's tries at each function, so that each try may show one hint more.

The count lies beside the rubric (`.grade/attempts.json`), on the student's own machine, where a student can change it.
A course that takes points off for hints gives `--attempt N` from a record of its own. The file holds only digests and
numbers.

The folder may have come with a kit, or others may write in it: no link is followed there, and only an ordinary file is
opened.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from grader.model import Report, Submission

FOLDER = ".grade"
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
        self._file = rubric.parent / FOLDER / NAME
        self._rubrics = _load(self._file)
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
            self._file.parent.mkdir(exist_ok=True)
            if stat.S_ISDIR(self._file.parent.lstat().st_mode):
                _write(self._file, json.dumps(self._rubrics, indent=1))


def _tries(last: Mapping[str, Any], text: str) -> int:
    tries = last.get("tries", 0)
    if not isinstance(tries, int) or tries > MOST_TRIES:  # damaged, or too long to be written
        return 1
    return max(tries, 1) if last.get("digest") == text else max(tries, 0) + 1


def _digest(lines: Sequence[str]) -> str:
    from hashlib import sha256

    return sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()


def _load(file: Path) -> dict[str, Any]:
    """Return what the state file holds, an empty dict if it is missing or damaged: counting then begins again."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if file.parent.is_symlink():
            return {}
        with os.fdopen(os.open(file, flags), encoding="utf-8") as stream:
            seen = os.fstat(stream.fileno())
            if not stat.S_ISREG(seen.st_mode) or seen.st_size > MOST_BYTES:
                return {}
            return _mapping(json.loads(stream.read(MOST_BYTES)))
    except (OSError, ValueError, RecursionError):
        return {}


def _write(file: Path, text: str) -> None:
    """Replace the state file in one step, so that of two runs at the same time each reads a whole one.

    The new file has a name that nobody can have put there before, and whatever `file` is, it is replaced, not opened.
    """
    with suppress(FileExistsError), (file.parent / ".gitignore").open("x", encoding="utf-8") as ignore:
        ignore.write("*\n")
    new = file.with_suffix(f".{os.urandom(8).hex()}")
    try:
        with new.open("x", encoding="utf-8") as stream:
            stream.write(text)
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _mapping(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
