"""Tries a drafted assignment out: its reference must get full marks."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from grader import submission
from grader.cases import labelled
from grader.drafting.assembly import Assembly
from grader.drafting.checks import Draft
from grader.drafting.writing import write
from grader.errors import Fault, RubricError
from grader.execution import open_engine
from grader.grading import Prepared, grade, prepare, read
from grader.language import Bilingual
from grader.model import Exhibit, Report, Returned, Withheld

_NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")


class Trial(Struct, frozen=True, kw_only=True):
    """What came of it: the checks that cannot be drawn or that the reference fails, and those whose notebook lies.

    A notebook lies where what it printed has not the numbers that the reference gives now.
    """

    failing: tuple[Draft, ...] = ()
    stale: tuple[Draft, ...] = ()


def attempt(assembly: Assembly, checks: Mapping[str, Sequence[Draft]]) -> Trial:
    """Return what came of grading the reference. Raises RubricError for a fault that is none of the checks'."""
    drafts = {(one.function, one.name): one for each in checks.values() for one in each}
    with TemporaryDirectory() as folder:
        write(assembly.files(checks), Path(folder))
        try:
            report, printed = _graded(Path(folder), assembly.file)
        except RubricError as error:
            found = [one for fault in error.faults if (one := _owner(fault, assembly, drafts)) is not None]
            if not found:
                raise
            return Trial(failing=tuple(found))
    results = [
        (drafts[problem.function, check.name.en], check) for problem in report.problems for check in problem.checks
    ]
    return Trial(
        failing=tuple(draft for draft, check in results if check.status != "passed"),
        stale=tuple(
            draft
            for draft, _ in results
            if draft.output and not _agrees(draft.output, printed.get((draft.function, draft.name), ()))
        ),
    )


def _owner(fault: Fault, assembly: Assembly, drafts: Mapping[tuple[str, str], Draft]) -> Draft | None:
    """Return the check that a fault is about: by its line in the rubric, or as called when the reference failed."""
    check = fault.hint.parameters.get("check") if fault.hint is not None else None
    if isinstance(check, Bilingual):
        return drafts.get((str(fault.message.parameters.get("function")), check.en))
    return assembly.owners.get(fault.at.line)


def _graded(folder: Path, file: str) -> tuple[Report[Exhibit | Withheld], Mapping[tuple[str, str], tuple[str, ...]]]:
    """Return the reference's report, and what each example shows of its answers, by function and check."""
    plan = read(folder / "grading.yaml")
    engine = open_engine()
    try:
        prepared = prepare(plan, engine)
        reference = submission.load(folder / "solutions" / file, [one.function for one in plan.rubric.problems])
        return grade(prepared, reference, engine), _printed(prepared)
    finally:
        engine.close()


def _printed(prepared: Prepared) -> dict[tuple[str, str], tuple[str, ...]]:
    problems = {problem.function: problem for problem in prepared.chosen}
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for case, want in zip(prepared.cases, prepared.want, strict=True):
        problem = problems[case.function]
        check = next(each for each in problem.checks if each.key == case.check)
        if check.kind == "example" and isinstance(want[0], Returned):
            lines = labelled(check, problem.returns, case, want[0].value)
            place = (case.function, check.name.en)
            found[place] = (*found.get(place, ()), *(text for _, text in lines))
    return found


def _agrees(output: str, expected: Sequence[str]) -> bool:
    """Return whether every number that is expected stands in what the notebook printed."""
    printed = [float(number) for number in _NUMBER.findall(output)]
    shown = [float(number) for text in expected for number in _NUMBER.findall(text)]
    return all(any(math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-8) for other in printed) for one in shown)
