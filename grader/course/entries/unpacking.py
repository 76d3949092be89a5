"""The zip that a platform exports, unpacked once into a folder of ours.

A class's export is larger than a submission may be, so its bounds are its own; each member is checked and read as a
submission's is (`grader.submission.archive`), one at a time. A member that is unsafe or damaged is one student's: it is
left out and told where that student's entry stands, and the others are graded.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from zipfile import BadZipFile

import msgspec
from msgspec import Struct

from grader.course.entries.inbox import begun_in, safe, unwritten
from grader.errors import SubmissionError
from grader.language import Message, inert, say
from grader.submission.archive import BROKEN, fault_in, readable, unpacked
from grader.submission.choosing import is_work

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_MOST_MEMBERS = 400_000
_TOTAL = 64 << 30
_RATIO = 50
_SMALL = 1 << 30
"""Unpacked, an export may take so many times its size, or this where it is small."""
_FILES = "files"
_REFUSED = "refused.json"


class Unpacked(Struct, frozen=True, kw_only=True):
    """A folder with what was in a zip, and by path what was left out of it, and why."""

    folder: Path
    refused: Mapping[str, Message]


class _Why(Struct, frozen=True):
    """A message as it is kept: its parameters are texts and numbers."""

    template: str
    parameters: Mapping[str, str | int]


def names_in(path: Path) -> list[str] | None:
    """Return the paths of the files in a zip, `None` where it is none that can be read."""
    from zipfile import ZipFile

    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            with ZipFile(file) as archive:
                return [name for info in archive.infolist() if not (name := readable(info)).endswith("/")]
    except (BadZipFile, *BROKEN):
        return None


def unpack(path: Path, into: Path) -> Unpacked:
    """Return the folder in `into` that holds what is in the zip at `path`, unpacked now or by an earlier run.

    Its name follows from the zip's and its directory (names, sizes and checksums of its members). Raises
    SubmissionError if it is damaged or too large, UsageError if the folder cannot be written.
    """
    from zipfile import ZipFile

    try:
        with path.open("rb") as file, ZipFile(file) as archive:
            home = into / f"{safe(path.stem)}-{_sign(archive)}"
            if not (home / _REFUSED).is_file():
                _unpack(file, archive, home)
    except (BadZipFile, *BROKEN):
        raise SubmissionError(say("The archive is damaged or of an unknown kind.")) from None
    said = msgspec.json.decode((home / _REFUSED).read_bytes(), type=dict[str, _Why])
    refused = {name: Message(template=why.template, parameters=why.parameters) for name, why in said.items()}
    return Unpacked(folder=home / _FILES, refused=refused)


def _sign(archive: ZipFile) -> str:
    whole = hashlib.sha256()
    for info in archive.infolist():
        whole.update(f"{info.orig_filename}\0{info.file_size}\0{info.CRC}\n".encode("utf-8", "surrogatepass"))
    return whole.hexdigest()[:12]


def _unpack(file: BinaryIO, archive: ZipFile, home: Path) -> None:
    """Unpack everything beside `home`, and move it there once it is complete."""
    infos = archive.infolist()
    total, size = sum(info.file_size for info in infos), os.fstat(file.fileno()).st_size
    if len(infos) > _MOST_MEMBERS:
        raise SubmissionError(say("The archive holds more than {most} files.", most=_MOST_MEMBERS))
    if total > min(_TOTAL, max(_SMALL, _RATIO * size)):
        raise SubmissionError(say("Unpacked, the archive would take {size} MiB.", size=total >> 20))
    refused: dict[str, Message] = {}
    begun = begun_in(home.parent)
    try:
        (begun / _FILES).mkdir()
        seen: set[str] = set()
        for info in infos:
            name = readable(info)
            fault = fault_in(info, name, seen)
            if fault is None and not name.endswith("/") and is_work(name):
                seen.add(name)
                fault = _write(file, info, begun / _FILES / name)
            if fault is not None:
                refused[name] = fault
        why = {name: {"template": said.template, "parameters": said.parameters} for name, said in refused.items()}
        (begun / _REFUSED).write_bytes(msgspec.json.encode(why))
        if home.exists():
            shutil.rmtree(home)
        begun.rename(home)
    except OSError as error:
        raise unwritten(begun, error) from None
    finally:
        shutil.rmtree(begun, ignore_errors=True)


def _write(file: BinaryIO, info: ZipInfo, target: Path) -> Message | None:
    """Write a member, and return why not where it is damaged or the disk does not take its name."""
    try:
        data = unpacked(file, info)
    except (BadZipFile, *BROKEN):
        return say("It is damaged.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as new:
            new.write(data)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        return say("It cannot be written: {why}", why=inert(error.strerror or "", 200))
    except ValueError:
        return say("The disk does not take its name.")
    return None
