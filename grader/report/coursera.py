"""The report as Coursera's `feedback.json`: the share of the points, and a text of less than 64 KB.

Coursera has no word for what was not graded, and a missing share would be read as 0. So there is no file then: a grader
that writes none has failed, and costs no attempt.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from grader.errors import EngineError
from grader.language import Language, say
from grader.report import Format
from grader.report.caps import fitting, functions_left_out
from grader.report.evidence import check_text
from grader.report.next_step import in_short
from grader.report.prairielearn import share_of
from grader.report.wording import AnyReport, is_graded, to_explain, why_not

_MOST_BYTES = 60_000
"""The whole file, with the signs that JSON adds; the limit is 64 KB."""


class CourseraFeedback(Struct, frozen=True):
    """The file: `fractionalScore` is the share of the required points, bonus included, and at most 1."""

    fractionalScore: float
    feedback: str


def render(report: AnyReport, *, language: Language) -> str:
    """Return the text of `feedback.json`. Raises EngineError where something was not graded."""
    if not is_graded(report):
        raise not_graded(report, "Coursera")
    head = "\n".join(line.text(language) for line in in_short(report))
    items = [head]
    for problem in (each for group in to_explain(report) for each in group):
        texts = [
            f"{check.name.text(language)}: {check_text(problem, check, language)}"
            for check in problem.checks
            if check.status != "passed"
        ]
        items.append("\n\n".join([problem.function, *texts]))
    kept = fitting(items, _MOST_BYTES - 100, functions_left_out, language, size=_bytes)
    feedback = CourseraFeedback(fractionalScore=share_of(report), feedback="\n\n".join(kept))
    return msgspec.json.encode(feedback).decode() + "\n"


def not_graded(report: AnyReport, platform: str) -> EngineError:
    """Return the error for a report that a platform cannot be told of: something in it was not graded."""
    why = why_not(report) or say("not graded")
    return EngineError(
        say(
            "{platform} gets no file, since something was not graded, and it knows no word for that.", platform=platform
        ),
        why,
    )


def _bytes(text: str) -> int:
    """Return how many bytes a text takes in JSON, with two line ends behind it."""
    return len(msgspec.json.encode(text)) + 4


FORMAT = Format(render=render, suffix="json", platform=True)
