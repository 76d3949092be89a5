"""Counts a student's tries at each function, so that each try may show one hint more.

The count is a courtesy kept beside the rubric (`.grade/attempts.json`), on the student's own machine; whoever wants
it to count for points gives `--attempt N` from a record of their own. Digests and numbers are all that is in it.

The folder may have come with a kit, or others may write in it: no link is followed there, and nothing but an ordinary
file is opened.
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
"""Submissions of one rubric that are remembered; the one not seen for longest is forgotten first."""

MOST_TRIES = 1_000_000


class Attempts:
    """The tries at one submission's functions, by function: what was tried last and how often it failed.

    Rubrics that lie in one folder count each for itself.
    """

    def __init__(self, rubric: Path, submission: Submission) -> None:
        self._file = rubric.parent / FOLDER / NAME
        self._all = _load(self._file)
        self._ours = _mapping(self._all.get(rubric.name))
        self._all[rubric.name] = self._ours
        self._key = submission.source.path
        lines = submission.original.splitlines()
        self._texts = {
            name: _digest(lines[symbol.line - 1 : symbol.end_line]) for name, symbol in submission.symbols.items()
        }

    def now(self) -> dict[str, int]:
        """Return which try this is at each function: one more than the different versions that failed before."""
        mine = _mapping(self._ours.get(self._key))
        return {name: _tries(_mapping(mine.get(name)), text) for name, text in self._texts.items()}

    def record(self, report: Report[Any]) -> None:
        """Remember what failed, and of the functions that were not graded now what is known of them.

        A folder that cannot be written (a shared course folder) keeps no count.
        """
        tries, mine = self.now(), _mapping(self._ours.pop(self._key, None))
        for problem in report.problems:
            name = problem.function
            mine.pop(name, None)
            if problem.score < problem.max_score and problem.status != "not_attempted" and name in self._texts:
                mine[name] = {"digest": self._texts[name], "tries": tries[name]}
        self._ours[self._key] = mine
        for old in list(self._ours)[:-MOST]:
            del self._ours[old]
        with suppress(OSError, ValueError, RecursionError):  # also what was read can be too deep to write
            self._file.parent.mkdir(exist_ok=True)
            if stat.S_ISDIR(self._file.parent.lstat().st_mode):
                _write(self._file, json.dumps(self._all, indent=1))


def _tries(last: Mapping[str, Any], text: str) -> int:
    tries = last.get("tries", 0)
    if not isinstance(tries, int) or tries > MOST_TRIES:  # damaged, or made to be too long to write
        return 1
    return max(tries, 1) if last.get("digest") == text else max(tries, 0) + 1


def _digest(lines: Sequence[str]) -> str:
    from hashlib import sha256

    return sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()


def _load(file: Path) -> dict[str, Any]:
    """Return what the state file holds; a file that is not there or was damaged starts the count anew."""
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
    """Write the state file at once, so that who grades twice at the same time reads one count or the other.

    The new file has a name that nobody can have put there before, and what stands under `file` is replaced, not opened.
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
