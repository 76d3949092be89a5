"""Runs calls on a source: a worker per function, a new one where one died, within each function's time."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from functools import partial
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from grader.errors import EngineError
from grader.execution.budgets import MOST_CALLS, Budget, calls_granted
from grader.execution.confinement import TIERS
from grader.execution.conversation import Ask, Conversation, Loading, StandIns
from grader.execution.engine import Helpers, Usage, Wait
from grader.execution.shelf import Shelf
from grader.language import say
from grader.model import Call, Happening, Limits, Outcome, Source, Stopped

WORKERS = 4  # at most so many at once
SEED = 8128  # of np.random and random before the first call; each further call has the next number
AHEAD = 16  # calls sent before the first is answered: a worker that finds its next call waiting need not be woken
PARKED_BYTES = 1 << 30  # of memory that workers may hold while they wait: a usual one holds 35 MB, most of it shared
_TURN = 0.05  # seconds between looks at whether it is compiled; bytes that come wake every task at once
_CODES = 8  # compiled texts that an engine keeps: a reference's, with and without mistakes, and a submission's
_LOADINGS = 3  # all loadings of a source together take at most so many times what one may

Hire = Callable[[int], Wait[Conversation]]
"""Returns a worker that is ready; its argument says how many more will soon be wanted."""


class Group(Struct, frozen=True, kw_only=True, eq=False):
    """The calls of one function, each with its place among all calls, and what answers for its helpers.

    Each of the first `one_by_one` calls is answered before anything of the next is sent. `most` is as in `Helpers`. All
    calls may take `seconds`, if not what `limits` say.
    """

    function: str
    calls: tuple[tuple[int, Call], ...]
    limits: Limits
    one_by_one: int = 1 << 31
    stand_ins: StandIns | None = None
    most: Callable[[int], Wait[int]] | None = None
    seconds: float | None = None

    @property
    def definitions(self) -> bool:
        """Whether the source has to be loaded before the calls: programs are run anew for each."""
        return any(call.act != "program" for _, call in self.calls)

    def ask(self, number: int) -> Ask:
        """Return what is to be asked of a worker for the call of this number."""
        place, call = self.calls[number]
        return Ask(call, SEED + number, self.most and partial(self.most, place))


class Job:
    """One source on its way through the workers, and what is known of its loading.

    A source that cannot be compiled within the limits cannot be run at all. Once loading has taken too long or has
    ended a worker, only definitions are loaded (`lean`); if even that fails, nothing of the source can be run either.
    `hopeless` then says why.

    `together` are the limits of a worker that serves every function. What happens while a source is loaded is noted as
    long as nothing was run that its author may not see (`noting`). `waiting` says how many groups have no worker yet,
    `parked` how many bytes the stopped workers hold. The source's data files lie on the `shelf`, for workers that have
    no scratch. `codes` are the texts that workers of the engine have compiled,
    each before anything of it was run.
    """

    def __init__(
        self, source: Source, hire: Hire, codes: dict[str, bytes], shelf: Shelf, together: Limits | None = None
    ) -> None:
        self.source, self.hire, self.shelf, self.together = source, hire, shelf, together
        self.waiting: Sized = ()
        self.lean = False
        self.noting = True
        self.parked = 0
        self.hopeless: Stopped | None = None
        self.happenings: dict[tuple[str, int, str], Happening] = {}
        self._codes = codes
        self._compiling: Conversation | None = None
        self._seconds = 0.0

    @property
    def more(self) -> int:
        """How many more workers are likely to be wanted, for this source or the next one."""
        return len(self.waiting) if self.together is None else WORKERS

    def ready(self, group: Group) -> Wait[Conversation | Stopped]:
        """Return a worker with the source loaded for `group`, or why it cannot be loaded."""
        while self.hopeless is None:
            worker = yield from self.hire(self.more)
            try:
                loaded = yield from self._load(worker, group, lean=self.lean)
            except BaseException:  # of another task too, which closes this one: nothing else knows of the worker yet
                worker.leave()
                raise
            if loaded:
                return worker
        return self.hopeless

    def _load(self, worker: Conversation, group: Group, *, lean: bool) -> Wait[bool]:
        limits = self.together or group.limits
        key = f"{PurePath(self.source.path).name}\0{self.source.text}"
        first = self._compiling
        while not lean and first is not None and first.code is None and not first.over:
            yield time.monotonic() + _TURN  # compiling on both cores would take one from the grader's own imports
            first = self._compiling
        if first is not None and first.code:
            self._codes[key] = first.code
        if self.hopeless is not None:  # it could not be compiled
            worker.leave()
            return False
        loading = Loading(
            source=self.source,
            limits=limits,
            cpu_seconds=limits.load_seconds
            + (MOST_CALLS if self.together else calls_granted(len(group.calls))) * limits.cpu_seconds,
            lean=lean,
            code=b"" if lean else self._codes.get(key, b""),
            stand_ins=group.stand_ins.names if group.stand_ins else (),
            folder="" if worker.tier == TIERS[0] else self.shelf.folder_of(self.source.files),
            definitions=self.together is not None or group.definitions,
        )
        if not (lean or loading.code):
            self._compiling = worker
        began = time.monotonic()
        came = yield from worker.load(loading)
        self._seconds += time.monotonic() - began
        if worker.code:
            self._codes[key] = worker.code
            for old in [*self._codes][:-_CODES]:
                del self._codes[old]
        self._note(came, limits.load_seconds, lean=lean)
        return not isinstance(came, Stopped)

    def placed(self, ask: Ask, worker: Conversation) -> Ask:
        """Return what is asked with its files on the shelf, if it has any and the worker has no scratch for them.

        Raises EngineError if files are to be written that cannot be.
        """
        files, writes = ask.call.given.get("files"), ask.call.given.get("writes")
        if worker.tier != TIERS[1] or not (files or writes):
            return ask
        if writes:
            raise EngineError(
                say("On this machine graded code can write no files, as this check wants it to."),
                say("Grade where namespaces are allowed: `grade doctor` says what is missing."),
            )
        assert isinstance(files, dict)
        own = {**dict(self.source.files), **{str(name): str(text).encode() for name, text in files.items()}}
        folder = self.shelf.folder_of(tuple(own.items()))
        return ask._replace(call=replace(ask.call, given={**ask.call.given, "folder": folder}))

    def _note(self, came: tuple[Happening, ...] | Stopped, load_seconds: float, *, lean: bool) -> None:
        """Note what a loading came to: the next one may be lean, or hopeless."""
        uncompiled = isinstance(came, Stopped) and came.reason == "compile"
        if isinstance(came, Stopped):
            self.hopeless = self.hopeless or (came if lean or uncompiled else None)
        elif self._seconds > _LOADINGS * load_seconds:
            self.hopeless = Stopped(reason="timeout")
        happenings = [_happening(came)] if isinstance(came, Stopped) else came
        if self.noting and not lean and not uncompiled:
            for each in happenings:
                self.happenings.setdefault((each.kind, each.line, each.detail), each)
        late = isinstance(came, Stopped) or any(each.kind == "timeout" for each in happenings)
        self.lean = self.lean or late or self._seconds > (_LOADINGS - 1) * load_seconds


def _happening(stopped: Stopped) -> Happening:
    """Return what ended a worker while it loaded, at the statement it was in if that is known."""
    late = stopped.reason in ("timeout", "cpu")
    line = stopped.samples[-1][0].line if stopped.samples else 0
    return Happening(kind="timeout" if late else "raised", line=line, detail=stopped.detail or stopped.reason)


class Progress:
    """How far the calls of a group have come: their outcomes, what is left of their time, the slot of their worker.

    `charged` says whether the next loading counts: the first does not, nor one that we made necessary.
    """

    def __init__(self, group: Group, slot: Slot) -> None:
        self.group, self.slot = group, slot
        self.budget = Budget(group.limits, len(group.calls), group.seconds)
        self.outcomes: list[Outcome] = []
        self.charged = False


class Slot:
    """Holds one worker at a time, loaded with a job's source."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._worker: Conversation | None = None
        self._parked = 0

    @property
    def usage(self) -> Usage:
        """What the worker has had of the processors, nothing if there is none."""
        return self._worker.usage if self._worker is not None else Usage()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Keep the worker, if there is one, from running meanwhile."""
        worker = self._worker if self._worker is not None and not self._worker.over else None
        held = worker.park() if worker is not None else None
        try:
            yield
        finally:
            if worker is not None and held is not None:
                worker.resume()

    def kill(self) -> None:
        """End the worker's process, if there is one, from any thread."""
        if self._worker is not None:
            self._worker.kill()

    def drop(self) -> None:
        """End the worker, if there is one."""
        if self._worker is not None:
            self._worker.leave()
            self._worker = None

    def park(self, progress: Progress) -> None:
        """Stop the worker until it is needed again; end it if it cannot be stopped or too much memory is held."""
        if self._worker is None or self._worker.over:
            return
        held = self._worker.park()
        if held is None or self._job.parked + held > PARKED_BYTES:
            progress.charged = False
            self.drop()
        else:
            self._parked = held
            self._job.parked += held

    def load(self, group: Group) -> Wait[Conversation | Stopped]:
        """Return the worker, a new one if there is none, or why the source cannot be loaded."""
        if self._worker is not None and not self._worker.over:
            if self._parked:
                self._worker.resume()
                self._job.parked -= self._parked
                self._parked = 0
            return self._worker
        worker = yield from self._job.ready(group)
        if not isinstance(worker, Stopped):
            self._worker = worker
        return worker

    def run(self, progress: Progress, end: int) -> Wait[None]:
        """Make the calls of a group in order, up to the one before number `end`.

        A function has a limited time for all its calls, and the result bytes of one. Loading again where a call ended
        the worker is at its expense.
        """
        group, budget, outcomes = progress.group, progress.budget, progress.outcomes
        while (number := len(outcomes)) < end:
            if budget.seconds <= 0:
                outcomes.append(Stopped(reason="unreached"))
                continue
            began = time.monotonic()
            worker = yield from self.load(group)
            if progress.charged:
                budget.loaded_again(time.monotonic() - began)
            progress.charged = True
            if isinstance(worker, Stopped):
                outcomes.append(worker)
                continue
            if worker.asked <= AHEAD // 2:
                ahead = number + 1 if number < group.one_by_one else min(number + AHEAD, end)
                asks = [group.ask(each) for each in range(number + worker.asked, ahead)]
                worker.ask([self._job.placed(one, worker) for one in asks], budget)
            outcome = yield from worker.answer(group.limits, budget, group.stand_ins)
            budget.ended(outcome)
            outcomes.append(outcome)
        if self._worker is not None and self._worker.asked:  # time ran out before what was sent ahead
            self.drop()


def work(job: Job, waiting: deque[Progress], *, public: bool) -> Wait[None]:
    """Take what is `waiting` until there is no more: of each group make the public calls, or all the others.

    In the public round every worker is loaded, and stopped once its public calls are answered. So nothing of the source
    is begun, and nothing of it runs, while another function's worker is in a hidden call.
    """
    shared = Slot(job)
    try:
        while waiting:
            progress = waiting.popleft()
            group, slot = progress.group, progress.slot if job.together is None else shared
            if public and not group.one_by_one:
                yield from slot.load(group)
            yield from slot.run(progress, group.one_by_one if public else len(group.calls))
            if job.together is None:
                if public and group.one_by_one < len(group.calls):
                    slot.park(progress)
                else:
                    slot.drop()
    finally:
        shared.drop()


def grouped(
    calls: Sequence[Call],
    limits: Mapping[str, Limits],
    helpers: Helpers | None,
    public: Collection[int] | None = None,
    *,
    in_turn: bool = True,
) -> list[Group]:
    """Return `calls` by function, each with its place, in the order in which they are made (`Engine.run` says which).

    Of each function's calls the public ones come first; `in_turn` says that they are made one by one.
    """
    by_function: dict[str, list[tuple[int, Call]]] = {}
    for place, call in enumerate(calls):
        by_function.setdefault(call.function, []).append((place, call))
    seen = range(len(calls)) if public is None else public
    for placed in by_function.values():
        placed.sort(key=lambda each: each[0] not in seen)
    return [
        Group(
            function=name,
            calls=tuple(placed),
            limits=limits[name],
            most=helpers.most if helpers else None,
            seconds=helpers.seconds.get(name) if helpers else None,
            # A proxy of a helper reads the wire: nothing may wait there that is not its answer.
            one_by_one=len(placed) if helpers else sum(place in seen for place, _ in placed) if in_turn else 0,
            stand_ins=StandIns(name, helpers.replaced[name], helpers.answer)
            if helpers and name in helpers.replaced
            else None,
        )
        for name, placed in sorted(by_function.items(), key=lambda each: -sum(call.seconds for _, call in each[1]))
    ]


def cores() -> int:
    """Return how many workers run at once here."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(WORKERS, found)


def largest(limits: Sequence[Limits]) -> Limits:
    """Return limits that grant what each of `limits` grants, for a worker that serves all their functions."""
    return Limits(
        seconds=max(each.seconds for each in limits),
        cpu_seconds=sum(each.cpu_seconds for each in limits),
        memory=max(each.memory for each in limits),
        output=max(each.output for each in limits),
        result=max(each.result for each in limits),
        load_seconds=max(each.load_seconds for each in limits),
    )
