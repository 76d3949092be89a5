"""Values to nodes and buffers. Runs no code of the value's own: types are looked up, never asked.

A node is JSON: null, true, false, text, a number; or a list that begins with a tag:

    ["i", "-1f"]      an int beyond 63 bits, in hexadecimal      ["f", "nan"]     nan, inf, -inf
    ["c", re, im]     a complex number                           ["n", x]         the same value as a numpy float64 or
    ["t", ...]        a tuple      ["l", ...]  a list                             complex128 scalar
    ["d", [k, v]...]  a dict       ["a", "f8", [shape]]  an array: the next buffer, little-endian, C order
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .frames import Buffer, Oversized

DEPTH = 16
NODES = 100_000
INT_BITS = 1 << 16
ALIGN = 16
DIMENSIONS = 32  # numpy 1's bound, so that an answer reads the same under both

KINDS = frozenset(("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"))

Node = Any  # a JSON value as described above


class Refused(Exception):
    """The wire does not carry a value of this kind; the text names the kind (foreign text)."""


class Packed(NamedTuple):
    """A value ready for a frame."""

    node: Node
    buffers: list[Buffer]


def pack(value: Any, room: int) -> Packed:
    """Return `value` as a node and its buffers, which take at most `room` bytes.

    Raises Refused for what the wire does not carry, Oversized for too many bytes or parts.
    """
    packer = _Packer(room)
    return Packed(packer.pack(value, 0), packer.buffers)


def padding(size: int) -> int:
    """Return how many bytes follow a buffer of `size` bytes so that the next one is aligned."""
    return -size % ALIGN


class _Packer:
    def __init__(self, room: int) -> None:
        self.buffers: list[Buffer] = []
        self._room = room
        self._nodes = 0

    def pack(self, value: Any, depth: int) -> Node:
        self._nodes += 1
        if self._nodes > NODES:
            raise Oversized
        kind = type(value)
        how = _HOW.get(kind)
        if how is None:
            how = _how(kind)
        return how(self, value, depth)

    def take(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise Oversized


def _how(kind: type) -> Callable[[_Packer, Any, int], Node]:
    for base in _mro(kind):
        how = _HOW.get(base)
        if how is not None:
            return how
    raise Refused(_name(kind))


_mro: Callable[[type], Any] = type.__dict__["__mro__"].__get__
_name: Callable[[type], str] = type.__dict__["__name__"].__get__
_real: Callable[[complex], float] = complex.__dict__["real"].__get__
_imaginary: Callable[[complex], float] = complex.__dict__["imag"].__get__


def _plain(_: _Packer, value: Any, __: int) -> Node:
    return value


def _int(packer: _Packer, value: Any, _: int) -> Node:
    value = int.__int__(value)
    bits = int.bit_length(value)
    if bits < 64:
        return value
    if bits > INT_BITS:
        raise Refused("int")
    packer.take(bits // 4)
    return ["i", f"{value:x}"]


def _float(_: _Packer, value: Any, __: int) -> Node:
    value = float.__float__(value)
    return value if math.isfinite(value) else ["f", repr(value)]


def _complex(packer: _Packer, value: Any, _: int) -> Node:
    return ["c", _float(packer, _real(value), 0), _float(packer, _imaginary(value), 0)]


def _text(packer: _Packer, value: Any, _: int) -> Node:
    packer.take(str.__len__(value))
    return str.__getitem__(value, slice(None))


def _scalar(packer: _Packer, value: Any, depth: int) -> Node:
    array = np.generic.__array__(value)
    kind = array.dtype.kind
    if kind == "b":
        return bool(array)
    if kind in "iu":
        return _int(packer, int(array), depth)
    if kind == "f":
        return _float(packer, float(array), depth)
    if kind == "c":
        return _complex(packer, complex(array), depth)
    raise Refused(_name(type(value)))


def _double(packer: _Packer, value: Any, depth: int) -> Node:
    return ["n", _float(packer, value, depth)]


def _double_complex(packer: _Packer, value: Any, depth: int) -> Node:
    return ["n", _complex(packer, value, depth)]


def _array(packer: _Packer, value: Any, _: int) -> Node:
    array = value if type(value) is np.ndarray else np.ndarray.view(value, np.ndarray)
    kind = array.dtype.kind
    if kind not in "biufc":
        raise Refused(f"ndarray of {array.dtype.name if kind in 'OUSmM' else 'records'}")
    if array.ndim > DIMENSIONS:
        raise Refused(f"ndarray of {array.ndim} dimensions")
    if array.dtype.itemsize * (2 if kind == "f" else 1) > 16:
        array = array.astype(np.float64 if kind == "f" else np.complex128)
    size = array.size * array.dtype.itemsize
    packer.take(size + padding(size))
    packer.buffers.append(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
    if padding(size):
        packer.buffers.append(bytes(padding(size)))
    return ["a", f"{kind}{array.dtype.itemsize}", list(array.shape)]


def _tuple(packer: _Packer, value: Any, depth: int) -> Node:
    return _items("t", tuple.__getitem__(value, slice(None)), packer, depth)


def _list(packer: _Packer, value: Any, depth: int) -> Node:
    return _items("l", list.__getitem__(value, slice(None)), packer, depth)


def _items(tag: str, items: Any, packer: _Packer, depth: int) -> Node:
    if depth >= DEPTH:
        raise Refused("tuple" if tag == "t" else "list")
    return [tag, *[packer.pack(item, depth + 1) for item in items]]


def _dict(packer: _Packer, value: Any, depth: int) -> Node:
    if depth >= DEPTH:
        raise Refused("dict")
    node: list[Node] = ["d"]
    for key, item in dict.items(value):
        name = packer.pack(key, depth + 1)
        if type(name) not in (str, int):
            raise Refused(f"dict key {_name(type(key))}")
        node.append([name, packer.pack(item, depth + 1)])
    return node


_HOW: dict[type, Callable[[_Packer, Any, int], Node]] = {
    type(None): _plain,
    bool: _plain,
    int: _int,
    float: _float,
    complex: _complex,
    str: _text,
    tuple: _tuple,
    list: _list,
    dict: _dict,
    np.ndarray: _array,
    np.generic: _scalar,
    np.float64: _double,
    np.complex128: _double_complex,
}
