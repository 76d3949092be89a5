"""The grader's ends of one worker: bytes in and out, nothing understood yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from grader.execution.wire import Buffer, Frame, frame_bytes, parse_frame, parse_head
from grader.execution.wire.frames import ANY_LENGTH, HEAD, HEADER_BYTES

PRINTED_BYTES = 1 << 20  # of what one call prints, kept at most, whatever the rubric allows


class Line:
    """One worker's descriptors and what came in from them.

    `incoming` are wire bytes not yet taken, `printed` the first bytes of what was printed since `begin`, `spilt` how
    many it were in all. `hung_up` says that the wire has ended, `silent` that nothing will be printed any more,
    `busy` that the worker has more to do than it is asked about just now. `kill`
    ends the worker without waiting; `ending` ends it and returns its exit code, or minus its signal's number.
    """

    def __init__(
        self, wire: tuple[int, int], output: int, pid: int, kill: Callable[[], None], ending: Callable[[], int]
    ) -> None:
        self.source, self.sink = wire
        self.output, self.pid = output, pid
        self.kill, self.ending = kill, ending
        self.incoming = bytearray()
        self.outgoing: deque[memoryview] = deque()
        self.printed = bytearray()
        self.spilt = 0
        self.hung_up = False
        self.silent = False
        self.limit = 0
        self.busy = False

    @property
    def full(self) -> bool:
        """Whether more is waiting than any frame may be long: nothing more is read until it is taken."""
        return len(self.incoming) > HEAD.size + HEADER_BYTES + self.limit

    def begin(self, limit: int) -> None:
        """Forget what was printed; from now on a frame's body may be `limit` bytes long."""
        self.printed.clear()
        self.spilt = 0
        self.limit = limit

    def print(self, data: bytes) -> None:
        """Take in what the worker printed."""
        self.spilt += len(data)
        self.printed += data[: PRINTED_BYTES - len(self.printed)]

    def cut(self, count: int) -> bytearray:
        """Return what is kept of the first `count` bytes that were printed, and forget them."""
        first, self.printed = self.printed[:count], self.printed[count:]
        self.spilt = max(0, self.spilt - count)
        return first

    def send(self, header: dict[str, object], buffers: Sequence[Buffer]) -> None:
        """Queue a frame for the worker."""
        self.outgoing.extend(memoryview(piece) for piece in frame_bytes(header, buffers, ANY_LENGTH))

    def take(self) -> Frame | None:
        """Return the next whole frame, if there is one. Raises Forged for bytes that are no frame."""
        if len(self.incoming) < HEAD.size:
            return None
        text, body = parse_head(self.incoming[: HEAD.size], self.limit)
        start, end = HEAD.size + text, HEAD.size + text + body
        if len(self.incoming) < end:
            return None
        frame = parse_frame(self.incoming[HEAD.size : start], self.incoming[start:end])
        del self.incoming[:end]
        return frame
