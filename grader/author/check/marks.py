"""Looks at the reference, the stub, the assignment and the student kit, of which the right result is known."""

from __future__ import annotations

from pathlib import Path

from grader import submission
from grader.author.check.checkup import Checkup, Look, look
from grader.author.kit.following import submission_path
from grader.errors import RubricError, SubmissionError, UsageError
from grader.grading import grade
from grader.language import Message, inert, say
from grader.model import Exhibit, Report, Withheld
from grader.report.points import show_points

Full = Report[Exhibit | Withheld]


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
        if problem.score < problem.max_score
    ]
    return look(
        say("The reference gets full marks: {points}.", points=_points(report)),
        say("The reference does not get full marks: {points}.", points=_points(report)),
        lost,
    )


def stub_gets_nothing(checkup: Checkup) -> Look:
    """Look whether the stub that students start from gets no points."""
    rubric = checkup.plan.rubric
    path, shown = Path(rubric.submission), inert(submission_path(checkup.plan), 80)
    bad = say("The stub {path} is not worth 0 points.", path=shown)
    try:
        student = submission.load(path, [problem.function for problem in rubric.problems], path.name)
    except (UsageError, SubmissionError) as error:
        hint = say("Write it anew: grade release --update")
        return look(bad, bad, [say("{message} {hint}", message=error.message, hint=hint)])
    report = grade(checkup.prepared, student, checkup.engine)
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
    return look(say("The stub {path} gets nothing: {points}.", path=shown, points=_points(report)), bad, earned)


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


def assignment_follows(checkup: Checkup) -> Look:
    """Look whether the assignment is the reference without its answers."""
    from grader.author.kit.following import outdated

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

    if all(check.visibility == "hidden" for problem in checkup.plan.rubric.problems for check in problem.checks):
        return Look(title=say("No check is public, so there is no student kit to look at."), holds=True)
    bad = say("The student kit would give away what students must not see.")
    try:
        found = leaks(build(checkup.prepared), checkup.prepared)
    except (UsageError, RubricError) as error:
        return look(bad, bad, [error.message])
    told = [say("{path}: {remark}", path=leak.path, remark=leak.message) for leak in found]
    return look(say("The student kit gives nothing away."), bad, told)
