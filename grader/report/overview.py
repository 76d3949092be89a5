"""The top of a terminal report: whose it is, the table of functions, the totals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from grader.language import say
from grader.report.canvas import Canvas
from grader.report.focus import AnyProblem, AnyReport
from grader.report.points import Points, Shown, show_points
from grader.report.width import cells, cut
from grader.report.words import STATES

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_BAR = 12


def show_score(shown: Shown) -> str:
    """Return `12.5 / 40`."""
    return f"{show_points(shown.score)} / {show_points(shown.max_score)}"


def overview(report: AnyReport, points: Points, canvas: Canvas) -> Iterable[RenderableType]:
    """Yield the heading, the table and the totals."""
    yield _heading(report, canvas)
    yield canvas.text("")
    yield _table(report, points, canvas)
    yield canvas.text("")
    yield _totals(points, canvas)


def _heading(report: AnyReport, canvas: Canvas) -> Text:
    title = canvas.say(report.assignment)
    name = cut(report.submission, max(canvas.width - cells(title) - 2, 16))
    title = cut(title, canvas.width - cells(name) - 2)
    gap = " " * (canvas.width - cells(title) - cells(name))
    return canvas.text((title, "bold"), gap, (name, "dim"))


def _table(report: AnyReport, points: Points, canvas: Canvas) -> RenderableType:
    from rich.table import Table

    bar, room = _room(report, points, canvas)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True)
    for bonus in (False, True):
        group = [problem for problem in report.problems if problem.bonus is bonus]
        if bonus and group:
            table.add_row(canvas.text((canvas.say(say("bonus")), "dim")))
        for problem in group:
            shown = points.problems[problem.function]
            row = _cells(problem, shown, room, canvas)
            table.add_row(*row, *([_bar(shown, STATES[problem.status].colour, canvas)] if bar else []))
    return table


def _room(report: AnyReport, points: Points, canvas: Canvas) -> tuple[bool, int]:
    """Return whether there is room for bars, and how many cells a function's name may take."""
    words = max((cells(canvas.say(STATES[problem.status].word)) for problem in report.problems), default=0)
    scores = max((len(show_score(shown)) for shown in points.problems.values()), default=0)
    longest = max((cells(problem.function) for problem in report.problems), default=0)
    left = canvas.width - words - scores - 8
    bar = longest <= left - _BAR - 2 or left - _BAR - 2 >= 24
    return bar, left - _BAR - 2 if bar else left


def _cells(problem: AnyProblem, shown: Shown, room: int, canvas: Canvas) -> list[Text]:
    sign, colour = canvas.sign(problem.status)
    word = canvas.say(STATES[problem.status].word)
    name = canvas.text((f"{sign} ", colour), cut(problem.function, room))
    return [name, canvas.text((word, colour)), canvas.text(show_score(shown))]


def _bar(shown: Shown, colour: str, canvas: Canvas) -> Text:
    filled = int(_BAR * shown.score / shown.max_score) if shown.max_score else 0
    filled = min(max(filled, 1), _BAR) if shown.score > 0 else 0
    return canvas.text(("█" * filled, colour), ("░" * (_BAR - filled), "bright_black"))


def _totals(points: Points, canvas: Canvas) -> Text:
    parts = [(canvas.say(say("required {points}", points=show_score(points.required))), "bold")]
    if points.bonus.max_score:
        parts.append(("     " + canvas.say(say("bonus {points}", points=show_score(points.bonus))), ""))
    return canvas.text(*parts)
