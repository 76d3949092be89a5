"""Sets and frozensets, compared by what is in them, in no order.

On the wire: ["s", ...] a set, ["z", ...] a frozenset; the nodes of the members stand in the order of their JSON text,
each once. In the grader `Members` stands for both: a set there would call the members' hashes, which may be chosen to
collide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from .family import (
    DEPTH,
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
)

LISTED = 6
"""Members that a mismatch or a line names."""
PAIRED = 100
"""Members of each side that are compared one by one, beyond those that are the same and those that are numbers."""


class Members(Held):
    """A set in the grader: its members in an order that follows from them, and whether it is a frozenset."""

    __slots__ = ("frozen", "items", "texts")
    items: tuple[Value, ...]
    texts: tuple[str, ...]
    frozen: bool

    def __len__(self) -> int:
        return len(self.items)


def members(value: Value) -> Members:
    """Return a set of Python's as it stands in the grader."""
    from . import pack, unpack

    packed = pack(value, 1 << 40)
    return unpack(packed.node, b"".join(packed.buffers))  # type: ignore[no-any-return]


def _text(node: Node) -> str:
    import json  # late: reading a rubric needs no set

    return json.dumps(node, separators=(",", ":"))


def _packed(tag: str, items: Iterable[Value], packer: Packer, depth: int) -> Node:
    name = "set" if tag == "s" else "frozenset"
    if depth >= DEPTH:
        raise Refused(name)
    before = len(packer.buffers)
    nodes = {_text(node): node for node in (packer.part(item, depth + 1) for item in items)}
    if len(packer.buffers) != before:  # they would have to be put in order, too
        raise Refused(f"{name} of large values")
    return [tag, *(nodes[text] for text in sorted(nodes))]


def _pack_set(packer: Packer, value: Value, depth: int) -> Node:
    return _packed("s", set.__iter__(value), packer, depth)


def _pack_frozenset(packer: Packer, value: Value, depth: int) -> Node:
    return _packed("z", frozenset.__iter__(value), packer, depth)


def _pack_members(packer: Packer, value: Value, depth: int) -> Node:
    return _packed("z" if value.frozen else "s", value.items, packer, depth)


def _making(frozen: bool) -> Unpack:
    def make(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
        items = [unpacker.value(item, depth + 1) for item in node[1:]]
        texts = list(map(_text, node[1:]))
        if any(one >= other for one, other in pairwise(texts)):
            raise Forged("a set out of order")
        if not all(map(_may_be_member, node[1:])):
            raise Forged("no member of a set")
        if unpacker.copied:
            return frozenset(items) if frozen else set(items)
        ranked = sorted(zip(items, texts, strict=True), key=_rank)
        return Members(frozen, tuple(item for item, _ in ranked), tuple(text for _, text in ranked))

    return make


def _may_be_member(node: Node) -> bool:
    """Return whether what `node` spells can be hashed: no list, dict, set, array or table, not in a tuple either."""
    if type(node) is not list:
        return True
    if node[0] in ("t", "z"):
        return all(map(_may_be_member, node[1:]))
    return node[0] in _HASHABLE


_HASHABLE = frozenset(("i", "f", "c", "n", "x", "o", "D", "Q", "T", "R", "E"))


def _rank(pair: tuple[Value, str]) -> tuple[int, float, str]:
    item, text = pair
    if isinstance(item, bool) or not isinstance(item, int | float):
        return 1, 0.0, text
    try:
        return 0, float(item), text
    except OverflowError:
        return 0, float("inf") if item > 0 else float("-inf"), text


class Set(Family):
    """Sets and frozensets; floats agree within tolerance."""

    compared_as = "set"
    container = True
    placed = False
    packs: Mapping[type, Pack] = {set: _pack_set, frozenset: _pack_frozenset, Members: _pack_members}
    tags: Mapping[str, Unpack] = {"s": _making(False), "z": _making(True)}

    def parts(self, value: Value) -> Iterable[tuple[Key, Value]]:
        return enumerate(_held(value).items)

    def rebuilt(self, value: Value, items: Iterable[Value]) -> Value:
        from . import pack, unpack

        kept = {}
        for item in items:
            node, buffers = pack(item, 1 << 20)
            if not buffers and _may_be_member(node):
                kept[_text(node)] = node
        tag = "z" if _held(value).frozen else "s"
        return unpack([tag, *(kept[text] for text in sorted(kept))], b"")

    def assign(self, old: Value, new: Value, inner: Callable[[Value, Value], bool]) -> bool:
        if not isinstance(old, set) or not isinstance(new, set):
            return isinstance(new, frozenset) and old == new
        set.clear(old)
        set.update(old, new)
        return True

    def alike(self, got: Value, want: Value, rule: Rule) -> bool:
        """Return whether they may stand for each other: a set and a frozenset, unless the rule wants the same."""
        return rule.sequence == "any" or _held(got).frozen == _held(want).frozen

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> bool:
        """Tell the members too many and the members missing, if there are any."""
        mine, theirs = _held(got), _held(want)
        common = frozenset(mine.texts) & frozenset(theirs.texts)
        if not rule.nan_equal:
            common = frozenset(text for text in common if text != _NAN)
        extra = [item for item, text in zip(mine.items, mine.texts, strict=True) if text not in common]
        missing = [item for item, text in zip(theirs.items, theirs.texts, strict=True) if text not in common]
        extra, missing = _unpaired(extra, missing, lambda one, other: found.agree(one, other, rule))
        if extra or missing:
            found.add(
                "members", output, got=_listed(extra), want=_listed(missing),
                differing=len(extra) + len(missing), total=len(theirs.items),
            )  # fmt: skip
        return True

    def type_name(self, value: Value) -> str:
        return "frozenset" if _held(value).frozen else "set"

    def kind(self, value: Value) -> str:
        return f"{self.type_name(value)} ({len(value)})"

    def zero(self, value: Value) -> Value:
        return Members(_held(value).frozen, (), ())

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        held = _held(value)
        if style.depth == 0 and held.items:
            return "…"
        text = ", ".join(map(inner, held.items[:LISTED])) + (", …" if len(held) > LISTED else "")
        if not held.items:
            return f"{self.type_name(value)}()"
        return f"frozenset({{{text}}})" if held.frozen else f"{{{text}}}"

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        held = _held(value)
        text = ", ".join(map(inner, held.items))
        return f"{self.type_name(value)}([{text}])" if held.frozen or not held.items else f"{{{text}}}"

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        held = _held(value)
        kind = self.type_name(value) if rule.sequence == "same" else "set"
        yield f"{kind} {len(held)}".encode()
        for item in held.items:
            yield from inner(item)

    def sealable(self, value: Value, rule: Rule) -> bool:
        """Return whether the order of the members is certain: numbers alone, or no real number at all."""
        texts = _held(value).texts
        plain = [isinstance(item, int | float) and not isinstance(item, bool) for item in _held(value).items]
        return all(plain) or not any("." in text or "e" in text or '"f"' in text for text in texts)


_NAN = '["f","nan"]'


def _held(value: Value) -> Members:
    return value if isinstance(value, Members) else members(value)


def _unpaired(
    mine: list[Value], theirs: list[Value], agree: Callable[[Value, Value], bool]
) -> tuple[list[Value], list[Value]]:
    """Return what is left of both sides once members that agree are paired, each with one other.

    Numbers are in rising order, so it takes one walk; anything else is tried one by one, up to `PAIRED`.
    """
    left: list[Value] = []
    numbers, others = [each for each in mine if _is_real(each)], [each for each in mine if not _is_real(each)]
    wanted = iter([each for each in theirs if _is_real(each)])
    want = next(wanted, None)
    extra: list[Value] = []
    for got in numbers:
        while want is not None and want < got and not agree(got, want):
            left.append(want)
            want = next(wanted, None)
        if want is not None and agree(got, want):
            want = next(wanted, None)
        else:
            extra.append(got)
    left += [*([want] if want is not None else []), *wanted]
    tried = others[:PAIRED]
    for number, want in enumerate(each for each in theirs if not _is_real(each)):
        place = next((at for at, got in enumerate(tried) if agree(got, want)), None) if number < PAIRED else None
        if place is None:
            left.append(want)
        else:
            del tried[place]
    return extra + tried + others[PAIRED:], left


def _is_real(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def _listed(items: list[Value]) -> str:
    from . import shown

    return ", ".join(shown(item) for item in items[:LISTED]) + (", …" if len(items) > LISTED else "")


FAMILIES = (Set(),)
