"""What matplotlib drew, as plain data: a figure is walked here, and only numbers and texts of it leave.

The walk reads what is drawn by matplotlib's own methods, as they were when it was imported: an artist that overrides
them, or a source that replaces them, tells nothing else. What is drawn in a way that is not read here is left out and
named. matplotlib itself is never imported here: where the source did not, nothing is drawn.

`walked` returns a dict. Its `state` is "drawn", "nothing", "absent" (matplotlib was not imported) or "much" (more than
is read). With "drawn" it has the figure's `title` and `legend` and its `plots`, from the top left on, each with:

| key | what it holds |
|---|---|
| title, xlabel, ylabel, xscale, yscale | texts |
| xlim, ylim | the two ends, and whether they were set by hand |
| texts | what is written into the plot |
| lines, scatter | `x`, `y`, `label` of each; a line without markers' connection is scatter |
| bars | of each series or histogram `at`, `base`, `top`, `width`, `across` (the bars lie), `names`, `label` |
| images | `data` and `extent` |
| pie | `parts`, in turns of the whole |
| others | the classes of what was left out |
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

import numpy as np

PLOTS, ARTISTS, NUMBERS, LETTERS, NAMED = 64, 2000, 200_000, 300, 8
"""How many of each are read of a figure; the letters of one text; the classes that are named of what is left out."""

_LOOKS: Mapping[str, tuple[str, str]] = {
    "Figure": ("figure", "axes"),
    "Artist": ("artist", "get_visible"),
    "Axes": (
        "axes", "get_position get_title get_xlabel get_ylabel get_xscale get_yscale get_xlim get_ylim "
        "get_autoscalex_on get_autoscaley_on"
    ),
    "Line2D": ("lines", "get_xdata get_ydata get_linestyle get_marker"),
    "Rectangle": ("patches", "get_x get_y get_width get_height"),
    "Polygon": ("patches", "get_xy"),
    "StepPatch": ("patches", "get_data"),
    "Wedge": ("patches", ""),
    "BarContainer": ("container", ""),
    "PathCollection": ("collections", "get_offsets"),
    "LineCollection": ("collections", "get_segments"),
    "QuadMesh": ("collections", "get_array get_coordinates"),
    "AxesImage": ("image", "get_array get_extent"),
    "Text": ("text", "get_text"),
    "Legend": ("legend", "get_texts"),
}  # fmt: skip
"""The classes that are read: where matplotlib has them, and by which methods."""

_classes: dict[str, type] = {}
_ways: dict[str, Any] = {}
_closed: list[Any] = []
_array, _size = np.array, np.size
_filled: Any = np.ma.filled
_masked: Any = np.ma.asarray


class TooMuch(Exception):
    """More is drawn than is read."""


class Room:
    """Counts what is read of one figure, which may take so many bytes. Both methods raise TooMuch."""

    def __init__(self, room: int) -> None:
        self._artists, self._numbers = ARTISTS, min(NUMBERS, room // 16)

    def artist(self) -> None:
        """Count an artist."""
        self._artists -= 1
        if self._artists < 0:
            raise TooMuch

    def numbers(self, value: Any) -> np.ndarray:
        """Return numbers as an array of float64; what is masked is NaN."""
        self._numbers -= _size(value)
        if self._numbers < 0:
            raise TooMuch
        return _array(_filled(_masked(value, np.float64), float("nan")), np.float64)


def remember() -> None:
    """Keep matplotlib's own methods as they are now, just imported."""
    if _ways or "matplotlib.figure" not in sys.modules:
        return
    classes, ways = {}, {}
    for name, (module, methods) in _LOOKS.items():
        kind = getattr(sys.modules.get(f"matplotlib.{module}"), name, None)
        if kind is None:  # a part of it that this version has not
            continue
        classes[name] = kind
        for method in methods.split():
            ways[f"{name}.{method}"] = getattr(kind, method)
    _classes.update(classes)
    _ways.update(ways)


def noting(close: Callable[..., None]) -> Callable[..., None]:
    """Return `pyplot.close`, which notes the figure that was drawn on: many a program saves it and closes it."""

    def closing(fig: Any = None) -> None:
        _closed[:] = [*filter(None, [_current()])] or _closed
        close(fig)

    return closing


def walked(do: Callable[[], Any], room: int) -> dict[str, Any]:
    """Return what is drawn by `do`: the figure that it returns, else the one that is current, or was closed last.

    It may take about `room` bytes. Raises whatever `do` does.
    """
    _close_all()
    _closed.clear()
    try:
        returned = do()
        remember()
        if "Figure" not in _classes:
            return {"state": "absent"}
        figure = _figure_in(returned) or _current() or next(iter(_closed), None)
        if figure is None:
            return {"state": "nothing"}
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # what matplotlib remarks here, nobody asked for
            return _figure(figure, Room(room))
    except TooMuch:
        return {"state": "much"}
    finally:
        _close_all()


def _helper() -> Any:
    return getattr(sys.modules.get("matplotlib._pylab_helpers"), "Gcf", None)


def _close_all() -> None:
    helper = _helper()
    if helper is not None:
        helper.destroy_all()


def _current() -> Any:
    helper = _helper()
    manager = None if helper is None else helper.get_active()
    return None if manager is None else manager.canvas.figure


def _is(value: Any, *names: str) -> bool:
    return any(name in _classes and issubclass(type(value), _classes[name]) for name in names)


def _figure_in(value: Any, depth: int = 0) -> Any:
    """Return the figure that a value is, or belongs to, or that something in it belongs to."""
    for _ in range(PLOTS):
        if _is(value, "Figure"):
            return value
        if not _is(value, "Artist"):
            break
        value = getattr(value, "figure", None)
    if depth > 2:
        return None
    kind = type(value)
    inside: Iterable[Any] = ()
    if kind in (tuple, list):
        inside = value
    elif kind is dict:
        inside = value.values()
    elif kind is np.ndarray and value.dtype == object:
        inside = value.flat
    return next(filter(None, (_figure_in(each, depth + 1) for each in islice(inside, PLOTS))), None)


def _text(value: Any) -> str:
    return str.__getitem__(value, slice(LETTERS)) if issubclass(type(value), str) else ""


def _written(artist: Any) -> str:
    return _text(_ways["Text.get_text"](artist)) if _is(artist, "Text") else ""


def _figure(figure: Any, room: Room) -> dict[str, Any]:
    plots = _ways["Figure.axes"].fget(figure)
    if len(plots) > PLOTS:
        raise TooMuch
    found: list[tuple[float, float, int, dict[str, Any]]] = []
    legends = [*getattr(figure, "legends", ())]
    for each in plots:
        if _ways["Artist.get_visible"](each) and getattr(each, "_colorbar", None) is None:
            box = _ways["Axes.get_position"](each, original=True)
            found.append((-round(float(box.y1), 2), round(float(box.x0), 2), len(found), _plot(each, room)))
            legends.append(getattr(each, "legend_", None))
    texts = [text for each in legends if _is(each, "Legend") for text in _ways["Legend.get_texts"](each)]
    for _ in texts:
        room.artist()
    return {
        "state": "drawn",
        "title": _written(getattr(figure, "_suptitle", None)),
        "legend": [_written(text) for text in texts],
        "plots": [plot for *_, plot in sorted(found, key=lambda each: each[:3])],
    }


def _plot(axes: Any, room: Room) -> dict[str, Any]:
    titles = (_text(_ways["Axes.get_title"](axes, loc=place)) for place in ("center", "left", "right"))
    plot: dict[str, Any] = {
        "title": next(filter(None, titles), ""),
        "xlabel": _text(_ways["Axes.get_xlabel"](axes)),
        "ylabel": _text(_ways["Axes.get_ylabel"](axes)),
        "xscale": _text(_ways["Axes.get_xscale"](axes)),
        "yscale": _text(_ways["Axes.get_yscale"](axes)),
        "xlim": [room.numbers(_ways["Axes.get_xlim"](axes)), not _ways["Axes.get_autoscalex_on"](axes)],
        "ylim": [room.numbers(_ways["Axes.get_ylim"](axes)), not _ways["Axes.get_autoscaley_on"](axes)],
        **{kind: [] for kind in ("texts", "lines", "scatter", "bars", "images", "pie", "others")},
    }
    children = list(object.__getattribute__(axes, "_children"))
    if getattr(type(axes), "name", "") == "3d":
        plot["others"].append("Axes3D")
        return plot
    there = {id(each) for each in children}
    barred: set[int] = set()
    for container in object.__getattribute__(axes, "containers"):
        if _is(container, "BarContainer"):
            bars = [each for each in tuple.__iter__(container) if id(each) in there]
            barred |= {id(each) for each in bars}
            _bars(container, [each for each in bars if _ways["Artist.get_visible"](each)], axes, plot, room)
    for each in children:
        if id(each) not in barred and _ways["Artist.get_visible"](each):
            room.artist()
            _artist(each, plot, room)
    parts = [part for each in plot["pie"] for part in each["parts"]]
    plot["pie"] = [{"parts": room.numbers(parts)}] if parts else []
    return plot


def _bars(container: Any, bars: list[Any], axes: Any, plot: dict[str, Any], room: Room) -> None:
    """Note the bars of one series; `names` are those of a category axis."""
    for _ in bars:
        room.artist()
    if not bars:
        return
    across = getattr(container, "orientation", None) == "horizontal"
    left, low, wide, high = (
        room.numbers([_ways[f"Rectangle.{way}"](each) for each in bars])
        for way in ("get_x", "get_y", "get_width", "get_height")
    )
    at, base, width, rise = (low, left, high, wide) if across else (left, low, wide, high)
    middle = at + width / 2
    known = _categories(axes.yaxis if across else axes.xaxis)
    names = [known.get(round(float(place)), "") for place in middle] if known else []
    plot["bars"].append(
        {"at": middle, "base": base, "top": base + rise, "width": abs(width), "across": across, "names": names,
         "label": _label(container)}
    )  # fmt: skip


def _categories(axis: Any) -> dict[int, str]:
    mapping = getattr(getattr(axis, "units", None), "_mapping", None)
    if not isinstance(mapping, dict) or len(mapping) > ARTISTS:
        return {}
    return {place: _text(name) for name, place in dict.items(mapping) if type(place) is int}


def _label(artist: Any) -> str:
    return _text(getattr(artist, "_label", ""))


def _artist(each: Any, plot: dict[str, Any], room: Room) -> None:
    """Note what one artist draws."""
    for names, read in _READERS:
        if _is(each, *names):
            try:
                known = read(each, plot, room)
            except TooMuch:
                raise
            except Exception:  # it is not as matplotlib makes it
                known = False
            if known:
                return
            break
    name = _text(type(each).__name__)[:40]
    if name not in plot["others"] and len(plot["others"]) < NAMED:
        plot["others"].append(name)


def _line(each: Any, plot: dict[str, Any], room: Room) -> bool:
    joined = _ways["Line2D.get_linestyle"](each) not in ("None", "", " ", None)
    if joined or _ways["Line2D.get_marker"](each) not in ("None", "", " ", None):
        x, y = (room.numbers(_ways[f"Line2D.{way}"](each, orig=False)).ravel() for way in ("get_xdata", "get_ydata"))
        if len(x) == len(y):
            plot["lines" if joined else "scatter"].append({"x": x, "y": y, "label": _label(each)})
    return True


def _points(each: Any, plot: dict[str, Any], room: Room) -> bool:
    places = room.numbers(_ways["PathCollection.get_offsets"](each)).reshape(-1, 2)
    plot["scatter"].append({"x": places[:, 0].copy(), "y": places[:, 1].copy(), "label": _label(each)})
    return True


def _segments(each: Any, plot: dict[str, Any], room: Room) -> bool:
    for segment in _ways["LineCollection.get_segments"](each):
        room.artist()
        places = room.numbers(segment).reshape(-1, 2)
        plot["lines"].append({"x": places[:, 0].copy(), "y": places[:, 1].copy(), "label": ""})
    return True


def _image(each: Any, plot: dict[str, Any], room: Room) -> bool:
    data = _ways["AxesImage.get_array"](each)
    if data is None:
        return False
    plot["images"].append(
        {"data": room.numbers(data), "extent": room.numbers(_ways["AxesImage.get_extent"](each)).ravel()}
    )
    return True


def _mesh(each: Any, plot: dict[str, Any], room: Room) -> bool:
    corners = room.numbers(_ways["QuadMesh.get_coordinates"](each))
    rows, columns = corners.shape[0] - 1, corners.shape[1] - 1
    data = room.numbers(_ways["QuadMesh.get_array"](each))
    if data.size == rows * columns:
        data = data.reshape(rows, columns)
    x, y = corners[..., 0], corners[..., 1]
    plot["images"].append({"data": data, "extent": room.numbers([x.min(), x.max(), y.min(), y.max()])})
    return True


def _wedge(each: Any, plot: dict[str, Any], room: Room) -> bool:
    plot["pie"].append({"parts": [abs(float(each.theta2) - float(each.theta1)) / 360]})
    return True


def _stairs(each: Any, plot: dict[str, Any], room: Room) -> bool:
    values, edges, baseline = _ways["StepPatch.get_data"](each)
    tops, ends = room.numbers(values).ravel(), room.numbers(edges).ravel()
    low = 0.0 if baseline is None else room.numbers(baseline)
    _steps(ends, tops, low + np.zeros(len(tops)), each, plot)
    return True


def _outline(each: Any, plot: dict[str, Any], room: Room) -> bool:
    """Note the histogram that is drawn as an outline: up and down at each edge."""
    places = room.numbers(_ways["Polygon.get_xy"](each)).reshape(-1, 2)
    for count in dict.fromkeys((len(places), 2 * ((len(places) + 3) // 4))):
        x, y = places[:count, 0], places[:count, 1]
        stairs = count >= 4 and count % 2 == 0 and (x[::2] == x[1::2]).all() and (y[1:-1:2] == y[2::2]).all()
        if stairs and y[0] == y[-1]:
            tops = y[1:-1:2].copy()
            _steps(x[::2].copy(), tops, np.full(len(tops), y[0]), each, plot)
            return True
    return False


def _steps(edges: np.ndarray, tops: np.ndarray, base: np.ndarray, each: Any, plot: dict[str, Any]) -> None:
    plot["bars"].append(
        {"at": (edges[:-1] + edges[1:]) / 2, "base": base, "top": tops, "width": abs(edges[1:] - edges[:-1]),
         "across": False, "names": [], "label": _label(each)}
    )  # fmt: skip


def _annotation(each: Any, plot: dict[str, Any], room: Room) -> bool:
    plot["texts"].append(_written(each))
    return True


_READERS: tuple[tuple[tuple[str, ...], Callable[[Any, dict[str, Any], Room], bool]], ...] = (
    (("Line2D",), _line),
    (("PathCollection",), _points),
    (("LineCollection",), _segments),
    (("QuadMesh",), _mesh),
    (("AxesImage",), _image),
    (("Wedge",), _wedge),
    (("StepPatch",), _stairs),
    (("Polygon",), _outline),
    (("Text",), _annotation),
)
