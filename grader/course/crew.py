"""Who grades on this machine: this process, or several. Submissions go out, their reports come back as bytes."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing, contextmanager
from itertools import chain, islice
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait as wait_for
from multiprocessing.process import BaseProcess
from pathlib import Path

from msgspec import Struct

from grader import grading
from grader.course.grading import GradedWork, Grader, GradingJob
from grader.course.sharing import Chunk, shared
from grader.course.store import Store
from grader.errors import EngineError, GraderError
from grader.execution import Engine
from grader.execution.engine import open_engine
from grader.execution.start import ROOT
from grader.grading.prepared import Prepared
from grader.language import say

FEW = 3
"""Fewer submissions are graded before other processes are prepared."""
WAITING = 2
"""Submissions that wait for each process, so that it need not wait for the one that writes."""


class CrewBrief(Struct, frozen=True, kw_only=True):
    """What every process of a crew has to know: the rubric and its reference, the Python, the store that it reads.

    `digest` is the plan's: a rubric that is changed meanwhile is noticed.
    """

    rubric: str
    reference: str
    python: str
    ahead: tuple[str, ...]
    store: str
    digest: str


Reports = Iterator[GradedWork]


def alone(jobs: Iterable[GradingJob], *, prepared: Callable[[], Prepared], engine: Engine, store: Store) -> Reports:
    """Grade in this process; yield each report as it comes. Nothing is `prepared` where there are no jobs."""
    grader: Grader | None = None
    for job in jobs:
        grader = grader or Grader(prepared(), engine, store.results_for, store.body)
        yield grader.grade(job)


def together(
    jobs: Iterable[GradingJob], *, work: CrewBrief, processes: int, alone: Callable[[Iterable[GradingJob]], Reports]
) -> Reports:
    """Grade in so many processes; yield each report as it comes, in any order.

    One or two submissions are graded `alone`, and so is the report made of one that took its process with it, twice.
    """
    jobs = iter(jobs)
    first = list(islice(jobs, FEW))
    if len(first) < FEW:
        yield from alone(first)
        return
    with closing(_Pool(work, processes)) as pool:
        yield from shared(chain(first, jobs), pool, size=1, alone=alone)


class _Pool:
    """Processes of this machine. The death of one takes all with it that is out, and others are begun."""

    def __init__(self, work: CrewBrief, processes: int) -> None:
        self._work, self._processes = work, processes
        self._pool: ProcessPoolExecutor | None = None
        self._out: dict[Future[list[GradedWork]], tuple[Chunk, ProcessPoolExecutor]] = {}
        self._others: set[BaseProcess] = set()
        self.room = processes * WAITING

    def give(self, chunk: Chunk) -> None:
        if self._pool is None:
            self._others = {*active_children()}
            self._pool = ProcessPoolExecutor(self._processes, get_context("spawn"), _begin, (self._work,))
        try:
            with _importable():
                future = self._pool.submit(_grade, chunk)
        except BrokenProcessPool as error:
            future = Future()
            future.set_exception(error)
        self._out[future] = chunk, self._pool

    def taken(self) -> Iterator[tuple[Chunk, Sequence[GradedWork] | None]]:
        for future in wait(self._out, return_when=FIRST_COMPLETED).done:
            chunk, pool = self._out.pop(future)
            died = isinstance(future.exception(), BrokenProcessPool)
            if died and pool is self._pool:
                self.close()
            yield chunk, None if died else future.result()

    def close(self) -> None:
        if self._pool is None:
            return
        if self._out:  # nobody waits for what is out any more: Ctrl-C is obeyed at once
            for process in {*active_children()} - self._others:
                process.kill()
        self._pool.shutdown(cancel_futures=True)
        self._pool = None


@contextmanager
def _importable() -> Iterator[None]:
    """Let a process that is begun meanwhile find this package in the current folder, last of all, if it is only there.

    A process inherits `sys.path`, from which `grade` removed the current folder.
    """
    if ROOT in sys.path:
        yield
        return
    sys.path.append(ROOT)
    try:
        yield
    finally:
        sys.path.remove(ROOT)


_grader: list[Grader | GraderError] = []


def _begin(work: CrewBrief) -> None:
    """Prepare this process: Ctrl-C is the parent's affair, and nobody outlives the parent.

    What cannot be prepared is said in answer to the first chunk: here an exception would look like a death.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    try:
        _grader.append(_prepared(work))
    except GraderError as error:
        _grader.append(error)


def _prepared(work: CrewBrief) -> Grader:
    plan = grading.read(Path(work.rubric), Path(work.reference) if work.reference else None)
    if plan.digest != work.digest:
        raise EngineError(say("The rubric or the reference was changed while the class was graded."))
    stack = ExitStack()
    engine = stack.enter_context(closing(open_engine(python=work.python, ahead=work.ahead)))
    store = stack.enter_context(Store(Path(work.store)))
    atexit.register(stack.close)
    return Grader(grading.prepare(plan, engine), engine, store.results_for, store.body)


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _grade(chunk: Chunk) -> list[GradedWork]:
    grader = _grader[0]
    if isinstance(grader, GraderError):
        raise grader
    return [grader.grade(job) for job in chunk]
