"""Opens what lies beneath a folder step by step, each step from the folder before it: no link on the way is followed.

A path that is looked at and then opened may have been exchanged for a link in between; a folder that is held open
cannot. Opening takes one call a step (`openat` with O_NOFOLLOW), which every POSIX system has; `openat2` with
RESOLVE_BENEATH would take one in all, but only on Linux, and by way of ctypes, whose import costs more than it saves.
Windows opens no folders: there each step is looked at (link, junction) and then gone by its path.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import BinaryIO

from grader.errors import GraderError, Span, SubmissionError, UsageError
from grader.language import inert, say

_HELD = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
_ORDINARY = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe that nobody writes to is opened at once, so that it can be refused."""
_PASSING = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)
"""To pass through a folder it need not be readable: a drop box is not."""
_NAME_SURROGATE = 0x20000000
"""The bit of a reparse tag that says that it stands for another place: a link's and a junction's have it, a file's in
a synchronised folder has not ([MS-FSCC] 2.1.2.1)."""


class Folder:
    """A folder that is held open; what is in it is opened from it, never from its path. A context manager."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle = handle

    @classmethod
    def at(cls, path: Path) -> Folder:
        """Return the folder at a path that is trusted: links to it are followed. Raises UsageError."""
        try:
            return cls(path, os.open(path, _PASSING) if _HELD else -1)
        except (OSError, ValueError) as error:
            raise _fault(path, error) from None

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle >= 0:
            os.close(self._handle)

    def open(self, name: str) -> Folder | BinaryIO:
        """Return the folder or the file at `name` ("a/b.py"; "" is this folder), in which no part may be a link.

        Raises SubmissionError for a link, UsageError for what is not there or cannot be read.
        """
        parts = PurePath(name).parts or (".",)
        path = self.path / name
        try:
            handle = self._descend(parts) if _HELD else self._go(parts)
        except (OSError, ValueError) as error:
            raise _fault(path, error) from None
        if handle < 0 or stat.S_ISDIR(os.fstat(handle).st_mode):
            return Folder(path, handle)
        return os.fdopen(handle, "rb")

    @contextmanager
    def listed(self, name: str) -> Iterator[Iterator[os.DirEntry[str]]]:
        """Offer the entries of the folder at `name`. Raises as `open` does."""
        with self.open(name) as folder:
            path = self.path / name
            if not isinstance(folder, Folder):
                raise _fault(path, NotADirectoryError())
            try:
                entries = os.scandir(folder._handle) if _HELD else os.scandir(path)
            except OSError as error:
                raise _fault(path, error) from None
            with entries:
                yield entries

    def _descend(self, parts: tuple[str, ...]) -> int:
        """Open the last of `parts`, each from the one before; raises OSError."""
        at = self._handle
        for number, part in enumerate(parts, start=1):
            how = _ORDINARY if number == len(parts) else _PASSING | os.O_NOFOLLOW
            try:
                below = os.open(part, how, dir_fd=at)
            except OSError:
                if stat.S_ISLNK(os.stat(part, dir_fd=at, follow_symlinks=False).st_mode):
                    raise _LinkError(self.path.joinpath(*parts[:number])) from None
                raise
            finally:
                if at != self._handle:
                    os.close(at)
            at = below
        return at

    def _go(self, parts: tuple[str, ...]) -> int:
        """Open the last of `parts` by its path, -1 for a folder; raises OSError."""
        path = self.path
        for part in parts:
            path = path / part
            about = path.lstat()
            if stat.S_ISLNK(about.st_mode) or getattr(about, "st_reparse_tag", 0) & _NAME_SURROGATE:
                raise _LinkError(path)
        return -1 if stat.S_ISDIR(about.st_mode) else os.open(path, _ORDINARY)


class _LinkError(OSError):
    """A step would have followed a link."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


def _fault(path: Path, error: OSError | ValueError) -> GraderError:
    shown = inert(str(path))
    match error:
        case _LinkError():
            return SubmissionError(
                say("{path} is a link; links are not followed.", path=inert(str(error.path))),
                hint=say("Hand in, or name, what the link leads to."),
                at=Span(path=inert(str(path), 1000)),
            )
        case FileNotFoundError() | NotADirectoryError():
            return UsageError(say("{path} is not there.", path=shown))
    why = error.strerror if isinstance(error, OSError) else str(error)
    return UsageError(say("{path} cannot be read: {why}", path=shown, why=inert(why or "")))
