"""Runs calls on a source: a worker per function, a new one where one died, within each function's time."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping, Sequence

from grader.execution.boards import Wait
from grader.execution.conversation import Budget, Conversation, StandIns
from grader.execution.engine import Helpers
from grader.execution.job import CORES, Group, Job
from grader.model import Call, Limits, Outcome, Stopped

AHEAD = 16  # calls sent before the first is answered: a worker that finds its next call waiting need not be woken
SEED = 8128  # where np.random and random stand before the first call; the next calls follow


class Hand:
    """Has one worker at a time, loaded with a job's source."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._worker: Conversation | None = None

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds that the worker has used; 0 if there is none."""
        return self._worker.cpu_seconds if self._worker is not None else 0.0

    def drop(self) -> None:
        """Let the worker go, if there is one."""
        if self._worker is not None:
            self._worker.leave()
            self._worker = None

    def run(self, group: Group) -> Wait[list[Outcome]]:
        """Make the calls of `group` in order; return their outcomes.

        A function has twice the seconds of a call for all its calls, and the result bytes of one. The first loading
        is on the house; loading again where a call ended the worker is not.
        """
        budget = Budget(group.limits)
        outcomes: list[Outcome] = []
        while (number := len(outcomes)) < len(group.calls):
            if budget.seconds <= 0:
                outcomes.append(Stopped(reason="unreached"))
                continue
            began = time.monotonic()
            worker = yield from self._load(group)
            budget.seconds -= time.monotonic() - began if number else 0.0
            if isinstance(worker, Stopped):
                outcomes.append(worker)
                continue
            if worker.asked <= AHEAD // 2:
                last = number + 1 if number < group.alone else min(number + AHEAD, len(group.calls))
                next_ones = range(number + worker.asked, last)
                worker.ask([(group.calls[each][1], SEED + each) for each in next_ones], budget.room)
            outcomes.append((yield from worker.answer(group.limits, budget, group.stand_ins)))
        return outcomes

    def _load(self, group: Group) -> Wait[Conversation | Stopped]:
        if self._worker is not None and not self._worker.over:
            return self._worker
        worker = yield from self._job.ready(group)
        if not isinstance(worker, Stopped):
            self._worker = worker
        return worker


def work(job: Job, results: dict[int, Outcome]) -> Wait[None]:
    """Take the job's groups until none is left; put each call's outcome into `results` by its place."""
    hand = Hand(job)
    try:
        while job.groups:
            group = job.groups.popleft()
            outcomes = yield from hand.run(group)
            results.update(zip((place for place, _ in group.calls), outcomes, strict=True))
            if job.together is None:
                hand.drop()
    finally:
        hand.drop()


def grouped(
    calls: Sequence[Call],
    limits: Mapping[str, Limits],
    helpers: Helpers | None,
    shown: Collection[int] | None = None,
) -> list[Group]:
    """Return `calls` by function, in the order the functions first appear; `Engine.run` tells of `shown`."""
    by_function: dict[str, list[tuple[int, Call]]] = {}
    for place, call in enumerate(calls):
        by_function.setdefault(call.function, []).append((place, call))
    return [
        Group(
            function=name,
            calls=tuple(own),
            limits=limits[name],
            alone=_alone([place for place, _ in own], shown if helpers is None else None),
            stand_ins=StandIns(helpers.replaced[name], helpers.answer)
            if helpers and name in helpers.replaced
            else None,
        )
        for name, own in by_function.items()
    ]


def _alone(places: Sequence[int], shown: Collection[int] | None) -> int:
    """Return after how many calls others may be sent ahead: a proxy of a helper reads the wire, so then never."""
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
