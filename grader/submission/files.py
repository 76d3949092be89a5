"""The data files that a source names, read with it from what was handed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from posixpath import relpath

from msgspec import Struct

from grader.errors import GraderError
from grader.language import Message, inert, listed, say
from grader.submission.choosing import SUFFIXES, is_work

LARGEST = 8 << 20
_TOTAL = 16 << 20
_MOST = 32
_SHOWN = 3
_NO_DATA = (*SUFFIXES, ".yaml", ".yml", ".zip")
"""Code is graded or imported, not read. A rubric or an archive with solutions is no data of a student's, should a
whole course be graded as if it were a submission."""
_NAMES_A_FILE = re.compile(r"\.\w{1,10}[\"']")


class HandedIn(Struct, frozen=True, kw_only=True):
    """What was handed in: the paths of its files from its root, the folder of the code in it, and how one is read.

    `read` raises SubmissionError or UsageError for a file that cannot be taken, as for one larger than `LARGEST`.
    """

    paths: Callable[[], Sequence[str]]
    folder: str
    read: Callable[[str], bytes]


def gather_files(
    text: str, handed_in: HandedIn | None
) -> tuple[tuple[tuple[str, bytes], ...], list[tuple[Message, int]]]:
    """Return the data files whose name stands in `text`, each with its path from the code's folder, and remarks.

    A text that ends a name with what it computes (`f"{day}.csv"`, `"*.csv"`) names every file with this end. A remark
    tells of a file that is named and cannot be taken.
    """
    if handed_in is None or not _NAMES_A_FILE.search(text):
        return (), []
    taken: list[tuple[str, bytes]] = []
    remarks: list[tuple[Message, int]] = []
    over: list[str] = []
    room = _TOTAL
    for path in _named(text, handed_in.paths()):
        if len(taken) == _MOST:
            over.append(path)
            continue
        try:
            data = handed_in.read(path)
        except GraderError as error:
            remarks.append((say("{file} was not loaded: {why}", file=inert(path), why=error.message), 0))
            continue
        if len(data) > room:
            over.append(path)
            continue
        room -= len(data)
        taken.append((relpath(path, handed_in.folder or "."), data))
    if over:
        shown = listed([inert(each, 60) for each in over[:_SHOWN]] + ["…"] * (len(over) > _SHOWN))
        said = say("The code may read at most {most} data files of {size} MiB together; these are not there: {files}",
                   most=_MOST, size=_TOTAL >> 20, files=shown)  # fmt: skip
        remarks.append((said, 0))
    return tuple(taken), remarks


def _named(text: str, paths: Sequence[str]) -> Iterator[str]:
    folded = text.casefold()  # a name in other letters opens the file on Windows; elsewhere a report can say why not
    for path in sorted(paths):
        name = PurePosixPath(path).name.casefold()
        end = PurePosixPath(name).suffix
        if name.endswith(_NO_DATA) or not end or not path.isprintable() or not is_work(path):
            continue
        if name in folded or any(mark + end in folded for mark in ("*", "}", '"', "'")):
            yield path
