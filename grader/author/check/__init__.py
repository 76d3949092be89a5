"""Checks a rubric before students come, by a list of looks at it.

Here are the list and the looks at files whose right result is known: the reference gets all points in good time, the
stub none; the assignment follows from the reference; and the student kit gives nothing away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction
from pathlib import Path

from msgspec.structs import replace

from grader.author.audit import audit
from grader.author.check.another_form import another_form_fails
from grader.author.check.application import application_works
from grader.author.check.checkup import Checkup, Look, look, of_check, set_up
from grader.author.check.difficulty import equally_hard
from grader.author.check.steadiness import two_runs_agree
from grader.author.check.wrong_answers import (
    every_check_can_fail,
    mistakes_are_recognised,
    mistakes_cost_once,
    mistakes_lose_points,
    tolerances_are_far,
)
from grader.author.kit.stubs import outdated, submission_path
from grader.checks.kind import kind_of
from grader.checks.timing import Bench, Turn
from grader.errors import RubricError, SubmissionError, UsageError
from grader.execution import Engine
from grader.grading import Plan, grade, handed_in
from grader.grading.adjusting import summed
from grader.language import Message, inert, say, say_count
from grader.model import Check, Exhibit, ManualItem, Problem, Report, Rubric, Withheld
from grader.report.lines import show_place
from grader.report.points import show_points
from grader.report.terms import has_bonus, rules, show_minutes

LEAST = Fraction(95, 100)
"""The fraction of the slips in the reference that must lose points."""


def check(plan: Plan, engine: Engine, other: Engine) -> Iterator[Look]:
    """Yield what each look at a rubric finds; `other` is a second engine, of other processes.

    Raises RubricError for a draw that cannot be made, a reference that fails, or faults in the file of mistakes.
    """
    checkup = set_up(plan, engine)
    yield _read(checkup)
    if (asked := policies_make_sense(plan.rubric)) is not None:
        yield asked
    yield reference_gets_all(checkup)
    stub = _stub(checkup)
    yield stub_gets_nothing(checkup, stub)
    slips = (
        [mistakes_lose_points(checkup), mistakes_cost_once(checkup), mistakes_are_recognised(checkup)]
        if checkup.tried
        else []
    )
    yield from slips
    yield every_check_can_fail(checkup, _given_away(checkup, stub))
    yield tolerances_are_far(checkup)
    if (found := time_limits_fit(checkup)) is not None:
        yield found
    if (found := another_form_fails(checkup)) is not None:
        yield found
    yield two_runs_agree(checkup, other)
    yield another_seed_agrees(plan, engine, {detail for slip in slips for detail in map(_key, slip.details)})
    if (found := equally_hard(plan, engine)) is not None:
        yield found
    if (found := application_works(plan, engine)) is not None:
        yield found
    yield assignment_follows(checkup)
    yield kit_gives_nothing_away(checkup)


def another_seed_agrees(plan: Plan, engine: Engine, known: Collection[str] = ()) -> Look:
    """Look again with another seed: the reference gets full marks, each known mistake loses points and is recognised.

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
    manual = checkup.plan.rubric.manual
    every: list[Problem | ManualItem] = [*problems, *manual]
    required = sum((one.points for one in every if not one.bonus), Fraction(0))
    bonus = sum((one.points for one in every if one.bonus), Fraction(0))
    by_hand = sum((item.points for item in manual), Fraction(0))
    details = [say("{points} of the points are graded by hand.", points=show_points(by_hand))] if manual else []
    return Look(
        details=tuple(details),
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


def policies_make_sense(rubric: Rubric) -> Look | None:
    """Look for what changes nothing in what the course asks, and tell that in words; `None` if it asks nothing."""
    policies, late = rubric.policies, rubric.policies.late
    said = rules(policies, bonus=has_bonus(rubric))
    if not said:
        return None
    idle = []
    if policies.cap is not None and not has_bonus(rubric):
        idle.append(say("`cap` drops nothing: this rubric has no bonus points."))
    if late is not None and late.until is not None and late.share(late.until) == 1:
        idle.append(say("`until` changes nothing: work {time} late gets no points anyway.",
                        time=show_minutes(late.until)))  # fmt: skip
    if late is not None and any(most <= policies.grace for most, _ in late.steps):
        idle.append(say("The first step of `late` takes nothing: `grace` is as long."))
    found = look(
        say("What the course asks of work that is handed in:"),
        say("A part of what the course asks of work that is handed in changes nothing."),
        idle,
    )
    return replace(found, details=(*idle, *said))


def reference_gets_all(checkup: Checkup) -> Look:
    """Look whether the reference gets all points of every function."""
    report = grade(checkup.prepared, checkup.plan.reference, checkup.engine)
    lost = [
        say(
            "{function}: {score} of {most}: {why}",
            function=problem.function,
            score=show_points(problem.score),
            most=show_points(problem.max_score),
            why=problem.message or say("not right yet"),
        )
        for problem in report.problems
        if not problem.is_full
    ]
    return look(
        say("The reference gets full marks: {points}.", points=_points(report)),
        say("The reference does not get full marks: {points}.", points=_points(report)),
        lost,
    )


def time_limits_fit(checkup: Checkup) -> Look | None:
    """Look whether every limit of time fits the reference's own time; `None` if the rubric has no such limit.

    Slowness that a limit cannot notice gets a remark; it is not a fault.
    """
    timed = [(problem, check) for problem in checkup.prepared.chosen for check in problem.checks if check.demand.timed]
    if not timed:
        return None
    faults, remarks = [], []
    for problem, check in timed:
        kind, turns = kind_of(check), _turns(checkup, problem, check)
        faults += [of_check(problem.function, check, what) for what in kind.misfits(problem, turns)]
        remarks += [of_check(problem.function, check, what) for what in kind.unnoticed(turns)]
    found = look(
        say("Limits of time are far from the reference's own time."),
        say("A limit of time does not fit the reference."),
        faults,
    )
    return replace(found, details=(*faults, *remarks))


def _turns(checkup: Checkup, problem: Problem, check: Check) -> list[Turn]:
    source = checkup.plan.reference.source
    bench = Bench(checkup.engine, source, source, problem.limits)
    own = [task.case for task in checkup.prepared.timed if task.key == (problem.function, check.key)]
    return bench.sweep(own, 0)


def _stub(checkup: Checkup) -> Report[Exhibit | Withheld] | Message:
    """Return the report on the stub that students start from, or why it cannot be read."""
    rubric = checkup.plan.rubric
    path = Path(rubric.submission)
    try:
        student = handed_in(checkup.plan, path)
    except (UsageError, SubmissionError) as error:
        return error.message
    return grade(checkup.prepared, student, checkup.engine)


def _given_away(checkup: Checkup, report: Report[Exhibit | Withheld] | Message) -> set[tuple[str, str]]:
    """Return the checks, by function and key, of which the stub earns every point."""
    if isinstance(report, Message):
        return set()
    return {
        (problem.function, check.key)
        for problem, result in zip(checkup.plan.rubric.problems, report.problems, strict=True)
        for check, earned in zip(problem.checks, result.checks, strict=True)
        if earned.score == earned.max_score > 0
    }


def stub_gets_nothing(checkup: Checkup, report: Report[Exhibit | Withheld] | Message) -> Look:
    """Look whether the stub that students start from gets no points, by the report on it."""
    name = inert(submission_path(checkup.plan), 80)
    bad = say("The stub {path} is not worth 0 points.", path=name)
    if isinstance(report, Message):
        hint = say("Write it anew: grade release --update")
        return look(bad, bad, [say("{message} {hint}", message=report, hint=hint)])
    earned = [
        say(
            "{function}, {check}: {points} of {most} points. Is its body still there?",
            function=problem.function,
            check=check.name,
            points=show_points(check.score),
            most=show_points(check.max_score),
        )
        for problem in report.problems
        for check in problem.checks
        if check.score
    ]
    return look(say("The stub {path} gets nothing: {points}.", path=name, points=_points(report)), bad, earned)


def _points(report: Report[Exhibit | Withheld]) -> Message:
    report = summed(replace(report, manual=()), report.problems)  # what a program can grade
    score, most = show_points(report.score), show_points(report.max_score)
    if not report.max_bonus:
        return say("{score} / {most}", score=score, most=most)
    return say(
        "{score} / {most}, bonus {bonus} / {most_bonus}",
        score=score,
        most=most,
        bonus=show_points(report.bonus),
        most_bonus=show_points(report.max_bonus),
    )


def assignment_follows(checkup: Checkup) -> Look:
    """Look whether the assignment is the reference without its answers."""
    bad = say("The assignment no longer follows from the reference.")
    try:
        found = outdated(checkup.plan)
    except (UsageError, RubricError) as error:
        return look(bad, bad, [error.message])
    different = [
        say("{path}: see how with grade release --check, write it anew with grade release --update", path=each.path)
        for each in found
    ]
    return look(say("The assignment follows from the reference."), bad, different)


def kit_gives_nothing_away(checkup: Checkup) -> Look:
    """Look in the student kit for the seed, the reference, hidden values and names of mistakes."""
    from grader.author.kit.kit import build, leaks

    public = [
        check for problem in checkup.plan.rubric.problems for check in problem.checks if check.visibility == "public"
    ]
    if not public:
        return Look(title=say("No check is public, so there is no student kit to look at."), holds=True)
    if not any(kind_of(check).portable for check in public):
        return Look(title=say("No check can be in a student kit, so there is none to look at."), holds=True)
    bad = say("The student kit would give away what students must not see.")
    try:
        found = leaks(build(checkup.prepared), checkup.prepared)
    except (UsageError, RubricError) as error:
        return look(bad, bad, [error.message])
    leaked = [say("{path}: {remark}", path=leak.path, remark=leak.message) for leak in found]
    return look(say("The student kit gives nothing away."), bad, leaked)


def audited(plan: Plan, engine: Engine) -> Look:
    """Look how many slips in the reference the rubric notices; `grade audit` shows them. Raises what `audit` raises."""
    found = audit(plan, engine)
    killed, total = found.killed, found.killed + found.survived
    alive = [] if found.holds(LEAST) else [
        say("{place}: {function}: {slip} gets full marks. See grade audit.", place=show_place(each.at),
            function=each.function, slip=each.slip or each.says)
        for each in found.survivors if not each.allowed
    ]  # fmt: skip
    return look(
        say("{killed} of {total} slips made in the reference lose points.", killed=killed, total=total),
        say("Only {killed} of {total} slips made in the reference lose points.", killed=killed, total=total),
        alive,
    )
