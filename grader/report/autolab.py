"""The report for Autolab: the text, then one line of JSON for its table of tests, and last the line with the scores.

Autolab takes the last line that an autograder prints for the scores, by the names of the assessment's problems, and a
line of JSON before it for its formatted feedback (docs.autolabproject.com, Formatted Feedback). A problem that has no
score in the line keeps none. So what was not graded is not named there, nor what a person has still to grade.
"""

from __future__ import annotations

from typing import Any

import msgspec

from grader.language import Language, plain, say
from grader.report import Format, terminal
from grader.report.points import shown_points
from grader.report.wording import STATES, AnyReport

_LONGEST = 300
"""Characters of a hint in the table of tests."""


def render(report: AnyReport, *, language: Language) -> str:
    """Return what the autograder prints; the last line is what Autolab reads, whatever a student's text holds."""
    text = terminal.render(report, language=language, width=100)
    points = shown_points(report)
    graded = [problem for problem in report.problems if problem.status != "not_graded" and problem.max_score]
    scores = {problem.function: float(points.problems[problem.function].score) for problem in graded}
    scores |= {item.name: float(points.manual[item.name].score) for item in report.manual if not item.is_open}
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


FORMAT = Format(render=render, suffix="txt", platform=True)
