"""What engines with worker processes share: only where a worker comes from differs."""

from __future__ import annotations

import sys
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from grader.errors import EngineError
from grader.execution.answers import Line
from grader.execution.boards import Board, drive
from grader.execution.conversation import Conversation, NotReady, StandIns
from grader.execution.engine import Helpers, Ran, Wait
from grader.execution.running import CORES, Group, Hand, Job, Progress, cores, grouped, largest, work
from grader.language import inert, say
from grader.model import Call, Limits, Outcome, Source, Value

_TURN = 0.001  # seconds between looks at whether a session's worker is free; bytes that come wake everybody at once


def cannot_start(python: str, reason: str) -> EngineError:
    """Return the error for a worker that did not start, with the last line of `reason`."""
    lines = reason.strip().splitlines() or [""]
    return EngineError(
        say("No worker can be started with {python}: {reason}", python=inert(python), reason=inert(lines[-1])),
        say("It must be Python 3.10 or later, with numpy."),
    )


class WorkerSession:
    """One worker that keeps a source loaded."""

    def __init__(self, board: Board, job: Job, limits: Limits, stand_ins: StandIns | None = None) -> None:
        self._board, self._limits, self._stand_ins = board, limits, stand_ins
        self._calling = False
        self.hand = Hand(job)

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds that the present worker has used; 0 where there is none, and where nobody counts them."""
        return self.hand.cpu_seconds

    def paused(self) -> AbstractContextManager[None]:
        """Keep the present worker from running meanwhile."""
        return self.hand.stopped()

    def call(self, function: str, arguments: tuple[Value, ...]) -> Outcome:
        """Call `function` and return what came of it; a worker that died is replaced. Raises EngineError."""
        return drive(self._board, [self.calling(function, arguments)])[0]

    def calling(self, function: str, arguments: tuple[Value, ...]) -> Wait[Outcome]:
        """Do what `call` does while other workers of the engine are heard, too: one call after the other."""
        while self._calling:
            yield time.monotonic() + _TURN
        call = Call(function=function, arguments=arguments)
        stand_ins = self._stand_ins and self._stand_ins._replace(asker=function)
        group = Group(function=function, calls=((0, call),), limits=self._limits, stand_ins=stand_ins)
        progress = Progress(group, self.hand)
        self._calling = True
        try:
            yield from self.hand.run(progress, 1)
        finally:
            self._calling = False
        return progress.outcomes[0]


class WorkerEngine(ABC):
    """Runs sources in worker processes; `lease` starts one or hands one over."""

    def __init__(self, board: Board, python: str) -> None:
        self._board, self._python = board, python or sys.executable
        self._spare: Conversation | None = None
        self._codes: dict[str, bytes] = {}
        self._tier = ""
        self._versions: Mapping[str, str] = {}

    @abstractmethod
    def lease(self, more: int) -> Line:
        """Return the ends of a worker that is starting; `more` may soon be asked for. Raises EngineError."""

    @property
    def tier(self) -> str:
        """What holds the workers, by name."""
        self._meet()
        return self._tier

    @property
    def versions(self) -> Mapping[str, str]:
        """The versions of `python` and `numpy` that run the sources."""
        self._meet()
        return self._versions

    def run(
        self,
        source: Source,
        calls: Sequence[Call],
        limits: Mapping[str, Limits],
        *,
        together: bool = False,
        helpers: Helpers | None = None,
        shown: Collection[int] | None = None,
    ) -> Ran:
        """Make `calls` on `source`, as `Engine.run` says."""
        began = time.monotonic()
        groups = grouped(calls, limits, helpers, shown, in_turn=not together)
        shared = largest([group.limits for group in groups]) if together and groups else None
        job = Job(source, self._hire, self._codes, shared)
        made = [Progress(group, Hand(job)) for group in groups]
        side_by_side = min(cores(), len(made))
        try:
            if shared is None:
                self._round(job, made, side_by_side, shown=True)
                job.listening = False
            self._round(job, made, side_by_side, shown=False)
        finally:
            for each in made:
                each.hand.drop()
        results = {
            place: came for each in made for (place, _), came in zip(each.group.calls, each.outcomes, strict=True)
        }
        return Ran(
            outcomes=tuple(results[place] for place in range(len(calls))),
            happenings=tuple(sorted(job.happenings.values(), key=lambda each: each.line)),
            seconds=time.monotonic() - began,
            left={each.group.function: each.budget.seconds for each in made},
        )

    def _round(self, job: Job, made: Sequence[Progress], side_by_side: int, *, shown: bool) -> None:
        """Make the calls that are shown, or all the others: this round is over when the last of them is answered."""
        waiting = deque(made)
        job.waiting = waiting if shown or job.together else ()
        drive(self._board, [work(job, waiting, shown=shown) for _ in range(side_by_side)])

    @contextmanager
    def session(self, source: Source, limits: Limits, *, helpers: Helpers | None = None) -> Iterator[WorkerSession]:
        """Return a session on `source`, as `Engine.session` says."""
        stand_ins = StandIns("", helpers.names, helpers.answer) if helpers is not None else None
        session = WorkerSession(self._board, Job(source, self._hire, self._codes, limits), limits, stand_ins)
        try:
            yield session
        finally:
            session.hand.drop()

    def close(self) -> None:
        """Let go of the worker that was met and not used."""
        if self._spare is not None:
            self._spare.leave()
            self._spare = None

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

    def _meet(self) -> None:
        if not self._tier:
            self._spare = drive(self._board, [self._hire(CORES)])[0]
