"""The pipeline on one screen: the same cases run against two sources, and the outcomes compared."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct

from grader import cases, rubric, submission
from grader.errors import RubricError, UsageError
from grader.execution import Engine
from grader.grading.explaining import NOTHING, explain
from grader.grading.judging import judge_all, run, value_of
from grader.grading.needs import discover
from grader.grading.results import problem_result
from grader.grading.second import generous, second_look
from grader.grading.tally import tally
from grader.language import inert, say
from grader.model import (
    Case,
    Exhibit,
    Limits,
    Outcome,
    Problem,
    Report,
    Rubric,
    Signature,
    Submission,
    Withheld,
)


class Plan(Struct, frozen=True, kw_only=True, eq=False):
    """A rubric and its reference, read and found without fault; nothing has been run yet."""

    rubric: Rubric
    reference: Submission
    signatures: Mapping[str, Signature]


class Prepared(Struct, frozen=True, kw_only=True, eq=False):
    """A rubric ready to grade with: the drawn cases and what the reference makes of them, kept for a whole class.

    `chosen` are the problems to grade: all, or those asked for.
    """

    plan: Plan
    chosen: tuple[Problem, ...]
    cases: tuple[Case, ...]
    want: tuple[tuple[Outcome, ...], ...]
    limits: Mapping[str, Limits]


def read(path: Path, reference: Path | None = None) -> Plan:
    """Read the rubric at `path` and its reference (or another one).

    Raises RubricError with every fault of the author's at once; UsageError if a file is not there.
    """
    loaded = rubric.load(path)
    if loaded.rubric is None:
        raise RubricError(loaded.faults)
    names = [problem.function for problem in loaded.rubric.problems]
    truth = submission.load(reference or Path(loaded.rubric.reference), names)
    signatures = submission.signatures(truth)
    faults = (*loaded.faults, *cases.examine(loaded.rubric, signatures))
    if faults:
        raise RubricError(faults)
    return Plan(rubric=discover(loaded.rubric, truth), reference=truth, signatures=signatures)


def prepare(plan: Plan, engine: Engine, only: Sequence[str] = ()) -> Prepared:
    """Draw every case and run the reference on them.

    Raises RubricError for a draw that cannot be made or a reference that fails, UsageError if `only` names no function
    of the rubric.
    """
    chosen = choose(plan.rubric, only)
    limits = {problem.function: problem.limits for problem in plan.rubric.problems}
    with engine.session(plan.reference.source, generous(limits)) as session:
        names = {problem.function for problem in chosen}
        drawn = tuple(cases.draw(plan.rubric, plan.signatures, partial(value_of, session), names))
    _, want = run(engine, plan.reference.source, [case.truth for case in drawn], limits, together=True)
    return Prepared(plan=plan, chosen=chosen, cases=drawn, want=want, limits=limits)


def grade(
    prepared: Prepared, student: Submission, engine: Engine, attempts: Mapping[str, int] = {}
) -> Report[Exhibit | Withheld]:
    """Grade one submission: the instructor's report (`for_students` takes away what students may not see).

    `attempts` counts the student's tries at each function (1 if it says nothing); each shows one hint more.
    Raises EngineError if our own machinery fails: the submission is then *not graded*.
    """
    began = time.perf_counter()
    ran, got = run(engine, student.source, [case.calls for case in prepared.cases], prepared.limits)
    judged = judge_all(prepared.chosen, prepared.cases, got, prepared.want)
    judged |= second_look(engine, student, prepared.plan.reference, prepared.limits, judged)
    told = explain(prepared, student, engine, judged, attempts)
    results = [
        problem_result(one, student, prepared.plan.signatures[name], told.get(name, NOTHING))
        for name, one in judged.items()
    ]
    return tally(prepared, student, engine, ran.happenings, results, seconds=time.perf_counter() - began)


def choose(rubric: Rubric, only: Sequence[str]) -> tuple[Problem, ...]:
    """Return the problems named in `only` (all if it is empty). Raises UsageError for a name the rubric lacks."""
    names = [problem.function for problem in rubric.problems]
    for name in only:
        if name not in names:
            raise UsageError(
                say("The rubric has no function called {name}.", name=inert(name)),
                say("It has: {names}", names=", ".join(names)),
            )
    return tuple(problem for problem in rubric.problems if not only or problem.function in only)
