"""The pipeline on one screen: the same cases run against two sources, and the outcomes compared.

While the workers are busy, what marks their outcomes is imported: a student waits for the longer of the two.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from msgspec.structs import replace

from grader.execution import Engine
from grader.grading.checking import with_checkers
from grader.grading.prepared import Prepared
from grader.grading.reference_answers import ReferenceAnswers
from grader.grading.runs import run
from grader.model import Exhibit, Happening, ProblemResult, Report, Submission, Withheld


def grade(
    prepared: Prepared,
    student: Submission,
    engine: Engine,
    attempts: Mapping[str, int] = {},
    answers: ReferenceAnswers | None = None,
) -> Report[Exhibit | Withheld]:
    """Return the instructor's report of one submission (`for_students` takes away what students may not see).

    `attempts` counts the student's tries at each function (1 if it is not named); each shows one hint more. A class
    shares its `answers`. Raises EngineError if our own machinery fails: the submission is then *not graded*.
    """
    began = time.perf_counter()
    happenings, results = results_of(prepared, student, engine, attempts, answers or ReferenceAnswers())
    from grader.grading import marking

    report = marking.tally(prepared, student, engine, happenings, results)
    return replace(report, seconds=time.perf_counter() - began)


def results_of(
    prepared: Prepared,
    student: Submission,
    engine: Engine,
    attempts: Mapping[str, int],
    answers: ReferenceAnswers,
) -> tuple[tuple[Happening, ...], list[ProblemResult[Exhibit | Withheld]]]:
    """Return what happened while the submission was loaded, and the results of the functions that are prepared."""
    names = {name: each.parameters for name, each in prepared.plan.signatures.items()}
    student = replace(student, source=replace(student.source, parameters=names))
    with importing("grader.grading.marking", "grader.report.terminal"):
        calls = [task.case.calls for task in prepared.tasks]
        ran, got = run(engine, student.source, calls, prepared.limits, public=prepared.shown)
    from grader.grading import marking

    with with_checkers(prepared.plan, engine):
        judged = marking.judge(prepared, student, engine, got, ran.left, answers)
        explained = marking.explain(prepared, student, engine, judged, attempts, answers)
    explained |= marking.undefined(student, ran.happenings, judged)
    return tuple(ran.happenings), marking.results(prepared, student, judged, explained, ran.happenings)


_TURN = 0.0005  # seconds; with Python's 0.005 an answer of a worker would wait that long for an import to pause


@contextmanager
def importing(*names: str) -> Iterator[None]:
    """While the block runs, import the modules `names` on another thread.

    An import that fails there says nothing: the next import of the module says it.
    """
    missing = [name for name in names if name not in sys.modules]
    if not missing:
        yield
        return
    import threading

    thread = threading.Thread(target=_import, args=(missing,), daemon=True)
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        sys.setswitchinterval(before)


def _import(names: list[str]) -> None:
    from contextlib import suppress
    from importlib import import_module

    for name in names:
        with suppress(Exception):
            import_module(name)
