"""For the author of an assignment: new ones, checks and audits of a rubric, the student kit, one case replayed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from grader.errors import UsageError
from grader.language import inert, say


def write_files(files: Mapping[str, str | bytes], folder: Path, mode: Literal["xb", "wb"]) -> None:
    """Write files below `folder`; `mode` says whether one may replace another. Raises UsageError if it cannot."""
    try:
        for path, content in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open(mode) as stream:
                stream.write(content if isinstance(content, bytes) else content.encode())
    except OSError as error:
        why = inert(error.strerror or "")
        raise UsageError(say("{path} cannot be written: {why}", path=inert(str(folder)), why=why)) from error
