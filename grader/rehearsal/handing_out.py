"""What students are handed: it follows from the solutions, and gives nothing away."""

from __future__ import annotations

from grader.errors import RubricError, UsageError
from grader.language import say
from grader.rehearsal.finding import Finding, finding
from grader.rehearsal.scene import Scene


def follows(scene: Scene) -> Finding:
    """Look whether the assignment is what the reference comes to with its answers taken out."""
    from grader.release.following import differences

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
    from grader.release.kit import build
    from grader.release.leaks import leaks

    if all(check.visibility == "hidden" for problem in scene.plan.rubric.problems for check in problem.checks):
        return Finding(title=say("No check is public, so there is no student kit to look at."), holds=True)
    bad = say("The student kit would give something away.")
    try:
        found = leaks(build(scene.prepared), scene.prepared)
    except (UsageError, RubricError) as error:
        return finding(bad, bad, [error.message])
    told = [say("{path}: {remark}", path=leak.path, remark=leak.message) for leak in found]
    return finding(say("The student kit gives nothing away."), bad, told)
