r"""Which code a rubric may run: the Python that it names, and the record of rubrics that the user trusts.

A line of the record is a digest and the rubric's path, with `\` and line ends escaped. The record counts only while its
file and folder belong to the user and nobody else may write there; a confined worker sees neither.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing, suppress
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Literal

from grader.errors import UsageError, unwritable
from grader.execution import Engine, open_engine, slow_to_import
from grader.grading.prepared import Plan
from grader.language import Message, inert, listed, say
from grader.model import Rubric

MOST_BYTES = 1 << 20
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def digest(rubric: Rubric) -> str:
    """Return a SHA-256 of the rubric's bytes and of the path of the Python that it names.

    If that Python lies in the rubric's own folder, its bytes count too. The packages that it imports do not. Raises
    UsageError if it cannot be read.
    """
    whole = sha256("\0".join((rubric.digest, rubric.runtime)).encode("utf-8", "surrogateescape"))
    if rubric.runtime:
        real = Path(rubric.runtime).resolve()
        whole.update(b"\0" + os.fsencode(real))
        if real.is_relative_to(Path(rubric.path).resolve().parent):
            try:
                with real.open("rb") as file:
                    whole.update(file_digest(file, "sha256").digest())
            except OSError as error:
                why = inert(error.strerror or "")
                raise UsageError(say("{path} cannot be read: {why}", path=inert(str(real)), why=why)) from error
    return whole.hexdigest()


def is_trusted(rubric: Rubric) -> bool:
    """Return whether `grade trust` recorded the rubric with its present content, at its present path."""
    known = _lines()
    return bool(known) and f"{digest(rubric)} {_spelt(rubric.path)}" in known


def trust(rubric: Rubric) -> Path:
    """Record the rubric as it now is, in place of an earlier record of its path; return the file of the record.

    Raises UsageError if others could change the file, EngineError if it cannot be written.
    """
    others = [each for each in _lines() if each.partition(" ")[2] != _spelt(rubric.path)]
    return _write([*others, f"{digest(rubric)} {_spelt(rubric.path)}"])


def forget(path: str) -> bool:
    """Remove the rubric at `path` from the record; return whether it was there. Raises UsageError as `trust` does."""
    known = _lines()
    others = [each for each in known if each.partition(" ")[2] != _spelt(path)]
    if len(others) < len(known):
        _write(others)
    return len(others) < len(known)


def writable_by_others(seen: os.stat_result) -> bool:
    """Return whether others than its owner may write to what `seen` describes; on Windows False."""
    return hasattr(os, "geteuid") and bool(seen.st_mode & _OTHERS)


def owned(seen: os.stat_result, *, root: bool = False) -> bool:
    """Return whether what `seen` describes is the user's or, with `root`, root's, who may change all files anyway."""
    return not hasattr(os, "geteuid") or seen.st_uid == os.geteuid() or (root and seen.st_uid == 0)


def _spelt(path: str) -> str:
    return os.path.realpath(path).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def _folder() -> Path:
    """Return the folder of the user's settings. Raises UsageError for a user who has none."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    found = Path(home if os.path.isabs(home) else os.path.expanduser("~/.config"))  # noqa: PTH111, PTH117
    if not found.is_absolute():  # without an absolute HOME it could lie in what is graded
        raise UsageError(say("There is no folder for your settings: HOME is not an absolute path."))
    return found / "pingfen"


def _lines() -> list[str]:
    """Return the lines of the record, none if somebody else could have written them."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        folder = _folder()
        handle = os.open(folder / "trusted", flags)
        with os.fdopen(handle, "rb") as file:
            for seen in (folder.lstat(), os.fstat(handle)):
                if not owned(seen) or writable_by_others(seen):
                    return []
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return []
            return file.read(MOST_BYTES).decode("utf-8", "surrogateescape").split("\n")[:-1]
    except (OSError, UsageError):
        return []


def _write(lines: list[str]) -> Path:
    folder = _folder()
    new = folder / f"trusted.{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        seen = folder.lstat()
        if not stat.S_ISDIR(seen.st_mode) or not owned(seen) or writable_by_others(seen):
            raise UsageError(
                say("Others could write in {path}, so nothing is recorded there.", path=inert(str(folder), 1000)),
                say("Make it a folder of your own: chmod 700 {path}", path=inert(str(folder), 1000)),
            )
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))
        new.replace(folder / "trusted")
    except OSError as error:
        path, why = inert(str(folder / "trusted"), 1000), inert(error.strerror or "")
        raise unwritable(error, say("{path} cannot be written: {why}", path=path, why=why)) from error
    return folder / "trusted"


def python_of(rubric: Rubric, *, named: bool) -> str:
    """Return the Python that runs sources: the one in the rubric's `runtime`, or "" for this one.

    It is not confined, so the user must have asked for it: the user `named` the rubric, and nobody else (but root) can
    change it, or `grade trust` recorded it. Else UsageError is raised; no other Python is taken in its place.
    """
    if not rubric.runtime:
        return ""
    if rubric.runtime == sys.executable:  # named on purpose
        from grader.execution.start import offering_all

        return offering_all()
    from shlex import quote

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


def engine_of(plan: Plan, *, named: bool) -> AbstractContextManager[Engine]:
    """Return an engine that runs sources by the rubric's Python; `with` closes it. Raises as `python_of` does.

    A Python that the rubric names imports once for all workers what is slow to import and what the reference speaks of.
    """
    python, ahead = python_and_ahead(plan, named=named)
    return closing(open_engine(python=python, ahead=ahead))


def python_and_ahead(plan: Plan, *, named: bool) -> tuple[str, tuple[str, ...]]:
    """Return the Python that runs sources ("": this one), and what it imports once for all workers."""
    python = python_of(plan.rubric, named=named)
    return python, tuple(slow_to_import(plan.reference.source.text if python else ""))


def near(path: str) -> str:
    """Return the path to show: relative to the current folder if it lies below it."""
    here = Path.cwd()
    return inert(str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path, 1000)


def _unsafe(rubric: Rubric) -> Message | None:
    """Return who else may change what would be run, so that naming the rubric is not enough; None if nobody may."""
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

    In a folder with the sticky bit, such as /tmp, others may add files but not replace the user's.
    """
    for path in paths:
        try:
            seen = path.stat()
        except OSError:  # it has just been removed
            return "theirs"
        if not owned(seen, root=True):
            return "theirs"
        if writable_by_others(seen) and not (stat.S_ISDIR(seen.st_mode) and seen.st_mode & stat.S_ISVTX):
            return "open"
    return ""


def files_run(rubric: Rubric, *, reference: bool = True) -> Sequence[str]:
    """Return the files of the rubric whose code runs in workers; a kit with expected values has none.

    Without `reference`, the rubric's reference is left out, because another one is used.
    """
    if rubric.expected and reference:
        return ()
    return [path for path in (rubric.reference if reference else "", rubric.generators, rubric.mistakes) if path]


def announce(rubric: Rubric, engine: Engine, files: Sequence[str]) -> None:
    """Say once that `files` run besides the student's own file, unless the user trusts the rubric.

    The user's cache folder remembers that it was said, by the rubric's path, its text and its files, so that it is said
    again of another rubric at the same path.
    """
    if not files:
        return
    from grader.grading.cache import folder

    text = "\0".join((os.path.realpath(rubric.path), rubric.digest, *files))
    said = folder() / "said" / sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    if os.path.lexists(said):
        return
    from grader.cli.speaking import note
    from grader.execution.confinement import sufficient

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
    with suppress(OSError):  # then it is said again next time
        for each in (folder(), said.parent):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
