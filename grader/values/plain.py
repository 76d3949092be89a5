"""Plain values: None, texts, and Python's own numbers.

On the wire they are JSON, but for what JSON cannot say::

    ["i", "-1f"]   an int beyond 63 bits, in hexadecimal      ["f", "nan"]   nan, inf, -inf
    ["c", re, im]  a complex number                           ["x", "set"]   what the wire does not carry, by its type
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .family import (
    NAME,
    Differences,
    Family,
    Foreign,
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
    only,
)

INT_BITS = 1 << 16

_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_HEXADECIMAL = frozenset("-0123456789abcdef")

_real: Callable[[complex], float] = complex.__dict__["real"].__get__
_imaginary: Callable[[complex], float] = complex.__dict__["imag"].__get__


def _itself(_: Packer, value: Value, __: int) -> Node:
    return value


class Nothing(Family):
    """None."""

    compared_as = "none"
    packs: Mapping[type, Pack] = {type(None): _itself}

    def type_name(self, value: Value) -> str:
        return "None"

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        return "None"

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        yield b"none"


def _pack_text(packer: Packer, value: Value, _: int) -> Node:
    packer.take(str.__len__(value))
    return str.__getitem__(value, slice(None))


class Text(Family):
    """Texts, equal character by character."""

    compared_as = "text"
    packs: Mapping[type, Pack] = {str: _pack_text}

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        return style.quote(repr(value[:80]))


def pack_int(packer: Packer, value: Value, _: int) -> Node:
    """Pack a whole number of any size. Raises Refused beyond 65536 bits."""
    value = int.__int__(value)
    bits = int.bit_length(value)
    if bits < 64:
        return value
    if bits > INT_BITS:
        raise Refused("int")
    packer.take(bits // 4)
    return ["i", f"{value:x}"]


def pack_float(_: Packer, value: Value, __: int) -> Node:
    """Pack a float."""
    value = float.__float__(value)
    return value if math.isfinite(value) else ["f", repr(value)]


def pack_complex(packer: Packer, value: Value, _: int) -> Node:
    """Pack a complex number."""
    return ["c", pack_float(packer, _real(value), 0), pack_float(packer, _imaginary(value), 0)]


def _make_int(_: Unpacker, node: list[Node], __: int) -> int:
    text = only(node, str)
    if len(text) > INT_BITS // 4 + 1 or not _HEXADECIMAL.issuperset(text):
        raise Forged("no int")
    try:
        value = int(text, 16)
    except ValueError:
        raise Forged("no int") from None
    if value.bit_length() > INT_BITS:
        raise Forged("too large an int")
    return value


def _make_float(_: Unpacker, node: list[Node], __: int) -> float:
    text = only(node, str)
    if text not in _NOT_FINITE:
        raise Forged("no float")
    return _NOT_FINITE[text]


def _make_complex(unpacker: Unpacker, node: list[Node], depth: int) -> complex:
    if len(node) != 3:
        raise Forged("no complex number")
    parts = [unpacker.value(part, depth + 1) for part in node[1:]]
    if not all(type(part) is float for part in parts):
        raise Forged("no complex number")
    return complex(*parts)


class PlainNumber(Family):
    """Truth values, whole numbers, floats and complex numbers; compared as arrays of shape `()` are."""

    compared_as = "number"
    packs: Mapping[type, Pack] = {bool: _itself, int: pack_int, float: pack_float, complex: pack_complex}
    tags: Mapping[str, Unpack] = {"i": _make_int, "f": _make_float, "c": _make_complex}

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        from . import numbers  # numpy is not needed before two numbers are compared

        numbers.compare(got, want, rule, output, found)

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        return show_number(value, style.digits)

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        return f"complex({value.real!r}, {value.imag!r})" if isinstance(value, complex) else repr(value)


def show_number(number: Any, digits: int = 6) -> str:
    """Return a bool, int, float or complex number with at most `digits` significant digits."""
    if hasattr(number, "item"):
        number = number.item()
    if isinstance(number, float):
        return f"{number + 0.0:.{digits}g}"  # + 0.0: a zero without its sign
    if isinstance(number, complex):
        return f"{number.real + 0.0:.{digits}g}{number.imag + 0.0:+.{digits}g}j"
    if isinstance(number, int) and not isinstance(number, bool) and abs(number) >= 10**18:
        return f"{number:.{digits}e}" if abs(number) < 10**300 else f"int ({number.bit_length()} bits)"
    return str(number)


def _pack_foreign(packer: Packer, value: Value, _: int) -> Node:
    packer.take(len(value.name))
    return ["x", value.name]


def _make_foreign(_: Unpacker, node: list[Node], __: int) -> Foreign:
    name = only(node, str)
    if len(name) > NAME:
        raise Forged("a long name")
    return Foreign(name)


class ForeignFamily(Family):
    """What the wire does not carry: equal to nothing, itself included."""

    packs: Mapping[type, Pack] = {Foreign: _pack_foreign}
    tags: Mapping[str, Unpack] = {"x": _make_foreign}

    def type_name(self, value: Value) -> str:
        return str(value.name)

    def kind(self, value: Value) -> str:
        return str(value.name)


FAMILIES = (Nothing(), Text(), PlainNumber(), ForeignFamily())
