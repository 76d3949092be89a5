"""Values that are equal or not: bytes, ranges, Decimal and Fraction.

On the wire: ["o", "hex"] bytes and ["o", "hex", 1] a bytearray, ["o", size] and ["o", size, 1] larger ones, their bytes
the next buffer; ["R", start, stop, step] a range; ["D", "1.50"] a Decimal; ["Q", numerator, denominator] a Fraction.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from math import gcd
from typing import Any

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
    only,
)
from .plain import pack_int

SHORT = 256
"""Bytes that are written out in the header."""
DIGITS = 4096
"""Characters of a Decimal."""
_HEXADECIMAL = re.compile("(?:[0-9a-f][0-9a-f])*")
_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?(?:E[-+][0-9]{1,18})?|Infinity|s?NaN[0-9]*)")


class Exact(Family):
    """What all of these have in common."""

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        if got != want:
            found.add("values", output, got=got, want=want, differing=1, total=1)


def _pack_bytes(packer: Packer, value: Value, _: int) -> Node:
    return _octets(packer, bytes.__getitem__(value, slice(None)), [])


def _pack_bytearray(packer: Packer, value: Value, _: int) -> Node:
    return _octets(packer, bytes(bytearray.__getitem__(value, slice(None))), [1])


def _octets(packer: Packer, value: bytes, rest: list[Node]) -> Node:
    size = len(value)
    if size <= SHORT:
        packer.take(2 * size)
        return ["o", value.hex(), *rest]
    packer.add(size, lambda: value)
    return ["o", size, *rest]


def _make_bytes(unpacker: Unpacker, node: list[Node], _: int) -> Value:
    if len(node) not in (2, 3) or (len(node) == 3 and node[2] != 1):
        raise Forged("no bytes")
    found = node[1]
    if type(found) is str and len(found) <= 2 * SHORT and _HEXADECIMAL.fullmatch(found):
        value = bytes.fromhex(found)
    elif type(found) is int and found > SHORT:
        value = bytes(unpacker.take(found))
    else:
        raise Forged("no bytes")
    return bytearray(value) if len(node) == 3 else value


class Octets(Exact):
    """Bytes and bytearrays; one may stand for the other unless the rule wants the same type."""

    compared_as = "bytes"
    packs: Mapping[type, Pack] = {bytes: _pack_bytes, bytearray: _pack_bytearray}
    tags: Mapping[str, Unpack] = {"o": _make_bytes}

    def alike(self, got: Value, want: Value, rule: Rule) -> bool:
        return rule.sequence == "any" or isinstance(got, bytes) == isinstance(want, bytes)

    def assign(self, old: Value, new: Value, inner: Callable[[Value, Value], bool]) -> bool:
        if not isinstance(old, bytearray) or not isinstance(new, bytearray):
            return isinstance(old, bytes) and old == new
        bytearray.__setitem__(old, slice(None), new)
        return True

    def kind(self, value: Value) -> str:
        return f"{self.type_name(value)} ({len(value)})"

    def zero(self, value: Value) -> Value:
        return type(value)()

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        return style.quote(repr(value[:60])) + ("…" if len(value) > 60 else "")

    def cells(self, value: Value, rule: Rule, inner: Any) -> Any:
        kind = type(value).__name__ if rule.sequence == "same" else "bytes"
        yield f"{kind} {bytes(value).hex()}".encode()


_ENDS = tuple(range.__dict__[name].__get__ for name in ("start", "stop", "step"))


def _pack_range(packer: Packer, value: Value, depth: int) -> Node:
    return ["R", *(pack_int(packer, end(value), depth) for end in _ENDS)]


def _make_range(unpacker: Unpacker, node: list[Node], depth: int) -> range:
    ends = [unpacker.value(end, depth + 1) for end in node[1:]]
    if len(ends) != 3 or not all(type(end) is int for end in ends) or ends[2] == 0:
        raise Forged("no range")
    return range(*ends)


class Range(Exact):
    """Ranges; two are equal if they give the same numbers."""

    compared_as = "range"
    packs: Mapping[type, Pack] = {range: _pack_range}
    tags: Mapping[str, Unpack] = {"R": _make_range}

    def zero(self, value: Value) -> Value:
        return range(0)

    def cells(self, value: Value, rule: Rule, inner: Any) -> Any:
        ends = (value[0], value[-1], value.step if value[0] != value[-1] else 1) if value else ()
        yield f"range {ends}".encode()


class Counted(Exact):
    """Decimal and Fraction: equal as whole numbers are, or within an `atol` that the rule gives."""

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        same = got == want or (rule.nan_equal and _is_nan(got) and _is_nan(want))
        if not same and not (rule.atol and self._near(got, want, rule.atol)):
            found.add("values", output, got=got, want=want, differing=1, total=1)

    def _near(self, got: Value, want: Value, atol: float) -> bool:
        try:
            return abs(float(got) - float(want)) <= atol  # no exponent makes a float large
        except (OverflowError, ValueError):
            return False

    def zero(self, value: Value) -> Value:
        return type(value)(0)

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        return style.quote(str(value)[:60])

    def sealable(self, value: Value, rule: Rule) -> bool:
        return not rule.atol


def _is_nan(value: Value) -> bool:
    return type(value).__name__ == "Decimal" and bool(value.is_nan())


def _pack_decimal(packer: Packer, value: Value, _: int) -> Node:
    kind: Any = next(iter(_DECIMALS.packs))
    text: str = kind.__str__(value)
    if len(text) > DIGITS:
        raise Refused("Decimal")
    packer.take(len(text))
    return ["D", text]


def _make_decimal(_: Unpacker, node: list[Node], __: int) -> Value:
    text = only(node, str)
    if len(text) > DIGITS or not _DECIMAL.fullmatch(text):
        raise Forged("no Decimal")
    from decimal import Decimal, InvalidOperation

    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Forged("no Decimal") from None
    if value.is_snan() or str(value) != text:
        raise Forged("no Decimal")
    return value


class Decimals(Counted):
    """Decimal."""

    compared_as = "Decimal"
    tags: Mapping[str, Unpack] = {"D": _make_decimal}

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        return f'__import__("decimal").Decimal("{value}")'

    def cells(self, value: Value, rule: Rule, inner: Any) -> Any:
        digits = value.as_tuple()
        text = "".join(map(str, digits.digits)).lstrip("0")
        bare = text.rstrip("0")
        exponent = digits.exponent + len(text) - len(bare) if isinstance(digits.exponent, int) and bare else 0
        yield f"Decimal {digits.sign if bare else 0} {bare} {exponent} {'' if value.is_finite() else value}".encode()


def with_decimals() -> tuple[Family, ...]:
    """Return the family of Decimal; its module was imported."""
    kind = (sys.modules.get("_decimal") or sys.modules["decimal"]).Decimal  # whatever a source has put in its place
    _DECIMALS.packs = {kind: _pack_decimal}
    return (_DECIMALS,)


def _pack_fraction(packer: Packer, value: Value, depth: int) -> Node:
    kind = next(iter(_FRACTIONS.packs))  # as it was first found, whatever a source has put in its place
    fields = [kind.__dict__[name].__get__(value) for name in ("_numerator", "_denominator")]
    if not all(type(each) is int for each in fields) or fields[1] < 1:
        raise Refused("Fraction")
    return ["Q", *(pack_int(packer, each, depth) for each in fields)]


def _make_fraction(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    fields = [unpacker.value(each, depth + 1) for each in node[1:]]
    if len(fields) != 2 or not all(type(each) is int for each in fields) or fields[1] < 1 or gcd(*fields) != 1:
        raise Forged("no Fraction")
    from fractions import Fraction

    return Fraction(*fields)


class Fractions(Counted):
    """Fraction."""

    compared_as = "Fraction"
    tags: Mapping[str, Unpack] = {"Q": _make_fraction}

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        return f'__import__("fractions").Fraction({value.numerator}, {value.denominator})'

    def cells(self, value: Value, rule: Rule, inner: Any) -> Any:
        yield f"Fraction {value}".encode()


def with_fractions() -> tuple[Family, ...]:
    """Return the family of Fraction; its module was imported."""
    kind = sys.modules["fractions"].Fraction
    if not isinstance(kind, type):
        return ()
    _FRACTIONS.packs = {kind: _pack_fraction}
    return (_FRACTIONS,)


_DECIMALS, _FRACTIONS = Decimals(), Fractions()
FAMILIES = (Octets(), Range(), _DECIMALS, _FRACTIONS)
LATE = {"decimal": with_decimals, "fractions": with_fractions}
