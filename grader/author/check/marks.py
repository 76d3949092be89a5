"""The marks that are known beforehand: all for the reference, none for the stub, the same for the same."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from grader import submission
from grader.author.check.scene import Finding, Scene, finding
from grader.author.check.steadiness import all_unsteady
from grader.author.kit.following import place
from grader.errors import RubricError, SubmissionError, UsageError
from grader.execution import Engine
from grader.grading import Prepared, for_students, grade, prepare
from grader.grading.variants import in_place
from grader.language import Message, inert, say
from grader.model import Exhibit, Mistake, Report, Submission, Withheld
from grader.report.points import show_points

Full = Report[Exhibit | Withheld]


def reference(scene: Scene) -> Finding:
    """Look whether the reference gets all points of every function."""
    report = grade(scene.prepared, scene.plan.reference, scene.engine)
    lost = [
        say(
            "{function}: {score} of {most}: {why}",
            function=problem.function,
            score=show_points(problem.score),
            most=show_points(problem.max_score),
            why=problem.message or say("not right yet"),
        )
        for problem in report.problems
        if problem.score < problem.max_score
    ]
    return finding(
        say("The reference gets full marks: {points}.", points=_points(report)),
        say("The reference does not get full marks: {points}.", points=_points(report)),
        lost,
    )


def stub(scene: Scene) -> Finding:
    """Look whether what students start from gets no point."""
    rubric = scene.plan.rubric
    path, shown = Path(rubric.submission), inert(place(scene.plan), 80)
    bad = say("The stub {path} is not worth 0 points.", path=shown)
    try:
        student = submission.load(path, [problem.function for problem in rubric.problems], path.name)
    except (UsageError, SubmissionError) as error:
        hint = say("Write it anew: grade release --update")
        return finding(bad, bad, [say("{message} {hint}", message=error.message, hint=hint)])
    report = grade(scene.prepared, student, scene.engine)
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
    return finding(say("The stub {path} gets nothing: {points}.", path=shown, points=_points(report)), bad, earned)


def twice(scene: Scene, other: Engine) -> Finding:
    """Look whether two runs in different processes report the same, of right and wrong answers.

    Cases must be drawn the same, and the reference must answer the same whenever and in whatever order it is asked.
    Wrong are functions that no other one builds on: what comes of wrong helpers is looked at elsewhere.
    """
    again = prepare(scene.plan, other)
    told = list(all_unsteady(scene, other, again))
    helpers = {need for problem in scene.plan.rubric.problems for need in problem.needs or ()}
    known = [mistake for mistake, _ in scene.tried if mistake.function not in helpers]
    wrong = all_wrong(scene.plan.reference, known)
    different = told or [
        say("Of {what}. Does the reference use the time, or a random number without a seed?", what=what)
        for what, source in ((say("the reference"), scene.plan.reference), (say("the known mistakes together"), wrong))
        if _seen(scene.prepared, source, scene.engine) != _seen(again, source, other)
    ]
    return finding(say("Two runs give the same report."), say("Two runs give different reports."), different)


def all_wrong(right: Submission, mistakes: list[Mistake]) -> Submission:
    """Return the reference with the first known mistake in place of each function that has one."""
    first = {mistake.function: mistake for mistake in reversed(mistakes)}
    return in_place(right, list(first.values()))


def _seen(prepared: Prepared, student: Submission, engine: Engine) -> str:
    """Return all that a student sees of a report, but for the time it took."""
    from grader.report import json

    report = for_students(grade(prepared, student, engine))
    return json.render(replace(report, seconds=0.0), language=report.language)


def _points(report: Full) -> Message:
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


def follows(scene: Scene) -> Finding:
    """Look whether the assignment is what the reference comes to with its answers taken out."""
    from grader.author.kit.following import differences

    bad = say("The assignment no longer follows from the reference.")
    try:
        found = differences(scene.plan)
    except (UsageError, RubricError) as error:
        return finding(bad, bad, [error.message])
    different = [
        say("{path}: see how with grade release --check, write it anew with grade release --update", path=each.path)
        for each in found
    ]
    return finding(say("The assignment follows from the reference."), bad, different)


def closed(scene: Scene) -> Finding:
    """Look in the student kit for the seed, the reference, hidden values and names of mistakes."""
    from grader.author.kit.kit import build
    from grader.author.kit.leaks import leaks

    if all(check.visibility == "hidden" for problem in scene.plan.rubric.problems for check in problem.checks):
        return Finding(title=say("No check is public, so there is no student kit to look at."), holds=True)
    bad = say("The student kit would give something away.")
    try:
        found = leaks(build(scene.prepared), scene.prepared)
    except (UsageError, RubricError) as error:
        return finding(bad, bad, [error.message])
    told = [say("{path}: {remark}", path=leak.path, remark=leak.message) for leak in found]
    return finding(say("The student kit gives nothing away."), bad, told)
