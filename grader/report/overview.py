"""The top of a terminal report: whose it is, the table of functions, the totals."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from grader.language import say
from grader.report.canvas import Canvas, Line
from grader.report.focus import AnyProblem, AnyReport
from grader.report.points import Points, Shown, show_points
from grader.report.width import cells, cut, pad
from grader.report.words import STATES

_BAR = 12


class Columns(Struct, frozen=True, kw_only=True):
    """The table's widths in cells, and whether there is room for bars."""

    name: int
    word: int
    score: int
    bar: bool


def show_score(shown: Shown) -> str:
    """Return `12.5 / 40`."""
    return f"{show_points(shown.score)} / {show_points(shown.max_score)}"


def overview(report: AnyReport, points: Points, canvas: Canvas) -> Iterable[Line]:
    """Yield the heading, the table and the totals."""
    yield _heading(report, canvas)
    yield canvas.line("")
    columns = _columns(report, points, canvas)
    for bonus in (False, True):
        group = [problem for problem in report.problems if problem.bonus is bonus]
        if bonus and group:
            yield canvas.line((canvas.say(say("bonus")), "dim"))
        for problem in group:
            yield _row(problem, points.problems[problem.function], columns, canvas)
    yield canvas.line("")
    yield _totals(points, canvas)


def _heading(report: AnyReport, canvas: Canvas) -> Line:
    title = canvas.say(report.assignment)
    name = cut(report.submission, max(canvas.width - cells(title) - 2, 16))
    title = cut(title, canvas.width - cells(name) - 2)
    gap = " " * (canvas.width - cells(title) - cells(name))
    return canvas.line((title, "bold"), gap, (name, "dim"))


def _columns(report: AnyReport, points: Points, canvas: Canvas) -> Columns:
    """Return the widths that fit: names are cut and the bar is left out where a terminal is narrow."""
    word = max((cells(canvas.say(STATES[problem.status].word)) for problem in report.problems), default=0)
    score = max((len(show_score(shown)) for shown in points.problems.values()), default=0)
    longest = max((cells(problem.function) for problem in report.problems), default=0)
    room = canvas.width - word - score - 6
    bar = room - _BAR - 2 >= min(longest, 24)
    return Columns(name=min(longest, room - _BAR - 2 if bar else room), word=word, score=score, bar=bar)


def _row(problem: AnyProblem, shown: Shown, columns: Columns, canvas: Canvas) -> Line:
    sign, colour = canvas.sign(problem.status)
    name = pad(cut(problem.function, columns.name), columns.name)
    word = pad(canvas.say(STATES[problem.status].word), columns.word)
    score = show_score(shown).rjust(columns.score)
    row = ((f"{sign} ", colour), f"{name}  ", (word, colour), f"  {score}")
    return canvas.line(*row, *_bar(shown, colour)) if columns.bar else canvas.line(*row)


def _bar(shown: Shown, colour: str) -> tuple[str | tuple[str, str], ...]:
    filled = int(_BAR * shown.score / shown.max_score) if shown.max_score else 0
    filled = min(max(filled, 1), _BAR) if shown.score > 0 else 0
    return "  ", ("█" * filled, colour), ("░" * (_BAR - filled), "bright_black")


def _totals(points: Points, canvas: Canvas) -> Line:
    required = canvas.say(say("required {points}", points=show_score(points.required)))
    if not points.bonus.max_score:
        return canvas.line((required, "bold"))
    bonus = canvas.say(say("bonus {points}", points=show_score(points.bonus)))
    return canvas.line((required, "bold"), "     ", bonus)
