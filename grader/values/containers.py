"""Containers: tuples, lists and dicts whose keys are texts or whole numbers.

On the wire: ["t", ...] a tuple, ["l", ...] a list, ["d", [key, value]...] a dict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .family import (
    DEPTH,
    Differences,
    Family,
    Forged,
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
)

LISTED = 8
"""Keys of a dict that a mismatch names."""
_SHOWN = 6
"""Items of a container that are shown."""


def _items(tag: str, items: Any, packer: Packer, depth: int) -> Node:
    if depth >= DEPTH:
        raise Refused("tuple" if tag == "t" else "list")
    return [tag, *[packer.part(item, depth + 1) for item in items]]


def _pack_tuple(packer: Packer, value: Value, depth: int) -> Node:
    return _items("t", tuple.__getitem__(value, slice(None)), packer, depth)


def _pack_list(packer: Packer, value: Value, depth: int) -> Node:
    return _items("l", list.__getitem__(value, slice(None)), packer, depth)


def _make_tuple(unpacker: Unpacker, node: list[Node], depth: int) -> tuple[Value, ...]:
    return tuple([unpacker.value(item, depth + 1) for item in node[1:]])


def _make_list(unpacker: Unpacker, node: list[Node], depth: int) -> list[Value]:
    return [unpacker.value(item, depth + 1) for item in node[1:]]


class SequenceFamily(Family):
    """Tuples and lists, compared place by place."""

    compared_as = "sequence"
    container = any_parts = True
    packs: Mapping[type, Pack] = {tuple: _pack_tuple, list: _pack_list}
    tags: Mapping[str, Unpack] = {"t": _make_tuple, "l": _make_list}

    def parts(self, value: Value) -> Iterable[tuple[Key, Value]]:
        return enumerate(value)

    def rebuilt(self, value: Value, items: Iterable[Value]) -> Value:
        return tuple(items) if isinstance(value, tuple) else list(items)

    def assign(self, old: Value, new: Value, inner: Callable[[Value, Value], bool]) -> bool:
        if isinstance(old, tuple) != isinstance(new, tuple):
            return False
        if isinstance(old, tuple):
            done = [inner(one, other) for one, other in zip(old, new, strict=False)]
            return len(old) == len(new) and all(done)
        items = old[: len(new)] + new[len(old) :]
        old[:] = [mine if inner(mine, other) else other for mine, other in zip(items, new, strict=True)]
        return True

    def alike(self, got: Value, want: Value, rule: Rule) -> bool:
        """Return whether they may stand for each other: tuple and list, unless the rule wants the same."""
        return rule.sequence == "any" or isinstance(got, tuple) == isinstance(want, tuple)

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        if len(got) != len(want):
            found.add("length", output, got=len(got), want=len(want))

    def kind(self, value: Value) -> str:
        return f"{type(value).__name__} ({len(value)})"

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        if style.depth == 0:
            return "…"
        inside = ", ".join(map(inner, value[:_SHOWN])) + (", …" if len(value) > _SHOWN else "")
        return _bracketed(value, inside)

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        return _bracketed(value, ", ".join(map(inner, value)))

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        kind = type(value).__name__ if rule.sequence == "same" else "sequence"
        yield f"{kind} {len(value)}".encode()
        for item in value:
            yield from inner(item)


def _bracketed(value: Value, inside: str) -> str:
    if isinstance(value, list):
        return f"[{inside}]"
    return f"({inside},)" if len(value) == 1 else f"({inside})"


def _pack_dict(packer: Packer, value: Value, depth: int) -> Node:
    if depth >= DEPTH:
        raise Refused("dict")
    node: list[Node] = ["d"]
    for key, item in dict.items(value):
        name = packer.pack(key, depth + 1)
        if type(name) not in (str, int):
            raise Refused(f"dict key {name_of(type(key))}")
        node.append([name, packer.part(item, depth + 1)])
    return node


def _make_dict(unpacker: Unpacker, node: list[Node], depth: int) -> dict[Any, Value]:
    result: dict[Any, Value] = {}
    for pair in node[1:]:
        if type(pair) is not list or len(pair) != 2:
            raise Forged("no pair")
        key = unpacker.value(pair[0], depth + 1)
        if type(pair[0]) not in (str, int) or key in result:
            raise Forged("no key")
        result[key] = unpacker.value(pair[1], depth + 1)
    return result


class Dict(Family):
    """Dicts, compared key by key, whatever their order."""

    compared_as = "dict"
    container = any_parts = True
    packs: Mapping[type, Pack] = {dict: _pack_dict}
    tags: Mapping[str, Unpack] = {"d": _make_dict}

    def parts(self, value: Value) -> Iterable[tuple[Key, Value]]:
        return value.items()  # type: ignore[no-any-return]

    def rebuilt(self, value: Value, items: Iterable[Value]) -> Value:
        return dict(zip(value, items, strict=True))

    def assign(self, old: Value, new: Value, inner: Callable[[Value, Value], bool]) -> bool:
        known = {key: old[key] if key in old and inner(old[key], other) else other for key, other in new.items()}
        old.clear()
        old.update(known)
        return True

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        """Tell the keys too many and the keys missing, if there are any."""
        extra, missing = [key for key in got if key not in want], [key for key in want if key not in got]
        if extra or missing:
            found.add("keys", output, got=_listed(extra), want=_listed(missing))

    def kind(self, value: Value) -> str:
        return f"{type(value).__name__} ({len(value)})"

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        if style.depth == 0:
            return "…"
        pairs = [f"{inner(key)}: {inner(item)}" for key, item in list(value.items())[:_SHOWN]]
        return "{" + ", ".join(pairs) + (", …" if len(value) > _SHOWN else "") + "}"

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        return "{" + ", ".join(f"{key!r}: {inner(item)}" for key, item in value.items()) + "}"

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        yield f"dict {len(value)}".encode()
        for key in sorted(value, key=repr):
            yield repr(key).encode()
            yield from inner(value[key])

    def in_order(self, value: Value) -> Iterable[tuple[Key, Value]]:
        return [(key, value[key]) for key in sorted(value, key=repr)]


def _listed(names: list[Key]) -> str:
    return ", ".join(repr(name) for name in names[:LISTED])


FAMILIES = (SequenceFamily(), Dict())
