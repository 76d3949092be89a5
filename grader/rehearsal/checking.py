"""The looks that `grade check` takes at a rubric, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction

from grader.execution import Engine
from grader.grading import Plan
from grader.language import Message, say, say_count
from grader.rehearsal.blaming import own_function_only
from grader.rehearsal.conditioning import conditioning
from grader.rehearsal.deciding import deciding
from grader.rehearsal.finding import Finding, finding
from grader.rehearsal.handing_out import closed, follows
from grader.rehearsal.marks import reference, stub, twice
from grader.rehearsal.pace import pace
from grader.rehearsal.scene import Scene, set_scene, with_seed
from grader.rehearsal.slips import lost, told_apart
from grader.report.points import show_points


def check(plan: Plan, engine: Engine, other: Engine) -> Iterator[Finding]:
    """Yield what each look at a rubric finds; `other` is a second engine, of other processes.

    Raises RubricError for a draw that cannot be made, a reference that fails, or faults in the file of mistakes.
    """
    scene = set_scene(plan, engine)
    yield _read(scene)
    yield reference(scene)
    yield stub(scene)
    slips = [lost(scene), own_function_only(scene), told_apart(scene)] if scene.tried else []
    yield from slips
    yield deciding(scene)
    yield conditioning(scene)
    if (found := pace(scene)) is not None:
        yield found
    yield twice(scene, other)
    yield reseeded(plan, engine, {detail for slip in slips for detail in map(_key, slip.details)})
    yield follows(scene)
    yield closed(scene)


def reseeded(plan: Plan, engine: Engine, known: Collection[str] = ()) -> Finding:
    """Look again with another seed: the reference gets full marks, known mistakes are noticed and told apart.

    What is `known` of the rubric's own seed, in English, is not said again.
    """
    seed = plan.rubric.seed + 1
    scene = set_scene(with_seed(plan, seed), engine)
    looks = [reference(scene), lost(scene), told_apart(scene)]
    return finding(
        say("The same holds with another seed ({seed}).", seed=seed),
        say("With another seed ({seed}) less holds: draw more cases, or such that always show it.", seed=seed),
        [detail for look in looks for detail in look.details if _key(detail) not in known],
    )


def _key(detail: Message) -> str:
    return detail.text("en")


def _read(scene: Scene) -> Finding:
    problems = scene.plan.rubric.problems
    required = sum((problem.points for problem in problems if not problem.bonus), Fraction(0))
    bonus = sum((problem.points for problem in problems if problem.bonus), Fraction(0))
    return Finding(
        title=say(
            "The rubric: {functions}, {checks}, {cases}; {points} points, {bonus} bonus; shares add up.",
            functions=say_count("{count} function", "{count} functions", len(problems)),
            checks=say_count("{count} check", "{count} checks", sum(len(problem.checks) for problem in problems)),
            cases=say_count("{count} case", "{count} cases", len(scene.prepared.cases)),
            points=show_points(required),
            bonus=show_points(bonus),
        ),
        holds=True,
    )
