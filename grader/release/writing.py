"""A kit put down as a folder or a zip archive, byte for byte the same whenever and wherever it is made."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from grader.errors import UsageError
from grader.language import inert, say
from grader.release.public import HEADER, NAME

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest a zip archive can say (APPNOTE.TXT 4.4.6), for every member."""
_MODE = 0o100644 << 16


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into `folder`, which is new, empty, or holds an earlier kit.

    Raises UsageError if it holds anything else or cannot be written; nothing is ever deleted.
    """
    if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or _is_kit(folder))):
        raise UsageError(
            say("{path} is there already and is no kit.", path=inert(str(folder))),
            say("Name a new folder for the kit: grade release OUT"),
        )
    try:
        for path, data in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    except OSError as error:
        why = inert(error.strerror or "")
        raise UsageError(say("{path} cannot be written: {why}", path=inert(str(folder)), why=why)) from error


def archive(files: Mapping[str, bytes], top: str) -> bytes:
    """Return a zip archive of the files in the folder `top`; stored, because compression differs between machines."""
    from zipfile import ZIP_STORED, ZipFile, ZipInfo

    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        for path, data in sorted(files.items()):
            member = ZipInfo(f"{top}/{path}", date_time=_MOMENT)
            member.create_system = 3
            member.external_attr = _MODE
            archive.writestr(member, data)
    return stream.getvalue()


def _is_kit(folder: Path) -> bool:
    try:
        first = (folder / NAME).read_text("utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError):
        return False
    return first in (HEADER.zh, HEADER.en)
