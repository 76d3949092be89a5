"""The middle of a terminal report: what is wrong with a function, and the case that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.language import Message, say, say_count
from grader.model import Exhibit, Withheld
from grader.report.evidence import Row, lay_open, where
from grader.report.focus import (
    AnyCheck,
    AnyProblem,
    about,
    beside,
    first_public,
    heading,
    how_many,
    is_full,
    opened,
    proportion,
    show_place,
    title,
)
from grader.report.pictures import HeatMap, Tile, compare, drawable, pair_of
from grader.report.points import Points, Shown
from grader.report.terminal import Canvas, Line, show_score
from grader.report.values import SMALL
from grader.report.width import cells, cut, pad, wrap
from grader.report.words import STATES

_CELL = 8
_ROWS = 8
_INDENT = "    "
_POSITIVE = (231, 230, 223, 216, 209)  # colours of the 256-colour table, from white to orange and to blue
_NEGATIVE = (231, 195, 153, 117, 75)


def heat(exhibit: Exhibit, canvas: Canvas) -> Iterable[Line]:
    """Yield the slice with the first wrong element as two grids of numbers, if it is not shown whole and fits."""
    mismatch = exhibit.mismatches[0] if exhibit.mismatches and not exhibit.error else None
    pair = pair_of(exhibit.want, exhibit.got, mismatch) if mismatch is not None else None
    if mismatch is None or pair is None or not mismatch.index or pair[0].size <= SMALL or not drawable(pair[0], 4):
        return
    chosen = next(item for item in compare(*pair, mismatch.index) if item.chosen)
    want, got = chosen.grids[:2]
    width = want.columns * _CELL
    if want.rows > _ROWS or want.cut or 2 * width + len(_INDENT) + 3 > canvas.width:
        return
    whole = mismatch.output in ("", "result")
    name = canvas.say(say("result")) if whole else where(mismatch, canvas.language).split("[")[0]
    titles = [canvas.say(say("expected")), canvas.say(say("got"))]
    yield canvas.line((f"{_INDENT}{name}{chosen.label}", "dim"))
    yield canvas.line((_INDENT + "   ".join(pad(title, max(width, cells(title))) for title in titles), "dim"))
    for row in range(want.rows):
        yield canvas.line(_INDENT, *_row(want, row), "   ", *_row(got, row))


def _row(grid: HeatMap, row: int) -> list[tuple[str, str]]:
    return [(f"{cell.text:>{_CELL - 1}} ", _style(cell)) for cell in grid.cells if cell.y == row]


def _style(cell: Tile) -> str:
    ramp = _POSITIVE if cell.shade > 0 else _NEGATIVE
    style = f"color(16) on color({ramp[round(abs(cell.shade) * (len(ramp) - 1))]})"
    return f"bold underline {style}" if cell.first else style


_TONES = {"good": "green", "bad": "red", "quiet": "dim", "code": "cyan", "": ""}
_FEW = 3
"""Failing cases of one check that an instructor sees in a terminal; the files have all."""
_WHOLE = ("ungradable", "missing", "not_graded")
"""Where a function was not run at all its checks say nothing more."""


def explained(group: list[AnyProblem], points: Points, canvas: Canvas, *, whole: bool) -> Iterable[Line]:
    """Yield what is to be said of a function that is not full, or of several that one broken place stops.

    `whole` opens every failing case of a check, up to a few, and not only the first public one.
    """
    problem = group[0]
    yield canvas.line("")
    yield _rule(group, points, canvas)
    if problem.message is not None:
        yield from canvas.wrapped(problem.message, "bold")
    for sentence in beside(problem):
        yield from canvas.wrapped(sentence, "cyan", hang=2)
    quoted = [*_source_line(problem, canvas)]
    yield from quoted
    if problem.status == "ungradable":
        yield from canvas.wrapped(
            say("Nothing is lost: mend this line and grade again.")
            if quoted
            else say("Nothing is lost: hand in a file that can be read and grade again.")
        )
    if problem.status not in _WHOLE and not is_full(problem):
        yield from _checks(problem, points.checks[problem.function], canvas, whole=whole)


def _checks(problem: AnyProblem, points: Sequence[Shown], canvas: Canvas, *, whole: bool) -> Iterable[Line]:
    """Yield the checks that are not passed with what is wrong, then the others, so that points can be added up."""
    first = first_public(problem)
    told = [problem.message]
    pairs = list(zip(problem.checks, points, strict=True))
    for check, shown in pairs:
        if check.status == "passed":
            continue
        yield from _head(problem, check, shown, canvas)
        said = [message for message in about(problem, check) if message not in told]
        told += said
        for message in said:
            yield from canvas.wrapped(message, indent=4)
        if check.hint is not None:
            yield from canvas.wrapped(say("Hint: {hint}", hint=check.hint), "cyan", indent=4, hang=2)
        if whole:
            yield from _all(problem, check, canvas)
        elif first is not None and check is first[0]:
            yield from _open(problem, first[2], canvas)
    for check, shown in pairs:
        if check.status == "passed":
            yield from _head(problem, check, shown, canvas)


def _head(problem: AnyProblem, check: AnyCheck, shown: Shown, canvas: Canvas) -> Iterable[Line]:
    sign, colour = canvas.sign(check.status)
    seen = say("hidden") if check.visibility == "hidden" else say("public")
    parts: list[Message] = [seen, say("{name}", name=show_score(shown))]
    count = how_many(check) if check.status != "passed" else None
    share = proportion(problem, check)
    parts += [part for part in (count, share) if part is not None]
    text = " · ".join([f"{sign} {canvas.say(check.name)}", *(canvas.say(part).rstrip(".。") for part in parts)])
    yield from canvas.wrapped(text, colour, indent=2, hang=2)


def _rule(group: list[AnyProblem], points: Points, canvas: Canvas) -> Line:
    problem = group[0]
    functions = ", ".join(item.function for item in group)
    beside_it = canvas.say(title(problem)) if len(group) == 1 else ""
    right = show_score(points.problems[problem.function])
    if len(group) > 1:
        right = canvas.say(STATES[problem.status].word)
    if problem.at is not None:
        place = canvas.say(show_place(problem.at))
        short = cells(functions) + cells(right) + cells(place) + 10 <= canvas.width
        right = f"{right} · {place}" if short else right
    left = cut(f" {functions} {beside_it}".rstrip(), canvas.width - cells(right) - 6) + " "
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


def _all(problem: AnyProblem, check: AnyCheck, canvas: Canvas) -> Iterable[Line]:
    """Yield the check's failing cases, folded after a few."""
    cases = opened(check, whole=True)
    for case in cases[:_FEW]:
        if case.exhibit is None:
            continue
        hidden = isinstance(case.exhibit, Withheld)
        yield from canvas.wrapped(heading(case), "magenta" if hidden else "dim", indent=4)
        yield from _open(problem, case.exhibit.exhibit if isinstance(case.exhibit, Withheld) else case.exhibit, canvas)
    more = len(cases) - _FEW
    if more > 0 and cases[0].exhibit is not None:
        message = say_count("{count} more failing case: --format json, html or markdown has all.",
                            "{count} more failing cases: --format json, html or markdown has all.", more)  # fmt: skip
        yield from canvas.wrapped(message, "magenta", indent=4, hang=2)


def _open(problem: AnyProblem, exhibit: Exhibit, canvas: Canvas) -> Iterable[Line]:
    rows = lay_open(exhibit, canvas.language, canvas.width - 16)
    headline = canvas.say(problem.message) if problem.message is not None else ""
    said = exhibit.error.partition(": ")[2]
    if said and said in headline:  # the reader has just read it
        rows = [row for row in rows if not row.error]
    yield from _rows(rows, canvas)
    if canvas.colour:
        yield from heat(exhibit, canvas)


def _rows(rows: list[Row], canvas: Canvas) -> Iterable[Line]:
    """Yield labels and the lines beside them; a table of numbers too wide for that stands below its label."""
    labels = [canvas.say(row.label) for row in rows]
    widest = max((cells(label) for label in labels), default=0)
    room = canvas.width - 6 - widest
    wide = any(row.table and max(cells(line) for line in row.lines) > room for row in rows)
    for row, label in zip(rows, labels, strict=True):
        tone = _TONES[row.tone]
        below = row.table and wide
        beside_it = row.lines[:1] if below else row.lines
        lines = [piece for line in beside_it for piece in wrap(line, room)[:3]]
        for number, line in enumerate(lines):
            head = pad(label if number == 0 else "", widest)
            yield canvas.line((f"    {head}  ", "dim"), (line, tone))
        for line in row.lines[1:] if below else ():
            yield from (canvas.line("    ", (piece, tone)) for piece in wrap(line, canvas.width - 4)[:3])
