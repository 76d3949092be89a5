"""Many submissions: what a folder of them holds, and what each one's report is called."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from grader.cli.works import Work
from grader.errors import GraderError, UsageError
from grader.language import inert, listed, say
from grader.submission.beneath import Folder

ENDINGS = {
    "text": "txt", "json": "json", "html": "html", "markdown": "md", "junit": "xml", "gradescope": "json",
    "github": "txt", "csv": "html",
}  # fmt: skip
"""What a report's file ends with; beside a gradebook (csv) stand pages."""
_ARCHIVES = (".py", ".ipynb", ".zip", ".txt")
_LEFT_BY_TOOLS = frozenset({"__pycache__", "__MACOSX"})
_MOST_TOLD = 20
_LONGEST = 100
_MOST_BYTES = 200
"""A file's name may have 255 bytes in most file systems; a Chinese character takes three."""


def each_of(path: Path, base: Path) -> list[Work]:
    """Return the submissions in the folder at `path`: its files of code, archives and folders; else `path` itself.

    Hidden files and caches are no submissions; of what else is none a note tells, since it may be meant as one. A link
    is one, whatever it is called, so that someone is told that it is not followed; below `base` none is. No file in
    such a folder has helpers beside it: they may be anyone's. Raises UsageError for a folder that holds no submissions.
    """
    inside: list[str] = []
    others: list[str] = []
    try:
        with Folder.at(base) as trusted, trusted.listed(path.relative_to(base).as_posix()) as entries:
            for entry in entries:
                (inside if _is_submission(entry) else others).append(entry.name)
    except GraderError:  # a file, or what cannot be read: that is said when it is graded
        return [Work(path=path, beneath=path.parent if path == base else base, helpers=False)]
    _tell(path, sorted(name for name in others if not name.startswith(".") and name not in _LEFT_BY_TOOLS))
    if not inside:
        raise UsageError(say("The folder {path} holds no submissions.", path=inert(str(path), 200)))
    return [Work(path=path / name, beneath=base, helpers=False) for name in sorted(inside)]


def _tell(path: Path, others: Sequence[str]) -> None:
    """Say what in the folder at `path` was passed over."""
    if not others:
        return
    from grader.cli.telling import note

    shown = [inert(name, 100) for name in others[:_MOST_TOLD]]
    if len(others) > _MOST_TOLD:
        shown.append(inert(f"… (+{len(others) - _MOST_TOLD})"))
    note(
        say(
            "In {path} only folders and the files .py, .ipynb and .zip are submissions. Passed over: {names}",
            path=inert(str(path), 200), names=listed(shown),
        )
    )  # fmt: skip


def _is_submission(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith((".", "__")):
        return False
    return entry.is_symlink() or entry.is_dir(follow_symlinks=False) or entry.name.lower().endswith(_ARCHIVES)


def names_of(submissions: Sequence[str], form: str) -> list[str]:
    """Return a file name for each submission's report, from what its path has beyond the others'; no two are alike.

    Whose own name can be kept gets it before any that has to be changed: no report stands under another's name.
    """
    parts = [Path(each).parts for each in submissions]
    above = _alike([each[:-1] for each in parts])
    own = ["-".join(each[above:]) for each in parts]
    stems = [_stem(each) for each in own]
    kept = [len(each) - above == 1 and stem == name for each, stem, name in zip(parts, stems, own, strict=True)]
    names = [""] * len(parts)
    taken: set[str] = set()
    for again in (False, True):
        for place, stem in enumerate(stems):
            if names[place] or not (kept[place] or again):
                continue
            name, number = f"{stem}.{ENDINGS[form]}", 1
            while name.casefold() in taken and again:
                number += 1
                name = f"{stem}-{number}.{ENDINGS[form]}"
            if name.casefold() not in taken:
                names[place] = name
                taken.add(name.casefold())
    return names


def _stem(name: str) -> str:
    stem = re.sub(r"[^\w.()+@-]+", "_", name).strip("._-")[:_LONGEST] or "submission"
    return stem.encode()[:_MOST_BYTES].decode(errors="ignore")


def _alike(parts: Sequence[tuple[str, ...]]) -> int:
    """Return how many folders all paths begin with."""
    count = 0
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        count += 1
    return count
