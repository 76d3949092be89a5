"""Which of several files is the submission: found, or listed; never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from grader.errors import UsageError
from grader.language import inert, say

SUFFIXES = (".py", ".ipynb")
_LISTED = 12
_LOOKED_AT = 100
_LOOKED_INTO = 64 << 20
"""Bytes of all candidates together: to look into them takes a second or two."""


def choose(files: Sequence[str], read: Callable[[str], bytes], names: Sequence[str], pattern: str, where: str) -> str:
    """Return the one of `files` (paths with forward slashes, inside `where`) that is the submission.

    It is the file whose name or path `pattern` matches (a notebook of that name, if there is no such script); else the
    one that defines a graded function; else the only Python file or notebook. Raises UsageError with the list where
    that is not one file.
    """
    fitting = [file for file in files if PurePosixPath(file).suffix.lower() in SUFFIXES]
    matching = _matching(fitting, pattern) or _matching(fitting, f"{PurePosixPath(pattern).stem}.ipynb")
    if len(matching) == 1:
        return matching[0]
    possible = matching or fitting
    defining = _defining(possible, read, names)
    if len(defining) == 1:
        return defining[0]
    rest = defining or possible
    if len(rest) == 1:
        return rest[0]
    if not rest:
        raise UsageError(
            say("There is no Python file or notebook in {where}.", where=inert(where)),
            hint=say("Give a .py or .ipynb file, or a folder or .zip that holds one."),
        )
    listed = "".join(f"\n  {inert(file, 100)}" for file in rest[:_LISTED])
    raise UsageError(
        say("{where} holds {count} files that could be the submission.", where=inert(where), count=len(rest)),
        hint=say(
            "Give the path of one of them, or take the others away:{files}",
            files=listed + ("\n  …" if len(rest) > _LISTED else ""),
        ),
    )


def _defining(files: Sequence[str], read: Callable[[str], bytes], names: Sequence[str]) -> list[str]:
    """Return those of the files that define a graded function; none where that would be too much to look into."""
    if len(files) > _LOOKED_AT:
        return []
    found: list[str] = []
    left = _LOOKED_INTO
    for file in files:
        data = read(file)
        left -= len(data)
        if left < 0:
            return []
        if defines(data, names):
            found.append(file)
    return found


def defines(data: bytes, names: Sequence[str]) -> bool:
    """Return whether the text of a script or notebook seems to define one of the functions."""
    if not names:
        return False
    any_name = b"|".join(re.escape(name).encode() for name in names)
    text = data.replace(b"\0", b"")
    return (
        re.search(rb"\bdef[ \t]+(?:%b)\b|^[ \t]*(?:%b)[ \t]*=[^=]" % (any_name, any_name), text, re.MULTILINE)
        is not None
    )


def _matching(files: Sequence[str], pattern: str) -> list[str]:
    return [file for file in files if fnmatchcase(file, pattern) or fnmatchcase(PurePosixPath(file).name, pattern)]
