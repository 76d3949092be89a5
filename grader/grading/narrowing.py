"""Less or other than a prepared rubric: some of its functions, or other numbers for each student."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.cases.randomness import digest
from grader.errors import UsageError
from grader.grading.kept import chosen
from grader.grading.prepared import Plan
from grader.language import say

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


def varied(plan: Plan, variant: str) -> Plan:
    """Return the plan with seeds that follow from its own and the `variant`; the plan itself for "".

    What is shown follows from the variant alone, so that it tells nothing of the rubric's seed.

    The same variant draws the same cases on every machine; examples with a `legacy_seed` stay what they are. Raises
    UsageError for a student kit, whose cases are kept.
    """
    if not variant:
        return plan
    if plan.kept is not None:
        raise UsageError(say("A student kit's cases are kept, so it has no variants."))
    seed, shown = (digest(each, "variant", variant) >> 65 for each in (plan.rubric.seed, plan.rubric.public_seed))
    return replace(plan, rubric=replace(plan.rubric, seed=seed, public_seed=shown))
