"""What the grader asks of one worker (to load a source, to make calls) and what comes of it whatever the worker does.

The clocks are here, not in the worker, so a source that patches `time` or catches signals gains nothing.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.errors import EngineError
from grader.execution import answers
from grader.execution.boards import Board, Connection
from grader.execution.budgets import ROUND_TRIP, Budget, Clock, cpu_seconds, queued_seconds
from grader.execution.engine import QUESTIONS, StandIn, Usage, Wait
from grader.execution.wire import Frame
from grader.language import inert, say
from grader.model import (
    Call,
    Happening,
    Limits,
    Outcome,
    Raised,
    Returned,
    Source,
    SourceLine,
    Stopped,
    StopReason,
    Value,
)
from grader.values import Packed, pack
from grader.values.family import Buffer, Forged, Oversized, Refused

FREE_QUESTIONS = 64  # that any call may ask
FLOOD_FACTOR, FLOOD_FLOOR = 16, 8 << 20  # a call that prints so many times more than is kept, and so much, is stopped


class StandIns(NamedTuple):
    """The helpers `names` of the function `asker` that are replaced, and what answers for them."""

    asker: str
    names: tuple[str, ...]
    answer: StandIn


class Ask(NamedTuple):
    """A call to be made, and the `seed` of np.random and random before it.

    `most` returns how many questions it may ask of stand-ins; it is called once the call has asked `FREE_QUESTIONS`.
    """

    call: Call
    seed: int
    most: Callable[[], Wait[int]] | None


class Loading(Struct, frozen=True, kw_only=True):
    """How a source is to be loaded; `code` is its text compiled by another worker, if one has done that.

    Its data files lie in `folder` ("": the worker is sent them). Without `definitions` nothing of it is run before it
    is called as a program.
    """

    source: Source
    limits: Limits
    cpu_seconds: float
    lean: bool
    code: bytes = b""
    stand_ins: tuple[str, ...] = ()
    folder: str = ""
    definitions: bool = True

    def frame(self, identity: str) -> tuple[dict[str, object], list[Buffer]]:
        """Return the header and the buffers of the frame that asks a worker for it."""
        source = self.source
        texts = [text.encode("utf-8", "surrogatepass") for text in (source.text, *(each[1] for each in source.modules))]
        files = () if self.folder else source.files
        header = {
            "do": "load",
            "id": identity,
            "file": PurePath(source.path).name,
            "sizes": [len(each) for each in texts],
            "modules": [name for name, _ in source.modules],
            "lean": self.lean,
            "definitions": self.definitions,
            "files": [(name, len(data)) for name, data in files],
            "fixed": source.fixed,
            "folder": self.folder,
            "code": len(self.code),
            "patience": _PATIENCE * self.limits.load_seconds,
            "memory": self.limits.memory,
            "cpu_seconds": self.cpu_seconds,
            "stand_ins": self.stand_ins,
            "parameters": source.parameters,
        }
        return header, [*texts, *(data for _, data in files), self.code]


def flood(limits: Limits) -> int:
    """Return how many bytes a call may print before it is stopped."""
    return max(FLOOD_FACTOR * limits.output, FLOOD_FLOOR)


READY_SECONDS = 60.0  # a cold import of numpy from a slow disk
CORES = os.cpu_count() or 1
_PATIENCE = 0.8  # of the time for loading is over when the worker itself interrupts what runs, to report the line
_NO_LIMIT = 1 << 62  # of bytes: what the grader sends is bounded by the rubric that drew it
ENOUGH = 4  # calls that wait for a worker: its answers need not be read the moment they come
_USUAL_MEMORY = 64 << 20  # bytes of a worker, where they cannot be read
_CODE_ROOM = 4 << 20  # as the worker's CODE_BYTES

SAMPLES, PAUSE = 8, 0.015
"""How often a worker whose time is over is asked where it is, and after how many seconds again."""

End: TypeAlias = Literal["hung up", "timeout", "cpu", "output", "forged"]


class NotReady(Exception):
    """A worker that ended, or hung, before it was given anything of a student's; the text is the reason it gave."""


class Conversation:
    """All that passes between the grader and one worker, from its first frame to its end (`over`).

    `tier` and `versions` are known once it is ready, `code` once it has compiled a source; only workers read that.
    """

    def __init__(self, board: Board, connection: Connection) -> None:
        self.over = False
        self.code: bytes | None = None
        self.tier = ""
        self.versions: Mapping[str, str] = {}
        self._file = ""
        self._board, self._connection = board, connection
        self._asked: deque[tuple[str, Ask, int]] = deque()
        board.plug(connection)

    @property
    def asked(self) -> int:
        """How many calls were sent and not yet answered."""
        return len(self._asked)

    @property
    def usage(self) -> Usage:
        """What the worker has had of the processors so far."""
        pid = self._connection.pid
        return Usage() if self.over else Usage(cpu=cpu_seconds(pid), queued=queued_seconds(pid))

    def ready(self) -> Wait[None]:
        """Wait until the worker can be given a source. Raises NotReady if it never can."""
        try:
            frame = yield from self._frame("", Clock(time.monotonic() + READY_SECONDS))
            if isinstance(frame, Frame):
                self.tier, self.versions = answers.ready(frame)
                return
            why: str = frame
        except Forged as forged:
            why = str(forged)  # why it could not be confined, if it gave a reason
        self._board.drain(self._connection)
        self.leave()
        raise NotReady(bytes(self._connection.printed).decode("utf-8", "replace") or why)

    def load(self, loading: Loading) -> Wait[tuple[Happening, ...] | Stopped]:
        """Have the source loaded; return what happened meanwhile, or how the worker ended (it is then gone).

        The reason is "compile" if it ended before anything of the source was run.
        """
        limits = loading.limits
        identity = os.urandom(16).hex()
        self._file = PurePath(loading.source.path).name
        header, buffers = loading.frame(identity)
        self._connection.begin(_CODE_ROOM)
        self._send(header, buffers)
        clock = Clock(time.monotonic() + limits.load_seconds, flood=flood(limits))
        try:
            if loading.source.files:  # this is answered before any of the source is run: the source cannot forge it
                answers.laid((yield from self._frame(identity, clock)))
            if not (loading.code or loading.lean):
                frame = yield from self._frame(identity, clock)
                found = answers.code(frame) if isinstance(frame, Frame) else None
                if found is None:
                    return replace(
                        self._stopped(frame if isinstance(frame, str) else "output", limits), reason="compile"
                    )
                self.code = found
            frame = yield from self._frame(identity, clock)
            if not isinstance(frame, str):
                return answers.happenings(frame)
            return self._stopped(frame, limits, samples=(yield from self._samples(frame)))
        except Forged:
            return self._stopped("forged", limits)

    def ask(self, asks: Sequence[Ask], budget: Budget) -> None:
        """Send calls; what their results may weigh is granted by `budget`."""
        if not self._asked:
            self._connection.begin(0)
        for one in asks:
            identity, room = os.urandom(16).hex(), budget.granted(one.call)
            call = one.call
            packed = _packed(call.arguments)
            more = _packed((call.beside, call.more)) if call.beside or call.given else None
            header = {"do": call.act, "id": identity, "function": call.function, "seed": one.seed, "result": room}
            header |= {"watched": call.watched, "more": more and [more.node, sum(map(len, packed.buffers))]}
            buffers = packed.buffers if more is None else [*packed.buffers, *more.buffers]
            self._connection.send({**header, "arguments": packed.node}, buffers)
            self._connection.limit = max(self._connection.limit, room)
            self._asked.append((identity, one, room))
        self._board.push(self._connection)

    def answer(self, limits: Limits, budget: Budget, stand_ins: StandIns | None = None) -> Wait[Outcome]:
        """Return what came of the first call not yet answered, at the expense of `budget`.

        `over` says whether the worker is gone, and with it every call it was asked for.
        """
        identity, ask, room = self._asked.popleft()
        self._connection.busy = len(self._asked) >= ENOUGH
        began = time.monotonic()
        most_cpu = cpu_seconds(self._connection.pid) + limits.cpu_seconds
        clock = Clock(began + min(limits.seconds, budget.seconds), most_cpu, flood(limits))
        questions, most, ours = set[bytes](), FREE_QUESTIONS, 0.0
        try:
            while True:
                frame = yield from self._frame(identity, clock)
                if isinstance(frame, str):
                    return self._stopped(frame, limits, began, (yield from self._samples(frame)))
                if frame.header.get("was") != "asks":
                    return self._outcome(frame, limits, budget, room)
                asked = time.monotonic()
                name, arguments = answers.question(frame)
                if stand_ins is None or name not in stand_ins.names:  # the reference answers for nothing else
                    raise Forged("a question that nobody answers")
                questions.add(_digest(name, frame))  # the same one again tells nothing new
                if len(questions) > FREE_QUESTIONS == most:
                    most = max(FREE_QUESTIONS, (yield from ask.most())) if ask.most else QUESTIONS
                if len(questions) <= most:
                    there = {key: value for key, value in ask.call.given.items() if key == "files"}
                    self._send(*_reply((yield from stand_ins.answer(stand_ins.asker, name, arguments, there))))
                    spent = budget.uncount(time.monotonic() - asked + ROUND_TRIP)
                    ours, clock = ours + spent, clock.later(spent)
                else:
                    self._send(*_reply(_TOO_MANY))
                if time.monotonic() > clock.deadline:
                    return self._stopped("timeout", limits, began + ours)
        except Forged:
            return self._stopped("forged", limits, began + ours)
        finally:
            budget.seconds -= time.monotonic() - began - ours

    def _outcome(self, frame: Frame, limits: Limits, budget: Budget, room: int) -> Outcome:
        reported = answers.printed(frame)
        self._board.drain(self._connection, reported)
        # What the next call prints may be here already. Without a next one, all is this call's, however it was printed.
        printed = reported if self._asked else self._connection.printed_bytes
        stdout = bytes(self._connection.cut(printed)[: limits.output]).decode("utf-8", "replace")
        outcome = answers.outcome(frame, stdout)
        if frame.weight > min(room, budget.room):  # calls sent ahead were each granted what there was then
            outcome = Stopped(reason="result", stdout=stdout)
        budget.room -= min(budget.room, frame.weight)
        if isinstance(outcome, Stopped) and outcome.reason == "memory":
            self.leave()  # what filled the memory may still be there
        return outcome

    def park(self) -> int | None:
        """Stop the worker until `resume`; return about how many bytes of memory it holds, `None` if it cannot be."""
        if sys.platform != "win32":
            try:
                os.kill(self._connection.pid, signal.SIGSTOP)
            except OSError:
                return None
        return _resident(self._connection.pid)

    def resume(self) -> None:
        """Let a parked worker go on."""
        if sys.platform != "win32":
            with suppress(ProcessLookupError):  # it died meanwhile, which is found out when it is asked
                os.kill(self._connection.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End the worker's process now, from any thread: the call that it is at ends as one whose process died."""
        with suppress(ProcessLookupError, PermissionError):
            os.kill(self._connection.pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def leave(self) -> None:
        """Kill the worker."""
        if not self.over:
            self.over = True
            self._connection.kill()
            self._board.unplug(self._connection)

    def _frame(self, identity: str, clock: Clock) -> Wait[Frame | End]:
        while True:
            frame = self._connection.take()
            if frame is not None:
                if frame.header.get("id") != identity:
                    raise Forged("an answer to nothing that was asked")
                return frame
            if self._connection.hung_up:
                return "hung up"
            if self._connection.printed_bytes > clock.flood:
                return "output"
            now, used = time.monotonic(), cpu_seconds(self._connection.pid)
            if now >= clock.deadline:
                return "timeout"
            if used >= clock.cpu:
                return "cpu"
            yield min(clock.deadline, now + max(0.01, (clock.cpu - used) / CORES))

    def _send(self, header: dict[str, object], buffers: Sequence[Buffer] = ()) -> None:
        self._connection.send(header, buffers)
        self._board.push(self._connection)

    def _samples(self, end: End) -> Wait[tuple[tuple[SourceLine, ...], ...]]:
        """Ask a worker whose time is over where it is, some times; return its own lines each time, innermost last.

        Its `faulthandler` answers, which writes them between what is printed. That works in the midst of compiled code.
        What was not on its way before is no part of what the call printed.
        """
        if end not in ("timeout", "cpu") or sys.platform == "win32":
            return ()
        connection = self._connection
        self._board.drain(connection)
        before, count = len(connection.printed), connection.printed_bytes
        for _ in range(SAMPLES):
            with suppress(OSError):  # it has ended
                os.kill(connection.pid, signal.SIGUSR1)
            until = time.monotonic() + PAUSE
            while time.monotonic() < until:
                yield until
        self._board.drain(connection)
        written = bytes(connection.printed[before:])
        del connection.printed[before:]
        connection.printed_bytes = count
        return answers.samples(written, self._file)

    def _stopped(
        self, end: End, limits: Limits, began: float = 0.0, samples: tuple[tuple[SourceLine, ...], ...] = ()
    ) -> Stopped:
        seconds = time.monotonic() - began if began else 0.0
        self._board.drain(self._connection)
        stdout = bytes(self._connection.printed[: limits.output]).decode("utf-8", "replace")
        reason, detail = _reason(self._connection.end()) if end == "hung up" else (end, "")
        self.leave()
        return Stopped(reason=reason, detail=detail, stdout=stdout, seconds=seconds, samples=samples)


def _reply(outcome: Outcome) -> tuple[dict[str, object], list[Buffer]]:
    """Return the header and the buffers of the frame that answers for a helper."""
    if isinstance(outcome, Returned):
        packed = pack((outcome.value, outcome.arguments), _NO_LIMIT)
        return {"was": "returned", "value": packed.node}, packed.buffers
    if isinstance(outcome, Raised):
        return {"was": "raised", "type": outcome.type, "message": outcome.message}, []
    return {"was": "raised", "type": "RuntimeError", "message": "it gave no result"}, []


def _digest(name: str, frame: Frame) -> bytes:
    """Return a digest of a question: two questions are the same if theirs are."""
    from hashlib import blake2b

    whole = blake2b(f"{name}\0{frame.header.get('arguments')!r}\0".encode("utf-8", "surrogatepass"), digest_size=16)
    whole.update(frame.body)
    return whole.digest()


_TOO_MANY = Raised(type="RuntimeError", message="asked too often")


def _resident(pid: int) -> int:
    """Return the bytes that a process holds in memory (proc(5), statm), shared ones included; a guess without /proc."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:  # noqa: PTH123 - pathlib takes longer than the reading
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return _USUAL_MEMORY


def _packed(arguments: tuple[Value, ...]) -> Packed:
    try:
        return pack(arguments, _NO_LIMIT)
    except (Refused, Oversized) as error:
        raise EngineError(say("An argument cannot be sent to a worker: {kind}", kind=inert(str(error)))) from error


def _reason(code: int) -> tuple[StopReason, str]:
    if code >= 0:
        return "exit", ""
    if code == -getattr(signal, "SIGXCPU", 0):
        return "cpu", ""
    try:
        return "crash", signal.Signals(-code).name
    except ValueError:  # a real-time signal has no name
        return "crash", f"signal {-code}"
