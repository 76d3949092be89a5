"""Runs calls on a source: a worker per function, a new one where one died, within each function's time."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from grader.execution.boards import Wait
from grader.execution.conversation import Budget, Conversation, Loading
from grader.execution.engine import StandIn
from grader.model import Call, Happening, Limits, Outcome, Source, Stopped

SEED = 8128  # where np.random and random stand before the first call; the next calls follow
CORES = 4  # at most so many workers at once

Hire = Callable[[int], Wait[Conversation]]
"""Gives a worker that is ready, told how many more will soon be wanted."""


class Group(Struct, frozen=True, kw_only=True, eq=False):
    """The calls of one function, each with its place among all calls, and what answers for its helpers."""

    function: str
    calls: tuple[tuple[int, Call], ...]
    limits: Limits
    stand_ins: tuple[str, ...] = ()


class Job:
    """One source, the groups still to be run on it, and what is known of its loading.

    Once loading has taken too long or has ended a worker, only definitions are loaded (`lean`). `together` are the
    limits of a worker that serves every function.
    """

    def __init__(self, source: Source, groups: Sequence[Group], hire: Hire, together: Limits | None = None) -> None:
        self.source, self.hire, self.together = source, hire, together
        self.groups = deque(groups)
        self.lean = False
        self.loading_seconds = 0.0
        self.happenings: dict[tuple[str, int, str], Happening] = {}

    @property
    def more(self) -> int:
        """How many more workers are likely to be wanted, for this source or the next one."""
        return len(self.groups) if self.together is None else CORES

    def note(self, happenings: Sequence[Happening]) -> None:
        """Remember what happened, once."""
        for each in happenings:
            self.happenings.setdefault((each.kind, each.line, each.detail), each)

    def load(self, worker: Conversation, group: Group) -> Wait[Stopped | None]:
        """Load the source into `worker`; return how that ended the worker, if it did."""
        limits = self.together or group.limits
        lean = self.lean
        began = time.monotonic()
        cpu = limits.load_seconds + 2 * limits.cpu_seconds
        loading = Loading(source=self.source, limits=limits, cpu_seconds=cpu, lean=lean, stand_ins=group.stand_ins)
        came = yield from worker.load(loading)
        self.loading_seconds += time.monotonic() - began
        if not isinstance(came, Stopped):
            self.note(came)
            self.lean = self.lean or self.loading_seconds > 2 * limits.load_seconds
            return None
        if not lean:
            timely = came.reason not in ("timeout", "cpu")
            self.note([Happening(kind="raised" if timely else "timeout", line=worker.reached, detail=came.reason)])
        self.lean = True
        return came


class Hand:
    """Has one worker at a time, loaded with a job's source."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._worker: Conversation | None = None

    def worker(self, group: Group) -> Wait[Conversation | Stopped]:
        """Return a worker with the source loaded, or how loading it came to nothing."""
        if self._worker is not None and not self._worker.over:
            return self._worker
        for lean in (self._job.lean, True):
            worker = yield from self._job.hire(self._job.more)
            self._worker = worker
            stopped = yield from self._job.load(worker, group)
            if stopped is None:
                return worker
            if lean:
                return stopped
        raise AssertionError("the second load is lean")

    def drop(self) -> None:
        """Let the worker go, if there is one."""
        if self._worker is not None:
            self._worker.leave()
            self._worker = None

    def run(self, group: Group, stand_in: StandIn | None) -> Wait[list[Outcome]]:
        """Make the calls of `group` in order; return their outcomes.

        A function has twice the seconds of a call for all its calls, and the result bytes of one.
        """
        budget = Budget(group.limits)
        outcomes: list[Outcome] = []
        for number, (_, call) in enumerate(group.calls):
            if budget.seconds <= 0:
                outcomes.append(Stopped(reason="unreached"))
                continue
            worker = yield from self.worker(group)
            if isinstance(worker, Stopped):
                return outcomes + [worker] * (len(group.calls) - number)
            outcome = yield from worker.call(call, SEED + number, group.limits, budget, stand_in)
            outcomes.append(outcome)
        return outcomes


def work(job: Job, results: dict[int, Outcome], stand_in: StandIn | None) -> Wait[None]:
    """Take the job's groups until none is left; put each call's outcome into `results` by its place."""
    hand = Hand(job)
    try:
        while job.groups:
            group = job.groups.popleft()
            outcomes = yield from hand.run(group, stand_in)
            results.update(zip((place for place, _ in group.calls), outcomes, strict=True))
            if job.together is None:
                hand.drop()
    finally:
        hand.drop()


def grouped(
    calls: Sequence[Call], limits: Mapping[str, Limits], stand_ins: Mapping[str, tuple[str, ...]]
) -> list[Group]:
    """Return `calls` by function, in the order the functions first appear."""
    by_function: dict[str, list[tuple[int, Call]]] = {}
    for place, call in enumerate(calls):
        by_function.setdefault(call.function, []).append((place, call))
    return [
        Group(function=name, calls=tuple(own), limits=limits[name], stand_ins=tuple(stand_ins.get(name, ())))
        for name, own in by_function.items()
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
