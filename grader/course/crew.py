"""Who grades: this process, or several of this machine. One submission goes out, its report comes back as bytes.

Only as many submissions are out as keep everybody busy, so memory does not grow with the class. A process that dies
takes the submissions with it that were out: they are graded once more, one at a time, and one that kills again is not
graded, and said to be so.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from grader import grading
from grader.course.grading import GradedWork, Grader, GradingJob, refusal
from grader.course.store import Store
from grader.errors import EngineError
from grader.execution import Engine
from grader.execution.engine import open_engine
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
    suspects: list[GradingJob] = []
    jobs = iter(jobs)
    first = list(islice(jobs, FEW))
    if len(first) < FEW:
        yield from alone(first)
        return
    rest = chain(first, jobs)
    while True:
        yield from _until_death(rest, work, processes, suspects)
        if not suspects:
            return
        for job in [*suspects]:
            lone: list[GradingJob] = []
            yield from _until_death(iter([job]), work, 1, lone)
            if lone:
                killed = say("A process of the grader died while it graded this, twice.")
                yield from alone([replace(job, killed=refusal(EngineError(killed)))])
        suspects.clear()


def _until_death(jobs: Iterator[GradingJob], work: CrewBrief, processes: int, suspects: list[GradingJob]) -> Reports:
    """Yield the reports until there are no more jobs, or a process died: what was out then is in `suspects`."""
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (work,)) as pool:
        out: dict[Future[GradedWork], GradingJob] = {}
        try:
            while True:
                while len(out) < processes * WAITING and (job := next(jobs, None)) is not None:
                    out[pool.submit(_grade, job)] = job
                if not out:
                    return
                for future in wait(out, return_when=FIRST_COMPLETED).done:
                    graded = future.result()
                    del out[future]
                    yield graded
        except BrokenProcessPool:
            suspects += [job for future, job in out.items() if not future.done() or future.exception() is not None]
            for future in [each for each in out if each.done() and each.exception() is None]:
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_grader: list[Grader] = []


def _begin(work: CrewBrief) -> None:
    """Prepare this process: Ctrl-C is the parent's affair, and nobody outlives the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    plan = grading.read(Path(work.rubric), Path(work.reference) if work.reference else None)
    if plan.digest != work.digest:
        raise EngineError(say("The rubric or the reference was changed while the class was graded."))
    stack = ExitStack()
    engine = stack.enter_context(closing(open_engine(python=work.python, ahead=work.ahead)))
    store = stack.enter_context(Store(Path(work.store)))
    _grader.append(Grader(grading.prepare(plan, engine), engine, store.results_for, store.body))
    atexit.register(stack.close)


def _die_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _grade(job: GradingJob) -> GradedWork:
    return _grader[0].grade(job)
