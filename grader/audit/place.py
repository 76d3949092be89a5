"""Places as a person or an editor finds them from here."""

from __future__ import annotations

from pathlib import Path

from grader.errors import Span


def near(at: Span) -> str:
    """Return `solutions/cnn.py:81`: the path from the working folder if it lies below it, and the line."""
    path, here = Path(at.path), Path.cwd()
    return f"{path.relative_to(here) if path.is_relative_to(here) else path}:{at.line}"
