"""Runs calls on a source: a worker per function, a new one where one died, within each function's time."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from grader.execution.conversation import Conversation
from grader.execution.engine import Helpers, Wait
from grader.execution.job import CORES, Group, Job
from grader.execution.terms import Budget, StandIns
from grader.model import Call, Limits, Outcome, Stopped

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
) -> list[Group]:
    """Return `calls` by function, in the order the functions first appear; `Engine.run` tells of `shown`.

    Of each function's calls those that are shown come first, and are made one by one.
    """
    by_function: dict[str, list[tuple[int, Call]]] = {}
    for place, call in enumerate(calls):
        by_function.setdefault(call.function, []).append((place, call))
    if shown is not None:
        for own in by_function.values():
            own.sort(key=lambda each: each[0] not in shown)
    return [
        Group(
            function=name,
            calls=tuple(own),
            limits=limits[name],
            most=helpers.most if helpers else None,
            seconds=helpers.seconds.get(name) if helpers else None,
            alone=_alone([place for place, _ in own], shown if helpers is None else None),
            stand_ins=StandIns(name, helpers.replaced[name], helpers.answer)
            if helpers and name in helpers.replaced
            else None,
        )
        for name, own in by_function.items()
    ]


def _alone(places: Sequence[int], shown: Collection[int] | None) -> int:
    """Return after how many calls none is shown any more: a proxy of a helper reads the wire, so then never."""
    if shown is None:
        return len(places)
    return max((number + 1 for number, place in enumerate(places) if place in shown), default=0)


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
