r"""The rubrics that the user trusts with the machine: `$XDG_CONFIG_HOME/pingfen/trusted`, else in `~/.config`.

A line is a digest and the rubric's path, `\` and line ends spelt out. It counts only as long as the file and its folder
belong to the user and nobody else may write there; a worker that is confined cannot (it sees neither).
"""

from __future__ import annotations

import os
import stat
from hashlib import file_digest, sha256
from pathlib import Path

from grader.errors import UsageError
from grader.language import inert, say
from grader.model import Rubric

MOST_BYTES = 1 << 20
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def digest(rubric: Rubric) -> str:
    """Return what tells this rubric, and the Python it names, from any other.

    It follows from the rubric's bytes, from where that Python lies and, if that is in the rubric's own folder, from the
    Python's bytes. What that Python reads by itself (its packages) is not looked at.
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
    """Return whether `grade trust` recorded the rubric as it now is, where it now is."""
    known = _lines()
    return bool(known) and f"{digest(rubric)} {_spelt(rubric.path)}" in known


def trust(rubric: Rubric) -> Path:
    """Record the rubric as it now is, in place of what was recorded of this path; return the file it is recorded in.

    Raises UsageError if that cannot be written, or would count for nothing.
    """
    others = [each for each in _lines() if each.partition(" ")[2] != _spelt(rubric.path)]
    return _write([*others, f"{digest(rubric)} {_spelt(rubric.path)}"])


def forget(path: str) -> bool:
    """Take the rubric at `path` off the record; return whether it was on it. Raises UsageError as `trust` does."""
    known = _lines()
    others = [each for each in known if each.partition(" ")[2] != _spelt(path)]
    if len(others) < len(known):
        _write(others)
    return len(others) < len(known)


def writable_by_others(seen: os.stat_result) -> bool:
    """Return whether anyone but its owner may write what was `seen`; Windows does not say."""
    return hasattr(os, "geteuid") and bool(seen.st_mode & _OTHERS)


def owned(seen: os.stat_result, *, root: bool = False) -> bool:
    """Return whether what was `seen` is the user's own or, with `root`, root's, who may do anything anyway."""
    return not hasattr(os, "geteuid") or seen.st_uid == os.geteuid() or (root and seen.st_uid == 0)


def _spelt(path: str) -> str:
    return os.path.realpath(path).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def _folder() -> Path:
    """Return the folder of the user's settings. Raises UsageError for a user who has none."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    found = Path(home if os.path.isabs(home) else os.path.expanduser("~/.config"))  # noqa: PTH111, PTH117
    if not found.is_absolute():  # HOME is not, or nobody knows of one: then it could lie in what is graded
        raise UsageError(say("There is no folder for your settings: HOME is not an absolute path."))
    return found / "pingfen"


def _lines() -> list[str]:
    """Return what is recorded; nothing where somebody else could have written it."""
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
        raise UsageError(say("{path} cannot be written: {why}", path=path, why=why)) from error
    return folder / "trusted"
