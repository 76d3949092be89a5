"""How a whole submission stands, in one word."""

from __future__ import annotations

from grader.language import Message, say
from grader.report.focus import AnyReport, is_full
from grader.report.words import STATES


def standing(report: AnyReport) -> Message:
    """Return the word for a submission: not graded if anything was not, full marks, or what all of it is."""
    states = {problem.status for problem in report.problems}
    if "not_graded" in states:
        return STATES["not_graded"].word
    if len(states) == 1 and (alike := next(iter(states))) in ("ungradable", "not_attempted", "missing"):
        return STATES[alike].word
    if all(is_full(problem) for problem in report.problems if not problem.bonus):
        return say("full marks")
    return STATES["partial"].word if report.score + report.bonus > 0 else STATES["failed"].word
