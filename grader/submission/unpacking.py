"""Unpacks one member of a .zip into memory, never further than the size that the archive's directory declares.

`zipfile` asks bz2 and LZMA for all that a piece of an archive unpacks to: two gigabytes for one and a half kilobytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Protocol
from zipfile import BadZipFile

if TYPE_CHECKING:
    from zipfile import ZipInfo

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
        """Return at most so many bytes more."""

    @property
    def eof(self) -> bool:
        """Whether the end of what was packed is behind."""


def unpacked(file: BinaryIO, member: ZipInfo) -> bytes:
    """Return what a member holds.

    Raises BadZipFile where it is not what the directory declares, and what its packing raises where that is damaged.
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
    """Yield the packed bytes; raises BadZipFile where the member's own header does not say what the directory does."""
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
    """Yield LZMA with the head of an .lzma file; no dictionary is larger than what it serves to unpack."""
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
