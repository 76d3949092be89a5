"""Several submissions at a glance: a line each."""

from __future__ import annotations

from collections.abc import Sequence

from grader.language import Language, Message, say, say_count
from grader.report.focus import AnyReport, is_full
from grader.report.points import show_points, shown_points
from grader.report.width import cells, cut, pad
from grader.report.words import STATES


def standing(report: AnyReport) -> Message:
    """Return the word for a submission: not graded if anything was not, full marks, or what all of it is."""
    states = {problem.status for problem in report.problems}
    if "not_graded" in states:
        return STATES["not_graded"].word
    if len(states) == 1 and (alike := next(iter(states))) in ("ungradable", "not_attempted", "missing"):
        return STATES[alike].word
    if report.score >= report.max_score and all(is_full(problem) for problem in report.problems if not problem.bonus):
        return say("full marks")
    return STATES["partial"].word if report.score + report.bonus > 0 else STATES["failed"].word


def render(reports: Sequence[AnyReport], *, language: Language, width: int = 80) -> str:
    """Return a table of at most `width` cells: name, required points, bonus points, how it stands, what is not full.

    A name is cut from its left, where paths are alike. Points that were not graded are a dash.
    """
    rows = [
        (report.submission, *_points(report), standing(report).text(language), _short(report)) for report in reports
    ]
    score, bonus = (max(len(row[column]) for row in rows) for column in (1, 2))
    word = max(cells(row[3]) for row in rows)
    name = max(8, min(max(cells(row[0]) for row in rows), width - score - bonus - word - 16))
    lines = [say_count("{count} submission", "{count} submissions", len(rows)).text(language), ""]
    for submission, required, extra, state, short in rows:
        gap = f"  {extra:>{bonus}}" if bonus else ""
        head = f"{pad(_cut_left(submission, name), name)}  {required:>{score}}{gap}  {pad(state, word)}  "
        lines.append((head + cut(short, max(8, width - cells(head)))).rstrip())
    return "\n".join(lines) + "\n"


def _points(report: AnyReport) -> tuple[str, str]:
    points = shown_points(report)
    lost = {problem.bonus for problem in report.problems if problem.status == "not_graded"}
    required = "–" if False in lost else show_points(points.required.score)
    extra = "–" if True in lost else f"+{show_points(points.bonus.score)}"
    return f"{required} / {show_points(points.required.max_score)}", extra if report.max_bonus else ""


def _short(report: AnyReport) -> str:
    """Return the functions that are not full, each with its sign; nothing where one word says it of all of them."""
    short = [problem for problem in report.problems if problem.score < problem.max_score]
    if len(short) == len(report.problems) and len({problem.status for problem in short}) == 1:
        return ""
    return " ".join(f"{STATES[problem.status].sign}{problem.function}" for problem in short)


def _cut_left(text: str, width: int) -> str:
    while cells(text) > width:
        text = "…" + text.removeprefix("…")[1:]
    return text
