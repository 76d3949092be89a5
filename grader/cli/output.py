"""Puts a file where it is wanted, and through no link: what lies there may have been handed in.

The new file has a name that nobody can have put there before, and takes the place of what stands under the wanted one.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from grader.errors import UsageError
from grader.language import inert, say

_STREAMS = ("/dev/", "/proc/")
_MEMORY = "/dev/shm/"


def write_file(path: Path, text: str) -> None:
    """Write `text` to the file at `path`. Raises OSError; UsageError where a folder on the way is a link."""
    refuse_links(path.parent)
    whole = os.path.abspath(path)  # noqa: PTH100 - /dev/stdout is a link
    if whole.startswith(_STREAMS) and not whole.startswith(_MEMORY):
        path.write_text(text, encoding="utf-8")
        return
    try:
        _replace(path, text)
    except OSError as error:  # a folder where nothing may be put, a file that is mounted by itself
        try:
            _rewrite(path, text)
        except FileNotFoundError:
            raise error from None


def refuse_links(folder: Path, *, last: bool = False) -> None:
    """Raise UsageError if a folder on the way to `folder`, as it is written, is a link.

    An absolute path is the user's own; with `last`, its own end is looked at all the same.
    """
    way = [folder] if last else []
    way += [] if folder.is_absolute() else [folder, *folder.parents]
    link = next((each for each in way if os.path.islink(each)), None)  # noqa: PTH114 - raises nothing
    if link is not None:
        raise UsageError(
            say("{path} is a link, and nothing is written through one: it may have been handed in.",
                path=inert(str(link), 1000)),
            say("Name the folder that it leads to: {path}", path=inert(os.path.realpath(folder), 1000)),
        )  # fmt: skip


def _replace(path: Path, text: str) -> None:
    new = path.parent / f".pingfen-{os.urandom(8).hex()}"
    try:
        with new.open("x", encoding="utf-8") as stream:
            _keep_mode(path, new)
            stream.write(text)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _keep_mode(old: Path, new: Path) -> None:
    """Give `new` the rights of the user's own file in whose place it comes. Raises OSError if that may not be written.

    A folder is no file: that is told as the system does.
    """
    try:
        seen = old.lstat()
    except OSError:
        return
    if stat.S_ISDIR(seen.st_mode):
        raise IsADirectoryError
    if not stat.S_ISREG(seen.st_mode):
        return
    if not os.access(old, os.W_OK):
        raise PermissionError
    if hasattr(os, "geteuid") and seen.st_uid == os.geteuid():
        new.chmod(stat.S_IMODE(seen.st_mode) & 0o777)


def _rewrite(path: Path, text: str) -> None:
    """Write into the file that stands there, if it is an ordinary one and has no other name."""
    flags = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags), "w", encoding="utf-8") as stream:
        seen = os.fstat(stream.fileno())
        if not stat.S_ISREG(seen.st_mode) or seen.st_nlink > 1:
            raise PermissionError(1, os.strerror(1), str(path))
        stream.truncate(0)
        stream.write(text)
