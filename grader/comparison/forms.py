"""The form of an answer that is nearest to the expected one, where a rubric lets it have several.

Vectors may have another sign (complex ones another phase), another length or another order, labels other names, and a
whole matrix may be turned. The answer is brought into the form that is nearest, and then compared as any other. So
nothing is compared more loosely than before: where no form agrees, the nearest shows by how much.

What would change another way what an answer is worth is left as it is: other shapes and dtypes, masked arrays, and a
vector that is 0 where another is expected, or where 0 is: no number but 0 makes the one of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.comparison.matching import matched
from grader.model import Comparison
from grader.values import compared_as
from grader.values.numbers import Number, agreeing, distances, mask_of, number, same_dtype, tolerance

if TYPE_CHECKING:
    from grader.model import Value

Array = NDArray[Any]

MOST = 1 << 22
"""Numbers that are looked at where each vector is compared with each, or multiplied where a matrix is turned.

With more, vectors keep their places, and a matrix is not turned."""


def nearest(got: Value, want: Value, rule: Comparison, output: str) -> Value:
    """Return what was handed in, in the form nearest to what is expected that `rule.up_to` lets it have."""
    if rule.axis == "labels":
        renamed: Value = _renamed(got, want)
        return renamed
    if not all(_is_array(each) for each in (got, want)):
        return got
    one, other = number(got), number(want)
    if one.array.shape != other.array.shape or not one.array.size or not same_dtype(one, other, rule):
        return got
    with np.errstate(all="ignore"):
        found = _formed(one, other, rule, tolerance(one, other, rule, output))
    return got if found is None else found


def unsuited(want: Value, rule: Comparison) -> bool:
    """Return whether the expected value has no such forms: it has no vectors, or no labels."""
    if rule.axis == "labels":
        return _labels(want) is None
    if not _is_array(want):
        return True
    several = rule.up_to == ("permutation",) or rule.axis == "all"
    least = 1 if several or ("permutation" not in rule.up_to and "rotation" not in rule.up_to) else 2
    return want.ndim < least or (want.ndim > 2 and rule.axis != "all")  # type: ignore[union-attr]


def _is_array(value: Value) -> bool:
    return compared_as(value) == "number" and getattr(value, "ndim", 0) > 0 and mask_of(value) is None


def _formed(got: Number, want: Number, rule: Comparison, allowed: tuple[float, float]) -> Array | None:
    """Return the nearest form; `None` where it is the one that was handed in."""
    mine, theirs = (_as_columns(each.array, rule) for each in (got, want))
    if "rotation" in rule.up_to:
        found = _turned(mine, theirs)
    elif "permutation" in rule.up_to and mine.shape[1] > 1:
        found = _permuted(mine, theirs, rule, allowed)
    else:
        found = _changed(mine, theirs, rule, allowed)
    if found is None:
        return None
    shape = got.array.shape
    whole = found.T if rule.axis == "rows" and len(shape) == 2 else found
    made = np.ascontiguousarray(whole).reshape(shape)
    # Another sign of an unsigned number needs a type that has signs, a multiple of a real one perhaps a complex one.
    kept = got.array.dtype.kind != "u" and made.dtype.kind == got.array.dtype.kind
    return made.astype(got.array.dtype, copy=False) if kept else made


def _as_columns(array: Array, rule: Comparison) -> Array:
    """Return the vectors as the columns of a matrix."""
    if rule.axis == "all":
        return array.reshape(-1, 1)
    if array.ndim == 1:
        return array.reshape(1, -1) if rule.up_to == ("permutation",) else array.reshape(-1, 1)
    return array.T if rule.axis == "rows" else array


class _Candidate(NamedTuple):
    """Columns in a form, and for each how far it is from what is expected: what is no number first, then numbers."""

    columns: Array
    misplaced: NDArray[np.int64]
    apart: NDArray[np.float64]


def _candidate(columns: Array, want: Array) -> _Candidate:
    elsewhere, apart, size = distances(columns.reshape(-1), want.reshape(-1), True)
    apart, size = apart.reshape(want.shape), size.reshape(want.shape)
    top = np.maximum(size.max(axis=0), apart.max(axis=0))
    scaled = apart / np.where(top > 0, top, 1.0)
    return _Candidate(columns, elsewhere.reshape(want.shape).sum(axis=0), np.sqrt((scaled**2).sum(axis=0)) * top)


def _changed(mine: Array, theirs: Array, rule: Comparison, allowed: tuple[float, float]) -> Array:
    """Return each column with the sign, phase or length that brings it nearest to the expected one."""
    best = _candidate(mine, theirs)
    for columns in _variants(mine, theirs, rule, allowed):
        other = _candidate(columns, theirs)
        better = (other.misplaced < best.misplaced) | ((other.misplaced == best.misplaced) & (other.apart < best.apart))
        best = _Candidate(
            np.where(better, columns, best.columns),
            np.where(better, other.misplaced, best.misplaced),
            np.where(better, other.apart, best.apart),
        )
    return best.columns


def _variants(mine: Array, theirs: Array, rule: Comparison, allowed: tuple[float, float]) -> list[Array]:
    kind = mine.dtype.kind
    found: list[Array] = []
    if kind == "b":
        return found
    if "sign" in rule.up_to or "scale" in rule.up_to:
        found.append(-mine.astype(np.int64) if kind == "u" else -mine)
    fine = np.isfinite(mine) & np.isfinite(theirs)
    one, other = np.where(fine, mine, 0), np.where(fine, theirs, 0)
    if "sign" in rule.up_to and kind == "c":
        inner = (np.conj(_unit(one)) * _unit(other)).sum(axis=0)
        size = np.abs(inner)
        found.append(mine * np.where(size > 0, inner / np.where(size > 0, size, 1), 1))
    if "scale" in rule.up_to:
        found.append(_scaled_whole(mine, theirs) if kind in "iu" else _scaled(mine, one, other, rule, allowed))
    return found


def _unit(columns: Array) -> Array:
    """Return columns divided by their largest magnitude, so that no product over- or underflows."""
    top = np.abs(columns).max(axis=0)
    unit: Array = columns / np.where(top > 0, top, 1)
    return unit


def _scaled(mine: Array, one: Array, other: Array, rule: Comparison, allowed: tuple[float, float]) -> Array:
    """Return columns times what brings them nearest, but where nothing but 0 could, or an answer of 0 would do."""
    nothing = agreeing(np.zeros(other.size), other.reshape(-1), allowed, rule).reshape(other.shape).all(axis=0)
    small, large = _unit(one), _unit(other)
    tops = [np.abs(each).max(axis=0) for each in (one, other)]
    squares = (np.abs(small) ** 2).sum(axis=0)
    inner = (np.conj(small) * large).sum(axis=0)
    ratio = np.where(squares > 0, inner / np.where(squares > 0, squares, 1), 0)
    factor = ratio * (tops[1] / np.where(tops[0] > 0, tops[0], 1))
    usable = ~nothing & (tops[0] > 0) & np.isfinite(factor) & (factor != 0)
    found: Array = mine * np.where(usable, factor, 1)
    return found


def _scaled_whole(mine: Array, theirs: Array) -> Array:
    """Return columns of whole numbers, the expected ones in place of their exact multiples."""
    found = mine.astype(np.int64) if mine.dtype.kind == "u" else mine.copy()
    if theirs.dtype.kind not in "iu":
        return found
    for at in range(mine.shape[1]):
        one, other = mine[:, at].tolist(), theirs[:, at].tolist()
        pivot = max(range(len(other)), key=lambda place, each=other: abs(each[place]))  # type: ignore[misc]
        exact = all(x * other[pivot] == y * one[pivot] for x, y in zip(one, other, strict=True))
        if exact and one[pivot] and other[pivot]:
            found[:, at] = theirs[:, at]
    return found


def _permuted(mine: Array, theirs: Array, rule: Comparison, allowed: tuple[float, float]) -> Array:
    """Return the columns in the order in which most of them agree, each in its nearest form; the rest by distance."""
    length, count = theirs.shape
    changing = rule.up_to != ("permutation",)
    if length == 1 and not changing and "c" not in (mine.dtype.kind, theirs.dtype.kind):
        return _sorted_numbers(mine, theirs, rule, allowed)
    if length * count * count > MOST:
        return _changed(mine, theirs, rule, allowed) if changing else mine
    formed, agree, apart = [], [], []
    for at in range(count):
        repeated = np.repeat(mine[:, at : at + 1], count, axis=1)
        columns = _changed(repeated, theirs, rule, allowed) if changing else repeated
        fits = agreeing(columns.reshape(-1), theirs.reshape(-1), allowed, rule).reshape(theirs.shape)
        formed.append(columns)
        agree.append(np.flatnonzero(fits.all(axis=0)).tolist())
        far = _candidate(columns, theirs)
        apart.append(np.where(far.misplaced > 0, np.inf, far.apart))
    pairs = matched(lambda at: agree[at], count)
    free = [at for at in range(count) if at not in set(pairs.values())]
    for at in range(count):
        if at not in pairs:
            pairs[at] = min(free, key=lambda place, own=apart[at]: own[place])  # type: ignore[misc]
            free.remove(pairs[at])
    found = np.empty(theirs.shape, dtype=np.result_type(*formed))
    for at, place in pairs.items():
        found[:, place] = formed[at][:, place]
    return found


def _sorted_numbers(mine: Array, theirs: Array, rule: Comparison, allowed: tuple[float, float]) -> Array:
    """Return numbers in the order of the expected ones."""
    from grader.comparison.order import in_order

    return in_order(mine.reshape(-1), theirs.reshape(-1), allowed, rule).reshape(theirs.shape)


def _turned(mine: Array, theirs: Array) -> Array | None:
    """Return the matrix times the orthogonal (unitary) one that brings it nearest, as P. Schönemann (1966) finds it.

    It is that of the singular vectors of the product of the two. `None` where there is no such.
    """
    if mine.dtype.kind not in "fc" or mine.size * mine.shape[1] > MOST:
        return None
    if not np.isfinite(mine).all() or not np.isfinite(theirs).all():
        return None
    top = [float(np.abs(each).max()) or 1.0 for each in (mine, theirs)]
    try:
        left, _, right = np.linalg.svd(np.conj(mine / top[0]).T @ (theirs / top[1]))
    except np.linalg.LinAlgError:
        return None
    turn = left @ right
    return mine @ turn if mine.dtype.kind == "c" or turn.dtype.kind != "c" else None


def _labels(value: Any) -> list[Any] | None:
    """Return the whole numbers of an array, or of a list or tuple of them; `None` for anything else."""
    if isinstance(value, list | tuple):
        return list(value) if value and all(type(each) is int for each in value) else None
    return value.reshape(-1).tolist() if _is_array(value) and value.dtype.kind in "iu" else None


def _renamed(got: Any, want: Any) -> Any:
    """Return labels under the names that most of them have in what is expected, no two under one name."""
    mine, theirs = _labels(got), _labels(want)
    if not mine or not theirs or len(mine) != len(theirs):
        return got
    counts: dict[tuple[int, int], int] = {}
    for pair in zip(mine, theirs, strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    names: dict[int, int] = {}
    taken: set[int] = set()
    for (own, name), _ in sorted(counts.items(), key=lambda each: (-each[1], each[0][0] != each[0][1], each[0])):
        if own not in names and name not in taken:
            names[own] = name
            taken.add(name)
    fresh = max([0, *map(abs, theirs)]) + 1
    for own in dict.fromkeys(mine):
        if own not in names:
            names[own], fresh = fresh, fresh + 1
    new = [names[own] for own in mine]
    if isinstance(got, list | tuple):
        return new if isinstance(got, list) else tuple(new)
    limits = np.iinfo(got.dtype)
    if min(new) < limits.min or max(new) > limits.max:
        return got
    return np.array(new, dtype=got.dtype).reshape(got.shape)
