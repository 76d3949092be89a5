"""Many submissions: what a folder of them holds, and what each one's report is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.language import inert, say

ENDINGS = {
    "text": "txt", "json": "json", "html": "html", "markdown": "md", "junit": "xml", "gradescope": "json",
    "github": "txt", "csv": "html",
}  # fmt: skip
"""What a report's file ends with; beside a gradebook (csv) stand pages."""
_ARCHIVES = (".py", ".ipynb", ".zip", ".txt")
_LONGEST = 100


def each_of(paths: Sequence[Path]) -> list[Path]:
    """Return the submissions: of a folder its files of code, archives and folders by name; other paths as they are.

    Hidden files and caches are no submissions. Raises UsageError for a folder that holds none.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = [
            one
            for one in sorted(path.iterdir())
            if not one.name.startswith((".", "__")) and (one.is_dir() or one.suffix.lower() in _ARCHIVES)
        ]
        if not inside:
            raise UsageError(say("The folder {path} holds no submissions.", path=inert(str(path), 200)))
        found += inside
    return found


def names_of(submissions: Sequence[str], form: str) -> list[str]:
    """Return a file name for each submission's report, from what its path has beyond the others'; no two are alike."""
    parts = [Path(each).parts for each in submissions]
    above = _alike([each[:-1] for each in parts])
    names: list[str] = []
    for each in parts:
        stem = re.sub(r"[^\w.()+@-]+", "_", "-".join(each[above:])).strip("._-")[:_LONGEST] or "submission"
        name, number = f"{stem}.{ENDINGS[form]}", 1
        while name.casefold() in {taken.casefold() for taken in names}:
            number += 1
            name = f"{stem}-{number}.{ENDINGS[form]}"
        names.append(name)
    return names


def _alike(parts: Sequence[tuple[str, ...]]) -> int:
    """Return how many folders all paths begin with."""
    count = 0
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        count += 1
    return count
