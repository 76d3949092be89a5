"""Reads files that strangers made: regular files only, no links, bounded in number, depth and size."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from grader.errors import Span, SubmissionError, UsageError
from grader.language import inert, say
from grader.submission.beneath import Folder
from grader.submission.choosing import SUFFIXES, choose, defines
from grader.submission.found import NOTEBOOK, SCRIPT, Found, too_large

_DEEPEST = 5
_MOST_FILES = 5000
_PASSED_OVER = frozenset({"__pycache__", "__MACOSX", "node_modules", "site-packages", "venv", "env"})


def in_file(file: BinaryIO, path: Path, names: Sequence[str], beside: Callable[[str], bytes | None] | None) -> Found:
    """Return a submission that is one file, `path`.

    Its helper modules are found by `beside`, if that is given. One that defines a graded function may be another
    student's work and is not taken, as a remark says.
    """

    def own(module: str) -> bytes | None:
        found = beside(module) if beside is not None else None
        if found is not None and defines(found, names):
            raise SubmissionError(
                say("It defines a graded function, so it may be another student's. Hand in a folder or a .zip.")
            )
        return found

    return Found(
        name=inert(path.name),
        path=inert(str(path), 1000),
        suffix=path.suffix.lower(),
        data=read(file, str(path)),
        beside=own if beside is not None else None,
    )


def in_folder(folder: Folder, path: Path, names: Sequence[str], pattern: str) -> Found:
    """Return the submission in the folder at `path`; raises UsageError where there is not exactly one."""
    files = sorted(_walk(folder, path, SUFFIXES))
    chosen = choose(files, lambda file: _glance(folder, file), names, pattern, str(path))
    place = path / chosen
    called = path.name if path.name not in ("", "..") else path.resolve().name
    return Found(
        name=inert(f"{called}/{chosen}"),
        path=inert(str(place), 1000),
        suffix=place.suffix.lower(),
        data=_read_in(folder, chosen, str(place)),
        beside=lambda module: helper(folder, chosen, module),
    )


def packed(folder: Folder, path: Path) -> str | None:
    """Return the only .zip in the folder at `path`, if it holds no code beside it."""
    archives = []
    for name in _walk(folder, path, (*SUFFIXES, ".zip")):
        if not name.lower().endswith(".zip"):
            return None
        if not PurePosixPath(name).name.startswith("."):
            archives.append(name)
    return archives[0] if len(archives) == 1 else None


def read(file: BinaryIO, shown: str) -> bytes:
    """Return the bytes of a regular file within the size limit of its kind; raises SubmissionError."""
    at = Span(path=inert(shown, 1000))
    limit = NOTEBOOK if shown.lower().endswith(".ipynb") else SCRIPT
    about = os.fstat(file.fileno())
    if not stat.S_ISREG(about.st_mode):
        raise SubmissionError(say("{path} is not an ordinary file.", path=inert(shown)), at=at)
    if about.st_size > limit:
        raise too_large(about.st_size, limit, at)
    try:
        data = file.read(limit + 1)
    except OSError as error:
        raise UsageError(
            say("{path} cannot be read: {why}", path=inert(shown), why=inert(error.strerror or ""))
        ) from None
    if len(data) > limit:
        raise too_large(len(data), limit, at)
    return data


def _read_in(folder: Folder, name: str, shown: str) -> bytes:
    with folder.open(name) as file:
        if isinstance(file, Folder):
            raise SubmissionError(
                say("{path} is not an ordinary file.", path=inert(shown)), at=Span(path=inert(shown, 1000))
            )
        return read(file, shown)


def _walk(folder: Folder, path: Path, suffixes: tuple[str, ...]) -> Iterator[str]:
    """Yield the paths, relative to `folder`, of the files in it with one of the suffixes; links are passed over."""
    waiting = [("", 0)]
    seen = 0
    while waiting:
        prefix, depth = waiting.pop()
        with folder.listed(prefix) as entries:
            for entry in entries:
                seen += 1
                if seen > _MOST_FILES:
                    raise UsageError(
                        say("{where} holds more than {most} files.", where=inert(str(path)), most=_MOST_FILES),
                        hint=say("Give the submission's own folder, or the file itself."),
                    )
                name = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if depth < _DEEPEST and entry.name not in _PASSED_OVER and not entry.name.startswith("."):
                        waiting.append((name + "/", depth + 1))
                elif entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(suffixes):
                    yield name


def _glance(folder: Folder, name: str) -> bytes:
    """Return what a candidate holds, or nothing where it cannot be read: it is only being considered."""
    try:
        return _read_in(folder, name, name)
    except (SubmissionError, UsageError):
        return b""


def helper(folder: Folder, file: str, module: str) -> bytes | None:
    """Return the bytes of a module beside `file`, None where there is none; raises SubmissionError, as for a link."""
    name = str(PurePosixPath(file).with_name(f"{module}.py"))
    try:
        return _read_in(folder, name, f"{module}.py")
    except UsageError:
        return None
