"""Finds the rubric: it is the course's configuration, and a submission never brings its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.language import inert, say

NAME = "grading.yaml"


def find(given: str | None, paths: Sequence[str | Path] = (), *, official: bool = False) -> Path:
    """Return the rubric's path: the one given, else the nearest upwards from the working folder.

    Official grading passes over one that came with what is graded (`paths`), and says so. A self-check takes it, since
    a student's own folder is its own kit, and looks beside (never inside) the first path last. Raises UsageError if
    there is none.
    """
    if given is not None:
        return Path(given)
    passed: Path | None = None
    for file in _upwards(Path.cwd()):
        if official and _brought(file, paths):
            passed = passed or file
            continue
        if passed is not None:
            from grader.cli.telling import note

            note(say("{path} was passed over: it came with what is graded.", path=inert(str(passed), 1000)))
        return file
    if passed is not None:
        raise came_with(passed)
    for file in () if official else _beside(paths):
        return file
    raise UsageError(
        say("There is no {name} here or in any folder above.", name=NAME),
        say(
            "Go to the assignment's folder, or name the rubric: grade --rubric {example} {path}",
            example="path/to/grading.yaml",
            path=_first(paths),
        ),
    )


def came_with(rubric: Path) -> UsageError:
    """Return the error for official grading where the only rubric may have been handed in."""
    return UsageError(
        say(
            "{path} came with what is graded, so official grading does not follow it.",
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
    """Yield the rubrics upwards from beside the first path, in no folder that is graded."""
    from grader.cli.handed_in import inside

    for path in map(Path, paths[:1]):
        whole = path.resolve() if path.name in ("", "..") else path.absolute()
        yield from (file for file in _upwards(whole.parent) if inside(file.parent, paths) is None)


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
