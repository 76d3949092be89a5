"""Dataclasses and named tuples, compared field by field.

On the wire: ["r", "Point", [field...], value...] a dataclass, ["N", "Point", [field...], value...] a named tuple. In
the grader `DataRecord` stands for a dataclass, `Named`, a tuple, for a named tuple. A worker makes them of the source's
own class, if it has one of that name with these fields, else of a class with these fields and nothing more.

Fields of a dataclass are read from the instance's own dict or slots: no property, `__getattr__` or `__eq__` is run.
"""

from __future__ import annotations

import collections
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MemberDescriptorType
from typing import Any

from .containers import SequenceFamily
from .family import (
    DEPTH,
    NAME,
    Differences,
    Family,
    Forged,
    Held,
    Key,
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
    own_dict,
)

FIELDS = 256
_SHOWN = 6
_dict_of: Callable[[type], Mapping[str, Any]] = type.__dict__["__dict__"].__get__
_mro: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__


class DataRecord(Held):
    """A dataclass in the grader: its type's name, and the values of its fields by name, in order."""

    __slots__ = ("fields", "name")
    fields: Mapping[str, Value]
    name: str


class Named(tuple[Any, ...]):
    """A named tuple in the grader: a tuple with its type's name and those of its fields."""

    name: str
    fields: tuple[str, ...]

    def __new__(cls, name: str, fields: Iterable[str], items: Iterable[Value]) -> Named:
        made = super().__new__(cls, items)
        made.name, made.fields = name, tuple(fields)
        return made

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(f'{name}={item!r}' for name, item in zip(self.fields, self, strict=True))})"


def pack_of(kind: type) -> Pack | None:
    """Return how values of a type are packed that is a dataclass or a named tuple, None for any other type."""
    for base in _mro(kind):
        known = _dict_of(base)
        if type(known.get("__dataclass_fields__")) is dict:
            return _pack_record
        if base is tuple:
            return None
        if tuple in _mro(base) and type(known.get("_fields")) is tuple:
            return _pack_named
    return None


def _packed(tag: str, name: str, fields: list[str], items: Iterable[Value], packer: Packer, depth: int) -> Node:
    if depth >= DEPTH or len(fields) > FIELDS or not all(map(_is_name, (name[:NAME], *fields))):
        raise Refused(name)
    return [tag, name[:NAME], fields, *[packer.part(item, depth + 1) for item in items]]


def _is_name(text: Node) -> bool:
    """Return whether a text is a name in Python, which can be shown as it is."""
    return type(text) is str and len(text) <= NAME and text.isidentifier()


def _pack_record(packer: Packer, value: Value, depth: int) -> Node:
    kind = type(value)
    name = name_of(kind)
    declared = next(known for base in _mro(kind) if type(known := _dict_of(base).get("__dataclass_fields__")) is dict)
    fields = [each for each in dict.keys(declared) if type(each) is str and _is_field(declared[each])]
    return _packed("r", name, fields, [_field(value, each) for each in fields], packer, depth)


def _is_field(field: Any) -> bool:
    """Return whether a declaration is that of a field of instances, no class variable and no argument alone."""
    kind = getattr(sys.modules.get("dataclasses"), "_FIELD", None)
    return kind is None or getattr(field, "_field_type", kind) is kind


def _field(value: Value, name: str) -> Value:
    """Return what an instance holds in a field, by no code of its own. Raises Refused where it holds nothing."""
    kind = type(value)
    for base in _mro(kind):
        slot = _dict_of(base).get(name)
        if type(slot) is MemberDescriptorType:
            try:
                return slot.__get__(value)
            except AttributeError:
                break
    held = own_dict(value)
    if name in held:
        return held[name]
    raise Refused(name_of(kind))


def _pack_named(packer: Packer, value: Value, depth: int) -> Node:
    kind = type(value)
    fields = next(known for base in _mro(kind) if type(known := _dict_of(base).get("_fields")) is tuple)
    items = tuple.__getitem__(value, slice(None))
    if len(fields) != len(items):
        raise Refused(name_of(kind))
    return _packed("N", name_of(kind), list(fields), items, packer, depth)


def _pack_held_record(packer: Packer, value: Value, depth: int) -> Node:
    return _packed("r", value.name, list(value.fields), value.fields.values(), packer, depth)


def _pack_held_named(packer: Packer, value: Value, depth: int) -> Node:
    return _packed("N", value.name, list(value.fields), tuple(value), packer, depth)


def _read(unpacker: Unpacker, node: list[Node], depth: int) -> tuple[str, list[str], list[Value]]:
    if len(node) < 3 or not _is_name(node[1]) or type(node[2]) is not list:
        raise Forged("no record")
    name, fields = node[1], node[2]
    if len(fields) > FIELDS or not all(map(_is_name, fields)):
        raise Forged("no fields")
    if len(set(fields)) != len(fields) or len(node) != 3 + len(fields):
        raise Forged("no fields")
    return name, fields, [unpacker.value(each, depth + 1) for each in node[3:]]


def _make_record(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    name, fields, items = _read(unpacker, node, depth)
    if not unpacker.copied:
        return DataRecord(dict(zip(fields, items, strict=True)), name)
    kind = unpacker.classes(name)
    if not isinstance(kind, type) or set(getattr(kind, "__dataclass_fields__", ())) < set(fields):
        import dataclasses

        kind = dataclasses.make_dataclass(name, fields)
    made: Any = object.__new__(kind)
    for field, item in zip(fields, items, strict=True):
        object.__setattr__(made, field, item)
    return made


def _make_named(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    name, fields, items = _read(unpacker, node, depth)
    if not unpacker.copied:
        return Named(name, fields, items)
    kind: Any = unpacker.classes(name)
    if not isinstance(kind, type) or not issubclass(kind, tuple) or getattr(kind, "_fields", ()) != tuple(fields):
        try:
            kind = collections.namedtuple(name, fields)  # type: ignore[misc, no-redef]
        except ValueError:
            raise Forged("no fields") from None
    return tuple.__new__(kind, items)


class RecordFamily(Family):
    """Dataclasses: with the same fields they are compared, whatever their class is called."""

    compared_as = "record"
    container = any_parts = True
    packs: Mapping[type, Pack] = {DataRecord: _pack_held_record}
    tags: Mapping[str, Unpack] = {"r": _make_record}

    def parts(self, value: Value) -> Iterable[tuple[Key, Value]]:
        return value.fields.items()  # type: ignore[no-any-return]

    def rebuilt(self, value: Value, items: Iterable[Value]) -> Value:
        return DataRecord(dict(zip(value.fields, items, strict=True)), value.name)

    def alike(self, got: Value, want: Value, rule: Rule) -> bool:
        """Return whether the class may be another one; under `dtype: exact` its name must be the same."""
        return bool(rule.dtype != "exact" or got.name == want.name)

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        extra = [name for name in got.fields if name not in want.fields]
        missing = [name for name in want.fields if name not in got.fields]
        if extra or missing:
            found.add("fields", output, got=", ".join(extra), want=", ".join(missing))

    def item_name(self, value: Value, output: str, key: Key) -> str:
        return f"{output}[.{key}]"

    def type_name(self, value: Value) -> str:
        return str(value.name)

    def kind(self, value: Value) -> str:
        return f"{value.name} ({len(value.fields)})"

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        if style.depth == 0:
            return "…"
        pairs = [f"{name}={inner(item)}" for name, item in list(value.fields.items())[:_SHOWN]]
        return f"{value.name}({', '.join(pairs)}{', …' if len(value.fields) > _SHOWN else ''})"

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        pairs = ", ".join(f"{name}={inner(item)}" for name, item in value.fields.items())
        return f"student_.{value.name}({pairs})"

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        yield f"record {value.name if rule.dtype == 'exact' else ''} {len(value.fields)}".encode()
        for _, item in self._sorted(value):
            yield from inner(item)

    def in_order(self, value: Value) -> Iterable[tuple[Key, Value]]:
        return self._sorted(value)

    def _sorted(self, value: Value) -> list[tuple[str, Value]]:
        return sorted(value.fields.items(), key=lambda pair: pair[0])


class NamedFamily(SequenceFamily):
    """Named tuples: a tuple or list of the same items may stand for one, unless the rule wants the same."""

    packs: Mapping[type, Pack] = {Named: _pack_held_named}
    tags: Mapping[str, Unpack] = {"N": _make_named}

    def rebuilt(self, value: Value, items: Iterable[Value]) -> Value:
        return Named(value.name, value.fields, items)

    def alike(self, got: Value, want: Value, rule: Rule) -> bool:
        return rule.sequence == "any" or (isinstance(got, Named) and got.fields == want.fields)

    def item_name(self, value: Value, output: str, key: Key) -> str:
        return f"{output}[.{value.fields[key]}]"

    def type_name(self, value: Value) -> str:
        return str(value.name)

    def kind(self, value: Value) -> str:
        return f"{value.name} ({len(value)})"

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        if style.depth == 0:
            return "…"
        pairs = [f"{name}={inner(item)}" for name, item in list(zip(value.fields, value, strict=True))[:_SHOWN]]
        return f"{value.name}({', '.join(pairs)}{', …' if len(value) > _SHOWN else ''})"

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        pairs = ", ".join(f"{name}={inner(item)}" for name, item in zip(value.fields, value, strict=True))
        return f"student_.{value.name}({pairs})"

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        yield f"{value.fields if rule.sequence == 'same' else 'sequence'} {len(value)}".encode()
        for item in value:
            yield from inner(item)


FAMILIES = (RecordFamily(), NamedFamily())
