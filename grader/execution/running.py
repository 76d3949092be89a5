"""Runs calls on a source: a worker per function, a new one where one died, within each function's time."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence

from grader.execution.boards import Wait
from grader.execution.conversation import Budget, Conversation, StandIns
from grader.execution.engine import StandIn
from grader.execution.job import CORES, Group, Job
from grader.model import Call, Limits, Outcome, Stopped

SEED = 8128  # where np.random and random stand before the first call; the next calls follow


class Hand:
    """Has one worker at a time, loaded with a job's source."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._worker: Conversation | None = None

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
        for number, (_, call) in enumerate(group.calls):
            if budget.seconds <= 0:
                outcomes.append(Stopped(reason="unreached"))
                continue
            began = time.monotonic()
            worker = yield from self._load(group)
            budget.seconds -= time.monotonic() - began if number else 0.0
            if isinstance(worker, Stopped):
                outcomes.append(worker)
            else:
                outcomes.append((yield from worker.call(call, SEED + number, group.limits, budget, group.stand_ins)))
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
    stand_ins: Mapping[str, tuple[str, ...]],
    stand_in: StandIn | None,
) -> list[Group]:
    """Return `calls` by function, in the order the functions first appear."""
    by_function: dict[str, list[tuple[int, Call]]] = {}
    for place, call in enumerate(calls):
        by_function.setdefault(call.function, []).append((place, call))
    return [
        Group(
            function=name,
            calls=tuple(own),
            limits=limits[name],
            stand_ins=StandIns(tuple(stand_ins[name]), stand_in) if stand_in and name in stand_ins else None,
        )
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
