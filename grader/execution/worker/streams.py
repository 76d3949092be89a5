"""Standard streams over descriptors 0 to 2: whatever a source did to them, the next call has them back."""

from __future__ import annotations

import io
import sys
from contextlib import suppress

_ours: list[io.TextIOWrapper] = []


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
    raw = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)
