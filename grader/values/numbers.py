"""How any two numbers or arrays are compared: form, dtype and masks before the numbers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from .family import Differences, Rule, Value

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray  # 1 ms of a worker's start, for annotations alone

SLICE = 1 << 16
"""Elements compared at a time: a few MiB of temporaries whatever the size of the answer."""

_HUGE = 1e300
_LARGEST = float(np.finfo(np.float64).max)

Kind: TypeAlias = Literal["bool", "int", "float", "complex"]
KINDS: dict[str, Kind] = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex"}
"""What the letters of numpy's dtypes stand for."""
_WIDENS: dict[Kind, tuple[Kind, ...]] = {"int": ("float", "complex"), "float": ("complex",)}
Floats: TypeAlias = "NDArray[np.float64]"
Bools: TypeAlias = "NDArray[np.bool_]"


class Number(NamedTuple):
    """A scalar or array as a plain array (a scalar has shape `()`).

    `bare` says it was one of Python's own numbers; its dtype is then that of numpy's widest of the kind. A whole
    number beyond 64 bits stands as its nearest float64, but its kind is "int".
    """

    array: NDArray[np.generic]
    kind: Kind
    bare: bool


def number(value: Value) -> Number:
    """Return a scalar or array of numbers as `Number`; native byte order, no subclass, at most 64 (128) bits.

    Zeros stand where it is masked.
    """
    if isinstance(value, bool):
        return Number(array=np.asarray(value), kind="bool", bare=True)
    if isinstance(value, int):
        return Number(array=_integer(value), kind="int", bare=True)
    if isinstance(value, np.ndarray | np.generic):
        mask = mask_of(value)
        array = np.asarray(value) if mask is None else np.where(mask, np.zeros((), value.dtype), np.asarray(value))
        dtype = array.dtype.newbyteorder("=")
        if dtype.kind in "fc":
            dtype = np.result_type(np.dtype(dtype.kind + str(min(dtype.itemsize, 8 if dtype.kind == "f" else 16))))
        return Number(array=array.astype(dtype, copy=False), kind=KINDS[dtype.kind], bare=False)
    array = np.asarray(value)
    return Number(array=array, kind=KINDS[array.dtype.kind], bare=True)


def same_dtype(got: Number, want: Number, rule: Rule) -> bool:
    """Return whether the dtype is as strict as `rule.dtype` asks.

    "kind": one family and at least the reference's precision; whole numbers of any width are one family. One of
    Python's own numbers may stand for a wider family (`0` for `0.0`): nobody chose a dtype there.
    """
    match rule.dtype:
        case "any":
            return True
        case "truth":
            return got.kind != "complex"
        case "exact":
            return got.array.dtype == want.array.dtype and got.kind == want.kind
        case "kind":
            if got.kind == want.kind:
                return want.kind in ("bool", "int") or got.array.dtype.itemsize >= want.array.dtype.itemsize
            return got.bare and want.kind in _WIDENS.get(got.kind, ())
        case _:
            raise AssertionError(rule.dtype)


def _integer(value: int) -> NDArray[np.generic]:
    if -(1 << 63) <= value < 1 << 63:
        return np.asarray(value, dtype=np.int64)
    if 0 <= value < 1 << 64:
        return np.asarray(value, dtype=np.uint64)
    try:
        return np.asarray(float(value))
    except OverflowError:
        return np.asarray(np.inf if value > 0 else -np.inf)


def compare(got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
    """Add to `found` how `got` differs from `want`, both scalars or arrays of numbers.

    An element agrees if |got - want| <= atol + rtol*|want|; without `rule.atol` the absolute part is rtol times the
    largest finite |want|, and at least `floor`. Whole numbers and truth values agree only if
    they are equal, unless `atol` is given: rtol would let 10000001 pass for 10000000.
    """
    if rule.nan_equal and _same_bits(got, want):  # what a right answer most often is, and 20 times as quick
        return
    mine, theirs = number(got), number(want)
    if rule.size_one and mine.array.size == theirs.array.size == 1:
        mine, theirs = scalar(mine), scalar(theirs)
    if mine.array.shape != theirs.array.shape:
        category = "empty" if mine.array.size == 0 < theirs.array.size else "shape"
        found.add(category, output, got=str(mine.array.shape), want=str(theirs.array.shape))
    elif not same_dtype(mine, theirs, rule):
        found.add("dtype", output, got=_dtype(mine), want=_dtype(theirs))
    elif not _same_masks(got, want, output, found):
        return
    elif mine.kind == theirs.kind == "int" and mine.array.ndim == 0:
        _compare_whole(got, want, rule, output, found)
    else:
        _compare_elements(mine, theirs, rule, output, found)


def _same_masks(got: Value, want: Value, output: str, found: Differences) -> bool:
    """Return whether two arrays of one shape, or size 1, are masked in the same places; else add that to `found`."""
    masks = [mask_of(one) for one in (got, want)]
    if all(mask is None for mask in masks):
        return True
    mine, theirs = (np.zeros(np.size(want), np.bool_) if mask is None else mask.reshape(-1) for mask in masks)
    wrong = mine != theirs
    if not wrong.any():
        return True
    shape = np.shape(want)
    place = int(wrong.argmax())
    found.add(
        "mask", output,
        index=tuple(int(i) for i in np.unravel_index(place, shape)) if shape else None,
        got=bool(mine[place]), want=bool(theirs[place]),
        differing=int(np.count_nonzero(wrong)), total=int(theirs.size),
    )  # fmt: skip
    return False


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
        type(got) is type(want) is np.ndarray
        and got.dtype == want.dtype
        and got.shape == want.shape
        and got.size <= SLICE
        and got.tobytes() == want.tobytes()
    )


def scalar(one: Number) -> Number:
    """Return a number of one element without its axes."""
    return one._replace(array=one.array.reshape(()))


def _dtype(one: Number) -> str:
    return one.kind if one.bare else str(one.array.dtype)


def _compare_whole(got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
    """Compare two whole numbers exactly, however large."""
    mine, theirs = _exact(got), _exact(want)
    apart = abs(mine - theirs)
    if apart > (rule.atol or 0.0):
        found.add(
            "values", output, got=mine, want=theirs, differing=1, total=1,
            worst_absolute=float(min(apart, int(_LARGEST))),
            worst_relative=min(apart / abs(theirs), _LARGEST) if theirs and apart < 1 << 900 else 0.0,
        )  # fmt: skip


def _exact(value: Value) -> int:
    return int(np.asarray(value).reshape(()).item()) if isinstance(value, np.ndarray | np.generic) else int(value)


def tolerance(got: Number, want: Number, rule: Rule, output: str) -> tuple[float, float]:
    """Return what each element may be off by, as an absolute part and one relative to what is expected."""
    discrete = got.kind in ("bool", "int") and want.kind in ("bool", "int")
    rtol = 0.0 if discrete or rule.dtype == "truth" else float(rule.rtol)
    atol = float(rule.atol) if rule.atol is not None else 0.0
    if rule.atol is None and rtol:
        top = largest(want.array)
        atol = max(rtol * top, floor(want, top, rule, output))
    return atol, rtol


def agreeing(got: NDArray[np.generic], want: NDArray[np.generic], allowed: tuple[float, float], rule: Rule) -> Bools:
    """Return for each element of two flat arrays whether it agrees, within the `allowed` tolerance."""
    with np.errstate(all="ignore"):
        elsewhere, apart, size = distances(got, want, rule.nan_equal)
        if got.dtype.kind in "bui" and want.dtype.kind in "bui":
            apart = np.where(got != want, np.maximum(apart, 1.0), 0.0)
        return ~(elsewhere | (apart > allowed[0] + allowed[1] * size))


def _compare_elements(got: Number, want: Number, rule: Rule, output: str, found: Differences) -> None:
    """Compare two arrays of one shape, slice by slice."""
    discrete = got.kind in ("bool", "int") and want.kind in ("bool", "int")
    atol, rtol = tolerance(got, want, rule, output)
    mine, theirs = got.array.reshape(-1), want.array.reshape(-1)
    differing, first, misplaced = 0, -1, -1
    absolute = relative = 0.0
    with np.errstate(all="ignore"):
        for start in range(0, mine.size, SLICE):
            one, other = mine[start : start + SLICE], theirs[start : start + SLICE]
            elsewhere, apart, size = distances(one, other, rule.nan_equal)
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
        return
    place = misplaced if misplaced >= 0 else first
    found.add(
        "nan" if misplaced >= 0 else "values",
        output,
        index=tuple(int(i) for i in np.unravel_index(place, want.array.shape)) if want.array.ndim else None,
        got=mine[place].item(),
        want=theirs[place].item(),
        differing=differing,
        total=int(theirs.size),
        worst_absolute=min(absolute, _LARGEST),
        worst_relative=min(relative, _LARGEST),
    )


EPS = float(np.finfo(np.float64).eps)
FLOOR = 8.0
"""What is zero but for rounding may differ by this many times the rounding of the case's largest number."""


def floor(want: Number, top: float, rule: Rule, output: str) -> float:
    """Return what an expected value may be missed by that is 0 or rounding noise around 0; 0.0 for any other.

    `top` is its largest magnitude, `output` its name. A rule without a scale, or with an `atol` of its own, has none.
    """
    zero = top == 0.0 or output in rule.noise
    if not zero or not rule.scale or rule.atol is not None or not is_double(want):
        return 0.0
    return FLOOR * max(top, EPS * float(rule.scale))


def is_double(one: Number) -> bool:
    """Return whether a number is a float or complex number in double precision."""
    return one.array.dtype in (np.float64, np.complex128) and one.kind in ("float", "complex")


def distances(got: NDArray[np.generic], want: NDArray[np.generic], nan_equal: bool) -> tuple[Bools, Floats, Floats]:
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


def mask_of(value: Value) -> Bools | None:
    """Return where an array is masked, `None` for one that cannot be."""
    if type(value) is np.ndarray or not isinstance(value, np.ndarray) or "numpy.ma" not in sys.modules:
        return None
    from numpy import ma

    return ma.getmaskarray(value) if isinstance(value, ma.MaskedArray) else None  # type: ignore[no-untyped-call]
