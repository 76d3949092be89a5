"""The report as Gradescope's `results.json` (https://gradescope-autograders.readthedocs.io/en/latest/specs/)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from grader.language import Language, Message
from grader.report import Format
from grader.report.by_hand import item_text
from grader.report.caps import whole_lines
from grader.report.evidence import check_text
from grader.report.next_step import in_short
from grader.report.points import shown_points
from grader.report.wording import AnyReport, is_graded

_MOST = 8000  # characters of output for one test


class Test(Struct, frozen=True, kw_only=True):
    """One check, or an item that a person grades. What is open has neither score nor status.

    All of them are visible: a hidden test would hide the total as well, and the text is hidden-safe.
    """

    name: str
    number: str
    score: float | UnsetType = UNSET
    max_score: float
    status: Literal["passed", "failed"] | UnsetType = UNSET
    output: str
    name_format: Literal["text"] = "text"
    output_format: Literal["text"] = "text"
    visibility: Literal["visible"] = "visible"
    tags: list[str]


class Results(Struct, frozen=True, kw_only=True):
    """The file; `score` is required points and bonus together, as far as they are graded.

    Where something could not be graded, neither it nor that test has a score. Gradescope then says that the autograder
    failed, keeps the score that the student had, and does not count the attempt.
    """

    score: float | UnsetType = UNSET
    execution_time: float
    output: str
    output_format: Literal["text"] = "text"
    visibility: Literal["visible"] = "visible"
    stdout_visibility: Literal["hidden"] = "hidden"
    tests: list[Test]
    extra_data: dict[str, str]


def render(report: AnyReport, *, language: Language) -> str:
    """Return the text of `results.json`."""
    points = shown_points(report)
    tests = [
        Test(
            name=f"{problem.function}: {check.name.text(language)}",
            number=f"{major}.{minor}",
            score=float(shown.score) if problem.is_graded else UNSET,
            max_score=float(shown.max_score),
            status="passed" if check.status == "passed" and shown.score == shown.max_score else "failed",
            output=whole_lines(check_text(problem, check, language), _MOST, language),
            tags=["bonus"] if problem.bonus else [],
        )
        for major, problem in enumerate(report.problems, 1)
        for minor, (check, shown) in enumerate(zip(problem.checks, points.checks[problem.function], strict=True), 1)
    ]
    tests += [
        Test(
            name=f"{item.name}: {item.title.text(language)}",
            number=str(number),
            score=float(points.manual[item.name].score) if not item.is_open else UNSET,
            max_score=float(points.manual[item.name].max_score),
            status=UNSET if item.is_open else "passed" if item.is_full else "failed",
            output=_joined(item_text(item), language),
            tags=["bonus"] if item.bonus else [],
        )
        for number, item in enumerate(report.manual, len(report.problems) + 1)
    ]
    graded = is_graded(report)
    results = Results(
        score=float(points.required.score + points.bonus.score) if graded else UNSET,
        execution_time=report.seconds,
        output=_joined(in_short(report), language),
        tests=tests,
        extra_data={
            "rubric_digest": report.rubric_digest,
            "submission_digest": report.submission_digest,
            **({"replay": report.replay} if report.replay else {}),
        },
    )
    return msgspec.json.format(msgspec.json.encode(results), indent=2).decode() + "\n"


def _joined(lines: Sequence[Message], language: Language) -> str:
    return whole_lines("\n".join(line.text(language) for line in lines), _MOST, language)


FORMAT = Format(render=render, suffix="json", platform=True)
