"""A copy of what was handed in, for the store: read once, under names that do not say whose it is.

What is graded is the copy. So a report does not depend on where a submission lay, two students who hand in the same
share one report, neither's path is in the other's, and marks can be mended when the folder is long gone.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from msgspec import Struct

from grader.errors import EngineError
from grader.language import say
from grader.submission.choosing import left_by_tools
from grader.submission.reading import Folder

MOST_BYTES = 16 << 20
"""Bytes of one submission that is kept; a larger one is graded where it lies."""
MOST_FILES = 2000
_DATE = (1980, 1, 1, 0, 0, 0)
_SINGLE = b"a single file"
"""The comment of an archive of one file that was handed in by itself."""
_LINK, _FILE = stat.S_IFLNK | 0o777, stat.S_IFREG | 0o600


class Copy(Struct, frozen=True, kw_only=True):
    """What was handed in: the SHA-256 of all names and bytes of it, and a zip archive, `None` where it is too large."""

    digest: str
    archive: bytes | None


class _TooLarge(Exception):
    pass


def copied(path: Path, beneath: Path, name: str) -> Copy:
    """Return a copy of the file or folder at `path`, below which and down from `beneath` no link is followed.

    A single file is called `name` there, with its own suffix. Raises UsageError for what cannot be read at all.
    """
    parts: list[tuple[str, int, bytes]] = []
    single = False
    try:
        with Folder.at(beneath) as trusted:
            inside = path.relative_to(beneath).as_posix()
            with trusted.open(inside) as found:
                if isinstance(found, Folder):
                    parts += _of_folder(found, path)
                else:
                    single = True
                    parts.append((PurePosixPath(name).stem + path.suffix.lower(), _FILE, _data(found, MOST_BYTES)))
    except _TooLarge:
        return Copy(digest=of_place(path), archive=None)
    digest = sha256(_SINGLE if single else b"")
    for each, mode, data in parts:
        digest.update(repr((each, mode, sha256(data).hexdigest())).encode("utf-8", "surrogatepass"))
    return Copy(digest=digest.hexdigest(), archive=_archive(parts, _SINGLE if single else b""))


def _of_folder(folder: Folder, path: Path) -> Iterator[tuple[str, int, bytes]]:
    left, waiting = MOST_BYTES, [""]
    found: list[tuple[str, int, bytes]] = []
    while waiting:
        place = waiting.pop()
        with folder.listed(place) as entries:
            inside = sorted((entry for entry in entries if not left_by_tools(entry.name)), key=lambda each: each.name)
        for entry in inside:
            name = f"{place}/{entry.name}" if place else entry.name
            if len(found) + len(waiting) > MOST_FILES:
                raise _TooLarge
            if entry.is_dir(follow_symlinks=False):
                waiting.append(name)
                continue
            kind, data = _FILE, b""
            if entry.is_symlink():
                kind, data = _LINK, os.fsencode((path / name).readlink())
            elif entry.is_file(follow_symlinks=False):
                with folder.open(name) as stream:
                    data = _data(stream, left) if not isinstance(stream, Folder) else b""
            else:  # a pipe or a device: it was handed in, and holds nothing
                continue
            left -= len(data)
            found.append((name, kind, data))
    yield from sorted(found)


def _data(stream: BinaryIO, most: int) -> bytes:
    data = stream.read(most + 1)
    if len(data) > most:
        raise _TooLarge
    return data


def of_place(path: Path) -> str:
    """Return a digest of where a large submission lies and when each file in it was changed."""
    files = [path] if path.is_file() else path.rglob("*")
    seen = sorted((str(each.relative_to(path)), each.lstat().st_size, each.lstat().st_mtime_ns) for each in files)
    return sha256(repr(seen).encode("utf-8", "surrogatepass")).hexdigest()


def spelled_out(name: str) -> str:
    """Return a name in which bytes that are no text are spelt, each in its own way."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace").replace("\0", "")


def _archive(parts: list[tuple[str, int, bytes]], kind: bytes) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        archive.comment = kind
        for name, mode, data in parts:
            info = ZipInfo(spelled_out(name), _DATE)
            info.external_attr = mode << 16
            info.compress_type = ZIP_DEFLATED
            archive.writestr(info, data)
    return written.getvalue()


@contextmanager
def laid_out(archive: bytes) -> Iterator[Path]:
    """Yield the path of a submission that was copied: of a single file that file, else the folder. It is then removed.

    Raises EngineError where the archive is not one that `copied` made.
    """
    with TemporaryDirectory(prefix="pingfen-") as made:
        folder = Path(made).resolve() / "submission"
        folder.mkdir()
        links = []
        with ZipFile(BytesIO(archive)) as whole:
            single = whole.comment == _SINGLE
            for info in whole.infolist():
                steps = PurePosixPath(info.filename).parts
                if not steps or PurePosixPath(info.filename).is_absolute() or ".." in steps:
                    raise EngineError(say("The copy of a submission in the store is damaged."))
                target = folder.joinpath(*steps)
                target.parent.mkdir(parents=True, exist_ok=True)
                if stat.S_ISLNK(info.external_attr >> 16):
                    links.append((target, whole.read(info)))
                    continue
                with target.open("xb") as stream:
                    stream.write(whole.read(info))
        for target, there in links:  # last, so that nothing is written through one
            os.symlink(os.fsdecode(there), target)  # noqa: PTH211 - a name of any bytes
        yield next(folder.iterdir()) if single else folder
