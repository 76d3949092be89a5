"""Figures as plain data: what a worker sent, checked, and which parts a figure has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from grader.model import Value

Part: TypeAlias = Literal[
    "lines", "scatter", "bars", "images", "pie", "texts", "title", "labels", "legend", "scale", "limits"
]
PARTS: tuple[Part, ...] = get_args(Part)
DATA = PARTS[:5]
"""The parts that are artists with numbers."""

_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "lines": ("x", "y"),
    "scatter": ("x", "y"),
    "bars": ("at", "base", "top", "width"),
    "images": ("data", "extent"),
    "pie": ("parts",),
}
MOST = 4000
"""Artists and texts of a figure that may come from a worker, which sends at most half as many."""


class Artist(Struct, frozen=True, kw_only=True, eq=False):
    """What one artist draws: arrays of numbers by name; the names of bars on an axis of categories."""

    numbers: Mapping[str, np.ndarray]
    label: str = ""
    names: tuple[str, ...] = ()
    across: bool = False

    @property
    def count(self) -> int:
        """How many points, bars or pieces it has."""
        return int(next(iter(self.numbers.values())).size)


class Plot(Struct, frozen=True, kw_only=True, eq=False):
    """One plot of a figure. `limits` are the ends of an axis and whether they were set by hand."""

    artists: Mapping[str, tuple[Artist, ...]]
    title: str = ""
    labels: tuple[str, str] = ("", "")
    scale: tuple[str, str] = ("linear", "linear")
    limits: tuple[tuple[np.ndarray, bool], ...] = ()
    texts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many artists and texts it has, and one."""
        return 1 + sum(map(len, self.artists.values())) + len(self.texts)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn in it or written beside it."""
        return not (any(self.artists.values()) or self.texts or self.others or self.title or any(self.labels))


class Drawn(Struct, frozen=True, kw_only=True, eq=False):
    """A figure with the plots that are not empty, from the top left on."""

    plots: tuple[Plot, ...]
    title: str = ""
    legend: tuple[str, ...] = ()

    def titles(self) -> tuple[str, ...]:
        """Return the titles of the plots; that of the whole figure stands for one plot's."""
        if len(self.plots) == 1:
            return (self.plots[0].title or self.title,)
        return tuple(each.title for each in self.plots)


EMPTY = Plot(artists=dict.fromkeys(DATA, ()))
State: TypeAlias = Literal["nothing", "absent", "much", "forged"]


def figure_of(value: Value) -> Drawn | State:
    """Return the figure that crossed the wire as `value`, or why there is none."""
    state = _text(value.get("state")) if isinstance(value, dict) else ""
    if not isinstance(value, dict) or state != "drawn":
        return state if state in get_args(State) else "forged"  # type: ignore[return-value]
    plots = [_plot(each) for each in _list(value.get("plots"))[: MOST + 1]]
    known = [each for each in plots if each is not None and not each.is_empty]
    if any(each is None for each in plots) or sum(each.size for each in known) > MOST:
        return "forged"
    if not known:
        return "nothing"
    return Drawn(plots=tuple(known), title=_text(value.get("title")), legend=_texts(value.get("legend")))


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(map(_text, _list(value)[: MOST + 1]))


def _plot(value: Value) -> Plot | None:
    if not isinstance(value, dict):
        return None
    artists = {
        kind: [_artist(each, names) for each in _list(value.get(kind))[: MOST + 1]] for kind, names in _NUMBERS.items()
    }
    limits = [_list(value.get(key)) for key in ("xlim", "ylim")]
    if any(each is None for found in artists.values() for each in found):
        return None
    if not all(len(each) == 2 and _is_numbers(each[0]) and isinstance(each[1], bool) for each in limits):
        return None
    return Plot(
        artists={kind: tuple(each for each in found if each is not None) for kind, found in artists.items()},
        title=_text(value.get("title")),
        labels=(_text(value.get("xlabel")), _text(value.get("ylabel"))),
        scale=(_text(value.get("xscale")), _text(value.get("yscale"))),
        limits=tuple((each[0], each[1]) for each in limits),  # type: ignore[misc]
        texts=_texts(value.get("texts")),
        others=_texts(value.get("others")),
    )


def _is_numbers(value: Value, dimensions: int = 1) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == np.float64 and value.ndim == dimensions


def _artist(value: Value, names: Sequence[str]) -> Artist | None:
    """Return an artist, `None` for what is none: its arrays have one length, but for those of an image."""
    if not isinstance(value, dict):
        return None
    found: dict[str, Any] = {name: value.get(name) for name in names}
    if "data" in found:
        right = found["extent"] is not None and _is_numbers(found["extent"]) and found["extent"].size == 4
        if not right or not any(_is_numbers(found["data"], count) for count in (1, 2, 3)):
            return None
    elif not all(map(_is_numbers, found.values())) or len({each.size for each in found.values()}) != 1:
        return None
    named = _texts(value.get("names"))
    return Artist(
        numbers=found,
        label=_text(value.get("label")),
        names=named if len(named) == next(iter(found.values())).size else (),
        across=value.get("across") is True,
    )


def parts_of(figure: Drawn) -> tuple[str, ...]:
    """Return the parts that are compared where a rubric names none: what is drawn, titles, labels, and odd scales."""
    return tuple(part for part in (*DATA, "title", "labels", "scale") if has(figure, part))


def has(figure: Drawn, part: str) -> bool:
    """Return whether there is something in a figure to compare a part with."""
    if part in DATA:
        return any(plot.artists[part] for plot in figure.plots)
    if part == "title":
        return any(figure.titles())
    if part == "labels":
        return any(any(plot.labels) for plot in figure.plots)
    if part == "legend":
        return bool(figure.legend)
    if part == "texts":
        return any(plot.texts for plot in figure.plots)
    if part == "limits":
        return any(set_by_hand for plot in figure.plots for _, set_by_hand in plot.limits)
    return any(each != "linear" for plot in figure.plots for each in plot.scale)
