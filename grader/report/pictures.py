"""Arrays as heat maps: which slice to show, which cells it has, how dark each is. The page or terminal draws them.

An array of more than two axes is shown slice by slice over the two axes before its last (rows and columns where
samples come first and features last). Of the places along the other axes, that of the first wrong element is shown
first, and those beside it along one axis at a time can be chosen.
"""

from __future__ import annotations

import cmath
from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any, TypeGuard

from msgspec import Struct

from grader.report.evidence import is_array
from grader.values import parts
from grader.values.plain import show_number

if TYPE_CHECKING:
    import numpy as np

    from grader.model import Exhibit, Mismatch, Value

ROWS, COLUMNS = 24, 24
"""A slice larger than this is cut to a part around the first wrong element."""

SLICES = 16
_NUMBERS = 10  # at most this many columns have their numbers written into the cells
_FAINT = 1e-9  # differences below this share of the scale are drawn as zero

Index = tuple[int, ...]
Window = Sequence[tuple[int, int]]


class Tile(Struct, frozen=True):
    """One element: its place in cells, its shade from -1 to 1, its number as text.

    `odd`: it is NaN or infinite. `first`: it is the first wrong element.
    """

    x: int
    y: int
    shade: float
    text: str
    odd: bool
    first: bool


class HeatMap(Struct, frozen=True, kw_only=True):
    """One slice as cells; `window` is (x, y, width, height) in cells, `written` whether numbers fit."""

    rows: int
    columns: int
    written: bool
    cells: list[Tile]
    window: tuple[int, int, int, int] | None = None
    left: int = 0
    top: int = 0
    cut: bool = False


class Slice(Struct, frozen=True):
    """One choice: its label (`[0, :, :, 3]`), whether it is shown first, and its grids, side by side."""

    label: str
    chosen: bool
    grids: list[HeatMap]


def drawable(value: Value, least: int = 2) -> TypeGuard[np.ndarray]:
    """Return whether `value` is an array with slices of at least `least` elements; fewer are better read as text."""
    if not is_array(value) or not value.size or not value.ndim:
        return False
    return bool(prod(value.shape[axis] for axis in _shown(value.ndim)) >= least)


def compare(want: np.ndarray, got: np.ndarray, focus: Index) -> list[Slice]:
    """Return slices of two arrays of one shape, each with expected, got and difference (got - want)."""
    scale = max(_scale(want), _finite_scale(got, _scale(want)))
    made = []
    for index in _choices(want.shape, focus):
        first, second = _plane(want, index), _plane(got, index)
        gap = [[_minus(b, a) for a, b in zip(*rows, strict=True)] for rows in zip(first, second, strict=True)]
        at = _inside(index, focus)
        worst = max((abs(item) for row in gap for item in row if cmath.isfinite(item)), default=0.0)
        gaps = _grid(gap, worst if worst > _FAINT * scale else 0.0, at)
        made.append(
            Slice(_label(index), _holds(index, focus), [_grid(first, scale, at), _grid(second, scale, at), gaps])
        )
    return made


def pair_of(want: Value, got: Value, mismatch: Mismatch) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the two arrays within want and got that `mismatch` is about: the first that show what it says."""
    if is_array(want) and is_array(got):
        if mismatch.category == "shape":
            return (want, got) if want.shape != got.shape else None
        at = mismatch.index
        if at is None or want.shape != got.shape or not _within(at, want.shape) or not drawable(want):
            return None
        return (want, got) if same(want[at], mismatch.want) and same(got[at], mismatch.got) else None
    mine = dict(parts(got))
    found = (pair_of(one, mine[key], mismatch) for key, one in parts(want) if key in mine)
    return next((pair for pair in found if pair is not None), None)


def wrong_slice(exhibit: Exhibit, more_than: int) -> Slice | None:
    """Return the slice of both arrays with the first wrong element, if they have `more_than` so many elements."""
    if not exhibit.mismatches or exhibit.error:
        return None
    first = exhibit.mismatches[0]
    pair = pair_of(exhibit.want, exhibit.got, first)
    if pair is None or not first.index or pair[0].size <= more_than or not drawable(pair[0], 4):
        return None
    return next(each for each in compare(*pair, first.index) if each.chosen)


def single(value: np.ndarray, focus: Index = (), window: Window | None = None) -> list[Slice]:
    """Return slices of one array; `window`, if it has a range for each axis, is drawn on the slices it touches."""
    scale = _scale(value)
    if window is not None and len(window) != value.ndim:
        window = None
    if window is not None:
        focus = tuple(min(max(start, 0), size - 1) for (start, _), size in zip(window, value.shape, strict=True))
    elif not _within(focus, value.shape):
        focus = (0,) * value.ndim
    made = []
    for index in _choices(value.shape, focus):
        grid = _grid(_plane(value, index), scale, None, _frame(index, window, value.shape))
        made.append(Slice(_label(index), _holds(index, focus), [grid]))
    return made


def _shown(ndim: int) -> tuple[int, ...]:
    """Return the axes that are drawn: rows and columns."""
    return (0,) if ndim == 1 else (0, 1) if ndim == 2 else (ndim - 3, ndim - 2)


def _choices(shape: Sequence[int], focus: Index) -> list[tuple[int | slice, ...]]:
    """Return the index of every slice offered, in order."""
    shown = _shown(len(shape))
    others = [axis for axis in range(len(shape)) if axis not in shown]
    places = {tuple(focus)}
    for axis in others:
        places |= {(*focus[:axis], place, *focus[axis + 1 :]) for place in range(shape[axis])}
    rest = {tuple(place[axis] for axis in others) for place in places}
    here = tuple(focus[axis] for axis in others)
    near = sorted(sorted(rest), key=lambda place: sum(abs(a - b) for a, b in zip(place, here, strict=True)))[:SLICES]
    made = []
    for place in sorted(near):
        chosen = dict(zip(others, place, strict=True))
        made.append(tuple(chosen.get(axis, slice(None)) for axis in range(len(shape))))
    return made


def _plane(value: np.ndarray, index: tuple[int | slice, ...]) -> list[list[Any]]:
    rows = value[index].tolist()
    return rows if value.ndim > 1 else [rows]


def _inside(index: tuple[int | slice, ...], focus: Index) -> tuple[int, int] | None:
    """Return the row and column of `focus` in this slice, if it is there."""
    if not _holds(index, focus):
        return None
    place = [at for at, item in zip(focus, index, strict=True) if isinstance(item, slice)]
    return (0, place[0]) if len(place) == 1 else (place[0], place[1])


def _holds(index: tuple[int | slice, ...], focus: Index) -> bool:
    return all(isinstance(item, slice) or item == at for item, at in zip(index, focus, strict=True))


def _grid(
    rows: list[list[Any]], scale: float, first: tuple[int, int] | None, window: tuple[int, int, int, int] | None = None
) -> HeatMap:
    middle = first or ((window[1], window[0]) if window else (0, 0))
    top = _start(len(rows), ROWS, middle[0])
    left = _start(len(rows[0]) if rows else 0, COLUMNS, middle[1])
    part = [row[left : left + COLUMNS] for row in rows[top : top + ROWS]]
    columns = len(part[0]) if part else 0
    cells = [
        Tile(x, y, _shade(item, scale), show_number(item, 3), not cmath.isfinite(item), (y + top, x + left) == first)
        for y, row in enumerate(part)
        for x, item in enumerate(row)
    ]
    moved = (window[0] - left, window[1] - top, window[2], window[3]) if window else None
    return HeatMap(rows=len(part), columns=columns, written=columns <= _NUMBERS, cells=cells, window=moved,
                left=left, top=top, cut=len(rows) > ROWS or len(rows[0]) > COLUMNS)  # fmt: skip


def _start(size: int, room: int, middle: int) -> int:
    return max(0, min(middle - room // 2, size - room))


def _frame(
    index: tuple[int | slice, ...], window: Window | None, shape: Sequence[int]
) -> tuple[int, int, int, int] | None:
    """Return the window's part of this slice as x, y, width, height, cut at the array's edges."""
    if window is None:
        return None
    spans = []
    for (start, end), item, size in zip(window, index, shape, strict=True):
        if isinstance(item, slice):
            spans.append((max(start, 0), min(end, size)))
        elif not start <= item < end:
            return None
    if any(start >= end for start, end in spans):
        return None
    (top, bottom), (left, right) = spans if len(spans) == 2 else ((0, 1), spans[0])
    return left, top, right - left, bottom - top


def _shade(item: Any, scale: float) -> float:
    if not scale or not cmath.isfinite(item):
        return 0.0
    size = item.real if isinstance(item, complex) else float(item)
    return round(max(-1.0, min(1.0, size / scale)), 3)


def _minus(one: Any, other: Any) -> Any:
    return 0 if same(one, other) else one - other


def same(one: Any, other: Any) -> bool:
    """Return whether both are numbers and equal, NaN being equal to NaN."""
    one, other = (side.item() if is_array(side) and side.size == 1 else side for side in (one, other))
    if not isinstance(one, int | float | complex) or not isinstance(other, int | float | complex):
        return False
    return bool(one == other or (one != one and other != other))  # noqa: PLR0124


def _within(index: Index, shape: Sequence[int]) -> bool:
    return len(index) == len(shape) and all(0 <= place < size for place, size in zip(index, shape, strict=True))


def _scale(value: np.ndarray) -> float:
    return max((abs(item) for item in value.ravel().tolist() if cmath.isfinite(item)), default=0.0)


def _finite_scale(value: np.ndarray, most: float) -> float:
    """Return the scale of the returned array, at most ten times the expected: an outlier must not hide the rest."""
    return min(_scale(value), 10 * most) if most else _scale(value)


def _label(index: tuple[int | slice, ...]) -> str:
    return "[" + ", ".join(":" if isinstance(item, slice) else str(item) for item in index) + "]"
