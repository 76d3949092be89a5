"""Tries a drafted assignment out: its reference must get full marks."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from grader import submission
from grader.drafting.assembly import Assembly
from grader.drafting.checks import Draft
from grader.drafting.writing import write
from grader.errors import RubricError
from grader.execution import open_engine
from grader.grading import grade, prepare, read
from grader.model import CheckResult, Exhibit, Report, Withheld

_NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")


class Trial(Struct, frozen=True, kw_only=True):
    """What came of it: the checks that cannot be drawn or that the reference fails, and those whose notebook lies.

    A notebook lies where what it printed has not the numbers that the reference gives now.
    """

    failing: tuple[Draft, ...] = ()
    stale: tuple[Draft, ...] = ()


def attempt(assembly: Assembly, checks: Mapping[str, Sequence[Draft]]) -> Trial:
    """Return what came of grading the reference. Raises RubricError for a fault that is none of the checks'."""
    with TemporaryDirectory() as folder:
        write(assembly.files(checks), Path(folder))
        try:
            report = _graded(Path(folder), assembly.file)
        except RubricError as error:
            found = [assembly.owners[fault.at.line] for fault in error.faults if fault.at.line in assembly.owners]
            if not found:
                raise
            return Trial(failing=tuple(found))
    drafts = {(one.function, one.name): one for each in checks.values() for one in each}
    results = [
        (drafts[problem.function, check.name.en], check) for problem in report.problems for check in problem.checks
    ]
    return Trial(
        failing=tuple(draft for draft, check in results if check.status != "passed"),
        stale=tuple(draft for draft, check in results if draft.output and not _agrees(draft.output, check)),
    )


def _graded(folder: Path, file: str) -> Report[Exhibit | Withheld]:
    plan = read(folder / "grading.yaml")
    engine = open_engine()
    try:
        prepared = prepare(plan, engine)
        reference = submission.load(folder / "solutions" / file, [one.function for one in plan.rubric.problems])
        return grade(prepared, reference, engine)
    finally:
        engine.close()


def _agrees(output: str, check: CheckResult[Exhibit | Withheld]) -> bool:
    """Return whether every number that the check shows stands in what the notebook printed."""
    printed = [float(number) for number in _NUMBER.findall(output)]
    shown = [
        float(number)
        for case in check.cases
        if isinstance(case.exhibit, Exhibit)
        for _, expected, _ in case.exhibit.shown
        for number in _NUMBER.findall(expected)
    ]
    return all(any(math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-8) for other in printed) for one in shown)
