"""For the author of an assignment: new ones, checks and audits of a rubric, the student kit, one case replayed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from grader.errors import unwritable
from grader.language import inert, say


def write_files(files: Mapping[str, str | bytes], folder: Path, mode: Literal["xb", "wb"]) -> None:
    """Write files below `folder`; `mode` says whether one may replace another.

    Raises UsageError if the path is wrong, EngineError if the system refuses.
    """
    made: list[Path] = []
    try:
        for path, content in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open(mode) as stream:
                made.append(file)
                stream.write(content if isinstance(content, bytes) else content.encode())
    except OSError as error:
        if mode == "xb":  # half of a new assignment would be in the way of the next try
            for file in made:
                file.unlink(missing_ok=True)
        why = inert(error.strerror or "")
        raise unwritable(error, say("{path} cannot be written: {why}", path=inert(str(folder)), why=why)) from error
