"""Reads files that strangers made: regular files only, no links, bounded in number, depth and size."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.errors import Span, SubmissionError, UsageError
from grader.language import inert, say
from grader.submission.choosing import SUFFIXES, choose, defines
from grader.submission.found import NOTEBOOK, SCRIPT, Found, too_large

_DEEPEST = 5
_MOST_FILES = 5000
_PASSED_OVER = frozenset({"__pycache__", "__MACOSX", "node_modules", "site-packages", "venv", "env"})


def in_file(path: Path, names: Sequence[str]) -> Found:
    """Return a submission that is one file.

    Its helper modules are files beside it, unless they define a graded function: then they may be another
    student's work.
    """
    data = read(path, str(path))

    def beside(module: str) -> bytes | None:
        found = _beside(path.parent, module)
        return None if found is None or defines(found, names) else found

    return Found(
        name=inert(path.name), path=inert(str(path), 1000), suffix=path.suffix.lower(), data=data, beside=beside
    )


def in_folder(path: Path, names: Sequence[str], pattern: str) -> Found:
    """Return the submission in a folder; raises UsageError where there is not exactly one."""
    files = sorted(_walk(path))
    chosen = choose(files, lambda file: _glance(path / file), names, pattern, str(path))
    place = path / chosen
    return Found(
        name=inert(f"{path.resolve().name}/{chosen}"),
        path=inert(str(place), 1000),
        suffix=place.suffix.lower(),
        data=read(place, str(place)),
        beside=lambda module: _beside(place.parent, module),
    )


def read(path: Path, shown: str) -> bytes:
    """Return the bytes of a regular file within the size limit of its kind; raises SubmissionError."""
    at = Span(path=inert(shown, 1000))
    limit = NOTEBOOK if path.suffix.lower() == ".ipynb" else SCRIPT
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if path.is_symlink():
            raise SubmissionError(say("{path} is a link; links are not followed.", path=inert(shown)), at=at)
        handle = os.open(path, flags)
    except OSError as error:
        raise UsageError(
            say("{path} cannot be read: {why}", path=inert(shown), why=inert(error.strerror or ""))
        ) from None
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise SubmissionError(say("{path} is not an ordinary file.", path=inert(shown)), at=at)
        if about.st_size > limit:
            raise too_large(about.st_size, limit, at)
        data = file.read(limit + 1)
    if len(data) > limit:
        raise too_large(len(data), limit, at)
    return data


def _walk(folder: Path) -> Iterator[str]:
    """Yield the paths, relative to `folder`, of the Python files and notebooks in it; links are passed over."""
    waiting = [(folder, "", 0)]
    seen = 0
    while waiting:
        inside, prefix, depth = waiting.pop()
        with os.scandir(inside) as entries:
            for entry in entries:
                seen += 1
                if seen > _MOST_FILES:
                    raise UsageError(
                        say("{where} holds more than {most} files.", where=inert(str(folder)), most=_MOST_FILES),
                        hint=say("Give the submission's own folder, or the file itself."),
                    )
                name = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if depth < _DEEPEST and entry.name not in _PASSED_OVER and not entry.name.startswith("."):
                        waiting.append((Path(entry.path), name + "/", depth + 1))
                elif entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(SUFFIXES):
                    yield name


def _glance(path: Path) -> bytes:
    """Return what a candidate holds, or nothing where it cannot be read: it is only being considered."""
    try:
        return read(path, str(path))
    except (SubmissionError, UsageError):
        return b""


def _beside(folder: Path, module: str) -> bytes | None:
    path = folder / f"{module}.py"
    try:
        return read(path, str(path)) if path.is_file() else None
    except (SubmissionError, UsageError):
        return None
