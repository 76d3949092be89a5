"""Several submissions at a glance: a line each."""

from __future__ import annotations

from collections.abc import Sequence

from grader.language import Language, say_count
from grader.report.focus import AnyReport
from grader.report.points import show_points, shown_points
from grader.report.width import cells, cut, pad
from grader.report.words import STATES


def render(reports: Sequence[AnyReport], *, language: Language, width: int = 80) -> str:
    """Return a table of at most `width` cells: each submission's name, required and bonus points, and what is not full.

    A name is cut from its left, where paths are alike.
    """
    rows = [(report.submission, *_points(report), _states(report, language)) for report in reports]
    score = max(len(row[1]) for row in rows)
    bonus = max(len(row[2]) for row in rows)
    name = max(8, min(max(cells(row[0]) for row in rows), width - score - bonus - 20))
    lines = [say_count("{count} submission", "{count} submissions", len(rows)).text(language), ""]
    for submission, required, extra, states in rows:
        head = f"{pad(_cut_left(submission, name), name)}  {required:>{score}}  {extra:>{bonus}}  "
        lines.append((head + cut(states, max(8, width - cells(head)))).rstrip())
    return "\n".join(lines) + "\n"


def _points(report: AnyReport) -> tuple[str, str]:
    points = shown_points(report)
    extra = f"+{show_points(points.bonus.score)}" if report.max_bonus else ""
    return f"{show_points(points.required.score)} / {show_points(points.required.max_score)}", extra


def _states(report: AnyReport, language: Language) -> str:
    short = [problem for problem in report.problems if problem.score < problem.max_score]
    if short and len({problem.status for problem in short}) == 1 and len(short) == len(report.problems):
        return STATES[short[0].status].word.text(language)
    return " ".join(f"{STATES[problem.status].sign}{problem.function}" for problem in short)


def _cut_left(text: str, width: int) -> str:
    while cells(text) > width:
        text = "…" + text.removeprefix("…")[1:]
    return text
