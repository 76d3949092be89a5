"""The code that a rubric brings along: which Python it may have run, and when a self-check says what else runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from grader.errors import UsageError
from grader.execution import Engine
from grader.language import Message, inert, listed, say
from grader.model import Rubric


def python_of(rubric: Rubric, *, named: bool) -> str:
    """Return the Python that is to run sources, "" for this one: what the rubric's `runtime` says, if it may.

    It runs outside the confinement, so it must be the user's own wish: the rubric was `named` and is the user's file
    (or root's), or `grade trust` recorded it. Raises UsageError else; another Python never takes its place.
    """
    if rubric.runtime in ("", sys.executable):
        return rubric.runtime
    from shlex import quote

    from grader.cli.trusted import is_trusted

    why = _unsafe(rubric) if named else say("You did not name this rubric; it was found.")
    if why is None or is_trusted(rubric):
        return rubric.runtime
    path = inert(quote(rubric.path), 1000)
    raise UsageError(
        say(
            "{path} wants code to be run by {python}. That program would not be confined: it could do whatever you can "
            "on this machine. {why}",
            path=near(rubric.path),
            python=near(rubric.runtime),
            why=why,
        ),
        say("If you trust it, allow it: grade trust {path}", path=path)
        if named
        else say(
            "If you trust it, name the rubric (--rubric {path}), or allow it from now on: grade trust {path}", path=path
        ),
    )


def near(path: str) -> str:
    """Return a path as short as it is clear: relative to here if it is below here."""
    here = Path.cwd()
    return inert(str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path, 1000)


def _unsafe(rubric: Rubric) -> Message | None:
    """Return why naming the rubric is not enough, if it is not: somebody else may change what would be run."""
    match _hand_of_others([Path(rubric.path)]):
        case "theirs":
            return say("The rubric's file belongs to another user.")
        case "open":
            return say("Other users can change the rubric's file.")
    program = Path(os.path.abspath(rubric.runtime))  # noqa: PTH100 - the folder of a link counts, too
    match _hand_of_others([program, program.parent, program.resolve().parent]):
        case "theirs":
            return say("That program or its folder belongs to another user.")
        case "open":
            return say("Other users can change that program or its folder.")
    return None


def _hand_of_others(paths: Sequence[Path]) -> Literal["", "theirs", "open"]:
    """Return "theirs" if one of the files or folders is neither the user's nor root's, "open" if others may write it.

    In a folder such as /tmp, others may put files, but take none of the user's away.
    """
    from stat import S_ISDIR, S_ISVTX

    from grader.cli.trusted import owned, writable_by_others

    for path in paths:
        try:
            seen = path.stat()
        except OSError:  # it has just been taken away
            return "theirs"
        if not owned(seen, root=True):
            return "theirs"
        if writable_by_others(seen) and not (S_ISDIR(seen.st_mode) and seen.st_mode & S_ISVTX):
            return "open"
    return ""


def files_run(rubric: Rubric, *, reference: bool = True) -> Sequence[str]:
    """Return the files of the rubric whose code runs in workers; a kit that has only expected values has none.

    Without `reference`, another one than the rubric's is used.
    """
    if rubric.expected and reference:
        return ()
    return [path for path in (rubric.reference if reference else "", rubric.generators, rubric.mistakes) if path]


def announce(rubric: Rubric, engine: Engine, files: Sequence[str]) -> None:
    """Say once what `files` run besides the student's own, unless the user trusts the rubric.

    That it was said is remembered in the user's cache folder, by the rubric's place, its text and its files: another
    rubric that takes its place is another one.
    """
    if not files:
        return
    from hashlib import sha256

    from grader.grading.remembered import folder

    text = "\0".join((os.path.realpath(rubric.path), rubric.digest, *files))
    said = folder() / "said" / sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    if os.path.lexists(said):
        return
    from contextlib import suppress

    from grader.cli.telling import note
    from grader.cli.trusted import is_trusted
    from grader.execution.confinement.tiers import sufficient

    if is_trusted(rubric):
        return
    shown = [inert(os.path.relpath(path, Path(rubric.path).parent), 200) for path in files]
    how = say("confined") if sufficient(engine.tier) else say("not confined on this system")
    note(
        say(
            "{path} also runs code besides your own file: {files} ({how}).",
            path=near(rubric.path),
            files=listed(shown),
            how=how,
        )
    )
    with suppress(OSError):  # then it is said again
        for each in (folder(), said.parent):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
