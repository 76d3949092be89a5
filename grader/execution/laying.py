"""Writes a source's data files. Grader and worker both do it, so this imports the standard library only."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

from ..values.family import Buffer

_BINARY: int = getattr(os, "O_BINARY", 0)  # Windows has it


def lay(root: str, files: Iterable[tuple[str, Buffer]], fixed: Collection[str] = ()) -> str:
    """Write `files` below the folder `root`, each at its path from the source's folder; return that folder.

    It lies as deep below `root` as their paths go up. Those that are `fixed` can only be read. Raises OSError, also for
    a path that leads out of `root`.
    """
    files = [*files]
    up = max((name.split("/").count("..") for name, _ in files), default=0)
    folder = os.path.join(root, *["work"] * up)  # noqa: PTH118 - pathlib costs the server 4 ms
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    for name, data in files:
        path = os.path.normpath(os.path.join(folder, name))  # noqa: PTH118
        if not path.startswith(root + os.sep):
            raise OSError(f"{name!r} leads out of its folder")
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
        mode = 0o444 if name in fixed else 0o666
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode), "wb") as file:
            file.write(data)
    return folder
