"""Less of a prepared rubric: some of its functions, and those that build on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.grading.kept import chosen

if TYPE_CHECKING:
    from grader.grading.prepared import Prepared


def narrow(prepared: Prepared, names: Collection[str]) -> Prepared:
    """Return what is prepared of the functions `names`."""
    kept = [index for index, case in enumerate(prepared.cases) if case.function in names]
    of_kit = prepared.kept
    if of_kit is not None:  # its answers and seals name cases by their places
        of_kit = chosen(of_kit, {(case.function, case.check) for case in of_kit.cases if case.function in names})
    return replace(
        prepared,
        chosen=tuple(problem for problem in prepared.plan.rubric.problems if problem.function in names),
        cases=tuple(prepared.cases[index] for index in kept),
        want=tuple(prepared.want[index] for index in kept),
        kept=of_kit,
        timed=tuple(case for case in prepared.timed if case.function in names),
    )


def with_dependents(prepared: Prepared, names: Collection[str]) -> set[str]:
    """Return `names` and the functions that build on one of them, at any depth."""
    found = set(names)
    while True:
        more = {
            problem.function for problem in prepared.plan.rubric.problems if found & set(problem.needs or ())
        } - found
        if not more:
            return found
        found |= more
