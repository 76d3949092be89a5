"""Finds a draw that would notice a survivor, by trying variations of the checks there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import partial

from msgspec.structs import replace

from grader import comparison
from grader.audit.attempts import Attempt
from grader.audit.findings import Suggestion
from grader.audit.trying import SHORTEST
from grader.audit.variations import Variation, variations
from grader.cases import draw
from grader.errors import RubricError
from grader.execution import Engine, Session
from grader.grading import Plan
from grader.grading.preparing import author
from grader.grading.runs import value_of
from grader.model import Case, Check, Outcome, Problem, Value

MOST = 24
"""Survivors of one function that are searched for; where there are more, what notices these notices most of them."""
PATIENCE = 40
"""Variations tried for one function."""


def suggest(plan: Plan, engine: Engine, survivors: Sequence[Attempt]) -> dict[str, Suggestion]:
    """Return a suggestion for each survivor, by its name, for which a variation was found that notices it."""
    if not survivors:
        return {}
    source = author(plan)
    texts = [source.text, *(each.variant.text for each in survivors if each.variant is not None)]
    most = max((each.limits for each in plan.rubric.problems), key=lambda each: each.seconds)
    found: dict[str, Suggestion] = {}
    with engine.session(replace(source, text="\n\n\n".join(texts)), replace(most, seconds=2 * SHORTEST)) as session:
        for problem in plan.rubric.problems:
            own = [each for each in survivors if each.function == problem.function]
            found |= _search(plan, session, problem, own)
    return found


def _search(plan: Plan, session: Session, problem: Problem, survivors: Sequence[Attempt]) -> dict[str, Suggestion]:
    found: dict[str, Suggestion] = {}
    searched, rest = survivors[:MOST], survivors[MOST:]
    for tries, (original, variation) in enumerate(_variations(plan, problem, searched)):
        left = [each for each in searched if each.name not in found]
        if not left or tries == PATIENCE:
            break
        whole = replace(problem, checks=(replace(variation.check, share=Fraction(1)),))
        try:
            drawn = _draw(plan, session, whole)
            cases = {each.name: _noticed(session, whole, drawn, each) for each in left}
            if any(cases.values()):
                cases |= {each.name: _noticed(session, whole, drawn, each) for each in rest if each.name not in found}
        except RubricError:
            continue  # an empty range, a condition that never holds, an input the reference refuses: no advice
        found |= {name: _suggestion(original, variation, case) for name, case in cases.items() if case is not None}
    return found


def _variations(plan: Plan, problem: Problem, survivors: Sequence[Attempt]) -> Iterable[tuple[Check, Variation]]:
    return variations(problem, plan.signatures[problem.function]) if survivors else ()


def _draw(plan: Plan, session: Session, problem: Problem) -> list[tuple[Case, list[Outcome]]]:
    """Return the cases of a problem with what the reference makes of them."""
    rubric = replace(plan.rubric, problems=(problem,))
    drawn = draw(rubric, plan.signatures, partial(value_of, session))
    return [(case, [session.call(call.function, call.arguments) for call in case.truth]) for case in drawn]


def _noticed(
    session: Session, problem: Problem, drawn: Sequence[tuple[Case, list[Outcome]]], survivor: Attempt
) -> Case | None:
    """Return the first case of the problem's one check that takes points from a survivor."""
    for case, want in drawn:
        got = [survivor.answer(session, call) for call in case.calls]
        if comparison.judge(problem.checks[0], problem.returns, case, got, want).share < 1:
            return case
    return None


def _suggestion(original: Check, variation: Variation, case: Case) -> Suggestion:
    return Suggestion(
        changes=variation.upto(original, case.index),
        case=case.index,
        drawn=tuple((name, _shown(value)) for name, value in case.names.items()),
    )


def _shown(value: Value) -> str:
    """Return a drawn value in a few characters: an array's shape, anything else as Python writes it."""
    shape = getattr(value, "shape", None)
    if shape is not None:
        return str(tuple(int(size) for size in shape))
    if isinstance(value, tuple | list | dict):
        inner = value.values() if isinstance(value, dict) else value
        if any(hasattr(each, "shape") or isinstance(each, tuple | list | dict) for each in inner):
            return f"{type(value).__name__} ({len(value)})"
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
