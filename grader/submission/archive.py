"""Reads a submission in a .zip without unpacking it: only the files that are needed, into memory, bounded in size.

Everything that a hostile archive can say about itself is checked before any member is read.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zlib
from collections.abc import Container, Iterator, Sequence
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Protocol
from zipfile import BadZipFile

from grader.errors import Span, SubmissionError
from grader.language import Message, inert, say
from grader.submission.choosing import SUFFIXES, Sought, choose, is_work, several_in
from grader.submission.costs import NOTEBOOK, SCRIPT, too_large
from grader.submission.files import LARGEST, HandedIn
from grader.submission.reading import FoundFile, place_of

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo


_PIECE = 1 << 16
_HEADER = struct.Struct("<4s2xH18xHH")
"""APPNOTE.TXT 4.3.7: signature, flags, lengths of name and extra field."""
_PATCH = 0x20
_UTF8 = 0x800
_ENDS_ITSELF = 0x2
_LZMA = struct.Struct("<2xHBI")
"""APPNOTE.TXT 5.8.8: the length of the properties (5): the coding's and the size of the dictionary."""
_LZMA_ALONE = struct.Struct("<BIq")
"""The same in an .lzma file, with the size of what is packed: -1 where an end mark tells it."""
_SMALLEST_DICTIONARY = 4096


class _Unpacker(Protocol):
    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return at most `max_length` further bytes."""

    @property
    def eof(self) -> bool:
        """Whether the end of the packed data was reached."""


def unpacked(file: BinaryIO, member: ZipInfo) -> bytes:
    """Return the bytes of a member.

    Raises BadZipFile if they are not what the directory declares, and zlib's or bz2's errors for damaged data.
    """
    pieces = _pieces(file, member)
    unpacker: _Unpacker = _Stored()
    match member.compress_type:  # APPNOTE.TXT 4.4.5
        case 8:
            unpacker = zlib.decompressobj(-15)
        case 12:
            from bz2 import BZ2Decompressor

            unpacker = BZ2Decompressor()
        case 14:
            unpacker, pieces = _Lzma(), _as_a_file(pieces, member)
        case other if other:
            raise NotImplementedError
    parts: list[bytes] = []
    room = member.file_size + 1
    for piece in pieces:
        parts.append(unpacker.decompress(piece, room))
        room -= len(parts[-1])
        if not room or unpacker.eof:
            break
    data = b"".join(parts)
    if room != 1 or zlib.crc32(data) != member.CRC:
        raise BadZipFile
    return data


def _pieces(file: BinaryIO, member: ZipInfo) -> Iterator[bytes]:
    """Yield the packed bytes. Raises BadZipFile if the member's own header differs from the directory."""
    file.seek(member.header_offset)
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise BadZipFile
    signature, flags, named, more = _HEADER.unpack(header)
    name = file.read(named).decode("utf-8" if member.flag_bits & _UTF8 else "cp437")
    if signature != b"PK\3\4" or flags & _PATCH or name != member.orig_filename:
        raise BadZipFile
    file.seek(more, 1)
    left = member.compress_size
    while left and (piece := file.read(min(_PIECE, left))):
        left -= len(piece)
        yield piece


def _as_a_file(pieces: Iterator[bytes], member: ZipInfo) -> Iterator[bytes]:
    """Yield LZMA data with the head of an .lzma file; its dictionary need not be larger than the unpacked member."""
    first = next(pieces, b"")
    length, coding, dictionary = _LZMA.unpack_from(first)
    size = -1 if member.flag_bits & _ENDS_ITSELF else member.file_size
    dictionary = max(_SMALLEST_DICTIONARY, min(dictionary, member.file_size))
    yield _LZMA_ALONE.pack(coding, dictionary, size) + first[_LZMA.size + length - 5 :]
    yield from pieces


class _Stored:
    eof = False

    def decompress(self, data: bytes, most: int) -> bytes:
        return data[:most]


class _Lzma:
    def __init__(self) -> None:
        import lzma

        self._unpacker, self._error = lzma.LZMADecompressor(lzma.FORMAT_ALONE), lzma.LZMAError

    @property
    def eof(self) -> bool:
        return self._unpacker.eof

    def decompress(self, data: bytes, most: int) -> bytes:
        try:
            return self._unpacker.decompress(data, most)
        except self._error:
            raise BadZipFile from None


_MOST_MEMBERS = 2000
_DIRECTORY = 1 << 20
_DEEPEST = 12
_TOTAL = 512 << 20
_SINGLE = 256 << 20
_RATIO = 200
_SMALL = 1 << 20
"""Members up to this size may be packed at any ratio: they do no harm."""
BROKEN = (ValueError, RuntimeError, EOFError, OSError, struct.error, zlib.error, OverflowError, MemoryError)
"""What zipfile and the unpackers raise for an archive that is damaged, beside BadZipFile."""


def in_archive(file: BinaryIO, path: Path, sought: Sought, *, within: bool = False) -> FoundFile:
    """Return the submission in a .zip, which must stay open while helper modules may be read.

    It may hold one .zip and no code, as a packed folder with an archive does; what is `within` another holds no third.

    Raises SubmissionError for an archive that is unsafe or damaged, UsageError for no candidate or several.
    """
    from zipfile import ZipFile

    at = Span(path=inert(str(path), 1000))
    try:
        if not within and not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise SubmissionError(say("{path} is not an ordinary file.", path=inert(str(path))), at=at)
        _check_directory(file, at)
        return _pick(file, ZipFile(file), path, sought, within=within)
    except (BadZipFile, *BROKEN):
        raise SubmissionError(say("The archive is damaged or of an unknown kind."), at=at) from None


def _pick(file: BinaryIO, archive: ZipFile, path: Path, sought: Sought, *, within: bool) -> FoundFile:
    at = Span(path=inert(str(path), 1000))
    members = _checked(archive.infolist(), at)

    def take(name: str, most: int = 0) -> bytes:
        member = members[name]
        limit = most or (NOTEBOOK if name.lower().endswith(".ipynb") else SCRIPT)
        if member.file_size > limit:
            raise too_large(member.file_size, limit, Span(path=inert(f"{path}/{name}", 1000)))
        return unpacked(file, member)

    def glance(name: str) -> bytes:
        try:
            return take(name)
        except SubmissionError:
            return b""

    works = sorted(filter(is_work, members))
    archives = [name for name in works if name.lower().endswith(".zip")]
    if archives and not any(name.lower().endswith(SUFFIXES) for name in works):
        if len(archives) > 1:
            raise several_in(str(path), archives)
        if not within:
            inner = BytesIO(unpacked(file, members[archives[0]]))
            return in_archive(inner, path / archives[0], sought, within=True)
    chosen, why = choose(works, glance, sought, str(path))
    folder = PurePosixPath(chosen).parent

    def beside(module: str) -> bytes | None:
        name = str(folder / place_of(module))
        if name not in members or members[name].file_size > SCRIPT:
            return None
        try:
            return unpacked(file, members[name])
        except (BadZipFile, *BROKEN):
            return None

    def data(name: str) -> bytes:
        try:
            return take(name, LARGEST)
        except (BadZipFile, *BROKEN):
            raise SubmissionError(say("It is damaged."), at=at) from None

    return FoundFile(
        name=inert(f"{path.name}/{chosen}"),
        path=inert(f"{path}/{chosen}", 1000),
        suffix=PurePosixPath(chosen).suffix.lower(),
        data=take(chosen),
        beside=beside,
        handed_in=HandedIn(paths=lambda: [*members], folder=str(folder), read=data),
        chosen=why,
    )


def _check_directory(file: BinaryIO, at: Span) -> None:
    """Raise SubmissionError for a directory that is too long, as its end record says, before it is read.

    The record is PK 05 06, 22 bytes and a comment (APPNOTE.TXT 4.3.16); the 64-bit form, for more than 65535 members
    or 4 GiB, has its locator 20 bytes before it (4.3.15).
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65557 - 20))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + 22:
        raise SubmissionError(say("The file is not a zip archive."), at=at)
    count, length = struct.unpack("<HL", tail[place + 10 : place + 16])
    if count > _MOST_MEMBERS or length > _DIRECTORY or tail[max(0, place - 20) : place].startswith(b"PK\x06\x07"):
        raise SubmissionError(say("The archive holds more than {most} files.", most=_MOST_MEMBERS), hint=_PACK, at=at)
    file.seek(0)


def _checked(infos: Sequence[ZipInfo], at: Span) -> dict[str, ZipInfo]:
    """Return the archive's files by readable path. Raises SubmissionError at the first that is unsafe."""
    members: dict[str, ZipInfo] = {}
    if len(infos) > _MOST_MEMBERS:
        raise SubmissionError(say("The archive holds more than {most} files.", most=_MOST_MEMBERS), hint=_PACK, at=at)
    for info in infos:
        name = readable(info)
        if fault := fault_in(info, name, members):
            raise SubmissionError(fault, hint=_PACK, at=at)
        if not name.endswith("/"):
            members[name] = info
    if sum(info.file_size for info in infos) > _TOTAL:
        raise SubmissionError(
            say("Unpacked, the archive would take more than {most} MiB.", most=_TOTAL >> 20), hint=_PACK, at=at
        )
    return members


def fault_in(info: ZipInfo, name: str, before: Container[str]) -> Message | None:
    """Return why a member of a zip, whose readable path is `name`, is not unpacked, if it is unsafe."""
    mode = info.external_attr >> 16
    safe = inert(name, 100)
    parts = name.rstrip("/").split("/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts:
        return say("The archive's member {name} leads out of the archive.", name=safe)
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return say("The archive's member {name} is a link or a device.", name=safe)
    if info.flag_bits & 0x1:
        return say("The archive's member {name} is encrypted.", name=safe)
    if len(parts) > _DEEPEST or not name:
        return say("The archive's member {name} lies too deep.", name=safe)
    if name in before:
        return say("The archive holds {name} twice.", name=safe)
    if info.file_size > _SINGLE:
        return say("The archive's member {name} is too large.", name=safe)
    if info.file_size > _SMALL and info.file_size > _RATIO * max(1, info.compress_size):
        return say("The archive's member {name} unpacks to more than {ratio} times its size.", name=safe, ratio=_RATIO)
    return None


def readable(info: ZipInfo) -> str:
    """Return a member's path with forward slashes and without "./" and "//".

    A name without the UTF-8 flag is read as UTF-8, or else as GBK.
    """
    name = info.orig_filename
    if not info.flag_bits & 0x800 and not name.isascii():
        raw = name.encode("cp437", "replace")
        for codec in ("utf-8", "gb18030"):
            try:
                name = raw.decode(codec)
                break
            except UnicodeDecodeError:
                continue
    name = name.replace("\\", "/")
    return str(PurePosixPath(name)) + "/" * name.endswith("/") if name else ""


_PACK = say("Pack the submission's own files anew, with nothing else.")
