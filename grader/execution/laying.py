"""Writes a source's data files. Grader and worker both do it, so this imports the standard library only."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from errno import EEXIST, EISDIR, ENAMETOOLONG, ENOTDIR

from ..values.family import Buffer

_BY_NAME = {EEXIST, EISDIR, ENAMETOOLONG, ENOTDIR}
"""Errors that come of a file's name: an archive may hold one that lies in another, and a folder may have any name."""
_BINARY: int = getattr(os, "O_BINARY", 0)  # Windows has it


def lay(root: str, files: Iterable[tuple[str, Buffer]], fixed: Collection[str] = ()) -> str:
    """Write `files` below the folder `root`, each at its path from the source's folder; return that folder.

    It lies as deep below `root` as their paths go up. Those that are `fixed` can only be read, and are written first.
    Of the others, one that cannot lie beside the rest by its name is left out, so that nobody's names are an error of
    ours. Raises OSError, also for a path that leads out of `root`.
    """
    files = sorted(files, key=lambda each: (each[0] not in fixed, each[0].count("/")))
    up = max((name.split("/").count("..") for name, _ in files), default=0)
    above = "work"
    while any(above in name.split("/") for name, _ in files):
        above += "_"
    folder = os.path.join(root, *[above] * up)  # noqa: PTH118 - pathlib costs the server 4 ms
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    for name, data in files:
        path = os.path.normpath(os.path.join(folder, name))  # noqa: PTH118
        if not path.startswith(root + os.sep):
            raise OSError(f"{name!r} leads out of its folder")
        try:
            _write(path, data, 0o444 if name in fixed else 0o666)
        except OSError as error:
            if name in fixed or error.errno not in _BY_NAME:
                raise
    return folder


def _write(path: str, data: Buffer, mode: int) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode), "wb") as file:
        file.write(data)
