"""The report for GitHub Actions: the text in the log, annotations at the student's lines, the step's summary.

Commands are lines that begin with `::`. The report may hold a student's text, so it stands between
`::stop-commands::TOKEN` and `::TOKEN::`, where no line is a command; the token is made after the text
(https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
"""

from __future__ import annotations

import secrets
from pathlib import Path

from grader.errors import Span
from grader.language import Language, say
from grader.report import Format, markdown, terminal
from grader.report.next_step import next_step
from grader.report.points import show_score, shown_points
from grader.report.wording import (
    STATES,
    AnyProblem,
    AnyReport,
    is_full,
    is_graded,
    place_of,
    remarks_below,
    to_explain,
    why_not,
)

MOST = 10
"""How many annotations of one level GitHub shows for a step."""

SUMMARY_BYTES = 900 << 10
"""A summary above 1 MiB is dropped whole; this stays well below."""


def render(report: AnyReport, *, language: Language, root: str = "") -> str:
    """Return what to print to the log: the report, then annotations with paths relative to `root`, then two notices.

    The notices are those of GitHub Classroom's reporter, so that a classroom shows the points without it. Where
    something was not graded, an error says so in their place: no points are told.
    """
    text = terminal.render(report, language=language, width=100)
    token = secrets.token_hex(16)
    lines = [f"::stop-commands::{token}", text.rstrip("\n"), f"::{token}::", *_annotations(report, language, root)]
    if not is_graded(report):
        why = why_not(report) or next_step(report)
        said = why.text(language)
        lines.append(_command("error", said, title=STATES["not_graded"].word.text(language)))
        return "\n".join(lines) + "\n"
    points = shown_points(report)
    required = points.required
    lines.append(_command("notice", "Points " + show_score(required).replace(" ", ""), title="Autograding complete"))
    score, most = float(required.score), float(required.max_score)
    totals = f'{{"totalPoints":{score:g},"maxPoints":{most:g}}}'
    lines.append(_command("notice", totals, title="Autograding report"))
    return "\n".join(lines) + "\n"


def summary(report: AnyReport, *, language: Language) -> str:
    """Return the step's summary in Markdown, at most 900 KiB of UTF-8: whole functions are left out, and it says so."""
    return markdown.render(report, language=language, most=SUMMARY_BYTES)


def outputs(report: AnyReport) -> dict[str, str]:
    """Return what later steps of a job can ask for; there are no points where something was not graded.

    All of it is numbers and truth values of ours, so no text of a student's can add a line to the file.
    """
    if not is_graded(report):
        return {"graded": "false", "points": "", "max-points": "", "bonus": ""}
    points = shown_points(report)
    found = {"points": points.required.score, "max-points": points.required.max_score, "bonus": points.bonus.score}
    return {"graded": "true"} | {name: f"{float(value):g}" for name, value in found.items()}


def _annotations(report: AnyReport, language: Language, root: str) -> list[str]:
    told = {each.function for group in to_explain(report) for each in group[1:]}  # one cause, one annotation
    wrong = [problem for problem in report.problems if not is_full(problem) and problem.function not in told]
    errors = [_problem(problem, "error", language, root) for problem in wrong if problem.required]
    warnings = [_problem(problem, "warning", language, root) for problem in wrong if problem.bonus and _tried(problem)]
    notices = [_problem(each, "notice", language, root) for each in wrong if not each.required and not each.bonus]
    notices += [
        _command("notice", note.message.text(language), title=say("Note").text(language), at=note.at, root=root)
        for note in report.notes
    ]
    return [*errors[:MOST], *warnings[:MOST], *notices[: MOST - 2]]


def _tried(problem: AnyProblem) -> bool:
    return problem.status not in ("not_attempted", "missing")


def _problem(problem: AnyProblem, level: str, language: Language, root: str) -> str:
    word = STATES[problem.status].word
    said = [problem.message or word, *remarks_below(problem)]
    message = "\n".join(sentence.text(language) for sentence in said)
    title = f"{problem.function}: {word.text(language)}"
    return _command(level, message, title=title, at=place_of(problem), root=root)


def _command(level: str, message: str, *, title: str, at: Span | None = None, root: str = "") -> str:
    properties = {"title": title}
    if at is not None and not at.cell:
        properties = {"file": _relative(at.path, root), "line": str(at.line)} | properties
    elif at is not None:
        properties = {"file": _relative(at.path, root)} | properties
    joined = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {joined}::{_data(message)}"


def _relative(path: str, root: str) -> str:
    inside = root and Path(path).is_relative_to(root)
    return str(Path(path).relative_to(root)) if inside else path


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format(render=render, asks=("root",), join="\n".join, job_page=summary, job_outputs=outputs, platform=True)
