"""The middle of a terminal report: what is wrong with a function, and the case that shows it."""

from __future__ import annotations

from collections.abc import Iterable

from grader.language import say
from grader.model import Withheld
from grader.report.canvas import Canvas, Line
from grader.report.evidence import Row, lay_open
from grader.report.focus import (
    AnyCase,
    AnyCheck,
    AnyProblem,
    about,
    beside,
    failing,
    first_failing,
    first_public,
    how_many,
    show_place,
)
from grader.report.heat import heat
from grader.report.overview import show_score
from grader.report.points import Points, Shown
from grader.report.width import cells, cut, pad, wrap
from grader.report.words import STATES

_TONES = {"good": "green", "bad": "red", "quiet": "dim", "code": "cyan", "": ""}
_WHOLE = ("ungradable", "missing", "not_graded")
"""Where a function was not run at all its checks say nothing more."""


def explained(group: list[AnyProblem], points: Points, canvas: Canvas) -> Iterable[Line]:
    """Yield what is to be said of a function that is not full, or of several that one broken place stops."""
    problem = group[0]
    yield canvas.line("")
    yield _rule(group, points, canvas)
    if problem.message is not None:
        yield from canvas.wrapped(problem.message, "bold")
    for sentence in beside(problem):
        yield from canvas.wrapped(sentence, "cyan", hang=2)
    yield from _source_line(problem, canvas)
    if problem.status == "ungradable":
        yield from canvas.wrapped(say("Nothing is lost: mend this line and grade again."))
    if problem.status not in _WHOLE:
        opened = first_public(problem)
        for check, shown in zip(problem.checks, points.checks[problem.function], strict=True):
            if check in failing(problem):
                yield from _check(problem, check, shown, opened is not None and check is opened[0], canvas)


def _rule(group: list[AnyProblem], points: Points, canvas: Canvas) -> Line:
    problem = group[0]
    functions = ", ".join(item.function for item in group)
    title = canvas.say(problem.title) if len(group) == 1 else ""
    right = show_score(points.problems[problem.function])
    if len(group) > 1:
        right = canvas.say(STATES[problem.status].word)
    if problem.at is not None:
        place = canvas.say(show_place(problem.at))
        short = cells(functions) + cells(right) + cells(place) + 10 <= canvas.width
        right = f"{right} · {place}" if short else right
    left = cut(f" {functions} {title}".rstrip(), canvas.width - cells(right) - 6) + " "
    line = "─" * max(2, canvas.width - cells(left) - cells(right) - 2)
    return canvas.line(canvas.sign(problem.status), (left, "bold"), (line, "bright_black"), f" {right}")


def _source_line(problem: AnyProblem, canvas: Canvas) -> Iterable[Line]:
    """Yield the line that does not parse, with a caret."""
    listing, at = problem.listing, problem.at
    if listing is None or at is None or not listing.caret or not 0 <= at.line - listing.at.line < len(listing.lines):
        return
    text = listing.lines[at.line - listing.at.line]
    number = str(at.line)
    room = canvas.width - len(number) - 5
    before = text[: listing.caret - 1]
    dropped = 0
    while cells(before[dropped:]) > room - 8:
        dropped += 1
    yield canvas.line((f"  {number} │ ", "dim"), cut(text[dropped:], room))
    yield canvas.line((f"  {' ' * len(number)} │ ", "dim"), " " * cells(before[dropped:]), ("^", "bold red"))


def _check(problem: AnyProblem, check: AnyCheck, shown: Shown, opened: bool, canvas: Canvas) -> Iterable[Line]:
    case = first_failing(check)
    sign, colour = canvas.sign(check.status)
    seen = canvas.say(say("hidden") if check.visibility == "hidden" else say("public"))
    count = how_many(check)
    head = [f"{sign} {canvas.say(check.name)}", seen, show_score(shown), canvas.say(count) if count else ""]
    yield from canvas.wrapped(" · ".join(part for part in head if part), colour, indent=2, hang=2)
    for message in about(problem, check):
        yield from canvas.wrapped(message, indent=4)
    if check.hint is not None:
        yield from canvas.wrapped(say("Hint: {hint}", hint=check.hint), "cyan", indent=4, hang=2)
    if case is not None:
        yield from _case(case, opened, canvas)


def _case(case: AnyCase, opened: bool, canvas: Canvas) -> Iterable[Line]:
    exhibit = case.exhibit
    if isinstance(exhibit, Withheld):
        head = say("case {number}, seed {seed}", number=case.index + 1, seed=exhibit.seed)
        yield from canvas.wrapped(head, "magenta", indent=4)
        yield from _rows(lay_open(exhibit.exhibit, canvas.language, canvas.width - 16), canvas)
    elif exhibit is not None and opened:
        yield from _rows(lay_open(exhibit, canvas.language, canvas.width - 16), canvas)
        if canvas.colour:
            yield from heat(exhibit, canvas)


def _rows(rows: list[Row], canvas: Canvas) -> Iterable[Line]:
    labels = [canvas.say(row.label) for row in rows]
    widest = max((cells(label) for label in labels), default=0)
    for row, label in zip(rows, labels, strict=True):
        lines = [piece for line in row.lines for piece in wrap(line, canvas.width - 6 - widest)[:3]]
        for number, line in enumerate(lines):
            head = pad(label if number == 0 else "", widest)
            yield canvas.line((f"    {head}  ", "dim"), (line, _TONES[row.tone]))
