"""Several submissions as a table for a spreadsheet: CSV (RFC 4180), a row each.

What was not graded by a fault of ours is an empty cell and a status, never a 0. A text that a spreadsheet would take
for a formula gets an apostrophe in front (owasp.org, CSV Injection).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.language import Language, say
from grader.report import Format
from grader.report.focus import AnyProblem, AnyReport, reckoned
from grader.report.points import Shown, arithmetic, show_points, shown_points
from grader.report.summary import standing

MARK = "\ufeff"
"""By this (a byte order mark) Excel knows a file for UTF-8."""
_ACTIVE = "=+-@\t\r\n＝＋－＠"
"""What a formula can begin with; Excel takes the full-width signs for the same."""


def render(reports: Sequence[AnyReport], *, language: Language) -> str:
    """Return the table: name, status, required and bonus points, their total, and each function's points.

    Where points changed after the checks, a last column says how.
    """
    functions = list(dict.fromkeys(problem.function for report in reports for problem in report.problems))
    words = [say("submission"), say("status"), say("required"), say("bonus"), say("total")]
    rows = [[*(word.text(language) for word in words), *functions]]
    rows += [_row(report, functions, language) for report in reports]
    reasons = [_adjusted(report, language) for report in reports]
    if any(reasons):
        rows = [[*row, reason] for row, reason in zip(rows, [say("adjusted").text(language), *reasons], strict=True)]
    return "".join(",".join(_cell(each) for each in row) + "\n" for row in rows)


def _row(report: AnyReport, functions: Sequence[str], language: Language) -> list[str]:
    points = shown_points(report)
    own = {problem.function: problem for problem in report.problems}
    required = [problem for problem in own.values() if not problem.bonus]
    bonus = [problem for problem in own.values() if problem.bonus]
    total = Shown(
        points.required.score + points.bonus.score,
        points.required.max_score + points.bonus.max_score,
    )
    return [
        report.submission,
        standing(report).text(language),
        _points(points.required, required),
        _points(points.bonus, bonus) if bonus else "",
        _points(total, own.values()),
        *(_points(points.problems[name], [own[name]]) if name in own else "" for name in functions),
    ]


def _adjusted(report: AnyReport, language: Language) -> str:
    """Return what changed points after the checks, as arithmetic."""
    said = [
        say("{place}: {remark}", place=problem.function, remark=arithmetic(problem.earned, problem.adjustments))
        for problem in report.problems
        if problem.adjustments
    ]
    return "; ".join(sentence.text(language) for sentence in (*said, *reckoned(report)))


def _points(shown: Shown, of: Iterable[AnyProblem]) -> str:
    """Return points as a number, nothing where something of them was not graded."""
    return "" if any(problem.status == "not_graded" for problem in of) else show_points(shown.score)


def _cell(text: str) -> str:
    if text.lstrip(" ").startswith(tuple(_ACTIVE)):
        text = f"'{text}"
    if any(char in text for char in ',;"\r\n') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


FORMAT = Format(table=render, mark=MARK)
