"""Finds the rubric: a submission never brings its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.language import inert, say

NAME = "grading.yaml"


def find(given: str | None, paths: Sequence[str]) -> Path:
    """Return the rubric's path: the one given, else the nearest upwards from here, else from beside the first path.

    The search starts in the working folder and beside (never inside) what is graded, so a `grading.yaml` in a
    submission is never taken. Raises UsageError if there is none.
    """
    if given is not None:
        return Path(given)
    starts = [Path.cwd(), *(Path(path).absolute().parent for path in paths[:1])]
    for start in starts:
        for folder in (start, *start.parents):
            if _is_file(folder / NAME):
                return folder / NAME
    raise UsageError(
        say("There is no {name} here or in any folder above.", name=NAME),
        say(
            "Go to the assignment's folder, or name the rubric: grade --rubric {example} {path}",
            example="path/to/grading.yaml",
            path=inert(paths[0] if paths else "", 80),
        ),
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long, a folder that is closed
        return False
