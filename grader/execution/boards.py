"""Moves bytes between this process and its workers, all of them at once, on one thread."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterable
from typing import Protocol

from grader.execution.answers import PRINTED_BYTES, Line
from grader.execution.engine import T, Wait

_CHUNK = 1 << 20
_NAP = 0.001  # between looks at a worker that has more to do: being woken by every answer costs more than the answer


class Board(Protocol):
    """Where lines are plugged in."""

    def plug(self, line: Line) -> None:
        """Serve `line` from now on."""
        ...

    def unplug(self, line: Line) -> None:
        """Serve `line` no more and close its descriptors."""
        ...

    def pump(self, timeout: float) -> None:
        """Move what can be moved, waiting at most `timeout` seconds for the first byte."""
        ...

    def push(self, line: Line) -> None:
        """Write what `line` has to send, as far as that goes without waiting."""
        ...

    def drain(self, line: Line, printed: int = 0) -> None:
        """Take in what the worker has printed up to now, the `printed` bytes it speaks of among it."""
        ...


class PollBoard:
    """A board over poll(2); descriptors are made non-blocking."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def plug(self, line: Line) -> None:
        """Serve `line` from now on."""
        for descriptor in {line.source, line.sink, line.output}:
            os.set_blocking(descriptor, False)
        self._lines.append(line)

    def unplug(self, line: Line) -> None:
        """Serve `line` no more and close its descriptors."""
        self._lines.remove(line)
        for descriptor in {line.source, line.sink, line.output}:
            os.close(descriptor)

    def pump(self, timeout: float) -> None:
        """Move what can be moved, waiting at most `timeout` seconds for the first byte."""
        poll = select.poll()
        busy = [line for line in self._lines if line.busy and not line.outgoing and not line.full]
        for line in self._lines:
            for descriptor, events in _interest(line).items() if line not in busy else ():
                poll.register(descriptor, events)
        ready = dict(poll.poll(max(0.0, min(timeout, _NAP) if busy else timeout) * 1000))
        for line in self._lines if ready else ():
            if line.output in ready:
                _print(line)
            if line.outgoing and ready.get(line.sink, 0) & ~select.POLLIN:
                _write(line)
            if ready.get(line.source, 0) & ~select.POLLOUT:
                _read(line)
        for line in busy:
            _print(line)
            _read(line)

    def push(self, line: Line) -> None:
        """Write what `line` has to send, as far as that goes without waiting."""
        if line.outgoing:
            _write(line)

    def drain(self, line: Line, printed: int = 0) -> None:
        """Take in what the worker has printed up to now; what it speaks of is there before it speaks."""
        before = -1
        while before != line.spilt and not line.silent and line.spilt < PRINTED_BYTES:
            before = line.spilt
            _print(line)


def _interest(line: Line) -> dict[int, int]:
    wanted = {} if line.silent else {line.output: select.POLLIN}
    if line.hung_up:
        return wanted
    if not line.full:
        wanted[line.source] = select.POLLIN
    if line.outgoing:
        wanted[line.sink] = wanted.get(line.sink, 0) | select.POLLOUT
    return wanted


def _print(line: Line) -> None:
    try:
        data = os.read(line.output, _CHUNK)
    except BlockingIOError:
        return
    line.silent = not data
    line.print(data)


def _read(line: Line) -> None:
    try:
        data = os.read(line.source, _CHUNK)
    except BlockingIOError:
        return
    except ConnectionResetError:  # it ended with something of ours unread
        data = b""
    line.hung_up = not data
    line.incoming += data


def _write(line: Line) -> None:
    try:
        sent = os.write(line.sink, line.outgoing[0][:_CHUNK])
    except BlockingIOError:
        return
    except (BrokenPipeError, ConnectionResetError):  # what it still said is read before it counts as hung up
        line.outgoing.clear()
        return
    line.outgoing[0] = line.outgoing[0][sent:]
    if not line.outgoing[0]:
        line.outgoing.popleft()


def drive(board: Board, waits: Iterable[Wait[T]]) -> list[T]:
    """Run all `waits` side by side on `board` to their ends; return their results in order."""
    tasks = list(waits)
    results: dict[int, T] = {}
    until = dict.fromkeys(range(len(tasks)), 0.0)
    try:
        while until:
            for index in [*until]:
                try:
                    until[index] = next(tasks[index])
                except StopIteration as stop:
                    results[index] = stop.value
                    del until[index]
            if until:
                board.pump(min(until.values()) - time.monotonic())
    finally:
        for task in tasks:
            task.close()
    return [results[index] for index in range(len(tasks))]
