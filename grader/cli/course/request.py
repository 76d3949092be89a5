"""What the subcommands of `grade class` share: their options, the store, who grades, and progress."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.grading import GradeRequest, Preparation
from grader.cli.paths import find
from grader.cli.secret import needed, secret_of
from grader.cli.speaking import note
from grader.cli.trusted import announce, files_run, python_and_ahead
from grader.errors import UsageError
from grader.execution.confinement.examining import refusal
from grader.language import Message, inert, say

if TYPE_CHECKING:
    from grader.course.grading import GradedWork
    from grader.course.runs import Course, Crew
    from grader.course.shards import Shard
    from grader.course.store import Store
    from grader.execution import Engine
    from grader.grading.prepared import Plan
    from grader.model import Standing

STORE = click.option("--store", metavar="FILE", help="The class's store (default: .grade/class.db beside the rubric).")
JOBS = click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="How many processes grade (default: one for each processor)."
)
OFFICIAL = click.option(
    "--official/--self-check",
    default=None,
    help="Refuse to grade where student code cannot be confined (the default where CI is set).",
)
DASK = click.option(
    "--dask", metavar="ADDRESS", help="Grade on a dask cluster: the scheduler, such as tls://10.0.0.1:8786."
)
INSECURE = click.option(
    "--insecure", is_flag=True, help="With --dask: let the reference and hidden seeds cross the network in clear."
)
SHARD = click.option(
    "--shard",
    metavar="I/N",
    help="Grade only this part of the class, such as 2/8, into a store of its own; auto: the part that the environment "
    "of a CI, of Slurm or of Kubernetes says.",
)
_EVERY = 30.0
"""Seconds between two lines of progress in a log."""
_OFTEN = 0.2


class ClassRequest(GradeRequest, frozen=True, kw_only=True):
    """What a command line of `grade class` asks for; `paths` are what was handed in."""

    each: bool = True
    roster: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    assignment: str | None = None
    store: str | None = None
    jobs: int | None = None
    shard: str | None = None
    dask: str | None = None
    insecure: bool = False

    @property
    def part(self) -> Shard | None:
        """The part of the class to grade, `None` for all of it. Raises UsageError."""
        from grader.course.shards import shard

        return shard(self.shard) if self.shard is not None else None

    def vary(self, plan: Plan, paths: Sequence[Path]) -> Plan:
        """Return the plan as it is: each job has a student's cases."""
        return plan

    @property
    def processes(self) -> int:
        """How many processes grade."""
        here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return self.jobs or here or 1

    def preparation(self, paths: Sequence[Path]) -> Preparation:
        """Return the preparation of the rubric asked for, which may not lie in a folder that was handed in.

        An export beside the rubric is where instructors put it: nothing beside a file is read here.
        """
        return super().preparation([path for path in paths if path.is_dir()])

    def plan_here(self) -> Plan | None:
        """Return what the rubric's files say, `None` where no rubric is found: then the store alone tells."""
        if self.rubric is None:
            try:
                find(None, ())
            except UsageError:
                return None
        return self.preparation([]).plan

    def place(self, rubric: Path | None = None) -> Path:
        """Return the path of the store. Raises UsageError where neither it is named nor a rubric is found."""
        if self.store is not None:
            return Path(self.store)
        part = self.part
        name = f"class-{part.number}-of-{part.count}.db" if part is not None else "class.db"
        return (rubric or find(self.rubric, ())).absolute().parent / ".grade" / name

    def opened(self) -> Store:
        """Return the open store, to look at or to decide in; `with` closes it. Raises UsageError."""
        from grader.course.store import Store

        return Store(self.place())

    @contextmanager
    def course(self, preparation: Preparation, *, fresh: bool) -> Iterator[tuple[Course, Crew]]:
        """Yield the class and who grades it; with `fresh` the store is made where there is none."""
        from grader.course import crew
        from grader.course.runs import Course
        from grader.course.sameness import Fingerprints
        from grader.course.store import Store
        from grader.course.store.claim import claimed

        plan = preparation.plan
        secret = secret_of(plan, self.secret, [Path(path) for path in self.paths if Path(path).is_dir()])
        secret = needed(secret) if plan.rubric.variants is not None else None
        place = self.place(Path(plan.rubric.path))
        with self.engine(plan) as engine, Store(place, fresh=fresh) as store, claimed(place):
            if (self.is_official or secret is not None) and (error := refusal(engine.tier)) is not None:
                raise error
            if self.rubric is None and not self.is_official:
                announce(plan.rubric, engine, files_run(plan.rubric, reference=self.reference is None))
            if plan.rubric.policies.deadline is not None:
                store.mean_times(plan.rubric.policies.deadline.clocks)
            course = Course(store, plan, Fingerprints(plan, engine.versions, engine.tier), engine.tier, secret)
            alone = partial(crew.alone, prepared=lambda: preparation.prepared(engine), engine=engine, store=store)
            try:
                yield course, alone if self.processes == 1 and not self.dask else self._crew(course, engine, alone)
            except KeyboardInterrupt:
                note(say("What was graded is kept, and the same command goes on."))
                raise
            preparation.keep(engine)

    def _crew(self, course: Course, engine: Engine, alone: Crew) -> Crew:
        """Return several processes of this machine, or a cluster. Raises UsageError."""
        plan = course.plan
        python, ahead = python_and_ahead(plan, named=self.rubric is not None)
        reference = Path(self.reference).absolute() if self.reference else None
        if self.dask:
            try:
                from grader.course.cluster import check, on_cluster
            except ImportError as error:
                raise UsageError(
                    say("--dask needs a package that is not there: {why}", why=inert(str(error), 200)),
                    say("Install it: pip install 'pingfen[cluster]'"),
                ) from error
            from grader.course.parcels import parcel

            check(self.dask, insecure=self.insecure)
            sent = parcel(plan, reference, engine, python, ahead)
            return partial(on_cluster, address=self.dask, parcel=sent, insecure=self.insecure, alone=alone,
                           known=course.known)  # fmt: skip
        from grader.course import crew

        work = crew.CrewBrief(
            rubric=str(Path(plan.rubric.path).absolute()),
            reference=str(reference or ""),
            python=python,
            ahead=ahead,
            store=str(course.store.path.absolute()),
            digest=plan.digest,
        )
        return partial(crew.together, work=work, processes=self.processes, alone=alone)


def no_report(standing: Standing) -> Message:
    """Return why a person has no report."""
    person = inert(standing.person.id, 80)
    if standing.attempts:
        return say("What {person} handed in is not graded yet.", person=person)
    return say("{person} handed in nothing.", person=person)


class ClassProgress:
    """Says how far a run is: on a terminal one line that is written anew, in a log a line now and then."""

    def __init__(self, request: ClassRequest) -> None:
        self._language = request.language
        self._live = sys.stderr.isatty()
        self._began = self._said = time.monotonic()
        self._failed = 0

    def __call__(self, graded: GradedWork, done: int, total: int) -> None:
        """Take in one report that came."""
        self._failed += not graded.graded
        now = time.monotonic()
        last = done == total
        if now - self._said < (_OFTEN if self._live else _EVERY) and not (last and self._live):
            return
        self._said = now
        rate = done / max(now - self._began, 1e-9)
        line = say("{done} of {total} graded, {rate} a second, {left} left", done=done, total=total,
                   rate=f"{rate:.1f}", left=_duration((total - done) / rate))  # fmt: skip
        if self._failed:
            line = say("{first}, {count} not graded", first=line, count=self._failed)
        text = line.text(self._language)
        sys.stderr.write(f"\r\x1b[K{text}" + "\n" * last if self._live else f"{text}\n")
        sys.stderr.flush()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
