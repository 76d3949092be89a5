"""Two numbers or arrays: strict about form before a single element is compared.

The order is emptiness, shape, dtype, places of NaN and infinity, values; the first that differs is the answer, so
nothing is ever broadcast. Arithmetic is in float64 over slices of bounded size; it neither overflows nor warns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from grader.comparison.forms import Number, number, same_dtype
from grader.model import Comparison, Mismatch

if TYPE_CHECKING:
    from grader.model import Value

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SLICE = 1 << 16
"""Elements compared at a time: a few MiB of temporaries whatever the size of the answer."""

_HUGE = 1e300
_LARGEST = float(np.finfo(np.float64).max)


def compare(got: Value, want: Value, rule: Comparison, output: str = "") -> Mismatch | None:
    """Return how `got` differs from `want` (both scalars or arrays of numbers), `None` if they agree.

    An element agrees if |got - want| <= atol + rtol*|want|; without `rule.atol` the absolute part is rtol times the
    largest finite |want|, so an output of zeros must be exactly zero. Whole numbers and truth values agree only if
    they are equal, unless `atol` is given: rtol would let 10000001 pass for 10000000.
    """
    if rule.nan_equal and _same_bits(got, want):  # what a right answer most often is, and 20 times as quick
        return None
    mine, theirs = number(got), number(want)
    if rule.size_one and mine.array.size == theirs.array.size == 1:
        mine, theirs = _scalar(mine), _scalar(theirs)
    if mine.array.size == 0 < theirs.array.size:
        return Mismatch(category="empty", output=output, got=str(mine.array.shape), want=str(theirs.array.shape))
    if mine.array.shape != theirs.array.shape:
        return Mismatch(category="shape", output=output, got=str(mine.array.shape), want=str(theirs.array.shape))
    if not same_dtype(mine, theirs, rule):
        return Mismatch(category="dtype", output=output, got=_dtype(mine), want=_dtype(theirs))
    if mine.family == theirs.family == "int" and mine.array.ndim == 0:
        return _whole(got, want, rule, output)
    return _elements(mine, theirs, rule, output)


def largest(values: NDArray[np.generic]) -> float:
    """Return the largest finite magnitude among `values` (0.0 if there is none)."""
    flat, top = values.reshape(-1), 0.0
    with np.errstate(all="ignore"):
        for start in range(0, flat.size, SLICE):
            parts = columns(flat[start : start + SLICE], values.dtype.kind == "c")
            magnitude = _modulus(np.where(np.isfinite(parts), parts, 0.0))
            top = max(top, float(magnitude.max()))
    return min(top, _LARGEST)


def _same_bits(got: Value, want: Value) -> bool:
    return (
        isinstance(got, np.ndarray)
        and isinstance(want, np.ndarray)
        and got.dtype == want.dtype
        and got.shape == want.shape
        and got.size <= SLICE
        and got.tobytes() == want.tobytes()
    )


def _scalar(one: Number) -> Number:
    return Number(array=one.array.reshape(()), family=one.family, bare=one.bare)


def _dtype(one: Number) -> str:
    return one.family if one.bare else str(one.array.dtype)


def _whole(got: Value, want: Value, rule: Comparison, output: str) -> Mismatch | None:
    """Compare two whole numbers exactly, however large."""
    mine, theirs = _exact(got), _exact(want)
    apart = abs(mine - theirs)
    if apart <= (rule.atol or 0.0):
        return None
    absolute = float(min(apart, int(_LARGEST)))
    relative = min(apart / abs(theirs), _LARGEST) if theirs and apart < 1 << 900 else 0.0
    return Mismatch(
        category="values", output=output, got=mine, want=theirs, differing=1, total=1,
        worst_absolute=absolute, worst_relative=relative,
    )  # fmt: skip


def _exact(value: Value) -> int:
    return int(np.asarray(value).reshape(()).item()) if isinstance(value, np.ndarray | np.generic) else int(value)  # type: ignore[arg-type]


def _elements(got: Number, want: Number, rule: Comparison, output: str) -> Mismatch | None:
    """Compare two arrays of one shape, slice by slice."""
    discrete = got.family in ("bool", "int") and want.family in ("bool", "int")
    rtol = 0.0 if discrete or rule.dtype == "truth" else rule.rtol
    atol = rule.atol if rule.atol is not None else rtol * largest(want.array) if rtol else 0.0
    mine, theirs = got.array.reshape(-1), want.array.reshape(-1)
    differing, first, misplaced = 0, -1, -1
    absolute = relative = 0.0
    with np.errstate(all="ignore"):
        for start in range(0, mine.size, SLICE):
            one, other = mine[start : start + SLICE], theirs[start : start + SLICE]
            elsewhere, apart, size = _apart(one, other, rule.nan_equal)
            if discrete:
                apart = np.where(one != other, np.maximum(apart, 1.0), 0.0)
            wrong = elsewhere | (apart > atol + rtol * size)
            if wrong.any():
                differing += int(np.count_nonzero(wrong))
                first = start + int(wrong.argmax()) if first < 0 else first
                if misplaced < 0 and elsewhere.any():
                    misplaced = start + int(elsewhere.argmax())
            absolute = max(absolute, float(apart.max()))
            relative = max(relative, float(np.divide(apart, size, out=np.zeros_like(apart), where=size > 0).max()))
    if not differing:
        return None
    place = misplaced if misplaced >= 0 else first
    return Mismatch(
        category="nan" if misplaced >= 0 else "values",
        output=output,
        index=tuple(int(i) for i in np.unravel_index(place, want.array.shape)) if want.array.ndim else None,
        got=mine[place].item(),
        want=theirs[place].item(),
        differing=differing,
        total=int(theirs.size),
        worst_absolute=min(absolute, _LARGEST),
        worst_relative=min(relative, _LARGEST),
    )


def _apart(got: NDArray[np.generic], want: NDArray[np.generic], nan_equal: bool) -> tuple[Bools, Floats, Floats]:
    """Return for each element: NaN or infinity is not where it should be; |got - want|; |want|.

    Where both hold the same NaN or infinity the difference is 0. Magnitudes near overflow are quartered, in both
    results alike, so that a difference stays finite; atol means nothing at that size.
    """
    wide = got.dtype.kind == "c" or want.dtype.kind == "c"
    mine, theirs = columns(got, wide), columns(want, wide)
    finite = np.isfinite(mine) & np.isfinite(theirs)
    agree = finite | (mine == theirs)
    if nan_equal:
        agree |= np.isnan(mine) & np.isnan(theirs)
    mine, theirs = np.where(finite, mine, 0.0), np.where(finite, theirs, 0.0)
    high = np.maximum(np.abs(mine), np.abs(theirs)) > _HUGE
    if high.any():
        scale = np.where(high.any(axis=1, keepdims=True), 0.25, 1.0)
        mine, theirs = mine * scale, theirs * scale
    return ~agree.all(axis=1), _modulus(mine - theirs), _modulus(theirs)


def columns(values: NDArray[np.generic], wide: bool) -> Floats:
    """Return the values as float64 in one column, or real and imaginary parts in two."""
    if wide:
        return np.ascontiguousarray(values, dtype=np.complex128).view(np.float64).reshape(-1, 2)
    return values.astype(np.float64).reshape(-1, 1)


def _modulus(columns: Floats) -> Floats:
    if columns.shape[1] == 1:
        return np.abs(columns[:, 0])
    return np.hypot(columns[:, 0], columns[:, 1])
