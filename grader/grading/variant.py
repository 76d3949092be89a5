"""Variants: one rubric, other numbers for each student."""

from __future__ import annotations

from msgspec.structs import replace

from grader.cases.randomness import digest
from grader.errors import UsageError
from grader.grading.prepared import Plan
from grader.language import say


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
