"""A slice of expected and got, side by side, as coloured numbers in a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from grader.language import say
from grader.model import Exhibit
from grader.report.canvas import Canvas, Line
from grader.report.evidence import where
from grader.report.pictures import Cell, Grid, compare, drawable, pair_of
from grader.report.values import SMALL
from grader.report.width import cells, pad

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


def _row(grid: Grid, row: int) -> list[tuple[str, str]]:
    return [(f"{cell.text:>{_CELL - 1}} ", _style(cell)) for cell in grid.cells if cell.y == row]


def _style(cell: Cell) -> str:
    ramp = _POSITIVE if cell.shade > 0 else _NEGATIVE
    style = f"color(16) on color({ramp[round(abs(cell.shade) * (len(ramp) - 1))]})"
    return f"bold underline {style}" if cell.first else style
