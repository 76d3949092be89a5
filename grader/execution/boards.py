"""Moves bytes between this process and all its workers: over poll(2) on one thread, or with a thread for each pipe."""

from __future__ import annotations

import os
import select
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from grader.execution.engine import T, Wait
from grader.execution.wire import ANY_LENGTH, HEAD, HEADER_BYTES, Frame, frame_bytes, parse_frame, parse_head
from grader.values.family import Buffer

if TYPE_CHECKING:
    import queue

PRINTED_BYTES = 1 << 20  # of what one call prints, kept at most, whatever the rubric allows
_CHUNK = 1 << 20
_NAP = 0.001  # between looks at a worker that has more to do: being woken by every answer costs more than the answer
_THREADS_CHUNK = 1 << 16
_WAITING = 64  # chunks read by threads and not yet taken in, before the threads wait
_QUIET = 0.01  # seconds without a byte after which a worker is taken to have printed all that it did not report
_PATIENCE = 1.0  # seconds for bytes that must be on their way: those it reported, or all of them once it has ended


class Connection:
    """One worker's descriptors and what came in from them.

    `incoming` are wire bytes not yet taken, `printed` the first bytes of what was printed since `begin`, and
    `printed_bytes` says how many they were in all. `hung_up` says that the wire has ended, `silent` that nothing will
    be printed any more, `busy` that more calls wait for the worker than the one whose answer is awaited. `kill` ends
    the worker without waiting; `end` ends it and returns its exit code, or minus its signal's number.
    """

    def __init__(
        self, wire: tuple[int, int], output: int, pid: int, kill: Callable[[], None], end: Callable[[], int]
    ) -> None:
        self.source, self.sink = wire
        self.output, self.pid = output, pid
        self.kill, self.end = kill, end
        self.incoming = bytearray()
        self.outgoing: deque[memoryview] = deque()
        self.printed = bytearray()
        self.printed_bytes = 0
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
        self.printed_bytes = 0
        self.limit = limit

    def print(self, data: bytes) -> None:
        """Take in what the worker printed; no `data` is the end of it."""
        self.silent = self.silent or not data
        self.printed_bytes += len(data)
        self.printed += data[: PRINTED_BYTES - len(self.printed)]

    def receive(self, data: bytes) -> None:
        """Take in what came over the wire; no `data` is the end of it."""
        self.hung_up = self.hung_up or not data
        self.incoming += data

    def cut(self, count: int) -> bytearray:
        """Return what is kept of the first `count` bytes that were printed, and forget them."""
        first, self.printed = self.printed[:count], self.printed[count:]
        self.printed_bytes = max(0, self.printed_bytes - count)
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


class PollBoard:
    """Connections over poll(2); their descriptors are made non-blocking."""

    def __init__(self) -> None:
        self._plugged: list[Connection] = []

    def plug(self, connection: Connection) -> None:
        """Serve `connection` from now on."""
        for descriptor in {connection.source, connection.sink, connection.output}:
            os.set_blocking(descriptor, False)
        self._plugged.append(connection)

    def unplug(self, connection: Connection) -> None:
        """Serve `connection` no more and close its descriptors."""
        self._plugged.remove(connection)
        for descriptor in {connection.source, connection.sink, connection.output}:
            os.close(descriptor)

    def pump(self, timeout: float) -> None:
        """Move what can be moved, waiting at most `timeout` seconds for the first byte."""
        poll = select.poll()
        busy = [each for each in self._plugged if each.busy and not each.outgoing and not each.full]
        for each in self._plugged:
            for descriptor, events in _interest(each).items() if each not in busy else ():
                poll.register(descriptor, events)
        ready = dict(poll.poll(max(0.0, min(timeout, _NAP) if busy else timeout) * 1000))
        for each in self._plugged if ready else ():
            if each.output in ready:
                _read_output(each)
            if each.outgoing and ready.get(each.sink, 0) & ~select.POLLIN:
                _write(each)
            if ready.get(each.source, 0) & ~select.POLLOUT:
                _read_wire(each)
        for each in busy:
            _read_output(each)
            _read_wire(each)

    def push(self, connection: Connection) -> None:
        """Write what `connection` has to send, as far as that goes without waiting."""
        if connection.outgoing:
            _write(connection)

    def drain(self, connection: Connection, reported: int = 0) -> None:
        """Take in what the worker has printed up to now, among it the `reported` bytes.

        Here these need not be waited for: they are in the pipe before the worker reports them.
        """
        before = -1
        while before != connection.printed_bytes and not connection.silent and connection.printed_bytes < PRINTED_BYTES:
            before = connection.printed_bytes
            _read_output(connection)


def _interest(connection: Connection) -> dict[int, int]:
    wanted = {} if connection.silent else {connection.output: select.POLLIN}
    if connection.hung_up:
        return wanted
    if not connection.full:
        wanted[connection.source] = select.POLLIN
    if connection.outgoing:
        wanted[connection.sink] = wanted.get(connection.sink, 0) | select.POLLOUT
    return wanted


def _read_output(connection: Connection) -> None:
    with suppress(BlockingIOError):
        connection.print(os.read(connection.output, _CHUNK))


def _read_wire(connection: Connection) -> None:
    try:
        connection.receive(os.read(connection.source, _CHUNK))
    except BlockingIOError:
        return
    except ConnectionResetError:  # the worker ended with something of ours unread
        connection.receive(b"")


def _write(connection: Connection) -> None:
    try:
        sent = os.write(connection.sink, connection.outgoing[0][:_CHUNK])
    except BlockingIOError:
        return
    except (BrokenPipeError, ConnectionResetError):  # what it still sent is read before it counts as hung up
        connection.outgoing.clear()
        return
    connection.outgoing[0] = connection.outgoing[0][sent:]
    if not connection.outgoing[0]:
        connection.outgoing.popleft()


class ThreadBoard:
    """Does what `PollBoard` does without poll(2): a thread reads or writes each descriptor.

    For Windows, which has no poll(2) for pipes; Linux runs it in the tests.
    """

    def __init__(self) -> None:
        import queue  # 4 ms, with `threading`

        self._pieces: queue.Queue[tuple[Callable[[bytes], None], bytes]] = queue.Queue(_WAITING)
        self._writers: dict[int, queue.SimpleQueue[memoryview | None]] = {}
        self._drained = False

    def plug(self, connection: Connection) -> None:
        """Serve `connection` from now on."""
        import queue
        from threading import Thread

        sending: queue.SimpleQueue[memoryview | None] = queue.SimpleQueue()
        self._writers[id(connection)] = sending
        for work, arguments in (
            (self._reader, (connection.source, connection.receive)),
            (self._reader, (connection.output, connection.print)),
            (_writer, (connection.sink, sending)),
        ):
            Thread(target=work, args=arguments, daemon=True).start()

    def unplug(self, connection: Connection) -> None:
        """Serve `connection` no more; the threads close its descriptors when they find them at their end."""
        self._writers.pop(id(connection)).put(None)

    def push(self, connection: Connection) -> None:
        """Hand what `connection` has to send to its thread."""
        while connection.outgoing:
            self._writers[id(connection)].put(connection.outgoing.popleft())

    def pump(self, timeout: float) -> None:
        """Take in what has been read, waiting at most `timeout` seconds for the first of it.

        Nothing is waited for after `drain`, which may have taken in what another connection's task waits for.
        """
        self._take(0.0 if self._drained else timeout)
        self._drained = False

    def drain(self, connection: Connection, reported: int = 0) -> None:
        """Take in what the worker has printed: all that is sure to come, then more until it is quiet."""
        quiet, patience = (time.monotonic() + each for each in (_QUIET, _PATIENCE))
        while not connection.silent and connection.printed_bytes < PRINTED_BYTES:
            sure = connection.hung_up or connection.printed_bytes < reported
            left = (patience if sure else quiet) - time.monotonic()
            if left <= 0:
                return
            before = connection.printed_bytes
            self._take(left)
            self._drained = True
            if connection.printed_bytes > before:
                quiet = time.monotonic() + _QUIET

    def _take(self, timeout: float) -> None:
        import queue

        with suppress(queue.Empty):
            take, data = self._pieces.get(timeout=max(0.0, timeout))
            while True:
                take(data)
                take, data = self._pieces.get_nowait()

    def _reader(self, descriptor: int, take: Callable[[bytes], None]) -> None:
        data = b"-"
        while data:
            try:
                data = os.read(descriptor, _THREADS_CHUNK)
            except OSError:  # Windows: the other end is gone
                data = b""
            self._pieces.put((take, data))
        os.close(descriptor)


def _writer(descriptor: int, sending: queue.SimpleQueue[memoryview | None]) -> None:
    piece = sending.get()
    while piece is not None:
        with suppress(OSError):  # the worker has ended; its reader will say so
            while piece:
                piece = piece[os.write(descriptor, piece) :]
        piece = sending.get()
    os.close(descriptor)


Board: TypeAlias = PollBoard | ThreadBoard


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
