"""The worker's end of the wire: blocking reads and writes on plain descriptors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ...values.family import Buffer
from ..wire import ANY_LENGTH, HEAD, Frame, frame_bytes, parse_frame, parse_head

_LONGEST = 1 << 40  # what the grader sends is trusted
_read, _write = os.read, os.write


class Line:
    """Frames read from descriptor `source` and written to descriptor `sink`.

    `call` is the call being answered, `room` the bytes that a value sent meanwhile may take.
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
