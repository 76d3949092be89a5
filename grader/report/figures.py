"""Two figures side by side: a few words about each, and small drawings made of nothing but their numbers and texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, isfinite, pi, sin
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from grader.language import Language, Message, inert, listed, say, say_count
from grader.model import Exhibit
from grader.report.lines import Row

if TYPE_CHECKING:
    import numpy as np

    from grader.comparison.figures import Artist, Drawn, Plot

_WIDTH, _HEIGHT = 320, 232
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 308, 24, 190
_PLOTS, _ARTISTS, _POINTS, _CELLS, _LETTERS = 6, 24, 400, 32, 44
"""How much of a figure is drawn: plots, artists of a plot, points or bars of an artist, cells of an image each way."""
_EDGE, _COLOURS, _PIECES = 4, 6, 100
_ALSO = 6
"""Of what is wrong the first stands in the sentence above, and so many more are told."""


class Stroke(Struct, frozen=True, kw_only=True):
    """One thing to draw: a "line" or "slice" through `points`, a "dot" or a "box" (x, y, width, height)."""

    kind: str
    points: str = ""
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    colour: int = 0
    shade: float = 1.0


class Words(NamedTuple):
    """A text in a drawing: where it stands, and to which side of the place it goes."""

    x: float
    y: float
    text: str
    anchor: str


class PlotDrawing(Struct, frozen=True, kw_only=True):
    """One plot as shapes; `frame` says that it has axes."""

    shapes: list[Stroke]
    words: list[Words]
    ylabel: str
    frame: bool


class Panel(Struct, frozen=True, kw_only=True):
    """One of the two figures: what it is, its title, and its plots; `more` plots are not drawn.

    Where there are none, `instead` says why.
    """

    label: Message
    title: str
    drawings: list[PlotDrawing]
    more: int
    instead: Message


def _both(exhibit: Exhibit) -> tuple[Drawn | None, Drawn | None]:
    from grader.comparison.figures import figure_of

    want, got = (figure_of(value) for value in (exhibit.want, exhibit.got))
    return None if isinstance(want, str) else want, None if isinstance(got, str) else got


def figure_rows(exhibit: Exhibit, language: Language, room: int) -> list[Row]:
    """Return what is in each of the two figures, in a few words for each plot."""
    from grader.checks.figure.wording import said_of

    much = exhibit.mismatches[0].property == "much"
    rows = []
    for label, figure, tone in zip((say("expected"), say("got")), _both(exhibit), ("good", "bad"), strict=True):
        nothing = say("nothing").text(language)
        words = [*_in_words(figure)] if figure is not None else [say("far too much")] if much and tone == "bad" else []
        lines: list[str] = [inert(each.text(language), room) for each in words] or [nothing]
        rows.append(Row(label, lines, tone))
    also = [said_of(each, public=True).text(language) for each in exhibit.mismatches[1 : _ALSO + 1]]
    return [*rows, Row(say("also"), also)] if also else rows


def _in_words(figure: Drawn) -> Iterator[Message]:
    """Yield a line for each of several plots, of one plot for what is drawn, its title, its axes; the legend last."""
    titles = figure.titles()
    legend = [say("legend “{text}”", text=inert(", ".join(figure.legend), 60))] if figure.legend else []
    for number, plot in enumerate(figure.plots[:_PLOTS]):
        axes = [
            say("{axis} axis “{text}”", axis=axis, text=inert(text, 40))
            for axis, text in zip("xy", plot.labels, strict=True)
            if text
        ]
        title = [say("title “{text}”", text=inert(titles[number], 60))] if titles[number] else []
        lines = [each for each in ([*_counts(plot)], title, axes) if each]
        if len(titles) == 1:
            yield from map(listed, lines)
        else:
            said = listed([each for line in lines for each in line]) if lines else say("nothing")
            yield say("plot {number}: {said}", number=number + 1, said=said)
    yield from legend


def _counts(plot: Plot) -> Iterator[Message]:
    for kind, artists in plot.artists.items():
        count, points = len(artists), sum(each.count for each in artists)
        if not count:
            continue
        if kind == "lines" and count == 1:
            yield say_count("1 line through {count} point", "1 line through {count} points", points)
        elif kind == "lines":
            yield say_count("{count} line", "{count} lines", count)
        elif kind == "scatter":
            yield say_count("{count} point", "{count} points", points)
        elif kind == "bars":
            yield say_count("{count} bar", "{count} bars", points)
        elif kind == "images":
            yield say_count("{count} image", "{count} images", count)
        else:
            yield say_count("a pie of {count} piece", "a pie of {count} pieces", points)


def is_of_figures(exhibit: Exhibit) -> bool:
    """Return whether a case is about a figure."""
    return any(each.category == "figure" for each in exhibit.mismatches)


def panels(exhibit: Exhibit) -> list[Panel]:
    """Return both figures as drawings, none where the case is about something else."""
    if not is_of_figures(exhibit):
        return []
    want, got = _both(exhibit)
    if want is None:
        return []
    found = []
    for label, figure, other in ((say("expected"), want, got), (say("got"), got, want)):
        plots = () if figure is None else figure.plots
        beside = () if other is None else other.plots
        found.append(
            Panel(
                label=label,
                title="" if figure is None or len(plots) == 1 else _cut(figure.title),
                drawings=[
                    _drawing(plot, beside[number] if number < len(beside) else None, title)
                    for number, (plot, title) in enumerate(
                        zip(plots[:_PLOTS], () if figure is None else figure.titles(), strict=False)
                    )
                ],
                more=max(0, len(plots) - _PLOTS),
                instead=say("far too much") if exhibit.mismatches[0].property == "much" else say("nothing"),
            )
        )
    return found


class _Axis:
    """Where the numbers of one axis are drawn, from `low` to `high`, which may be the greater one."""

    def __init__(self, low: float, high: float, start: float, end: float, *, log: bool) -> None:
        self.low, self.high, self._start, self._end, self._log = low, high, start, end, log

    def __call__(self, value: float) -> float | None:
        """Return the place of a number, `None` for one that has none."""
        number = _placed(float(value), log=self._log)
        if number is None:
            return None
        low, high = (_placed(each, log=self._log) or 0.0 for each in (self.low, self.high))
        share = (number / 2 - low / 2) / ((high / 2 - low / 2) or 1.0)  # halves: their difference is finite
        return round(self._start + min(1.5, max(-0.5, share)) * (self._end - self._start), 1)


def _placed(value: float, *, log: bool) -> float | None:
    from math import log10

    if not isfinite(value) or (log and value <= 0):
        return None
    return log10(value) if log else value


def _range(plots: Sequence[Plot], axis: int, *, log: bool) -> tuple[float, float]:
    """Return the least and the greatest number that the plots have on an axis."""
    import numpy as np

    found: list[np.ndarray] = []
    with np.errstate(all="ignore"):
        for plot in plots:
            for kind, artists in plot.artists.items():
                for each in artists[:_ARTISTS]:
                    found += _numbers(kind, each, axis)
    every = np.concatenate(found) if found else np.zeros(0)
    every = every[np.isfinite(every) & ((every > 0) | (not log))]
    if not every.size:
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = float(every.min()), float(every.max())
    if low == high:
        return (low / 2, high * 2) if log else (low - 1, high + 1)
    return low, high


def _numbers(kind: str, artist: Artist, axis: int) -> list[np.ndarray]:
    known = artist.numbers
    if kind in ("lines", "scatter"):
        return [known["xy"[axis]]]
    if kind == "bars":
        along = [known["at"] - known["width"] / 2, known["at"] + known["width"] / 2]
        return along if artist.across == bool(axis) else [known["base"], known["top"]]
    return [known["extent"][2 * axis : 2 * axis + 2]] if kind == "images" else []


def _axes(plot: Plot, other: Plot | None) -> tuple[_Axis, _Axis]:
    """Return the axes of a plot: those of both, where what is drawn in the other one is of about the same size."""
    found = []
    for axis, (start, end) in enumerate(((_LEFT, _RIGHT), (_BOTTOM, _TOP))):
        log = plot.scale[axis] == "log"
        low, high = own = _range([plot], axis, log=log)
        if other is not None:
            both = _range([plot, other], axis, log=log)
            theirs = _range([other], axis, log=log)
            narrow = min(own[1] - own[0], theirs[1] - theirs[0])
            low, high = both if log or both[1] - both[0] <= 20 * narrow else own
        edge = 0
        if plot.artists["images"] and axis:
            low, high = map(float, plot.artists["images"][0].numbers["extent"][2:])
        elif not plot.artists["images"]:
            edge = _EDGE if start < end else -_EDGE
        found.append(_Axis(low, high, start + edge, end - edge, log=log))
    return found[0], found[1]


def _drawing(plot: Plot, other: Plot | None, title: str) -> PlotDrawing:
    x, y = _axes(plot, other)
    shapes: list[Stroke] = []
    number = 0
    for kind, artists in plot.artists.items():
        for each in artists[:_ARTISTS]:
            shapes += _SHAPES[kind](each, x, y, number % _COLOURS)
            number += 1
    pie = bool(plot.artists["pie"])
    words = [Words(_WIDTH / 2, 15, _cut(title), "middle")] if title else []
    if plot.labels[0]:
        words.append(Words((_LEFT + _RIGHT) / 2, _HEIGHT - 6, _cut(plot.labels[0]), "middle"))
    if not pie:
        words += [
            Words(x(x.low) or _LEFT, _BOTTOM + 16, f"{x.low:.3g}", "middle"),
            Words(x(x.high) or _RIGHT, _BOTTOM + 16, f"{x.high:.3g}", "end"),
            Words(_LEFT - 5, (y(y.low) or _BOTTOM) - 1, f"{y.low:.3g}", "end"),
            Words(_LEFT - 5, (y(y.high) or _TOP) + 8, f"{y.high:.3g}", "end"),
        ]
    return PlotDrawing(shapes=shapes, words=words, ylabel=_cut(plot.labels[1], 24), frame=not pie)


def _cut(text: str, most: int = _LETTERS) -> str:
    """Return a text that is about as wide as so many letters."""
    return inert(text, most if text.isascii() else most // 2)


def _some(count: int, most: int = _POINTS) -> list[int]:
    """Return the places of at most `most` of so many points, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return [place * (count - 1) // (most - 1) for place in range(most)]


def _line(each: Artist, x: _Axis, y: _Axis, colour: int) -> Iterator[Stroke]:
    """Yield a line; it is broken where a number has no place."""
    part: list[str] = []
    for place in [*_some(each.count), -1]:
        at = (None, None) if place < 0 else (x(each.numbers["x"][place]), y(each.numbers["y"][place]))
        if at[0] is not None and at[1] is not None:
            part.append(f"{at[0]},{at[1]}")
        elif part:
            yield Stroke(kind="line", points=" ".join(part), colour=colour)
            part = []


def _dots(each: Artist, x: _Axis, y: _Axis, colour: int) -> Iterator[Stroke]:
    for place in _some(each.count):
        at = x(each.numbers["x"][place]), y(each.numbers["y"][place])
        if at[0] is not None and at[1] is not None:
            yield Stroke(kind="dot", box=(at[0], at[1], 0.0, 0.0), colour=colour)


def _boxes(each: Artist, x: _Axis, y: _Axis, colour: int) -> Iterator[Stroke]:
    along, up = (y, x) if each.across else (x, y)
    for place in _some(each.count):
        at, base, top, width = (float(each.numbers[name][place]) for name in ("at", "base", "top", "width"))
        sides = along(at - width / 2), along(at + width / 2), up(base), up(top)
        if sides[2] is None and sides[3] is not None:  # 0 on a logarithmic axis
            sides = (*sides[:2], up(up.low), sides[3])
        if None not in sides:
            one, two, low, high = (float(side or 0.0) for side in sides)
            box = (low, one, high, two) if each.across else (one, low, two, high)
            yield Stroke(kind="box", box=_box(*box), colour=colour, shade=0.75)


def _box(x: float, y: float, right: float, low: float) -> tuple[float, float, float, float]:
    return (
        min(x, right),
        min(y, low),
        round(max(abs(right - x), 0.5), 1),
        round(max(abs(low - y), 0.5), 1),
    )


def _cells(each: Artist, x: _Axis, y: _Axis, colour: int) -> Iterator[Stroke]:
    import numpy as np

    data, (left, right, low, high) = each.numbers["data"], map(float, each.numbers["extent"])
    if data.ndim == 3:
        data = data[..., :3].mean(axis=2)
    if data.ndim != 2 or not data.size:
        return
    rows, columns = (_some(count, _CELLS) for count in data.shape)
    seen = data[np.ix_(rows, columns)]
    finite = seen[np.isfinite(seen)]
    least, most = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    wide, tall = (right - left) / len(columns), (high - low) / len(rows)
    upper = low > high  # its first row is the one at `high`
    for row in range(len(rows)):
        begin = high - row * tall if upper else low + row * tall
        end = begin - tall if upper else begin + tall
        for column in range(len(columns)):
            sides = x(left + column * wide), y(begin), x(left + (column + 1) * wide), y(end)
            value = float(seen[row, column])
            if None not in sides and isfinite(value):
                shade = (value / 2 - least / 2) / ((most / 2 - least / 2) or 1.0)
                box = _box(*(float(side or 0.0) for side in sides))
                yield Stroke(kind="box", box=box, colour=colour, shade=round(0.04 + 0.9 * shade, 2))


def _slices(each: Artist, x: _Axis, y: _Axis, colour: int) -> Iterator[Stroke]:
    middle, height, radius, turned = (_LEFT + _RIGHT) / 2, (_TOP + _BOTTOM) / 2, (_BOTTOM - _TOP) / 2 - 4, 0.0
    for number, part in enumerate(each.numbers["parts"][:_PIECES]):
        share = float(part)
        if not 0 <= share <= 1:
            continue
        angles = [2 * pi * (turned + share * step / 24) for step in range(25)]
        edge = [f"{middle + radius * cos(a):.1f},{height - radius * sin(a):.1f}" for a in angles]
        yield Stroke(kind="slice", points=" ".join([f"{middle},{height}", *edge]), colour=number % _COLOURS)
        turned += share


_SHAPES = {"lines": _line, "scatter": _dots, "bars": _boxes, "images": _cells, "pie": _slices}
