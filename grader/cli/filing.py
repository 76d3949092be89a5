"""Many submissions: what a folder of them holds, and what each one's report is called."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from grader.cli.works import Work
from grader.errors import GraderError, UsageError
from grader.language import inert, say
from grader.submission.beneath import Folder

ENDINGS = {
    "text": "txt", "json": "json", "html": "html", "markdown": "md", "junit": "xml", "gradescope": "json",
    "github": "txt", "csv": "html",
}  # fmt: skip
"""What a report's file ends with; beside a gradebook (csv) stand pages."""
_ARCHIVES = (".py", ".ipynb", ".zip", ".txt")
_LONGEST = 100
_MOST_BYTES = 200
"""A file's name may have 255 bytes in most file systems; a Chinese character takes three."""


def each_of(path: Path, base: Path) -> list[Work]:
    """Return the submissions in the folder at `path`: its files of code, archives and folders; else `path` itself.

    Hidden files and caches are no submissions. A link is one, whatever it is called, so that someone is told that it is
    not followed; below `base` none is. No file in such a folder has helpers beside it: they may be anyone's. Raises
    UsageError for a folder that holds no submissions.
    """
    try:
        with Folder.at(base) as trusted, trusted.listed(path.relative_to(base).as_posix()) as entries:
            inside = sorted(entry.name for entry in entries if _is_submission(entry))
    except GraderError:  # a file, or what cannot be read: that is said when it is graded
        return [Work(path=path, beneath=path.parent if path == base else base, helpers=False)]
    if not inside:
        raise UsageError(say("The folder {path} holds no submissions.", path=inert(str(path), 200)))
    return [Work(path=path / name, beneath=base, helpers=False) for name in inside]


def _is_submission(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith((".", "__")):
        return False
    return entry.is_symlink() or entry.is_dir(follow_symlinks=False) or entry.name.lower().endswith(_ARCHIVES)


def names_of(submissions: Sequence[str], form: str) -> list[str]:
    """Return a file name for each submission's report, from what its path has beyond the others'; no two are alike."""
    parts = [Path(each).parts for each in submissions]
    above = _alike([each[:-1] for each in parts])
    names: list[str] = []
    for each in parts:
        stem = re.sub(r"[^\w.()+@-]+", "_", "-".join(each[above:])).strip("._-")[:_LONGEST] or "submission"
        stem = stem.encode()[:_MOST_BYTES].decode(errors="ignore")
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
