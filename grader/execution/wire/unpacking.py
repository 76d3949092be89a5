"""Nodes and buffers to values: plain Python objects and plain arrays, or `Forged`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .frames import Buffer, Forged
from .packing import DEPTH, DIMENSIONS, INT_BITS, KINDS, NODES, Node, padding

_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_HEXADECIMAL = frozenset("-0123456789abcdef")
_CONTAINERS = ("t", "l", "d")
_DEEPEST = DEPTH + 3  # ["n", ["c", ["f", "nan"], 0.0]] in the innermost container


def unpack(node: Node, body: Buffer, *, own: bool = False) -> Any:
    """Return the value that `node` spells, its arrays laid over `body` (writable if `body` is) or, if `own`, copies.

    Raises Forged for anything `pack` would not have written, bytes of `body` left over included.
    """
    return unpack_all((node,), body, own=own)[0]


def unpack_all(nodes: Iterable[Node], body: Buffer, *, own: bool = False) -> list[Any]:
    """Return the values that `nodes` spell one after the other in `body`, as `unpack` does. Raises Forged."""
    reader = _Unpacker(body, own)
    values = [reader.whole(node) for node in nodes]
    reader.finish()
    return values


class _Unpacker:
    def __init__(self, body: Buffer, own: bool) -> None:
        self._own = own
        self._body = memoryview(body)
        self._at = 0
        self._nodes = 0

    def whole(self, node: Node) -> Any:
        self._nodes = 0
        return self.value(node, 0)

    def value(self, node: Node, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > NODES:
            raise Forged("too many parts")
        kind = type(node)
        if kind is list:
            return self._tagged(node, depth)
        if kind is int and not -(1 << 63) < node < 1 << 63:
            raise Forged("a large int is spelt otherwise")
        if kind is float and not math.isfinite(node):
            raise Forged("NaN and infinity are spelt otherwise")
        if kind is dict:
            raise Forged("no value is a JSON object")
        return node

    def finish(self) -> None:
        if self._at != len(self._body):
            raise Forged("bytes are left over")

    def _tagged(self, node: list[Node], depth: int) -> Any:
        how = _TAGS.get(node[0]) if node and type(node[0]) is str else None
        if how is None or depth >= (DEPTH if node[0] in _CONTAINERS else _DEEPEST):
            raise Forged("unknown or too deep")
        return how(self, node, depth)

    def _int(self, node: list[Node], _: int) -> int:
        text = _only(node, str)
        if len(text) > INT_BITS // 4 + 1 or not _HEXADECIMAL.issuperset(text):
            raise Forged("no int")
        try:
            value = int(text, 16)
        except ValueError:
            raise Forged("no int") from None
        if value.bit_length() > INT_BITS:
            raise Forged("too large an int")
        return value

    def _float(self, node: list[Node], _: int) -> float:
        text = _only(node, str)
        if text not in _NOT_FINITE:
            raise Forged("no float")
        return _NOT_FINITE[text]

    def _complex(self, node: list[Node], depth: int) -> complex:
        if len(node) != 3:
            raise Forged("no complex number")
        parts = [self.value(part, depth + 1) for part in node[1:]]
        if not all(type(part) is float for part in parts):
            raise Forged("no complex number")
        return complex(*parts)

    def _numpy(self, node: list[Node], depth: int) -> Any:
        value = self.value(_only(node, object), depth + 1)
        if type(value) is float:
            return np.float64(value)
        if type(value) is complex:
            return np.complex128(value)
        raise Forged("no numpy scalar")

    def _tuple(self, node: list[Node], depth: int) -> tuple[Any, ...]:
        return tuple([self.value(item, depth + 1) for item in node[1:]])

    def _list(self, node: list[Node], depth: int) -> list[Any]:
        return [self.value(item, depth + 1) for item in node[1:]]

    def _dict(self, node: list[Node], depth: int) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for pair in node[1:]:
            if type(pair) is not list or len(pair) != 2:
                raise Forged("no pair")
            key = self.value(pair[0], depth + 1)
            if type(pair[0]) not in (str, int) or key in result:
                raise Forged("no key")
            result[key] = self.value(pair[1], depth + 1)
        return result

    def _array(self, node: list[Node], _: int) -> Any:
        if len(node) != 3 or type(node[1]) is not str or node[1] not in KINDS:
            raise Forged("no array")
        shape = node[2]
        if type(shape) is not list or len(shape) > DIMENSIONS:
            raise Forged("no shape")
        if not all(type(side) is int and 0 <= side < 1 << 62 for side in shape):
            raise Forged("no shape")
        size = math.prod(shape) * int(node[1][1:])
        start, self._at = self._at, self._at + size + padding(size)
        if self._at > len(self._body):
            raise Forged("an array without its bytes")
        raw = self._body[start : start + size]
        try:
            # A byte that is neither 0 nor 1 makes a bool that is equal to neither.
            flat = np.frombuffer(raw, "u1") != 0 if node[1] == "b1" else np.frombuffer(raw, "<" + node[1])
            array = flat.reshape(shape)
        except ValueError:  # an empty array whose other sides are too long for numpy
            raise Forged("no shape") from None
        return array.copy() if self._own else array


def _only(node: list[Node], kind: type) -> Any:
    if len(node) != 2 or not isinstance(node[1], kind):
        raise Forged("one part is missing or too many")
    return node[1]


_TAGS: dict[str, Callable[[_Unpacker, list[Node], int], Any]] = {
    "i": _Unpacker._int,
    "f": _Unpacker._float,
    "c": _Unpacker._complex,
    "n": _Unpacker._numpy,
    "t": _Unpacker._tuple,
    "l": _Unpacker._list,
    "d": _Unpacker._dict,
    "a": _Unpacker._array,
}
