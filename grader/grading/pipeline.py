"""The pipeline on one screen: the same cases run against two sources, and the outcomes compared.

While the workers are busy, what marks their outcomes is imported: a student waits for the longer of the two.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import lru_cache

from grader.execution import Engine
from grader.grading.importing import importing
from grader.grading.prepared import Prepared
from grader.grading.runs import public, roomy, run
from grader.model import Call, Exhibit, Report, Submission, Withheld


def grade(
    prepared: Prepared, student: Submission, engine: Engine, attempts: Mapping[str, int] = {}
) -> Report[Exhibit | Withheld]:
    """Grade one submission: the instructor's report (`for_students` takes away what students may not see).

    `attempts` counts the student's tries at each function (1 if it says nothing); each shows one hint more.
    Raises EngineError if our own machinery fails: the submission is then *not graded*.
    """
    began = time.perf_counter()
    with importing("grader.grading.marking", "grader.report.terminal"):
        calls, shown = _laid_out(prepared)
        ran, got = run(engine, student.source, calls, prepared.limits, shown=shown)
    from grader.grading import marking

    judged = marking.judge(prepared, student, engine, got, ran.left)
    results = marking.results(prepared, student, engine, judged, ran.happenings, attempts)
    return marking.tally(prepared, student, engine, ran.happenings, results, seconds=time.perf_counter() - began)


@lru_cache(maxsize=1)  # for a whole class; 1.2 ms
def _laid_out(prepared: Prepared) -> tuple[list[tuple[Call, ...]], frozenset[int]]:
    """Return the calls of the cases, and the places of those cases whose outcome a student sees."""
    return roomy(prepared.cases, prepared.want), public(prepared.chosen, prepared.cases)
