"""The looks that `grade check` takes at a rubric, in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction

from msgspec.structs import replace

from grader.author.audit import audit
from grader.author.check.checkup import Checkup, Look, look, set_up
from grader.author.check.known import mistakes_are_recognised, mistakes_cost_once, mistakes_lose_points
from grader.author.check.marks import assignment_follows, kit_gives_nothing_away, reference_gets_all, stub_gets_nothing
from grader.author.check.pace import time_limits_fit
from grader.author.check.probing import every_check_can_fail, tolerances_are_far
from grader.author.check.steadiness import two_runs_agree
from grader.execution import Engine
from grader.grading import Plan
from grader.language import Message, say, say_count
from grader.report.focus import show_place
from grader.report.points import show_points

LEAST = Fraction(95, 100)
"""Of the slips that are made in the reference so many lose points."""


def audited(plan: Plan, engine: Engine) -> Look:
    """Look how many slips in the reference the rubric notices; `grade audit` shows them. Raises as `audit` does."""
    found = audit(plan, engine)
    killed, total = found.killed, found.killed + found.survived
    alive = [] if found.holds(LEAST) else [
        say("{place}: {function}: {slip} gets full marks. See grade audit.", place=show_place(each.at),
            function=each.function, slip=each.slip or each.says)
        for each in found.survivors
    ]  # fmt: skip
    return look(
        say("{killed} of {total} slips made in the reference lose points.", killed=killed, total=total),
        say("Only {killed} of {total} slips made in the reference lose points.", killed=killed, total=total),
        alive,
    )


def check(plan: Plan, engine: Engine, other: Engine) -> Iterator[Look]:
    """Yield what each look at a rubric finds; `other` is a second engine, of other processes.

    Raises RubricError for a draw that cannot be made, a reference that fails, or faults in the file of mistakes.
    """
    checkup = set_up(plan, engine)
    yield _read(checkup)
    yield reference_gets_all(checkup)
    yield stub_gets_nothing(checkup)
    slips = (
        [mistakes_lose_points(checkup), mistakes_cost_once(checkup), mistakes_are_recognised(checkup)]
        if checkup.tried
        else []
    )
    yield from slips
    yield every_check_can_fail(checkup)
    yield tolerances_are_far(checkup)
    if (found := time_limits_fit(checkup)) is not None:
        yield found
    yield two_runs_agree(checkup, other)
    yield another_seed_agrees(plan, engine, {detail for slip in slips for detail in map(_key, slip.details)})
    yield assignment_follows(checkup)
    yield kit_gives_nothing_away(checkup)


def another_seed_agrees(plan: Plan, engine: Engine, known: Collection[str] = ()) -> Look:
    """Look again with another seed: the reference gets full marks, known mistakes are noticed and told apart.

    Details that are `known` from the rubric's own seed, as English text, are left out.
    """
    seed = plan.rubric.seed + 1
    checkup = set_up(replace(plan, rubric=replace(plan.rubric, seed=seed)), engine)
    looks = [reference_gets_all(checkup), mistakes_lose_points(checkup), mistakes_are_recognised(checkup)]
    return look(
        say("The same holds with another seed ({seed}).", seed=seed),
        say(
            "With another seed ({seed}) not all of it holds: draw more cases, or cases that always show the mistake.",
            seed=seed,
        ),
        [detail for each in looks for detail in each.details if _key(detail) not in known],
    )


def _key(detail: Message) -> str:
    return detail.text("en")


def _read(checkup: Checkup) -> Look:
    problems = checkup.plan.rubric.problems
    required = sum((problem.points for problem in problems if not problem.bonus), Fraction(0))
    bonus = sum((problem.points for problem in problems if problem.bonus), Fraction(0))
    return Look(
        title=say(
            "The rubric: {functions}, {checks}, {cases}; {points} points, {bonus} bonus; shares add up.",
            functions=say_count("{count} function", "{count} functions", len(problems)),
            checks=say_count("{count} check", "{count} checks", sum(len(problem.checks) for problem in problems)),
            cases=say_count("{count} case", "{count} cases", len(checkup.prepared.tasks)),
            points=show_points(required),
            bonus=show_points(bonus),
        ),
        holds=True,
    )
