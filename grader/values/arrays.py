"""Arrays of bool, int, float or complex, masked ones among them, and numpy's scalars.

On the wire: ["a", "f8", [shape]] is an array, the next buffer, little-endian, in C order; ["n", x] the same value as a
numpy float64 or complex128, and ["n", x, "f4"] one of less precision; ["m", data, mask, fill value] is a masked array.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

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
from .items import pack_others
from .numbers import KINDS, compare, mask_of
from .plain import pack_complex, pack_float, pack_int, show_number

DIMENSIONS = 32  # numpy 1's bound, so that an answer reads the same under both
READABLE = 2000
"""Elements of an array that is written as numbers; a larger one is written as its bytes, in base64."""

_DTYPES = frozenset(("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"))
_LESS = ("f2", "f4", "c8")


def _pack_scalar(packer: Packer, value: Value, depth: int) -> Node:
    array = np.generic.__array__(value)
    kind = array.dtype.kind
    if kind == "b":
        return bool(array)
    if kind in "iu":
        return pack_int(packer, int(array), depth)
    if kind not in "fc":
        if kind in "Mm" or array.dtype.names:
            return pack_others(packer, array, depth, scalar=True)
        raise Refused(name_of(type(value)))
    node = pack_float(packer, float(array), depth) if kind == "f" else pack_complex(packer, complex(array), depth)
    name = f"{kind}{array.dtype.itemsize}"
    return ["n", node, name] if name in _LESS else node


def _pack_double(packer: Packer, value: Value, depth: int) -> Node:
    return ["n", pack_float(packer, value, depth)]


def _pack_double_complex(packer: Packer, value: Value, depth: int) -> Node:
    return ["n", pack_complex(packer, value, depth)]


def _pack_array(packer: Packer, value: Value, depth: int) -> Node:
    array = value if type(value) is np.ndarray else np.ndarray.view(value, np.ndarray)
    kind = array.dtype.kind
    if kind not in KINDS:
        return pack_others(packer, array, depth)
    if array.ndim > DIMENSIONS:
        raise Refused(f"ndarray of {array.ndim} dimensions")
    if array.dtype.itemsize * (2 if kind == "f" else 1) > 16:
        array = array.astype(np.float64 if kind == "f" else np.complex128)
    little = array.dtype.newbyteorder("<")
    packer.add(array.size * array.dtype.itemsize, lambda: array.astype(little, copy=False).tobytes())
    return ["a", f"{kind}{array.dtype.itemsize}", list(array.shape)]


def _make_scalar(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    name = node[2] if len(node) == 3 else ""
    if name and name not in _LESS:
        raise Forged("no numpy scalar")
    value = unpacker.value(only(node[:2], object), depth + 1)
    if type(value) is float and name != "c8":
        return np.dtype(name or "f8").type(value)
    if type(value) is complex and name in ("", "c8"):
        return np.dtype(name or "c16").type(value)
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
        return value.dtype.kind in KINDS

    def assign(self, old: Value, new: Value, inner: Callable[[Value, Value], bool]) -> bool:
        """Write over the elements where any differs: an array that is as it was may be one nobody can write to."""
        if type(new) is not np.ndarray or not isinstance(old, np.ndarray) or old.shape != new.shape:
            return False
        if old.dtype.kind not in KINDS or new.dtype.kind not in KINDS:
            old[...] = new
            return True
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


def _pack_masked(packer: Packer, value: Value, depth: int) -> Node:
    from numpy import ma

    if np.ndarray.view(value, np.ndarray).dtype.kind not in KINDS:
        raise Refused("masked array of other things than numbers")
    data = _pack_array(packer, value, depth)
    mask = _pack_array(packer, ma.getmaskarray(value), depth)  # type: ignore[no-untyped-call]
    fill = 1e20 if value is ma.masked else value.fill_value  # numpy's constant cannot be asked for its own
    return ["m", data, mask, packer.pack(fill, depth)]


def _make_masked(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    from numpy import ma

    if len(node) != 4:
        raise Forged("no masked array")
    data, mask, fill = (unpacker.value(part, depth + 1) for part in node[1:])
    if not all(type(one) is np.ndarray for one in (data, mask)) or mask.shape != data.shape or mask.dtype != np.bool_:
        raise Forged("no masked array")
    if not isinstance(fill, bool | int | float | complex | np.generic):
        raise Forged("no fill value")
    try:
        return ma.MaskedArray(data, mask=mask, fill_value=fill)  # type: ignore[no-untyped-call]
    except (TypeError, ValueError, OverflowError):
        raise Forged("no fill value") from None


class Masked(Array):
    """Masked arrays: where one is masked, the other must be, and what lies there does not count."""

    packs: Mapping[type, Pack] = {}
    tags: Mapping[str, Unpack] = {"m": _make_masked}

    def assign(self, old: Value, new: Value, inner: Callable[[Value, Value], bool]) -> bool:
        return False

    def type_name(self, value: Value) -> str:
        return "masked array"

    def kind(self, value: Value) -> str:
        return f"masked {super().kind(value)}"

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        data, mask = (_plain.literal(one, inner) for one in (value.data, mask_of(value)))
        return f"np.ma.array({data}, mask={mask}, fill_value={value.fill_value.item()!r})"


def masked_elements(value: np.ndarray, digits: int) -> Iterator[str]:
    """Yield the elements of an array, `--` where it is masked."""
    mask = mask_of(value)
    hidden = np.zeros(value.shape, np.bool_) if mask is None else mask
    for item, masked in zip(np.asarray(value).flat, hidden.flat, strict=True):
        yield "--" if masked else show_number(item, digits)


_plain, _MASKED = Array(), Masked()


def with_masks() -> tuple[Family, ...]:
    """Return the family of masked arrays, whose module takes 28 ms to import: whoever made one has imported it."""
    from numpy import ma

    _MASKED.packs = {ma.MaskedArray: _pack_masked}
    return (_MASKED,)


def elements(value: np.ndarray, limit: int, digits: int) -> str:
    """Return an array's dtype, shape and as many elements as go into `limit` characters."""
    head = (_plain if mask_of(value) is None else _MASKED).kind(value)
    if value.size == 0:
        return head
    text = head + " "
    for count, item in enumerate(masked_elements(value, digits)):
        shown = " " + item
        if len(text) + len(shown) > limit - 2 and count:
            return text + " …"
        text += shown
    return text


def _shape(value: np.ndarray) -> str:
    return "(" + ", ".join(str(size) for size in value.shape) + ("," if value.ndim == 1 else "") + ")"


FAMILIES = (_plain, _MASKED)
LATE = {"numpy.ma": with_masks}
