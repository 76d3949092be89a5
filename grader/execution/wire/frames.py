"""Frames: sixteen bytes of lengths, a JSON object, raw buffers."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

if TYPE_CHECKING:
    from typing import TypeAlias

HEAD = struct.Struct("<4sIQ")
MAGIC = b"PF1\n"
HEADER_BYTES = 4 << 20  # a list of 10^5 floats, written out, is 2 MB

Buffer: TypeAlias = "bytes | bytearray | memoryview"


class Forged(Exception):
    """What was read is not what this wire carries; the text says which rule it breaks, never what was read."""


class Frame(NamedTuple):
    """A header and the bytes that its arrays lie in."""

    header: dict[str, Any]
    body: Buffer


def frame_bytes(header: dict[str, Any], buffers: Sequence[Buffer] = ()) -> list[Buffer]:
    """Return the pieces to be written, in order, for `header` (JSON values only) and `buffers`."""
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    body = sum(len(each) for each in buffers)
    return [HEAD.pack(MAGIC, len(text), body) + text, *buffers]


def parse_head(head: Buffer, limit: int) -> tuple[int, int]:
    """Return the lengths of header and body that the first sixteen bytes announce.

    Raises Forged if they are no frame's, or announce a body longer than `limit` bytes.
    """
    magic, text, body = HEAD.unpack(head)
    if magic != MAGIC:
        raise Forged("no frame begins here")
    if text > HEADER_BYTES or body > limit:
        raise Forged("longer than any answer may be")
    return text, body


def parse_frame(text: Buffer, body: Buffer) -> Frame:
    """Return the frame with the JSON object `text`. Raises Forged."""
    try:
        header = json.loads(bytes(text).decode("ascii"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Forged("the header is no JSON of ours") from None
    if type(header) is not dict:
        raise Forged("the header is no object")
    return Frame(header, body)


def _no_constant(_: str) -> NoReturn:
    raise Forged("NaN and infinity are spelt otherwise")
