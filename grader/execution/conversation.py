"""What is said with one worker: load this source, make this call. Each says what came of it, whatever the worker does.

The clocks are here, not in the worker, so a source that patches `time` or catches signals gains nothing.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import PurePath
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

from grader.errors import EngineError
from grader.execution import answers
from grader.execution.boards import Board, Wait
from grader.execution.engine import StandIn
from grader.execution.line import Line
from grader.execution.wire import Forged, Frame, Oversized, Packed, Refused, pack
from grader.language import inert, say
from grader.model import Call, Happening, Limits, Outcome, Raised, Returned, Source, Stopped, StopReason

OFFERED = ("numpy",)
"""What a source may import beside the standard library; anything else becomes a placeholder."""

READY_SECONDS = 60.0  # a cold import of numpy from a slow disk
FLOOD_FACTOR, FLOOD_FLOOR = 16, 8 << 20  # who prints this much more than is kept is stopped

End: TypeAlias = Literal["hung up", "timeout", "cpu", "output", "forged"]


class Clock(NamedTuple):
    """When to stop waiting: a time of time.monotonic, a CPU time of the worker, a number of bytes printed."""

    deadline: float
    cpu: float = float("inf")
    flood: int = 1 << 62


class Loading(Struct, frozen=True, kw_only=True):
    """How a source is to be loaded."""

    source: Source
    limits: Limits
    cpu_seconds: float
    lean: bool
    stand_ins: tuple[str, ...] = ()


class Conversation:
    """With one worker, from its first word to its end (`over`).

    `reached` is the line that loading came to; `tier` and `versions` are known once it is ready.
    """

    def __init__(self, board: Board, line: Line) -> None:
        self.over = False
        self.reached = 0
        self.tier = ""
        self.versions: Mapping[str, str] = {}
        self._board, self._line = board, line
        board.plug(line)

    def ready(self) -> Wait[None]:
        """Wait until the worker can be given a source. Raises EngineError if it never can."""
        self._line.begin(0)
        frame = yield from self._frame("", Clock(time.monotonic() + READY_SECONDS))
        if isinstance(frame, Frame) and frame.header.get("was") == "ready":
            self.tier, self.versions = str(frame.header["tier"]), answers.versions(frame)
            return
        detail = frame if isinstance(frame, str) else str(frame.header.get("detail", ""))
        self.leave()
        raise EngineError(say("A worker did not start: {detail}", detail=inert(detail, 4000, lines=True)))

    def load(self, loading: Loading) -> Wait[tuple[Happening, ...] | Stopped]:
        """Have the source loaded; return what happened meanwhile, or how the worker ended (it is then gone)."""
        source, limits = loading.source, loading.limits
        texts = [text.encode("utf-8", "surrogatepass") for text in (source.text, *(each[1] for each in source.modules))]
        identity = os.urandom(16).hex()
        header = {
            "do": "load",
            "id": identity,
            "file": PurePath(source.path).name,
            "sizes": [len(each) for each in texts],
            "modules": [name for name, _ in source.modules],
            "offered": OFFERED,
            "lean": loading.lean,
            "memory": limits.memory,
            "cpu_seconds": loading.cpu_seconds,
            "stand_ins": loading.stand_ins,
        }
        self._line.begin(0)
        self._line.send(header, texts)
        clock = Clock(time.monotonic() + limits.load_seconds, flood=_flood(limits))
        try:
            while True:
                frame = yield from self._frame(identity, clock)
                if isinstance(frame, str):
                    return self._stopped(frame, limits)
                if frame.header.get("was") == "at":
                    self.reached = answers.line_number(frame)
                elif frame.header.get("was") == "loaded":
                    return answers.happenings(frame)
                else:
                    raise Forged("no answer")
        except Forged:
            return self._stopped("forged", limits)

    def call(
        self, call: Call, seed: int, limits: Limits, room: tuple[float, int], stand_in: StandIn | None = None
    ) -> Wait[Outcome]:
        """Make `call`; return what came of it. After anything that only a dead worker leaves, `over` is set.

        `room` is what is left of the function's seconds and of its bytes of results.
        """
        identity = os.urandom(16).hex()
        packed = _packed(call)
        header = {"do": "call", "id": identity, "function": call.function, "seed": seed, "result": room[1]}
        self._line.begin(2 * room[1])
        self._line.send({**header, "arguments": packed.node}, packed.buffers)
        began = time.monotonic()
        clock = Clock(began + min(limits.seconds, room[0]), self._cpu() + limits.cpu_seconds, _flood(limits))
        try:
            while True:
                frame = yield from self._frame(identity, clock)
                if isinstance(frame, str):
                    return self._stopped(frame, limits, began)
                if frame.header.get("was") != "asks" or stand_in is None:
                    self._board.drain(self._line)
                    return answers.outcome(frame, self._printed(limits))
                self._reply(stand_in(*answers.question(frame)))
        except Forged:
            return self._stopped("forged", limits, began)

    def leave(self) -> None:
        """Kill the worker."""
        if not self.over:
            self.over = True
            self._line.kill()
            self._board.unplug(self._line)

    def _frame(self, identity: str, clock: Clock) -> Wait[Frame | End]:
        while True:
            frame = self._line.take()
            if frame is not None:
                if frame.header.get("id") != identity:
                    raise Forged("an answer to nothing that was asked")
                return frame
            if self._line.hung_up:
                return "hung up"
            if self._line.spilt > clock.flood:
                return "output"
            now, used = time.monotonic(), self._cpu()
            if now >= clock.deadline:
                return "timeout"
            if used >= clock.cpu:
                return "cpu"
            yield min(clock.deadline, now + max(0.01, (clock.cpu - used) / (os.cpu_count() or 1)))

    def _reply(self, outcome: Outcome) -> None:
        if isinstance(outcome, Returned):
            packed = pack(outcome.value, 1 << 40)
            self._line.send({"was": "returned", "value": packed.node}, packed.buffers)
        elif isinstance(outcome, Raised):
            self._line.send({"was": "raised", "type": outcome.type, "message": outcome.message}, [])
        else:
            self._line.send({"was": "raised", "type": "RuntimeError", "message": "it gave no result"}, [])

    def _stopped(self, end: End, limits: Limits, began: float = 0.0) -> Stopped:
        seconds = time.monotonic() - began if began else 0.0
        self._board.drain(self._line)
        stdout = self._printed(limits)
        reason, detail = _reason(self._line.ending()) if end == "hung up" else (end, "")
        self.leave()
        return Stopped(reason=reason, detail=detail, stdout=stdout, seconds=seconds)

    def _printed(self, limits: Limits) -> str:
        return bytes(self._line.printed[: limits.output]).decode("utf-8", "replace")

    def _cpu(self) -> float:
        """CPU seconds the worker has used, as the kernel counts them; the clock's id is clock_getcpuclockid(3)'s."""
        if sys.platform != "linux":
            return 0.0
        try:
            return time.clock_gettime(~self._line.pid << 3 | 2)
        except OSError:  # it has ended
            return 0.0


def _packed(call: Call) -> Packed:
    try:
        return pack(call.arguments, 1 << 40)
    except (Refused, Oversized) as error:
        raise EngineError(say("An argument cannot be sent to a worker: {kind}", kind=inert(str(error)))) from error


def _flood(limits: Limits) -> int:
    return max(FLOOD_FACTOR * limits.output, FLOOD_FLOOR)


def _reason(status: int) -> tuple[StopReason, str]:
    if not os.WIFSIGNALED(status):
        return "exit", ""
    number = os.WTERMSIG(status)
    if number == signal.SIGXCPU:
        return "cpu", ""
    return "crash", signal.Signals(number).name
