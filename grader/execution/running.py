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

from grader.execution.conversation import Ask, Budget, Conversation, Loading, StandIns
from grader.execution.engine import Helpers, Wait
from grader.model import Call, Happening, Limits, Outcome, Source, Stopped

CORES = 4  # at most so many workers at once
SEED = 8128  # where np.random and random stand before the first call; the next calls follow
_TURN = 0.05  # seconds between looks at whether it is compiled; bytes that come wake everybody at once
_CODES = 8  # compiled texts that an engine keeps: a reference's, with and without mistakes, and a submission's
_LOADINGS = 3  # all loadings of a source together take at most so many times what one may

Hire = Callable[[int], Wait[Conversation]]
"""Gives a worker that is ready, told how many more will soon be wanted."""


class Group(Struct, frozen=True, kw_only=True, eq=False):
    """The calls of one function, each with its place among all calls, and what answers for its helpers.

    The first `alone` calls are each answered before anything of the next is sent. `most` is as in `Helpers`. All calls
    may take `seconds`, if not what `limits` say.
    """

    function: str
    calls: tuple[tuple[int, Call], ...]
    limits: Limits
    alone: int = 1 << 31
    stand_ins: StandIns | None = None
    most: Callable[[int], Wait[int]] | None = None
    seconds: float | None = None

    def ask(self, number: int) -> Ask:
        """Return what is to be asked of a worker for the call of this number."""
        place, call = self.calls[number]
        return Ask(call, SEED + number, self.most and partial(self.most, place))


class Job:
    """One source on its way through the workers, and what is known of its loading.

    A source that cannot be compiled within the limits cannot be run at all. Once loading has taken too long or has
    ended a worker, only definitions are loaded (`lean`); if even that fails, nothing of the source can be run either.
    `hopeless` says why. `together` are the limits of a worker that serves every function. What happens while a source
    is loaded is listened to (`listening`) as long as nothing was run that its author may not see. `waiting` says how
    many groups have no worker yet, `parked` how many bytes the workers hold that were stopped. `codes` are texts that
    the engine's workers compiled so far, each before anything of it was run.
    """

    def __init__(self, source: Source, hire: Hire, codes: dict[str, bytes], together: Limits | None = None) -> None:
        self.source, self.hire, self.together = source, hire, together
        self.waiting: Sized = ()
        self.lean = False
        self.listening = True
        self.parked = 0
        self.hopeless: Stopped | None = None
        self.happenings: dict[tuple[str, int, str], Happening] = {}
        self._codes = codes
        self._first: Conversation | None = None  # who compiles
        self._seconds = 0.0

    @property
    def more(self) -> int:
        """How many more workers are likely to be wanted, for this source or the next one."""
        return len(self.waiting) if self.together is None else CORES

    def ready(self, group: Group) -> Wait[Conversation | Stopped]:
        """Return a worker with the source loaded for `group`, or how loading comes to nothing."""
        while self.hopeless is None:
            worker = yield from self.hire(self.more)
            try:
                loaded = yield from self._load(worker, group, lean=self.lean)
            except BaseException:  # of another task too, which closes this one: nobody else knows of the worker yet
                worker.leave()
                raise
            if loaded:
                return worker
        return self.hopeless

    def _load(self, worker: Conversation, group: Group, *, lean: bool) -> Wait[bool]:
        limits = self.together or group.limits
        key = f"{PurePath(self.source.path).name}\0{self.source.text}"
        while not lean and self._first is not None and self._first.code is None and not self._first.over:
            yield time.monotonic() + _TURN  # compiling on both cores would take one from the grader's own imports
        if self._first is not None and self._first.code:
            self._codes[key] = self._first.code
        if self.hopeless is not None:  # it could not be
            worker.leave()
            return False
        loading = Loading(
            source=self.source,
            limits=limits,
            cpu_seconds=limits.load_seconds + 2 * limits.cpu_seconds,
            lean=lean,
            code=b"" if lean else self._codes.get(key, b""),
            stand_ins=group.stand_ins.names if group.stand_ins else (),
        )
        if not (lean or loading.code):
            self._first = worker
        began = time.monotonic()
        came = yield from worker.load(loading)
        self._seconds += time.monotonic() - began
        if worker.code:
            self._codes[key] = worker.code
            for old in [*self._codes][:-_CODES]:
                del self._codes[old]
        if isinstance(came, Stopped):
            self.hopeless = self.hopeless or (came if lean or came.reason == "compile" else None)
        elif self._seconds > _LOADINGS * limits.load_seconds:
            self.hopeless = Stopped(reason="timeout")
        happenings = [_happening(came)] if isinstance(came, Stopped) else came
        heard = self.listening and not lean and not (isinstance(came, Stopped) and came.reason == "compile")
        for each in happenings if heard else ():
            self.happenings.setdefault((each.kind, each.line, each.detail), each)
        late = isinstance(came, Stopped) or any(each.kind == "timeout" for each in happenings)
        self.lean = self.lean or late or self._seconds > (_LOADINGS - 1) * limits.load_seconds
        return not isinstance(came, Stopped)


def _happening(stopped: Stopped) -> Happening:
    """Return what ended a worker while it loaded; only the worker would have known the line."""
    late = stopped.reason in ("timeout", "cpu")
    return Happening(kind="timeout" if late else "raised", line=0, detail=stopped.detail or stopped.reason)


AHEAD = 16  # calls sent before the first is answered: a worker that finds its next call waiting need not be woken
PARKED_BYTES = 1 << 30  # of memory that workers may hold while they wait: a usual one holds 35 MB, most of it shared


class Progress:
    """How far the calls of a group have come: what came of them, what is left of its time, who makes them."""

    def __init__(self, group: Group, hand: Hand) -> None:
        self.group, self.hand = group, hand
        self.budget = Budget(group.limits, group.seconds)
        self.outcomes: list[Outcome] = []
        self.charged = False  # whether the next loading counts: the first does not, nor one that we made necessary


class Hand:
    """Has one worker at a time, loaded with a job's source."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._worker: Conversation | None = None
        self._parked = 0

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds that the worker has used; 0 if there is none."""
        return self._worker.cpu_seconds if self._worker is not None else 0.0

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Keep the worker, if there is one, from running meanwhile."""
        worker = self._worker if self._worker is not None and not self._worker.over else None
        held = worker.park() if worker is not None else None
        try:
            yield
        finally:
            if worker is not None and held is not None:
                worker.resume()

    def drop(self) -> None:
        """Let the worker go, if there is one."""
        if self._worker is not None:
            self._worker.leave()
            self._worker = None

    def park(self, progress: Progress) -> None:
        """Stop the worker until it is needed again; let it go if it cannot be stopped or too much memory is held."""
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
        """Return the worker, a new one if there is none, or how loading came to nothing."""
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

    def run(self, progress: Progress, last: int) -> Wait[None]:
        """Make the calls of a group in order, up to the one before number `last`.

        A function has a limited time for all its calls, and the result bytes of one. Loading again where a call ended
        the worker is at its expense.
        """
        group, budget, outcomes = progress.group, progress.budget, progress.outcomes
        while (number := len(outcomes)) < last:
            if budget.seconds <= 0:
                outcomes.append(Stopped(reason="unreached"))
                continue
            began = time.monotonic()
            worker = yield from self.load(group)
            budget.seconds -= time.monotonic() - began if progress.charged else 0.0
            progress.charged = True
            if isinstance(worker, Stopped):
                outcomes.append(worker)
                continue
            if worker.asked <= AHEAD // 2:
                end = number + 1 if number < group.alone else min(number + AHEAD, last)
                worker.ask([group.ask(each) for each in range(number + worker.asked, end)], budget)
            outcomes.append((yield from worker.answer(group.limits, budget, group.stand_ins)))
        if self._worker is not None and self._worker.asked:  # time ran out before what was sent ahead
            self.drop()


def work(job: Job, waiting: deque[Progress], *, shown: bool) -> Wait[None]:
    """Take what is `waiting` until there is no more: of each group make the calls that are shown, or all the others.

    In the first round every worker is loaded, and stopped once its calls that are shown are answered: nothing of the
    source is begun, and nothing of it runs, while another function's worker is in a call that is not shown.
    """
    shared = Hand(job)
    try:
        while waiting:
            progress = waiting.popleft()
            group, hand = progress.group, progress.hand if job.together is None else shared
            if shown and not group.alone:
                yield from hand.load(group)
            yield from hand.run(progress, group.alone if shown else len(group.calls))
            if job.together is None:
                if shown and group.alone < len(group.calls):
                    hand.park(progress)
                else:
                    hand.drop()
    finally:
        shared.drop()


def grouped(
    calls: Sequence[Call],
    limits: Mapping[str, Limits],
    helpers: Helpers | None,
    shown: Collection[int] | None = None,
    *,
    in_turn: bool = True,
) -> list[Group]:
    """Return `calls` by function, each with its place, in the order in which they are made (`Engine.run` says which).

    Of each function's calls those that are shown come first; `in_turn` says that they are made one by one.
    """
    by_function: dict[str, list[tuple[int, Call]]] = {}
    for place, call in enumerate(calls):
        by_function.setdefault(call.function, []).append((place, call))
    seen = range(len(calls)) if shown is None else shown
    for own in by_function.values():
        own.sort(key=lambda each: each[0] not in seen)
    return [
        Group(
            function=name,
            calls=tuple(own),
            limits=limits[name],
            most=helpers.most if helpers else None,
            seconds=helpers.seconds.get(name) if helpers else None,
            # A proxy of a helper reads the wire: nothing may wait there that is not its answer.
            alone=len(own) if helpers else sum(place in seen for place, _ in own) if in_turn else 0,
            stand_ins=StandIns(name, helpers.replaced[name], helpers.answer)
            if helpers and name in helpers.replaced
            else None,
        )
        for name, own in sorted(by_function.items(), key=lambda each: -sum(call.seconds for _, call in each[1]))
    ]


def cores() -> int:
    """Return how many workers run at once here."""
    return max(1, min(CORES, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


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
