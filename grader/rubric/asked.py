"""What a check must say of itself that no single key can require: rules and efficiency ask for something."""

from __future__ import annotations

from grader.language import say
from grader.model import Efficiency, Rules
from grader.rubric.drafts import Draft
from grader.rubric.efficiency import AT_MOST, FEWEST_SIZES, GROWTH, OVER, SIZES
from grader.rubric.log import Log
from grader.rubric.rules import FORBID, NO_LOOPS, REQUIRE


def check_asked(draft: Draft, log: Log) -> None:
    """Record a check of rules without rules, one of efficiency without a limit, and growth without sizes."""
    entries, plan = draft.entries, draft.plan
    if isinstance(plan, Rules) and not (plan.forbid or plan.require or plan.no_loops):
        keys = ", ".join(f"`{key.name}`" for key in (FORBID, REQUIRE, NO_LOOPS))
        log.add(draft.at, say("These rules ask for nothing."), say("Possible here: {keys}.", keys=keys))
    if not isinstance(plan, Efficiency):
        return
    if plan.at_most is None and plan.growth is None:
        keys = ", ".join(f"`{key.name}`" for key in (AT_MOST, GROWTH))
        log.add(draft.at, say("No limit is set here."), say("Possible here: {keys}.", keys=keys))
    for key in (OVER, SIZES):
        if plan.growth is not None and not entries.has(key):
            log.add(entries.place(GROWTH), say("`growth` needs `{key}`.", key=key.name))
        elif plan.growth is None and entries.has(key):
            log.add(entries.place(key), say("`{key}` says nothing without `growth`.", key=key.name))
    if plan.sizes and (len(plan.sizes) < FEWEST_SIZES or list(plan.sizes) != sorted(set(plan.sizes))):
        log.add(entries.place(SIZES), say("`sizes` are at least {least}, the smallest first.", least=FEWEST_SIZES))
