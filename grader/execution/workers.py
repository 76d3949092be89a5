"""The engines with worker processes: forked by a server on Linux, a fresh interpreter each elsewhere."""

from __future__ import annotations

import _socket
import array
import json
import os
import re
import signal
import sys
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from grader.errors import EngineError
from grader.execution.boards import Board, Connection, PollBoard, ThreadBoard, drive
from grader.execution.conversation import Conversation, NotReady, StandIns
from grader.execution.engine import Helpers, Ran, Usage, Wait
from grader.execution.running import WORKERS, Group, Job, Progress, Slot, cores, grouped, largest, work
from grader.execution.shelf import Shelf
from grader.execution.start import ENVIRONMENT, ROOT, WORKER, isolation, new_shelf, paths, take
from grader.language import inert, say
from grader.model import Call, Happening, Limits, Outcome, Source, Value
from grader.values import with_arrays

if TYPE_CHECKING:
    import subprocess

_ANSWERING = 120.0  # seconds for an answer of the server: its import of numpy comes first
_PACKET = 1 << 16
_ENDING = 0.1  # seconds for a process that closed its wire to end by itself
_TURN = 0.001  # seconds between looks at whether a session's worker is free; bytes that come wake every task at once

_NEEDED = say("It must be Python 3.10 or later, with numpy.")


def cannot_start(python: str, reason: str) -> EngineError:
    """Return the error for a worker that did not start, with the last line of `reason`."""
    lines = reason.strip().splitlines() or [""]
    old = re.fullmatch(r"([\d.]{1,20}) is too old", lines[-1])
    if old is not None:
        return EngineError(
            say("{python} is Python {version}, which is too old to run sources.",
                python=inert(python), version=old[1]),
            _NEEDED,
        )  # fmt: skip
    return EngineError(
        say("No worker can be started with {python}: {reason}", python=inert(python), reason=inert(lines[-1])),
        _NEEDED,
    )


def in_order(job: Job) -> tuple[Happening, ...]:
    """Return what went wrong while a source was loaded, in the order of its lines."""
    return tuple(sorted(job.happenings.values(), key=lambda each: each.line))


class WorkerSession:
    """One worker that keeps a source loaded."""

    def __init__(self, board: Board, job: Job, limits: Limits, stand_ins: StandIns | None = None) -> None:
        self._board, self._limits, self._stand_ins = board, limits, stand_ins
        self._calling = False
        self._job = job
        self.slot = Slot(job)

    @property
    def happenings(self) -> tuple[Happening, ...]:
        """What went wrong while the source was loaded, in the order of its lines."""
        return in_order(self._job)

    @property
    def usage(self) -> Usage:
        """What the present worker has had of the processors, nothing if there is none."""
        return self.slot.usage

    def paused(self) -> AbstractContextManager[None]:
        """Keep the present worker from running meanwhile."""
        return self.slot.paused()

    def kill(self) -> None:
        """End the present worker's process now; this may be called by another thread than the one that waits for it."""
        self.slot.kill()

    def call(self, function: str, arguments: tuple[Value, ...]) -> Outcome:
        """Call `function` and return what came of it; a worker that died is replaced. Raises EngineError."""
        return self.make(Call(function=function, arguments=arguments))

    def make(self, call: Call) -> Outcome:
        """Do what `call` does, with all that a call may ask for."""
        return drive(self._board, [self._calling_it(call)])[0]

    def calling(
        self, function: str, arguments: tuple[Value, ...], given: Mapping[str, Value] = {}, act: str = "call"
    ) -> Wait[Outcome]:
        """Do what `call` does while other workers of the engine are served, too; calls are made one after the other.

        What is `given` is there meanwhile, as it is for a call's `act`.
        """
        return self._calling_it(Call(function=function, arguments=arguments, given=given, act=act))

    def _calling_it(self, call: Call) -> Wait[Outcome]:
        while self._calling:
            yield time.monotonic() + _TURN
        stand_ins = self._stand_ins and self._stand_ins._replace(asker=call.function)
        group = Group(function=call.function, calls=((0, call),), limits=self._limits, stand_ins=stand_ins)
        progress = Progress(group, self.slot)
        self._calling = True
        try:
            yield from self.slot.run(progress, 1)
        finally:
            self._calling = False
        return progress.outcomes[0]


class WorkerEngine(ABC):
    """Runs sources in worker processes, which `lease` provides."""

    def __init__(self, board: Board, python: str, shelf: Shelf) -> None:
        self._board, self._python, self._shelf = board, python or sys.executable, shelf
        self._spare: Conversation | None = None
        self._codes: dict[str, bytes] = {}
        self._tier = ""
        self._versions: Mapping[str, str] = {}

    @abstractmethod
    def lease(self, more: int) -> Connection:
        """Return the ends of a worker that is starting; `more` may soon be asked for. Raises EngineError."""

    @property
    def tier(self) -> str:
        """The name of what confines the workers."""
        self._know_worker()
        return self._tier

    @property
    def versions(self) -> Mapping[str, str]:
        """The versions of `python` and `numpy` that run the sources."""
        self._know_worker()
        return self._versions

    def run(
        self,
        source: Source,
        calls: Sequence[Call],
        limits: Mapping[str, Limits],
        *,
        together: bool = False,
        helpers: Helpers | None = None,
        public: Collection[int] | None = None,
    ) -> Ran:
        """Make `calls` on `source`, as `Engine.run` says."""
        with_arrays()  # numpy is imported before a worker's time runs
        began = time.monotonic()
        groups = grouped(calls, limits, helpers, public, in_turn=not together)
        shared = largest([group.limits for group in groups]) if together and groups else None
        job = Job(source, self._hire, self._codes, self._shelf, shared)
        progress = [Progress(group, Slot(job)) for group in groups]
        side_by_side = min(cores(), len(progress))
        try:
            if shared is None:
                self._round(job, progress, side_by_side, public=True)
                job.noting = False
            self._round(job, progress, side_by_side, public=False)
        finally:
            for each in progress:
                each.slot.drop()
        results = {
            place: came for each in progress for (place, _), came in zip(each.group.calls, each.outcomes, strict=True)
        }
        return Ran(
            outcomes=tuple(results[place] for place in range(len(calls))),
            happenings=in_order(job),
            seconds=time.monotonic() - began,
            left={each.group.function: each.budget.seconds for each in progress},
        )

    def _round(self, job: Job, progress: Sequence[Progress], side_by_side: int, *, public: bool) -> None:
        """Make the public calls, or all the others: this round is over when the last of them is answered."""
        waiting = deque(progress)
        job.waiting = waiting if public or job.together else ()
        drive(self._board, [work(job, waiting, public=public) for _ in range(side_by_side)])

    @contextmanager
    def session(self, source: Source, limits: Limits, *, helpers: Helpers | None = None) -> Iterator[WorkerSession]:
        """Return a session on `source`, as `Engine.session` says."""
        with_arrays()
        stand_ins = StandIns("", helpers.names, helpers.answer) if helpers is not None else None
        session = WorkerSession(
            self._board, Job(source, self._hire, self._codes, self._shelf, limits), limits, stand_ins
        )
        try:
            yield session
        finally:
            session.slot.drop()

    def close(self) -> None:
        """End the worker that was started for its tier and versions and not used since; clear the shelf."""
        if self._spare is not None:
            self._spare.leave()
            self._spare = None
        self._shelf.clear()

    def _hire(self, more: int) -> Wait[Conversation]:
        spare, self._spare = self._spare, None
        if spare is not None:
            return spare
        worker = Conversation(self._board, self.lease(more))
        try:
            yield from worker.ready()
        except NotReady as error:
            raise cannot_start(self._python, str(error)) from error
        except BaseException:
            worker.leave()
            raise
        self._tier, self._versions = worker.tier, worker.versions
        return worker

    def _know_worker(self) -> None:
        if not self._tier:
            self._spare = drive(self._board, [self._hire(WORKERS)])[0]


class ForkEngine(WorkerEngine):
    """Workers by fork; see `grader.execution.worker.forking` for the other side."""

    def __init__(self, python: str = "", ahead: Collection[str] = ()) -> None:
        try:
            started = take(python, ahead)
        except OSError as error:
            raise cannot_start(python, error.strerror or "") from error
        if started is None:
            raise EngineError(say("Workers can be forked on Linux only."))
        super().__init__(PollBoard(), python, Shelf(started.shelf))
        self._pid = started.pid
        self._control = _socket.socket(fileno=started.control)
        self._control.settimeout(_ANSWERING)
        _hide()

    def lease(self, more: int) -> Connection:
        """Return the ends of a worker that the server forked; `more` may soon be asked for. Raises EngineError."""
        try:
            answer, descriptors = self._ask({"do": "lease", "more": more})
        except EngineError as error:
            if self._tier or self._python == sys.executable:
                raise
            # One older than 3.7 cannot read the worker's first file, so it cannot say how old it is.
            said = say("{python} ended before it could run anything.", python=inert(self._python))
            raise EngineError(said, _NEEDED) from error
        if len(descriptors) != 2:
            raise cannot_start(self._python, str(answer.get("error", "")))
        wire, output = descriptors
        pid = int(answer["pid"])
        return Connection((wire, wire), output, pid, lambda: self._tell("drop", pid), lambda: self._end(pid))

    def close(self) -> None:
        """End the server and with it every worker: it ends once its control socket is closed."""
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
    from grader.execution.confinement import kernel

    try:
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    except OSError as error:
        raise _fault(f"prctl: {error.strerror}") from error


def _fault(detail: str) -> EngineError:
    return EngineError(say("The server that starts workers does not answer: {detail}", detail=inert(detail)))


class SpawnEngine(WorkerEngine):
    """Workers by exec; `threads` chooses the board that needs no poll(2) (Windows has none for pipes)."""

    def __init__(self, python: str = "", *, without: str = "", threads: bool = sys.platform == "win32") -> None:
        super().__init__(ThreadBoard() if threads else PollBoard(), python, Shelf(new_shelf()))
        self._shelf.make()  # before a worker starts: its rules of Landlock name it
        self._without = without

    def lease(self, more: int) -> Connection:
        """Return the ends of a worker that is starting; `more` says nothing here."""
        import subprocess  # Linux does without it

        script = os.path.join(WORKER, "main.py")  # noqa: PTH118
        options = [ROOT, "0", self._without, self._shelf.path, ""]
        command = [self._python, *isolation(self._python), script, *options, *paths(self._python)]
        (theirs_in, ours_out), (ours_in, theirs_out), (output, printed) = os.pipe(), os.pipe(), os.pipe()
        environment = dict(ENVIRONMENT)
        if "SYSTEMROOT" in os.environ:  # Windows cannot start Python without it
            environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
        try:
            process = subprocess.Popen(
                command,
                stdin=theirs_in,
                stdout=theirs_out,
                stderr=printed,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            for descriptor in (ours_in, ours_out, output):
                os.close(descriptor)
            raise cannot_start(self._python, error.strerror or "") from error
        finally:
            for descriptor in (theirs_in, theirs_out, printed):
                os.close(descriptor)
        return Connection((ours_in, ours_out), output, process.pid, lambda: _kill(process), lambda: _end(process))


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the worker and, where there are process groups, what it started."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _end(process: subprocess.Popen[bytes]) -> int:
    import subprocess

    with suppress(subprocess.TimeoutExpired):
        process.wait(_ENDING)
    _kill(process)
    return process.returncode
