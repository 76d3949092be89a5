"""The fork server: it forks workers ahead of time, hands them over, kills and reaps them.

Requests are packets of JSON on the control socket:

    {"do": "lease", "more": …}          -> {"pid": …} with two descriptors: the wire, what the worker prints;
                                           so many more may soon be asked for, and some are forked ahead
    {"do": "drop", "pid": …}            kill it; no answer
    {"do": "end", "pid": …}             -> {"status": …} its exit code or -signal; it is killed if need be

An answer may be {"error": …} instead. When the control socket ends, so does everything here.
"""

from __future__ import annotations

import _socket
import array
import gc
import json
import os
import select
import signal
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from typing import Any, NoReturn

from ..confinement import kernel, only_threads
from ..confinement.layers import prepare
from ..wire import Wire
from .importing import installed
from .serving import serve

CONTROL = 3
_WIRE = 3  # the worker's own descriptor; the control socket is not open there
_PATIENCE = 0.1  # seconds for a process that closed its wire to end by itself
_AHEAD = 3  # workers forked before they are asked for
_DYING = 2  # milliseconds until a killed worker is looked for again
_SWEEPS = 1000  # each takes one generation of a fork bomb


class Idle:
    """A worker that waits for its source: its pid, and the grader's ends of its wire and its output."""

    def __init__(self, pid: int, wire: int, output: int) -> None:
        self.pid, self.wire, self.output = pid, wire, output


class Server:
    """Serves one grader, whose process id is `parent`, with every layer of confinement but those in `without`.

    Workers that have no scratch may read from the folder `shelf`, which is made for them.
    `offered` is what a source may import beside the standard library (None: whatever is installed).
    """

    def __init__(self, parent: int, without: Collection[str], shelf: str, offered: Collection[str] | None) -> None:
        self._offered, self._shelf = offered, shelf
        self._control = _socket.socket(fileno=CONTROL)
        self._idle: list[Idle] = []
        self._leased: set[int] = set()
        self._dropped: set[int] = set()
        self._ahead = _AHEAD
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)
        self._layers = prepare(without, installed(offered), shelf)
        sys.path_importer_cache.clear()  # each worker does; emptied here, it is not copied there first
        gc.freeze()  # so that no worker's collection touches, and thereby copies, what all share

    def run(self) -> NoReturn:
        """Answer requests until the grader hangs up; then kill all that is left and end."""
        poll = select.poll()
        poll.register(CONTROL, select.POLLIN)
        while True:
            busy = len(self._idle) < self._ahead
            if poll.poll(0 if busy else _DYING if self._dropped else None):
                packet = self._control.recv(1 << 16)
                if not packet:
                    self._end()
                self._answer(json.loads(packet))
            elif busy:
                self._idle.append(self._fork())
            self._reap()

    def _answer(self, request: dict[str, Any]) -> None:
        do, pid = request["do"], request.get("pid", 0)
        if do == "lease":
            self._ahead = min(_AHEAD, request["more"])
            self._lease()
        elif pid in self._leased:
            self._leased.discard(pid)
            if do == "end":
                self._tell({"status": self._status(pid)})
                self._sweep()
            else:
                os.kill(pid, signal.SIGKILL)
                self._dropped.add(pid)

    def _lease(self) -> None:
        try:
            worker = self._idle.pop(0) if self._idle else self._fork()
        except OSError:
            self._tell({"error": _traceback()})
            return
        self._leased.add(worker.pid)
        self._tell({"pid": worker.pid}, (worker.wire, worker.output))
        os.close(worker.wire)
        os.close(worker.output)

    def _tell(self, answer: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
        rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        self._control.sendmsg([json.dumps(answer).encode()], rights)

    def _fork(self) -> Idle:
        ours, theirs = (each.detach() for each in _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM))
        output, printed = os.pipe()
        try:
            pid = self._layers.fork()
        except OSError:
            for descriptor in (ours, theirs, output, printed):
                os.close(descriptor)
            raise
        if pid == 0:
            self._become_worker(theirs, printed)
        os.close(theirs)
        os.close(printed)
        return Idle(pid, ours, output)

    def _become_worker(self, wire: int, printed: int) -> NoReturn:
        try:
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDONLY)
            for descriptor, place in ((nothing, 0), (printed, 1), (printed, 2), (wire, _WIRE)):
                os.dup2(descriptor, place, inheritable=False)
            low = _WIRE + 1
            for keep in sorted(self._layers.keep):
                os.closerange(low, keep)
                low = keep + 1
            os.closerange(low, 1 << 20)
            only_threads(os.environ)
            serve(Wire(_WIRE, _WIRE), self._layers.enter(), self._layers.seal, self._offered)
        except BaseException:
            Wire(_WIRE, _WIRE).write({"was": "broken", "id": "", "detail": _traceback()})
        finally:
            os._exit(70)

    def _status(self, pid: int) -> int:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.001)
        os.kill(pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def _reap(self) -> None:
        for pid in [*self._dropped]:
            if os.waitpid(pid, os.WNOHANG)[0]:
                self._dropped.discard(pid)
                self._sweep()

    def _sweep(self) -> None:
        """Kill the processes that ended workers started: as the subreaper, this process is their parent now.

        With seccomp a worker cannot start any.
        """
        if self._layers.program:
            return
        known = {*self._leased, *self._dropped, *(worker.pid for worker in self._idle)}
        for _ in range(_SWEEPS):
            children = kernel.read_own(f"task/{os.getpid()}/children")
            strays = {int(word) for word in children.split()} - known
            if not strays:
                return
            for pid in strays:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)

    def _end(self) -> NoReturn:
        for pid in (*self._leased, *self._dropped, *(worker.pid for worker in self._idle)):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self._leased.clear()
        self._dropped.clear()
        self._idle.clear()
        self._sweep()
        with suppress(OSError):  # it was not made, or the grader has removed it
            os.rmdir(self._shelf)  # noqa: PTH106 - pathlib costs the server 4 ms
        os._exit(0)


def _traceback() -> str:
    """Return the exception at hand as Python would print it."""
    import traceback

    return traceback.format_exc()
