"""What a source reads and prints: our own sys.stdin, sys.stdout and sys.stderr, `input()`, and what is recorded."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ...values.family import Buffer, Oversized

NOBODY = "input() has no one to ask here"
NO_MORE = "EOF when reading a line"  # as Python says it


class _Counted(io.FileIO):
    """A descriptor that is not closed with its stream; the bytes written to it are counted, and recorded if wanted."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self.recorder: Recorder | None = None

    def write(self, data: Buffer) -> int:  # type: ignore[override]
        """Write and return how many bytes were taken."""
        global _written  # noqa: PLW0603
        taken = super().write(data)
        _written += taken
        if self.recorder is not None:
            self.recorder.take(bytes(data[:taken]))
        return taken


class Recorder:
    """Keeps what is printed meanwhile, up to `room` bytes; a prompt is no part of it where `prompts` are left out."""

    def __init__(self, room: int, *, prompts: bool) -> None:
        self.prompts = prompts
        self.paused = False
        self._room = room
        self._pieces: list[bytes] = []

    def take(self, data: bytes) -> None:
        """Keep what was written."""
        if not self.paused:
            self._room -= len(data)
            if self._room >= 0:
                self._pieces.append(data)

    def text(self) -> str:
        """Return what was printed so far. Raises Oversized if it was more than there is room for."""
        flush()
        if self._room < 0:
            raise Oversized
        return b"".join(self._pieces).decode("utf-8", "replace")


_ours: list[io.TextIOWrapper] = []
_raw: list[_Counted] = []
_written = 0
_typed: list[io.TextIOWrapper] = []


def bytes_written() -> int:
    """Return how many bytes were written through our own streams since the last call."""
    global _written
    count, _written = _written, 0
    return count


def reset() -> None:
    """Put our own sys.stdin, sys.stdout and sys.stderr in place: UTF-8, written out at each line's end."""
    if not _ours or any(stream.closed for stream in _ours):
        reader = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), encoding="utf-8")
        _raw[:] = [_Counted(1)]
        writer = _writer(_raw[0])  # one for both, so that what is printed keeps its order
        _ours[:] = [reader, writer, writer]
    _put(_ours)


def _put(streams: list[io.TextIOWrapper]) -> None:
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__ = streams  # type: ignore[misc]


def flush() -> None:
    """Write out what was printed, but for a stream that a source closed or replaced by something else."""
    for stream in (sys.stdout, sys.stderr, *_ours[1:2]):
        with suppress(BaseException):  # what a source put there may raise SystemExit
            stream.flush()


def _writer(raw: _Counted) -> io.TextIOWrapper:
    buffered = io.BufferedWriter(raw)  # type: ignore[type-var]
    return io.TextIOWrapper(buffered, encoding="utf-8", errors="backslashreplace", line_buffering=True)


@contextmanager
def typing(text: str | None) -> Iterator[None]:
    """Let `input()` and sys.stdin give `text` meanwhile; with None there is no one to ask."""
    if text is None:
        yield
        return
    _typed[:] = [io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), encoding="utf-8")]
    sys.stdin = sys.__stdin__ = _typed[0]  # type: ignore[misc]
    try:
        yield
    finally:
        _typed.clear()


@contextmanager
def recording(room: int, *, prompts: bool = True) -> Iterator[Recorder]:
    """Record what is written to sys.stdout meanwhile; what goes to sys.stderr is printed all the same."""
    flush()
    recorder, errors = Recorder(room, prompts=prompts), _writer(_Counted(1))
    _put([sys.stdin, _ours[1], errors])  # type: ignore[list-item]
    _raw[0].recorder = recorder
    try:
        yield recorder
    finally:
        flush()
        with suppress(BaseException):
            errors.flush()
        _raw[0].recorder = None


def ask(prompt: object = "", /) -> str:
    """Be a source's `input()`: return the next line of what is typed. Raises EOFError where there is none."""
    if not _typed:
        raise EOFError(NOBODY)
    recorder = _raw[0].recorder
    sys.stdout.flush()
    if recorder is not None and not recorder.prompts:
        recorder.paused = True
    try:
        sys.stdout.write(str(prompt))
        sys.stdout.flush()
    finally:
        if recorder is not None:
            recorder.paused = False
    line = sys.stdin.readline()
    if not line:
        raise EOFError(NO_MORE)
    return line[:-1] if line.endswith("\n") else line
