"""The engine of Linux: workers forked by a server that was started fresh and knows nothing."""

from __future__ import annotations

import _socket
import array
import json
import os
from typing import Any

from grader.errors import EngineError
from grader.execution.answers import Line
from grader.execution.boards import PollBoard
from grader.execution.start import take
from grader.execution.workers import WorkerEngine, cannot_start
from grader.language import inert, say

_PATIENCE = 120.0  # seconds for an answer of the server: its import of numpy comes first
_PACKET = 1 << 16
_SET_DUMPABLE = 4  # PR_SET_DUMPABLE


class ForkEngine(WorkerEngine):
    """Workers by fork; see `grader.execution.worker.forking` for the other side."""

    def __init__(self, python: str = "") -> None:
        super().__init__(PollBoard(), python)
        try:
            started = take(python)
        except OSError as error:
            raise cannot_start(python, error.strerror or "") from error
        if started is None:
            raise EngineError(say("Workers can be forked on Linux only."))
        self._pid = started.pid
        self._control = _socket.socket(fileno=started.control)
        self._control.settimeout(_PATIENCE)
        _hide()

    def lease(self, more: int) -> Line:
        """Return the ends of a worker that the server forked; `more` may soon be asked for. Raises EngineError."""
        answer, descriptors = self._ask({"do": "lease", "more": more})
        if len(descriptors) != 2:
            raise cannot_start(self._python, str(answer.get("error", "")))
        wire, output = descriptors
        pid = int(answer["pid"])
        return Line((wire, wire), output, pid, lambda: self._tell("drop", pid), lambda: self._end(pid))

    def close(self) -> None:
        """End the server and with it every worker; it ends by itself once it is hung up on."""
        super().close()
        self._control.close()
        os.waitpid(self._pid, os.WNOHANG)

    def _end(self, pid: int) -> int:
        answer, _ = self._ask({"do": "end", "pid": pid})
        return int(answer["status"])

    def _tell(self, do: str, pid: int) -> None:
        self._send({"do": do, "pid": pid})

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        self._send(request)
        try:
            data, rights, _, _ = self._control.recvmsg(_PACKET, _socket.CMSG_SPACE(8), _socket.MSG_CMSG_CLOEXEC)
        except OSError as error:
            raise _fault(str(error)) from error
        if not data:
            raise _fault("it has ended")
        descriptors = array.array("i")
        for _, _, each in rights:
            descriptors.frombytes(each)
        return json.loads(data), [*descriptors]

    def _send(self, request: dict[str, Any]) -> None:
        try:
            self._control.send(json.dumps(request).encode())
        except OSError as error:
            raise _fault(str(error)) from error


def _hide() -> None:
    """Keep this process's memory, where the expected values are, from other processes of the same user."""
    import ctypes  # numpy has imported it

    if ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0):
        raise _fault("prctl")


def _fault(detail: str) -> EngineError:
    return EngineError(say("The server that starts workers does not answer: {detail}", detail=inert(detail)))
