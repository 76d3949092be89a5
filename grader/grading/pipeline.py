"""The pipeline on one screen: the same cases run against two sources, and the outcomes compared.

While the workers are busy, what marks their outcomes is imported: a student waits for the longer of the two.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from msgspec.structs import replace

from grader.execution import Engine
from grader.grading.importing import importing
from grader.grading.memo import Memo
from grader.grading.prepared import Prepared
from grader.grading.runs import run
from grader.model import Exhibit, Report, Submission, Withheld


def grade(
    prepared: Prepared,
    student: Submission,
    engine: Engine,
    attempts: Mapping[str, int] = {},
    memo: Memo | None = None,
) -> Report[Exhibit | Withheld]:
    """Grade one submission: the instructor's report (`for_students` takes away what students may not see).

    `attempts` counts the student's tries at each function (1 if it says nothing); each shows one hint more. A class
    shares one `memo`. Raises EngineError if our own machinery fails: the submission is then *not graded*.
    """
    began = time.perf_counter()
    memo = memo or Memo()
    with importing("grader.grading.marking", "grader.report.terminal"):
        calls = [task.case.calls for task in prepared.tasks]
        ran, got = run(engine, student.source, calls, prepared.limits, shown=prepared.shown)
    from grader.grading import marking

    judged = marking.judge(prepared, student, engine, got, ran.left, memo)
    told = marking.explain(prepared, student, engine, judged, attempts, memo)
    told |= marking.undefined(student, ran.happenings, judged)
    results = marking.results(prepared, student, judged, told)
    report = marking.tally(prepared, student, engine, ran.happenings, results)
    return replace(report, seconds=time.perf_counter() - began)
