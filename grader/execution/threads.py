"""A board without poll(2): a thread reads each descriptor. For Windows; Linux runs it in the tests."""

from __future__ import annotations

import os
import queue
import time
from contextlib import suppress
from threading import Thread

from grader.execution.answers import PRINTED_BYTES, Line

_CHUNK = 1 << 16
_WAITING = 64  # pieces read and not yet taken in, before the readers wait
_QUIET = 0.01  # seconds without a byte after which a worker is taken to have printed all that it did not speak of
_PATIENCE = 1.0  # seconds for bytes that must be on their way: those it spoke of, or all of them once it has ended

_Piece = tuple[Line, bool, bytes]


class ThreadBoard:
    """A board over threads; `Board` says what each method does."""

    def __init__(self) -> None:
        self._pieces: queue.Queue[_Piece] = queue.Queue(_WAITING)
        self._writers: dict[int, queue.SimpleQueue[memoryview | None]] = {}

    def plug(self, line: Line) -> None:
        """Serve `line` from now on."""
        sending: queue.SimpleQueue[memoryview | None] = queue.SimpleQueue()
        self._writers[id(line)] = sending
        for work, arguments in (
            (self._reader, (line, line.source, True)),
            (self._reader, (line, line.output, False)),
            (_writer, (line.sink, sending)),
        ):
            Thread(target=work, args=arguments, daemon=True).start()

    def unplug(self, line: Line) -> None:
        """Serve `line` no more; the threads close its descriptors when they find them at their end."""
        self._writers.pop(id(line)).put(None)

    def push(self, line: Line) -> None:
        """Hand what `line` has to send to its thread."""
        while line.outgoing:
            self._writers[id(line)].put(line.outgoing.popleft())

    def pump(self, timeout: float) -> None:
        """Take in what has been read, waiting at most `timeout` seconds for the first of it."""
        try:
            piece = self._pieces.get(timeout=max(0.0, timeout))
            while True:
                _take(*piece)
                piece = self._pieces.get_nowait()
        except queue.Empty:
            return

    def drain(self, line: Line, printed: int = 0) -> None:
        """Take in what the worker has printed: all that is sure to come, then more until it is quiet."""
        quiet, patience = (time.monotonic() + each for each in (_QUIET, _PATIENCE))
        while not line.silent and line.spilt < PRINTED_BYTES:
            left = (patience if line.hung_up or line.spilt < printed else quiet) - time.monotonic()
            if left <= 0:
                return
            before = line.spilt
            self.pump(left)
            if line.spilt > before:
                quiet = time.monotonic() + _QUIET

    def _reader(self, line: Line, descriptor: int, wire: bool) -> None:
        data = b"-"
        while data:
            try:
                data = os.read(descriptor, _CHUNK)
            except OSError:  # Windows: the other end is gone
                data = b""
            self._pieces.put((line, wire, data))
        os.close(descriptor)


def _take(line: Line, wire: bool, data: bytes) -> None:
    if not wire:
        line.silent = line.silent or not data
        line.print(data)
    else:
        line.hung_up = line.hung_up or not data
        line.incoming += data


def _writer(descriptor: int, sending: queue.SimpleQueue[memoryview | None]) -> None:
    piece = sending.get()
    while piece is not None:
        with suppress(OSError):  # the worker has ended; its reader will say so
            while piece:
                piece = piece[os.write(descriptor, piece) :]
        piece = sending.get()
    os.close(descriptor)
