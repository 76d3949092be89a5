"""New files put down where nothing is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.errors import UsageError
from grader.language import inert, say


def write(files: Mapping[str, str | bytes], folder: Path) -> None:
    """Write new files below `folder`, all or none.

    Raises UsageError, before anything is written, where one of them exists already; and if they cannot be written.
    """
    there = [path for path in files if (folder / path).exists()]
    if there:
        listed = "".join(f"\n  {inert(str(folder / path), 200)}" for path in there)
        raise UsageError(
            say("Nothing was written, because it is there already:{files}", files=listed),
            say("Name a new folder: grade init NAME"),
        )
    try:
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as stream:
                stream.write(text if isinstance(text, bytes) else text.encode())
    except OSError as error:
        why = inert(error.strerror or "")
        raise UsageError(say("{path} cannot be written: {why}", path=inert(str(folder)), why=why)) from error
