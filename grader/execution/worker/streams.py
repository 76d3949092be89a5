"""Standard streams over descriptors 0 to 2: whatever a source did to them, the next call has them back."""

from __future__ import annotations

import io
import sys
from contextlib import suppress

from ..wire import Buffer

_ours: list[io.TextIOWrapper] = []
_written = 0


class _Counted(io.FileIO):
    """A descriptor that is not closed with its stream; what is written goes into the count."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "w", closefd=False)

    def write(self, data: Buffer) -> int:  # type: ignore[override]
        """Write and return how many bytes were taken."""
        global _written  # noqa: PLW0603
        taken = super().write(data)
        _written += taken
        return taken


def written() -> int:
    """Return how many bytes went out by our own streams since the last time this was asked."""
    global _written
    count, _written = _written, 0
    return count


def settle() -> None:
    """Put our own sys.stdin, sys.stdout and sys.stderr in place: UTF-8, written out at each line's end."""
    if not _ours or any(stream.closed for stream in _ours):
        reader = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), encoding="utf-8")
        writer = _writer(1)  # one for both, so that they stand in the order they were printed in
        _ours[:] = [reader, writer, writer]
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__ = _ours  # type: ignore[misc]


def flush() -> None:
    """Write out what was printed; a stream that a source closed or replaced by something else is left alone."""
    for stream in (sys.stdout, sys.stderr, *_ours[1:2]):
        with suppress(BaseException):  # what a source put there may raise SystemExit
            stream.flush()


def _writer(descriptor: int) -> io.TextIOWrapper:
    raw = io.BufferedWriter(_Counted(descriptor))  # type: ignore[type-var]
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)
