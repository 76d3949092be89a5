"""The wire between grader and worker: frames of sixteen bytes of lengths, a JSON object and raw buffers.

Nothing here runs what it reads: no pickle, no `np.load`. Both sides use it. The worker may send anything, so reading
is strict about every length and raises only `Forged`. `grader.values` says which values may cross.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

from ..values.family import Buffer, Forged, Oversized

HEAD = struct.Struct("<4sIQ")
MAGIC = b"PF1\n"
HEADER_BYTES = 2 << 20  # a list of 10^5 floats, written out, is 2 MB
ANY_LENGTH = (1 << 32) - 1  # of what the grader sends: it is trusted, and what it passes on was bounded before
_GROWTH = 16  # "0.5," is a float of 24 bytes and a place of 8 in its list
_JOINED = 1 << 16  # one system call costs more than copying this much


class Frame(NamedTuple):
    """A header, the bytes of its arrays, and about how many bytes of memory both take once they are values."""

    header: dict[str, Any]
    body: Buffer
    weight: int = 0


def frame_bytes(header: dict[str, Any], buffers: Sequence[Buffer] = (), longest: int = HEADER_BYTES) -> list[Buffer]:
    """Return the pieces to be written, in order, for `header` (JSON values only) and `buffers`: one, if it is short.

    Raises Oversized if the header's text is longer than `longest` bytes.
    """
    text = _encode(header).encode("ascii")
    if len(text) > longest:
        raise Oversized
    body = sum(len(each) for each in buffers)
    pieces = [HEAD.pack(MAGIC, len(text), body), text, *buffers]
    return [b"".join(pieces)] if body < _JOINED else [b"".join(pieces[:2]), *buffers]


def parse_head(head: Buffer, limit: int, longest: int = HEADER_BYTES) -> tuple[int, int]:
    """Return the lengths of header and body that the first sixteen bytes announce.

    Raises Forged if no frame begins with them, if the header is longer than `longest` bytes or the body than `limit`.
    """
    magic, text, body = HEAD.unpack(head)
    if magic != MAGIC:
        raise Forged("no frame begins here")
    if text > longest or body > limit:
        raise Forged("longer than any answer may be")
    return text, body


def parse_frame(text: bytes | bytearray, body: Buffer) -> Frame:
    """Return the frame with the JSON object `text`. Raises Forged."""
    try:
        header = _decode(text.decode("ascii"))
    except (ValueError, RecursionError):
        raise Forged("the header is no JSON of ours") from None
    if type(header) is not dict:
        raise Forged("the header is no object")
    return Frame(header, body, len(body) + _GROWTH * len(text))


def _no_constant(_: str) -> NoReturn:
    raise Forged("NaN and infinity are spelt otherwise")


# Made once: json.dumps and json.loads would make them anew for every frame.
_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder(parse_constant=_no_constant).decode


_LONGEST = 1 << 40  # what the grader sends is trusted
_read, _write = os.read, os.write  # as they are before a source is loaded, which may put its own in their places


class Wire:
    """The worker's end: frames read from descriptor `source` and written to descriptor `sink`.

    `call` identifies the call that is being made, `room` says how many bytes a value sent meanwhile may take.
    """

    def __init__(self, source: int, sink: int) -> None:
        self._source, self._sink = source, sink
        self.call = ""
        self.room = 0

    def read(self) -> Frame | None:
        """Return the next frame, or None when the grader has hung up."""
        head = self._exactly(HEAD.size)
        if head is None:
            return None
        text, body = parse_head(head, _LONGEST, ANY_LENGTH)
        first, second = self._exactly(text), self._exactly(body)
        if first is None or second is None:
            return None
        return parse_frame(first, second)

    def write(self, header: dict[str, Any], buffers: Sequence[Buffer] = ()) -> None:
        """Send one frame. Raises OSError when the grader has hung up."""
        self.put(frame_bytes(header, buffers))

    def put(self, pieces: Sequence[Buffer]) -> None:
        """Send the pieces of one frame. Raises OSError when the grader has hung up."""
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                rest = rest[_write(self._sink, rest) :]

    def _exactly(self, size: int) -> bytearray | None:
        data = bytearray()
        while len(data) < size:
            piece = _read(self._source, min(size - len(data), 1 << 20))
            if not piece:
                return None
            data += piece
        return data
