"""Whose the named paths are: how far the person who typed them is trusted, and whether the files beside are theirs too.

What the command line names is the grading person's own, and may be reached by links. What lies in it may be anyone's.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from grader.errors import GraderError, UsageError
from grader.language import Message, inert, listed, say
from grader.submission.reading import Folder


class Work(Struct, frozen=True, kw_only=True):
    """A submission's path; below the folder `beneath` no link is followed.

    If it is a file that stands alone, the `helpers` beside it are its own or are not read.
    """

    path: Path
    beneath: Path
    helpers: bool

    @property
    def link(self) -> Path | None:
        """The first link on its way, for which nothing of it is read: what is there has not been handed in."""
        steps = self.path.relative_to(self.beneath).parts
        way = (self.beneath.joinpath(*steps[:count]) for count in range(1, len(steps) + 1))
        return next((each for each in way if os.path.islink(each)), None)  # noqa: PTH114 - raises nothing


def works(paths: Sequence[Path], authors: Sequence[Path], *, each: bool, own: bool) -> list[Work]:
    """Return what is to be graded: `paths` or, with `each`, what the folders among them hold.

    What is trusted: with `each` the folder that is named; of several paths (a shell's `class/*` makes them) what all of
    them share; of a path alone in a student's self-check (`own`), or of one of the `authors` (the rubric's submission
    and reference), all but its last part; of another the working folder or, if it is absolute, again all but its last
    part. Helpers beside a file are its own in a self-check and where it is one of the authors', unless another path of
    its folder is graded with it. Raises UsageError for a path that is not there, before anything is graded.
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
    """Raise UsageError where a link stands before the last part of the only path that was named: it may be the user's.

    Whose submission it is has then handed in nothing wrong, and must not get 0 points for it.
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
    """Raise UsageError for the first path where nothing is; dangling links, and what is unreadable, cost themselves."""
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
    """Return the question for the command that `word` is nearly the name of, if there is one."""
    from difflib import get_close_matches

    from grader.cli.entry import COMMANDS

    near = get_close_matches(word.lower(), COMMANDS, n=1, cutoff=0.7)
    return say("Did you mean the command `grade {name}`?", name=near[0]) if near else None


def _shared(paths: Sequence[Path]) -> list[Path]:
    """Return for each path the folder that all of them lie in, as it writes it; its own one where that is the root."""
    count = 0
    for level in zip(*(path.parent.parts for path in paths), strict=False):
        if len(set(level)) > 1:
            break
        count += 1
    if count == 1 and paths[0].is_absolute():
        count = 0
    return [Path(*path.parts[:count]) if count or not path.is_absolute() else path.parent for path in paths]


def _written(path: Path) -> str:
    """Return the whole path as it is written: where a student's link leads must not make it the author's."""
    return os.path.abspath(path)  # noqa: PTH100


def _in_company(number: int, paths: Sequence[Path]) -> bool:
    """Return whether another of `paths` lies in the folder that this one lies in, or is that folder."""
    folder = os.path.realpath(paths[number].parent)
    others = [path for place, path in enumerate(paths) if place != number]
    return any(folder in (os.path.realpath(other), os.path.realpath(other.parent)) for other in others)


_ARCHIVES = (".py", ".ipynb", ".zip", ".txt")
_LEFT_BY_TOOLS = frozenset({"__pycache__", "__MACOSX"})
_MOST_TOLD = 20


def each_of(path: Path, base: Path) -> list[Work]:
    """Return the submissions in the folder at `path`: its files of code, archives and folders; else `path` itself.

    Hidden files and caches are no submissions; of what else is none a note tells, since it may be meant as one. A link
    is one, whatever it is called, so that someone is told that it is not followed; below `base` none is. No file in
    such a folder has helpers beside it: they may be anyone's. Raises UsageError for a folder that holds no submissions.
    """
    inside: list[str] = []
    others: list[str] = []
    try:
        with Folder.at(base) as trusted, trusted.listed(path.relative_to(base).as_posix()) as entries:
            for entry in entries:
                (inside if _is_submission(entry) else others).append(entry.name)
    except GraderError:  # a file, or what cannot be read: that is said when it is graded
        return [Work(path=path, beneath=path.parent if path == base else base, helpers=False)]
    _tell(path, sorted(name for name in others if not name.startswith(".") and name not in _LEFT_BY_TOOLS))
    if not inside:
        raise UsageError(say("The folder {path} holds no submissions.", path=inert(str(path), 200)))
    return [Work(path=path / name, beneath=base, helpers=False) for name in sorted(inside)]


def _tell(path: Path, others: Sequence[str]) -> None:
    """Say what in the folder at `path` was passed over."""
    if not others:
        return
    from grader.cli.speaking import note

    shown = [inert(name, 100) for name in others[:_MOST_TOLD]]
    if len(others) > _MOST_TOLD:
        shown.append(inert(f"… (+{len(others) - _MOST_TOLD})"))
    note(
        say(
            "In {path} only folders and the files .py, .ipynb and .zip are submissions. Passed over: {names}",
            path=inert(str(path), 200), names=listed(shown),
        )
    )  # fmt: skip


def _is_submission(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith((".", "__")):
        return False
    return entry.is_symlink() or entry.is_dir(follow_symlinks=False) or entry.name.lower().endswith(_ARCHIVES)
