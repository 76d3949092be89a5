"""Finds the rubric: it is the course's configuration, and a submission never brings its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from grader.errors import UsageError
from grader.language import inert, say

NAME = "grading.yaml"


def find(given: str | None, paths: Sequence[str | Path] = (), *, brought: bool = True, beside: bool = True) -> Path:
    """Return the rubric's path: the one given, else the nearest upwards from the working folder.

    Where others' work is graded one that came with it (`paths`) is passed over, as is said. A student's own folder is
    her own kit: there one that was `brought` is taken. Last one `beside` the paths is looked for (never in one). Raises
    UsageError if there is none.
    """
    if given is not None:
        return Path(given)
    passed: Path | None = None
    for file in chain(_upwards(Path.cwd()), _beside(paths if beside else ())):
        if not brought and _brought(file, paths):
            passed = passed or file
            continue
        if passed is not None:
            from grader.cli.telling import note

            note(say("{path} was passed over: it came with what is graded.", path=inert(str(passed), 1000)))
        return file
    if passed is not None:
        raise came_with(passed)
    raise UsageError(
        say("There is no {name} here or in any folder above.", name=NAME),
        say(
            "Go to the assignment's folder, or name the rubric: grade --rubric {example} {path}",
            example="path/to/grading.yaml",
            path=_first(paths),
        ),
    )


def came_with(rubric: Path) -> UsageError:
    """Return the error for others' work where the only rubric may have been handed in with it."""
    return UsageError(
        say(
            "{path} came with what is graded, so it is not followed.",
            path=inert(str(rubric), 1000),
        ),
        say(
            "Grade from the course's folder, or name the course's rubric: --rubric {example}",
            example="path/to/grading.yaml",
        ),
    )


def _upwards(start: Path) -> Iterator[Path]:
    return (folder / NAME for folder in (start, *start.parents) if _is_file(folder / NAME))


def _beside(paths: Sequence[str | Path]) -> Iterator[Path]:
    """Yield the rubrics upwards from beside the paths, in no folder that is graded, nor in one of some of them."""
    from grader.cli.handed_in import inside

    wholes = [path.resolve() if path.name in ("", "..") else path.absolute() for path in map(Path, paths)]
    if len({whole.anchor for whole in wholes}) == 1:
        above = Path(os.path.commonpath([whole.parent for whole in wholes]))
        yield from (file for file in _upwards(above) if inside(file.parent, paths) is None)


def _brought(file: Path, paths: Sequence[str | Path]) -> bool:
    from grader.cli.handed_in import brought

    return brought(file, paths) is not None


def _first(paths: Sequence[str | Path]) -> str:
    return inert(str(paths[0]) if paths else "", 80)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long, a folder that is closed
        return False
