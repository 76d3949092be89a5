"""Two values of any form: containers by place or key, and numbers by `arrays`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from grader.comparison.forms import Number, form, number, same_dtype, word
from grader.model import Category, Comparison, Mismatch, Part

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


MOST = 8
"""Mismatches of one category that are kept of one output. Were the first ones kept whatever they are, the category of
what comes last would tell of each number before it whether it is right."""

EXACT = Comparison(rtol=0.0, atol=0.0, dtype="exact", sequence="same")
"""Equal to the last bit, in one form."""


def differences(got: Value, want: Value, rule: Comparison, output: str = "") -> list[Mismatch]:
    """Return how `got` differs from `want`, at most `MOST` of a category, none if they agree; `output` names the value.

    Tuple and list stand for each other unless `rule.sequence` is "same"; dicts are compared whatever their order;
    texts must be equal character by character. Each number or array within has its own absolute tolerance.
    """
    found = _Found()
    _walk(got, want, rule, output, found)
    return found.kept


def same_form(got: Value, want: Value, rule: Comparison, output: str = "") -> Mismatch | None:
    """Return the mismatch of two values that are no objects of one kind, `None` if they can be compared."""
    kind = form(want)
    if form(got) == kind != "strange" and (
        kind != "sequence" or rule.sequence == "any" or isinstance(got, tuple) == isinstance(want, tuple)
    ):
        return None
    return Mismatch(category="type", output=output, got=word(got), want=word(want))


def length(got: tuple[Value, ...] | list[Value], want: tuple[Value, ...] | list[Value], output: str) -> list[Mismatch]:
    """Return a mismatch if two sequences differ in length."""
    if len(got) == len(want):
        return []
    return [Mismatch(category="length", output=output, got=len(got), want=len(want))]


def keys(got: dict[str | int, Value], want: dict[str | int, Value], output: str) -> list[Mismatch]:
    """Return a mismatch if two dicts differ in their keys: `got` are the keys too many, `want` those missing."""
    extra, missing = [key for key in got if key not in want], [key for key in want if key not in got]
    if not extra and not missing:
        return []
    return [Mismatch(category="keys", output=output, got=_listed(extra), want=_listed(missing))]


def place(output: str, key: str | int) -> str:
    """Return the name of an item of `output`: `cache[0]`, `cache['pad']`."""
    return f"{output}[{key!r}]"


class _Found:
    """Mismatches in the order found, `MOST` of each category."""

    def __init__(self) -> None:
        self.kept: list[Mismatch] = []
        self._counts: dict[Category, int] = {}

    def add(self, mismatches: Iterable[Mismatch]) -> None:
        for one in mismatches:
            self._counts[one.category] = count = self._counts.get(one.category, 0) + 1
            if count <= MOST:
                self.kept.append(one)


def _walk(got: Value, want: Value, rule: Comparison, output: str, found: _Found) -> None:
    if type(got) is type(want) and isinstance(want, str | int | float) and got == want:
        return
    other = same_form(got, want, rule, output)
    if other is not None:
        found.add([other])
    elif isinstance(want, str):
        if got != want:
            found.add([Mismatch(category="text", output=output, got=got, want=want, differing=1, total=1)])
    elif isinstance(want, tuple | list) and isinstance(got, tuple | list):
        found.add(length(got, want, output))
        for index, (mine, theirs) in enumerate(zip(got, want, strict=False)):
            _walk(mine, theirs, rule, place(output, index), found)
    elif isinstance(want, dict) and isinstance(got, dict):
        found.add(keys(got, want, output))
        for key, theirs in want.items():
            if key in got:
                _walk(got[key], theirs, rule, place(output, key), found)
    elif want is not None:
        mismatch = compare(got, want, rule, output)
        found.add([mismatch] if mismatch else [])


def _listed(names: list[str | int]) -> str:
    return ", ".join(repr(name) for name in names[:MOST])


def find(value: Value, name: str, returns: tuple[Part, ...]) -> list[Value]:
    """Return the output called `name` (`Z`, `cache.W`, or `result` for the whole), or nothing if it is not there."""
    if name == "result":
        return [value]
    for index, part in enumerate(returns):
        if name != part.name and not name.startswith(part.name + "."):
            continue
        inner = _item(value, index, part.name, len(returns))
        if name == part.name or not inner:
            return inner
        return find(inner[0], name[len(part.name) + 1 :], part.parts)
    return []


def known(name: str, returns: tuple[Part, ...]) -> bool:
    """Return whether `returns` has an output of this name."""
    if name == "result":
        return True
    return any(
        name == part.name or (name.startswith(part.name + ".") and known(name[len(part.name) + 1 :], part.parts))
        for part in returns
    )


def numbers(value: Value, name: str, returns: tuple[Part, ...] = ()) -> Iterator[tuple[str, Value]]:
    """Yield every number and array within `value` with its name: `Z`, `cache.W`, `cache.hparameters['pad']`, `[0]`."""
    if form(value) == "number":
        yield name, value
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            part = returns[index] if len(returns) == len(value) else None
            yield from numbers(item, _joined(name, part) if part else place(name, index), part.parts if part else ())
    elif isinstance(value, dict):
        parts = {part.name: part for part in returns}
        for key, item in value.items():
            part = parts.get(key) if isinstance(key, str) else None
            yield from numbers(item, _joined(name, part) if part else place(name, key), part.parts if part else ())


def _item(value: Value, index: int, name: str, count: int) -> list[Value]:
    if isinstance(value, dict):
        return [value[name]] if name in value else []
    if isinstance(value, tuple | list) and (count > 1 or len(value) == 1):
        return [value[index]] if index < len(value) else []
    return [value] if count == 1 else []


def _joined(name: str, part: Part) -> str:
    return f"{name}.{part.name}" if name else part.name
