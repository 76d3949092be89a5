"""A rubric with its cases drawn and its known mistakes tried: what the looks at it share."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from grader.execution import Engine
from grader.grading import Plan, Prepared, prepare
from grader.grading.judging import Judged
from grader.model import Mistake
from grader.rehearsal.answers import of_mistakes, try_all
from grader.rubric.mistakes import mistakes


class Scene(Struct, frozen=True, kw_only=True, eq=False):
    """A prepared rubric, and each known mistake judged on it, in the order of the file."""

    engine: Engine
    prepared: Prepared
    tried: tuple[tuple[Mistake, Judged], ...]

    @property
    def plan(self) -> Plan:
        """The rubric and its reference, as read."""
        return self.prepared.plan


def set_scene(plan: Plan, engine: Engine) -> Scene:
    """Draw the cases and try the known mistakes.

    Raises RubricError for a draw that cannot be made, a reference that fails, or faults in the file of mistakes.
    """
    prepared = prepare(plan, engine)
    known = known_mistakes(plan)
    judged = try_all(prepared, engine, of_mistakes(known))
    return Scene(engine=engine, prepared=prepared, tried=tuple(zip(known, judged, strict=True)))


def known_mistakes(plan: Plan) -> tuple[Mistake, ...]:
    """Return the author's known mistakes of the rubric's functions, none if there is no file of them."""
    if not plan.rubric.mistakes:
        return ()
    graded = {problem.function for problem in plan.rubric.problems}
    found = mistakes(Path(plan.rubric.mistakes), plan.reference.source.text)
    return tuple(mistake for mistake in found if mistake.function in graded)


def with_seed(plan: Plan, seed: int) -> Plan:
    """Return the plan with another seed."""
    return replace(plan, rubric=replace(plan.rubric, seed=seed))
