"""Whose a path is: which rubric is followed, and how far what is graded is trusted.

The rubric is the course's configuration, and a submission never brings its own. What the command line names is the
grading person's own, and may be reached by links. What lies in it may be anyone's.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from pathlib import Path

from msgspec import Struct

from grader import submission
from grader.cli.trusted import engine_of
from grader.errors import Fault, GraderError, RubricError, Span, UsageError
from grader.execution import Engine
from grader.grading.prepared import Plan
from grader.language import Language, Message, environment_language, inert, say
from grader.model import Rubric
from grader.submission.choosing import left_by_tools
from grader.submission.reading import Folder

NAME = "grading.yaml"
_EXAMPLE = f"path/to/{NAME}"


class RubricRequest(Struct, frozen=True, kw_only=True):
    """What a command line asks for that is about a rubric; each command adds its own options."""

    rubric: str | None = None
    reference: str | None = None
    lang: Language | None = None

    @property
    def language(self) -> Language:
        """The language asked for, else the environment's."""
        return self.lang or environment_language()

    def tell(self, message: Message) -> None:
        """Print a sentence in the language asked for."""
        import click

        click.echo(message.text(self.language))

    def plan(self, paths: Sequence[str | Path] = ()) -> Plan:
        """Return what the rubric's files say; `paths` are what is graded. Raises as `find` and `read` do."""
        from grader.grading import read

        return read(find(self.rubric, paths), Path(self.reference) if self.reference else None)

    def engine(self, plan: Plan) -> AbstractContextManager[Engine]:
        """Return an engine that runs sources by the rubric's Python; `with` closes it. Raises as `python_of` does."""
        return engine_of(plan, named=self.rubric is not None)


def inside(folder: Path, paths: Sequence[str | Path]) -> Path | None:
    """Return the one of `paths` that is `folder` or, links resolved, a folder above it."""
    real = folder.resolve()
    graded = (Path(path) for path in paths if os.path.isdir(path))  # noqa: PTH112
    return next((path for path in graded if any(_same(path, one) for one in (real, *real.parents))), None)


def _neighbour(folder: Path, paths: Sequence[str | Path]) -> Path | None:
    """Return the one of `paths` that is a file directly in `folder`, where its helpers are handed in with it."""
    for path in map(Path, paths):
        if not path.is_dir() and any(_same(one, folder) for one in (path.absolute().parent, path.resolve().parent)):
            return path
    return None


def came_by(file: Path, paths: Sequence[str | Path]) -> Path | None:
    """Return the one of `paths` that `file`, or the target of its link, came with."""
    folders = {file.absolute().parent, file.resolve().parent}
    return next((found for each in folders if (found := inside(each, paths) or _neighbour(each, paths))), None)


def refuse_own_files(rubric: Rubric, paths: Sequence[Path], *, reference: bool) -> None:
    """Raise RubricError for each file of the rubric that lies in a folder of `paths`, or is one of them.

    With `reference` the reference counts too, except where the reference itself is graded.
    """
    named = [("expected", rubric.expected), ("generators", rubric.generators), ("mistakes", rubric.mistakes)]
    named += [("checks", path) for path in rubric.read_by_checks]
    if rubric.runtime != sys.executable:
        named.append(("runtime", rubric.runtime))
    if reference:
        named += [("reference", rubric.reference), *(("files", path) for _, path in rubric.files)]
    faults = []
    for key, text in named:
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
    """Return whether the submission at `graded` is the reference itself, as when an author tries it."""
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
    """Return the number and text of the line where `key` stands at the top of the rubric, else 0 and ""."""
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return 0, ""
    return next(((number, line) for number, line in enumerate(lines, 1) if line.startswith(f"{key}:")), (0, ""))


def _same(one: Path, other: Path) -> bool:
    """Return whether both are one file or folder, whatever their names: a disk may ignore case, one may be a link."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def find(given: str | None, paths: Sequence[str | Path] = (), *, brought: bool = True, beside: bool = True) -> Path:
    """Return the rubric's path: the one given, else the nearest in the working folder or above it.

    A rubric that came with what is graded (`paths`) is taken only if `brought`, as in a student's own kit; else it is
    passed over, and a note says so. With `beside`, a rubric beside the paths (never inside one) is looked for last.
    Raises UsageError if there is none.
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
    """Return the error for a rubric that was found only in what is graded, so that it may have been handed in."""
    return UsageError(
        say("{path} came with what is graded, so it is not followed.", path=inert(str(rubric), 1000)),
        say("Grade from the course's folder, or name the course's rubric: --rubric {example}", example=_EXAMPLE),
    )


def _rubrics_above(start: Path) -> Iterator[Path]:
    return (folder / NAME for folder in (start, *start.parents) if _is_file(folder / NAME))


def _beside(paths: Sequence[str | Path]) -> Iterator[Path]:
    """Yield the rubrics in the folder that holds all paths and above, in none that is graded."""
    wholes = [path.resolve() if path.name in ("", "..") else path.absolute() for path in map(Path, paths)]
    if len({whole.anchor for whole in wholes}) == 1:
        above = Path(os.path.commonpath([whole.parent for whole in wholes]))
        yield from (file for file in _rubrics_above(above) if inside(file.parent, paths) is None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long, a folder that is closed
        return False


class Work(Struct, frozen=True, kw_only=True):
    """A submission's path. Below the folder `beneath` no link is followed.

    `helpers` says whether the modules beside a single file are the submission's own; else they are not read.
    """

    path: Path
    beneath: Path
    helpers: bool

    @property
    def link(self) -> Path | None:
        """The first link on its way, if any: nothing behind a link was handed in, so it is not read."""
        steps = self.path.relative_to(self.beneath).parts
        way = (self.beneath.joinpath(*steps[:count]) for count in range(1, len(steps) + 1))
        return next((each for each in way if os.path.islink(each)), None)  # noqa: PTH114 - raises nothing


def works(paths: Sequence[Path], authors: Sequence[Path], *, each: bool, own: bool) -> list[Work]:
    """Return what is to be graded: `paths` or, with `each`, the entries of the folders among them.

    Links are followed in this part of a path: with `each`, the named folder; of several paths (as a shell makes of
    `class/*`), the folder that all share; of a single path in a student's self-check (`own`), of one of the `authors`
    (the rubric's submission and reference), and of an absolute path, all but the last part; of any other, the working
    folder. Helpers beside a file are its own in a self-check and beside one of the authors' files, unless another path
    in that folder is graded too. Raises UsageError for a path that does not exist, before anything is graded.
    """
    look_for(paths)
    beneath = _shared(paths) if len(paths) > 1 else list(paths if each else (paths[0].parent,))
    if each:
        return [work for path, base in zip(paths, beneath, strict=True) for work in each_of(path, base)]
    known = {_written(author) for author in authors}
    theirs = [own or _written(path) in known for path in paths]
    if len(paths) == 1 and not theirs[0] and not paths[0].is_absolute():
        beneath = [Path()]
    return [
        Work(path=path, beneath=beneath[number], helpers=theirs[number] and not _in_company(number, paths))
        for number, path in enumerate(paths)
    ]


def refuse_detour(work: Work) -> None:
    """Raise UsageError if a link stands before the last part of the only path that was named.

    The link may be the user's own; then the student did nothing wrong and must not get 0 points.
    """
    link = work.link
    if link is not None and link != work.path:
        whole = os.path.abspath(work.path)  # noqa: PTH100 - as it is written
        raise UsageError(
            say("{path} was not graded: {link} is a link, and links below the current folder are not followed here.",
                path=inert(str(work.path), 1000), link=inert(str(link), 1000)),
            say("If the link is yours, name the whole path: {path}", path=inert(whole, 1000)),
        )  # fmt: skip


def look_for(paths: Sequence[Path]) -> None:
    """Raise UsageError for the first path that does not exist; dangling links and unreadable files get a report."""
    for path in paths:
        try:
            path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            raise UsageError(
                say("{path} is not there.", path=inert(str(path))),
                _meant(str(path)) or say("Give the file, notebook, folder or zip archive to grade: grade PATH"),
            ) from None
        except (OSError, ValueError):
            continue


def _meant(word: str) -> Message | None:
    """Return a question that names the command which `word` resembles, if there is one."""
    from difflib import get_close_matches

    from grader.cli.entry import COMMANDS

    near = get_close_matches(word.lower(), COMMANDS, n=1, cutoff=0.7)
    return say("Did you mean the command `grade {name}`?", name=near[0]) if near else None


def _shared(paths: Sequence[Path]) -> list[Path]:
    """Return for each path the folder that all share, as it spells it; its own folder if all share only `/`."""
    from grader.report.naming import common_folders

    count = common_folders([path.parent.parts for path in paths])
    if count == 1 and paths[0].is_absolute():
        count = 0
    return [Path(*path.parts[:count]) if count or not path.is_absolute() else path.parent for path in paths]


def _written(path: Path) -> str:
    """Return the absolute path without following links: a student's link to the author's file is not that file."""
    return os.path.abspath(path)  # noqa: PTH100


def _in_company(number: int, paths: Sequence[Path]) -> bool:
    """Return whether another of `paths` lies in the same folder as this one, or is that folder."""
    folder = os.path.realpath(paths[number].parent)
    others = [path for place, path in enumerate(paths) if place != number]
    return any(folder in (os.path.realpath(other), os.path.realpath(other.parent)) for other in others)


def each_of(path: Path, base: Path) -> list[Work]:
    """Return the submissions in the folder at `path`, which are all that is in it; else `path` itself.

    Only what a system or an editor leaves behind is passed over: whatever else lies there may be a student's work, and
    if it cannot be graded, its report says why. No file in such a folder has helpers, since the files beside it may be
    anyone's. Raises UsageError if the folder holds no submissions.
    """
    try:
        with Folder.at(base) as trusted, trusted.listed(path.relative_to(base).as_posix()) as entries:
            inside = [entry.name for entry in entries if not left_by_tools(entry.name)]
    except GraderError:  # a file, or a folder that cannot be read: its report says so
        return [Work(path=path, beneath=path.parent if path == base else base, helpers=False)]
    if not inside:
        raise UsageError(say("The folder {path} holds no submissions.", path=inert(str(path), 200)))
    return [Work(path=path / name, beneath=base, helpers=False) for name in sorted(inside)]
