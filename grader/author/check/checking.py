"""The looks that `grade check` takes at a rubric, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction

from grader.author.audit import audit
from grader.author.check.blaming import lost, own_function_only, told_apart
from grader.author.check.conditioning import conditioning
from grader.author.check.deciding import deciding
from grader.author.check.marks import closed, follows, reference, stub, twice
from grader.author.check.pace import pace
from grader.author.check.scene import Finding, Scene, finding, set_scene, with_seed
from grader.execution import Engine
from grader.grading import Plan
from grader.language import Message, say, say_count
from grader.report.focus import show_place
from grader.report.points import show_points

LEAST = Fraction(95, 100)
"""Of the slips that are made in the reference so many lose points."""


def audited(plan: Plan, engine: Engine) -> Finding:
    """Look how many slips in the reference the rubric notices; `grade audit` shows them. Raises as `audit` does."""
    found = audit(plan, engine)
    killed, total = found.killed, found.killed + found.survived
    alive = [] if found.holds(LEAST) else [
        say("{place}: {function}: {slip} gets full marks. See grade audit.", place=show_place(each.at),
            function=each.function, slip=each.slip or each.says)
        for each in found.survivors
    ]  # fmt: skip
    return finding(
        say("{killed} of {total} slips made in the reference lose points.", killed=killed, total=total),
        say("Only {killed} of {total} slips made in the reference lose points.", killed=killed, total=total),
        alive,
    )


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
            cases=say_count("{count} case", "{count} cases", len(scene.prepared.tasks)),
            points=show_points(required),
            bonus=show_points(bonus),
        ),
        holds=True,
    )
