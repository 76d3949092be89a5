"""Finds the rubric: it is the course's configuration, and a submission never brings its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from grader import submission
from grader.errors import Fault, GraderError, RubricError, Span, UsageError
from grader.language import inert, say
from grader.model import Rubric

NAME = "grading.yaml"
_EXAMPLE = f"path/to/{NAME}"


def inside(folder: Path, paths: Sequence[str | Path]) -> Path | None:
    """Return the one of `paths` that is `folder` or, links resolved, a folder above it."""
    real = folder.resolve()
    graded = (Path(path) for path in paths if os.path.isdir(path))  # noqa: PTH112
    return next((path for path in graded if any(_same(path, one) for one in (real, *real.parents))), None)


def _neighbour(folder: Path, paths: Sequence[str | Path]) -> Path | None:
    """Return the one of `paths` that is a file directly in `folder`: its helpers are handed in there with it."""
    for path in map(Path, paths):
        if not path.is_dir() and any(_same(one, folder) for one in (path.absolute().parent, path.resolve().parent)):
            return path
    return None


def came_by(file: Path, paths: Sequence[str | Path]) -> Path | None:
    """Return the one of `paths` that `file`, or what it is a link to, came with."""
    folders = {file.absolute().parent, file.resolve().parent}
    return next((found for each in folders if (found := inside(each, paths) or _neighbour(each, paths))), None)


def refuse_own_files(rubric: Rubric, paths: Sequence[Path], *, reference: bool) -> None:
    """Raise RubricError for each file that the rubric names in a folder of `paths`, or that is one of them.

    With `reference`, that one too; only whoever grades the reference itself may name it twice.
    """
    named = {"expected": rubric.expected, "generators": rubric.generators, "mistakes": rubric.mistakes}
    if rubric.runtime != sys.executable:
        named["runtime"] = rubric.runtime
    if reference:
        named["reference"] = rubric.reference
    faults = []
    for key, text in named.items():
        graded = _holder(Path(text), paths) if text else None
        if graded is not None and not _is_reference(graded, rubric):
            message = say(
                "`{key}` is {path}, which lies in what is graded: it may have been handed in.",
                key=key, path=inert(text, 1000),
            )  # fmt: skip
            line, line_text = _line(rubric.path, key)
            hint = say("Move the course's own files out of the folders that are graded.")
            at = Span(path=rubric.path, line=line, column=int(line > 0))
            faults.append(Fault(at=at, message=message, hint=hint, line_text=line_text))
    if faults:
        raise RubricError(faults)


def _holder(file: Path, paths: Sequence[Path]) -> Path | None:
    itself = next((path for path in paths if _same(path, file)), None)
    return itself or inside(file.absolute().parent, paths) or inside(file.resolve().parent, paths)


def _is_reference(graded: Path, rubric: Rubric) -> bool:
    """Return whether the submission at `graded` is the reference itself, as where an author tries it."""
    if not rubric.reference:
        return False
    if not graded.is_dir():
        return _same(graded, Path(rubric.reference))
    try:
        names = [problem.function for problem in rubric.problems]
        found = submission.load(graded, names, Path(rubric.submission).name)
    except GraderError:
        return False
    return _same(Path(found.source.path), Path(rubric.reference))


def _line(path: str, key: str) -> tuple[int, str]:
    """Return where `key` stands at the top of the rubric, and the line; 0 where it cannot be told."""
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return 0, ""
    return next(((number, line) for number, line in enumerate(lines, 1) if line.startswith(f"{key}:")), (0, ""))


def _same(one: Path, other: Path) -> bool:
    """Return whether both are one file or folder, by whatever name: a disk may ignore case, a link may lead there."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def find(given: str | None, paths: Sequence[str | Path] = (), *, brought: bool = True, beside: bool = True) -> Path:
    """Return the rubric's path: the one given, else the nearest upwards from the working folder.

    Where others' work is graded one that came with it (`paths`) is passed over, as is said. A student's own folder is
    her own kit: there one that was `brought` is taken. Last one `beside` the paths is looked for (never in one). Raises
    UsageError if there is none.
    """
    if given is not None:
        return Path(given)
    passed: Path | None = None
    for file in chain(_rubrics_above(Path.cwd()), _beside(paths if beside else ())):
        if not brought and came_by(file, paths):
            passed = passed or file
            continue
        if passed is not None:
            from grader.cli.speaking import note

            note(say("{path} was passed over: it came with what is graded.", path=inert(str(passed), 1000)))
        return file
    if passed is not None:
        raise came_with(passed)
    raise UsageError(
        say("There is no {name} here or in any folder above.", name=NAME),
        say("Go to the assignment's folder, or name the rubric: grade --rubric {example} {path}",
            example=_EXAMPLE, path=inert(str(paths[0]) if paths else "", 80)),
    )  # fmt: skip


def came_with(rubric: Path) -> UsageError:
    """Return the error for others' work where the only rubric may have been handed in with it."""
    return UsageError(
        say("{path} came with what is graded, so it is not followed.", path=inert(str(rubric), 1000)),
        say("Grade from the course's folder, or name the course's rubric: --rubric {example}", example=_EXAMPLE),
    )


def _rubrics_above(start: Path) -> Iterator[Path]:
    return (folder / NAME for folder in (start, *start.parents) if _is_file(folder / NAME))


def _beside(paths: Sequence[str | Path]) -> Iterator[Path]:
    """Yield the rubrics upwards from beside the paths, in no folder that is graded, nor in one of some of them."""
    wholes = [path.resolve() if path.name in ("", "..") else path.absolute() for path in map(Path, paths)]
    if len({whole.anchor for whole in wholes}) == 1:
        above = Path(os.path.commonpath([whole.parent for whole in wholes]))
        yield from (file for file in _rubrics_above(above) if inside(file.parent, paths) is None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long, a folder that is closed
        return False
