"""Where a source's data files lie while workers without a scratch of their own run it: a folder nobody can list.

A worker in the namespaces tier gets the bytes and writes them into its scratch. Below that tier the grader writes them,
once a source, into a folder of a random name on the run's shelf. Where there is Landlock, its rules let a worker open
files below the shelf and list nothing: it cannot find out what the folder of another source is called.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from grader.errors import EngineError
from grader.execution.laying import lay
from grader.language import inert, say

_PASSED, _OPEN, _READ = 0o711, 0o755, 0o444
"""Modes: any user may go through the shelf, and read what is in a folder on it, as a worker may be another user."""

_LATER = 3600
"""Seconds by which a file seems to be read after it was written: else its first reading would be marked (relatime), and
one worker could see whether another has read it."""


Files: TypeAlias = tuple[tuple[str, bytes], ...]


class Shelf:
    """The shelf at `path`: `make` makes it, unless a server did."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._laid: dict[Files, str] = {}

    def folder_of(self, files: Files) -> str:
        """Return the folder in which a worker finds `files`, each with its path from there; "" for none.

        Raises EngineError if they cannot be written.
        """
        if not files:
            return ""
        if files not in self._laid:
            try:
                self._laid[files] = self._lay(files)
            except OSError as error:
                why = inert(error.strerror or "")
                said = say("{path} cannot be written: {why}", path=inert(self.path), why=why)
                raise EngineError(said) from error
        return self._laid[files]

    def make(self) -> None:
        """Make the folder, if it is not there. Raises OSError."""
        shelf = Path(self.path)
        if not shelf.is_dir():
            shelf.mkdir()
            shelf.chmod(_PASSED)

    def _lay(self, files: Files) -> str:
        self.make()
        root = Path(self.path) / os.urandom(16).hex()
        root.mkdir()
        folder = lay(str(root), files)
        for place in (root, *root.rglob("*")):
            place.chmod(_OPEN if place.is_dir() else _READ)
            now = time.time()
            os.utime(place, (now + _LATER, now))
        return folder

    def clear(self) -> None:
        """Remove all that was laid, and the shelf."""
        if self._laid:
            from shutil import rmtree

            rmtree(self.path, ignore_errors=True)
            self._laid.clear()
        with suppress(OSError):
            Path(self.path).rmdir()
