"""The report for Autolab: the text, then one line of JSON for its table of tests, and last the line with the scores.

Autolab takes the last line that an autograder prints for the scores, by the names of the assessment's problems, and a
line of JSON before it for its formatted feedback (docs.autolabproject.com, Formatted Feedback). A problem that has no
score in the line keeps none. So what was not graded is not named there, nor what a person has still to grade. It adds
these scores up and knows of no others: what was taken off the whole, or added to it, is in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import msgspec

from grader.language import Language, plain, say
from grader.report import Format, terminal
from grader.report.points import Score, less_from_the_last, shown_points
from grader.report.wording import STATES, AnyReport, is_graded

_LONGEST = 300
"""Characters of a hint in the table of tests."""


def render(report: AnyReport, *, language: Language) -> str:
    """Return what the autograder prints; the last line is what Autolab reads, whatever a student's text holds."""
    text = terminal.render(report, language=language, width=100)
    points = shown_points(report)
    graded = [problem for problem in report.problems if problem.is_graded and problem.max_score]
    earned = {problem.function: points.problems[problem.function] for problem in graded}
    earned |= {item.name: points.manual[item.name] for item in report.manual if not item.is_open}
    scores = {name: float(score) for name, score in zip(earned, _adding_up(report, [*earned.values()]), strict=True)}
    tests: dict[str, Any] = {}
    for problem in report.problems:
        test: dict[str, Any] = {"passed": problem.is_full}
        if not problem.is_full:
            test["hint"] = plain((problem.message or STATES[problem.status].word).text(language), _LONGEST)
        tests[problem.function] = test
    stage = say("Functions").text(language)
    table = {"_presentation": "semantic", "stages": [stage], stage: tests}
    return (
        "\n".join([text.rstrip("\n"), *(msgspec.json.encode(each).decode() for each in (table, {"scores": scores}))])
        + "\n"
    )


def _adding_up(report: AnyReport, earned: Sequence[Score]) -> list[Fraction]:
    """Return scores that add up to the report's, bonus included; where something was not graded, nobody knows that.

    What was added goes where there is room, and the rest above the highest score of the last one.
    """
    scores = [each.score for each in earned]
    if not is_graded(report) or not scores:
        return scores
    points = shown_points(report)
    total = points.required.score + points.bonus.score
    scores = less_from_the_last(scores, total)
    for place, each in enumerate(earned):
        lack = total - sum(scores)
        room = lack if place == len(scores) - 1 else max(each.max_score - scores[place], Fraction(0))
        scores[place] += min(lack, room)
    return scores


FORMAT = Format(render=render, suffix="txt", platform=True)
