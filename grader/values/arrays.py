"""Arrays of bool, int, float or complex, numpy's scalars, and how any two numbers are compared.

On the wire: ["a", "f8", [shape]] is an array, the next buffer, little-endian, in C order; ["n", x] the same value as a
numpy float64 or complex128.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from .family import (
    Differences,
    Family,
    Forged,
    Node,
    Pack,
    Packer,
    Refused,
    Rule,
    Style,
    Unpack,
    Unpacker,
    Value,
    name_of,
    only,
)
from .plain import pack_complex, pack_float, pack_int, show_number

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray  # 1 ms of a worker's start, for annotations alone

DIMENSIONS = 32  # numpy 1's bound, so that an answer reads the same under both
READABLE = 2000
"""Elements of an array that is written as numbers; a larger one is written as its bytes, in base64."""
SLICE = 1 << 16
"""Elements compared at a time: a few MiB of temporaries whatever the size of the answer."""

_DTYPES = frozenset(("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"))
_HUGE = 1e300
_LARGEST = float(np.finfo(np.float64).max)

Kind: TypeAlias = Literal["bool", "int", "float", "complex"]
_KINDS: dict[str, Kind] = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex"}
_WIDENS: dict[Kind, tuple[Kind, ...]] = {"int": ("float", "complex"), "float": ("complex",)}
Floats: TypeAlias = "NDArray[np.float64]"
Bools: TypeAlias = "NDArray[np.bool_]"


def _pack_scalar(packer: Packer, value: Value, depth: int) -> Node:
    array = np.generic.__array__(value)
    kind = array.dtype.kind
    if kind == "b":
        return bool(array)
    if kind in "iu":
        return pack_int(packer, int(array), depth)
    if kind == "f":
        return pack_float(packer, float(array), depth)
    if kind == "c":
        return pack_complex(packer, complex(array), depth)
    raise Refused(name_of(type(value)))


def _pack_double(packer: Packer, value: Value, depth: int) -> Node:
    return ["n", pack_float(packer, value, depth)]


def _pack_double_complex(packer: Packer, value: Value, depth: int) -> Node:
    return ["n", pack_complex(packer, value, depth)]


def _pack_array(packer: Packer, value: Value, _: int) -> Node:
    array = value if type(value) is np.ndarray else np.ndarray.view(value, np.ndarray)
    kind = array.dtype.kind
    if kind not in _KINDS:
        raise Refused(f"ndarray of {array.dtype.name if kind in 'OUSmM' else 'records'}")
    if array.ndim > DIMENSIONS:
        raise Refused(f"ndarray of {array.ndim} dimensions")
    if array.dtype.itemsize * (2 if kind == "f" else 1) > 16:
        array = array.astype(np.float64 if kind == "f" else np.complex128)
    little = array.dtype.newbyteorder("<")
    packer.add(array.size * array.dtype.itemsize, lambda: array.astype(little, copy=False).tobytes())
    return ["a", f"{kind}{array.dtype.itemsize}", list(array.shape)]


def _make_scalar(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    value = unpacker.value(only(node, object), depth + 1)
    if type(value) is float:
        return np.float64(value)
    if type(value) is complex:
        return np.complex128(value)
    raise Forged("no numpy scalar")


def _make_array(unpacker: Unpacker, node: list[Node], _: int) -> Value:
    if len(node) != 3 or type(node[1]) is not str or node[1] not in _DTYPES:
        raise Forged("no array")
    shape = node[2]
    if type(shape) is not list or len(shape) > DIMENSIONS:
        raise Forged("no shape")
    if not all(type(side) is int and 0 <= side < 1 << 62 for side in shape):
        raise Forged("no shape")
    raw = unpacker.take(math.prod(shape) * int(node[1][1:]))
    try:
        # A byte that is neither 0 nor 1 makes a bool that is equal to neither.
        flat = np.frombuffer(raw, "u1") != 0 if node[1] == "b1" else np.frombuffer(raw, "<" + node[1])
        array = flat.reshape(shape)
    except ValueError:  # an empty array whose other sides are too long for numpy
        raise Forged("no shape") from None
    return array.copy() if unpacker.copied else array


class Array(Family):
    """Arrays of any shape, and numpy's scalars."""

    compared_as = "number"
    packs: Mapping[type, Pack] = {
        np.ndarray: _pack_array,
        np.generic: _pack_scalar,
        np.float64: _pack_double,
        np.complex128: _pack_double_complex,
    }
    tags: Mapping[str, Unpack] = {"a": _make_array, "n": _make_scalar}

    def holds(self, value: Value) -> bool:
        return value.dtype.kind in _KINDS

    def assign(self, old: Value, new: Value, inner: Callable[[Value, Value], bool]) -> bool:
        """Write over the elements where any differs: an array that is as it was may be one nobody can write to."""
        if type(new) is not np.ndarray or not isinstance(old, np.ndarray) or old.shape != new.shape:
            return False
        if not np.array_equal(old, new, equal_nan=old.dtype.kind in "fc"):
            old[...] = new
        return True

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        compare(got, want, rule, output, found)

    def type_name(self, value: Value) -> str:
        if isinstance(value, np.ndarray):
            return "array" if value.ndim else str(value.dtype)
        return type(value).__name__

    def kind(self, value: Value) -> str:
        return f"{value.dtype} {_shape(value)}"

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        """Return dtype and shape, and the elements of a small one."""
        if value.size > 4 or style.depth < 2:
            return f"<{self.kind(value)}>"
        return f"<{elements(value, 60, style.digits)}>"

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        """Return an expression over `np`, `nan`, `inf` and `b64decode`."""
        if value.dtype.kind == "c":
            pairs = self.literal(value.reshape(-1).view(value.real.dtype), inner)
            return f'{pairs}.view("{value.dtype}").reshape({value.shape})'
        dtype = f'dtype="{value.dtype}"'
        if value.size == 0:
            return f"np.zeros({value.shape}, {dtype})"
        if value.size > READABLE:
            from base64 import b64encode

            data = b64encode(value.tobytes()).decode("ascii")
            return f'np.frombuffer(b64decode("{data}"), {dtype}).reshape({value.shape}).copy()'
        text = np.array2string(
            value, floatmode="unique", separator=", ", threshold=math.inf, max_line_width=100, legacy=False
        )  # type: ignore[call-overload]
        return f"np.array({text}, {dtype})"


def elements(value: np.ndarray, limit: int, digits: int) -> str:
    """Return an array's dtype, shape and as many elements as go into `limit` characters."""
    head = f"{value.dtype} {_shape(value)}"
    if value.size == 0:
        return head
    text = head + " "
    for count, item in enumerate(value.flat):
        shown = " " + show_number(item, digits)
        if len(text) + len(shown) > limit - 2 and count:
            return text + " …"
        text += shown
    return text


def _shape(value: np.ndarray) -> str:
    return "(" + ", ".join(str(size) for size in value.shape) + ("," if value.ndim == 1 else "") + ")"


class Number(NamedTuple):
    """A scalar or array as a plain array (a scalar has shape `()`).

    `bare` says it was one of Python's own numbers; its dtype is then that of numpy's widest of the kind. A whole
    number beyond 64 bits stands as its nearest float64, but its kind is "int".
    """

    array: NDArray[np.generic]
    kind: Kind
    bare: bool


def number(value: Value) -> Number:
    """Return a scalar or array of numbers as `Number`; native byte order, no subclass, at most 64 (128) bits."""
    if isinstance(value, bool):
        return Number(array=np.asarray(value), kind="bool", bare=True)
    if isinstance(value, int):
        return Number(array=_integer(value), kind="int", bare=True)
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        dtype = array.dtype.newbyteorder("=")
        if dtype.kind in "fc":
            dtype = np.result_type(np.dtype(dtype.kind + str(min(dtype.itemsize, 8 if dtype.kind == "f" else 16))))
        return Number(array=array.astype(dtype, copy=False), kind=_KINDS[dtype.kind], bare=False)
    array = np.asarray(value)
    return Number(array=array, kind=_KINDS[array.dtype.kind], bare=True)


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
    largest finite |want|, so an output of zeros must be exactly zero. Whole numbers and truth values agree only if
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
    elif mine.kind == theirs.kind == "int" and mine.array.ndim == 0:
        _compare_whole(got, want, rule, output, found)
    else:
        _compare_elements(mine, theirs, rule, output, found)


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


def _compare_elements(got: Number, want: Number, rule: Rule, output: str, found: Differences) -> None:
    """Compare two arrays of one shape, slice by slice."""
    discrete = got.kind in ("bool", "int") and want.kind in ("bool", "int")
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


FAMILIES = (Array(),)
