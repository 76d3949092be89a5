"""What a worker says, read strictly: an outcome, or `Forged`."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, cast

from grader.execution.wire import ANY_LENGTH, HEAD, HEADER_BYTES, Frame, frame_bytes, parse_frame, parse_head
from grader.model import Absent, Happening, Outcome, Raised, Returned, Stopped, StopReason, Value
from grader.model import Frame as SourceLine
from grader.values.family import Buffer, Forged
from grader.values.packing import unpack_all

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


_TEXT = 4_000
_ITEMS = 200
_REPORTED = ("kind", "result", "exit", "memory")  # reasons that only the worker can know


def outcome(frame: Frame, stdout: str) -> Outcome:
    """Return the outcome that `frame` tells of. Raises Forged."""
    header = frame.header
    was = header.get("was")
    if was == "absent":
        return Absent(found=_text(header, "found"))
    seconds = _number(header, "seconds")
    if was == "returned":
        value, arguments = unpack_all((header.get("value"), header.get("arguments")), frame.body)
        if arguments is not None and type(arguments) is not tuple:
            raise Forged("arguments that are none")
        peak = int(_number(header, "peak"))
        return Returned(value=value, arguments=arguments, stdout=stdout, seconds=seconds, peak=peak)
    if len(frame.body):
        raise Forged("bytes are left over")
    if was == "raised":
        return Raised(
            type=_text(header, "type"),
            message=_text(header, "message"),
            parents=tuple(_texts(header, "parents")),
            frames=tuple(_source_line(item) for item in _items(header, "frames")),
            stdout=stdout,
            seconds=seconds,
        )
    if was == "stopped" and header.get("reason") in _REPORTED:
        reason = cast(StopReason, header["reason"])
        detail = _text(header, "detail") if "detail" in header else ""
        return Stopped(reason=reason, detail=detail, stdout=stdout, seconds=seconds)
    raise Forged("no answer")


def printed(frame: Frame) -> int:
    """Return how many bytes the call printed, as far as the worker knows. Raises Forged."""
    return int(_number(frame.header, "printed"))


def question(frame: Frame) -> tuple[str, tuple[Value, ...]]:
    """Return the helper's name and the arguments that `frame` asks about. Raises Forged."""
    (arguments,) = unpack_all((frame.header.get("arguments"),), frame.body)
    if type(arguments) is not tuple:
        raise Forged("arguments that are none")
    return _text(frame.header, "name"), arguments


def code(frame: Frame) -> bytes | None:
    """Return a source's text as a worker compiled it, for other workers of the same source; `None` if it is too long.

    It is bytes here and stays so: only a worker, which would run the source anyway, ever reads them. Raises Forged.
    """
    if frame.header.get("was") != "compiled":
        raise Forged("nothing compiled")
    return bytes(frame.body) if frame.header.get("fits") is True else None


def happenings(frame: Frame) -> tuple[Happening, ...]:
    """Return what happened while a source was loaded. Raises Forged."""
    if frame.header.get("was") != "loaded":
        raise Forged("no end of loading")
    found = []
    for item in _items(frame.header, "happenings"):
        if type(item) is not list or len(item) != 3 or item[0] not in ("raised", "module", "timeout"):
            raise Forged("no happening")
        kind, line, detail = item
        if type(line) is not int or not 0 <= line < 1 << 31 or type(detail) is not str or len(detail) > _TEXT:
            raise Forged("no happening")
        found.append(Happening(kind=kind, line=line, detail=detail))
    return tuple(found)


def ready(frame: Frame) -> tuple[str, dict[str, str]]:
    """Return the tier and the versions of a worker that is ready. Raises Forged with what it says if it is not."""
    if frame.header.get("was") != "ready":
        raise Forged(str(frame.header.get("detail", "")))
    versions = frame.header.get("versions")
    if type(versions) is not dict or not all(type(each) is str for pair in versions.items() for each in pair):
        raise Forged("no versions")
    return _text(frame.header, "tier"), versions


def _source_line(item: Any) -> SourceLine:
    if type(item) is not list or len(item) != 2 or type(item[0]) is not int or type(item[1]) is not str:
        raise Forged("no frame of a traceback")
    if not 0 <= item[0] < 1 << 31 or len(item[1]) > _TEXT:
        raise Forged("no frame of a traceback")
    return SourceLine(line=item[0], function=item[1])


def _number(header: dict[str, Any], key: str) -> float:
    value = header.get(key)
    if (type(value) is int or type(value) is float) and math.isfinite(value) and 0 <= value < 1 << 53:
        return value
    raise Forged("no number")


def _text(header: dict[str, Any], key: str) -> str:
    value = header.get(key)
    if type(value) is not str or len(value) > _TEXT:
        raise Forged("no text")
    return value


def _texts(header: dict[str, Any], key: str) -> list[str]:
    found = _items(header, key)
    if not all(type(each) is str and len(each) <= _TEXT for each in found):
        raise Forged("no texts")
    return found


def _items(header: dict[str, Any], key: str) -> list[Any]:
    value = header.get(key)
    if type(value) is not list or len(value) > _ITEMS:
        raise Forged("no list")
    return value
