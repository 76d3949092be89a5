"""What a family defines for its values: how they are packed and made again, walked, compared, shown and digested.

The packer and the unpacker are here too. They count parts, depth and bytes for every family, so that none can send or
make more than the wire may carry. This module needs the standard library only.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import TypeAlias

DEPTH = 16
NODES = 100_000
ALIGN = 16
_DEEPEST = DEPTH + 3  # ["n", ["c", ["f", "nan"], 0.0]] in the innermost container

Value: TypeAlias = "Any"
"""As `grader.model.Value` says; the worker knows no model."""
Node: TypeAlias = "Any"
"""A value as JSON: null, a truth value, a text, a number, or a list that begins with a tag."""
Buffer: TypeAlias = "bytes | bytearray | memoryview"
Key: TypeAlias = "str | int"
Rule: TypeAlias = "Any"
"""How strictly two values are compared, with the fields of `grader.model.Comparison`."""
Pack: TypeAlias = "Callable[[Packer, Value, int], Node]"
Classes: TypeAlias = "Callable[[str], Any]"
"""What a source calls by a name, None if it has no such name."""
Unpack: TypeAlias = "Callable[[Unpacker, list[Node], int], Value]"


class Forged(Exception):
    """What was read is not what the wire carries; the text says which rule it breaks, never what was read."""


class Oversized(Exception):
    """The value is larger than the wire may carry here."""


class Refused(Exception):
    """The wire does not carry a value of this kind; the text names the kind (foreign text)."""


NAME = 80
"""Characters of a type's name that are sent and shown."""


class Foreign:
    """Stands for a part of a value that the wire does not carry; only the name of its type was sent (foreign text)."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name}>"


class Differences:
    """Takes in how two values differ."""

    def add(self, category: str, output: str, **what: Any) -> None:
        """Note a mismatch; `what` are the other fields of `grader.model.Mismatch`."""
        raise NotImplementedError

    def agree(self, got: Value, want: Value, rule: Rule) -> bool:
        """Return whether two parts agree, whatever family they are of; nothing is noted."""
        raise NotImplementedError


class Held:
    """What stands in the grader for a value that is not made there: a set, a table, a dataclass.

    A subclass names its fields in `__slots__`; they are never changed.
    """

    __slots__: tuple[str, ...] = ()

    def __init__(self, *fields: Any) -> None:
        for name, field in zip(self.__slots__, fields, strict=True):
            setattr(self, name, field)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(repr(getattr(self, name)) for name in self.__slots__)})"


class Style(NamedTuple):
    """How a value is shown: significant digits of a number, levels of containers, and how foreign text is quoted."""

    digits: int
    depth: int
    quote: Callable[[str], str]


class Family:
    """The values of one kind. What is written here holds for values without parts that are equal or not.

    `packs` says by type how the worker packs a value; a packing function runs no code of the value's own. `tags` says
    by a node's first item how the other side makes the value again. A making function takes the node, which may be
    anything, and raises Forged for what packing would not have written. Values can be compared if their families have
    the same `compared_as`. `container` says that a value has parts, `any_parts` that any may stand in their places,
    and `placed` that the same place means the same in two values.
    """

    compared_as = "strange"
    container = False
    any_parts = False
    placed = True
    packs: Mapping[type, Pack] = {}
    tags: Mapping[str, Unpack] = {}

    def holds(self, value: Value) -> bool:
        """Return whether the wire lets this value of the family's types through."""
        return True

    def parts(self, value: Value) -> Iterable[tuple[Key, Value]]:
        """Return what is in a container, each with its place or key."""
        return ()

    def contents(self, value: Value) -> Iterable[Value]:
        """Return all that a container holds and that takes room: its parts, and labels that are no parts."""
        return [item for _, item in self.parts(value)]

    def rebuilt(self, value: Value, items: Iterable[Value]) -> Value:
        """Return a container like `value` with these `items` in place of its parts."""
        return value

    def assign(self, old: Value, new: Value, inner: Callable[[Value, Value], bool]) -> bool:
        """Change `old` in place to what `new` is, its parts by `inner`; return whether that could be done."""
        return False

    def alike(self, got: Value, want: Value, rule: Rule) -> bool:
        """Return whether two values that are compared as one thing are of one type, as far as `rule` asks."""
        return True

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> bool | None:
        """Add to `found` how `got` differs from `want`; of containers only what no part shows.

        Return True where a container's parts have been compared, too.
        """
        if got != want:
            found.add("text", output, got=got, want=want, differing=1, total=1)
        return None

    def item_name(self, value: Value, output: str, key: Key) -> str:
        """Return the name of a part of `output`: `cache[0]`, `cache['pad']`; `point[.x]` is spelt `point.x`."""
        return f"{output}[{key!r}]"

    def loosened(self, value: Value) -> Value:
        """Return what may stand for the value where only numbers count (`dtype: any`): itself, or an array."""
        return value

    def zero(self, value: Value) -> Value:
        """Return a value of the same kind with nothing in it, None if there is none."""
        return None

    def sealable(self, value: Value, rule: Rule) -> bool:
        """Return whether equal values, within the tolerance of `rule`, have the same `cells` in the same order."""
        return True

    def rows(self, value: Value, limit: int, digits: int) -> list[str]:
        """Return the value as aligned rows of about `limit` characters; none if a line shows it as well."""
        return []

    def type_name(self, value: Value) -> str:
        """Return the value's type as a student writes it."""
        return type(value).__name__

    def kind(self, value: Value) -> str:
        """Return the value's type and how large it is: `float64 (4, 3)`, `tuple (2)`, `int`."""
        return type(value).__name__

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        """Return the value as a part of a longer line; `inner` shows a part of it."""
        return style.quote(repr(value))

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        """Return a Python expression with this value; `inner` gives that of a part."""
        return repr(value)

    def cells(
        self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[bytes | None]]
    ) -> Iterator[bytes | None]:
        """Yield the bytes that equal values share, for a digest; `None` for what cannot be right.

        Numbers have none of their own: they are laid on grids (`grader.comparison.seals`). `inner` yields a part's.
        """
        yield f"{self.compared_as} {value!r}".encode()

    def in_order(self, value: Value) -> Iterable[tuple[Key, Value]]:
        """Return the parts in the order of `cells`, which does not depend on how the value was made."""
        return self.parts(value)


class Packer:
    """Turns one value into a node and buffers, within bounds.

    `packs` says by type how it is packed, `nearest` how a type is that is not among them. With `by_name`, a part of a
    container that the wire does not carry is sent as the name of its type, so that it costs nothing beside it.
    """

    def __init__(
        self, room: int, packs: Mapping[type, Pack], nearest: Callable[[type], Pack], *, by_name: bool = False
    ) -> None:
        self.buffers: list[Buffer] = []
        self._room, self._packs, self._nearest, self._by_name = room, packs, nearest, by_name
        self._nodes = 0

    def pack(self, value: Value, depth: int) -> Node:
        """Return a value's node. Raises Refused and Oversized."""
        self._nodes += 1
        if self._nodes > NODES:
            raise Oversized
        kind = type(value)
        return (self._packs.get(kind) or self._nearest(kind))(self, value, depth)

    def part(self, value: Value, depth: int) -> Node:
        """Return the node of a part of a container. Raises Oversized, and Refused unless parts may go by name."""
        if not self._by_name:
            return self.pack(value, depth)
        buffers, room = len(self.buffers), self._room
        try:
            return self.pack(value, depth)
        except Refused as refused:
            del self.buffers[buffers:]
            self._room = room
            return ["x", str(refused)[:NAME]]

    def take(self, size: int) -> None:
        """Count `size` bytes. Raises Oversized."""
        self._room -= size
        if self._room < 0:
            raise Oversized

    def add(self, size: int, data: Callable[[], Buffer]) -> None:
        """Add a buffer of `size` bytes, which is made only if there is room for it. Raises Oversized."""
        self.take(size + padding(size))
        self.buffers.append(data())
        if padding(size):
            self.buffers.append(bytes(padding(size)))


class Unpacker:
    """Turns nodes into values, within bounds; `tags` says how what a tag begins is made.

    Arrays are laid over `body` (writable if it is). If `copied`, as for a worker, they are copies, and texts are
    interned as Python interns literals: `mode is "max"` is as true as where a student tried it. There sets, tables and
    the like are made, of the source's own `classes` where it has them; in the grader, `Held` stands for each.
    """

    def __init__(
        self, body: Buffer, copied: bool, tags: Mapping[str, tuple[Unpack, bool]], classes: Classes = lambda _: None
    ) -> None:
        self.copied = copied
        self.classes = classes
        self._body = memoryview(body)
        self._tags = tags
        self._at = 0
        self._nodes = 0

    def whole(self, node: Node) -> Value:
        """Return the next value. Raises Forged."""
        self._nodes = 0
        return self.value(node, 0)

    def value(self, node: Node, depth: int) -> Value:
        """Return the value or part that `node` spells. Raises Forged."""
        self._nodes += 1
        if self._nodes > NODES:
            raise Forged("too many parts")
        kind = type(node)
        if kind is list:
            make, container = self._tags.get(node[0], (None, False)) if node and type(node[0]) is str else (None, False)
            if make is None or depth >= (DEPTH if container else _DEEPEST):
                raise Forged("unknown or too deep")
            return make(self, node, depth)
        if kind is int and not -(1 << 63) < node < 1 << 63:
            raise Forged("a large int is spelt otherwise")
        if kind is float and not math.isfinite(node):
            raise Forged("NaN and infinity are spelt otherwise")
        if kind is dict:
            raise Forged("no value is a JSON object")
        if kind is str and self.copied and node.isascii() and f"_{node}".isidentifier():
            return sys.intern(node)
        return node

    def take(self, size: int) -> memoryview:
        """Return the next buffer, of `size` bytes. Raises Forged if there are not so many."""
        start, self._at = self._at, self._at + size + padding(size)
        if size < 0 or self._at > len(self._body):
            raise Forged("an array without its bytes")
        return self._body[start : start + size]

    def finish(self) -> None:
        """Raise Forged if bytes are left over."""
        if self._at != len(self._body):
            raise Forged("bytes are left over")


def only(node: list[Node], kind: type) -> Any:
    """Return the one part of a node behind its tag. Raises Forged if it is not one of this kind."""
    if len(node) != 2 or not isinstance(node[1], kind):
        raise Forged("one part is missing or too many")
    return node[1]


def padding(size: int) -> int:
    """Return how many bytes follow a buffer of `size` bytes so that the next one is aligned."""
    return -size % ALIGN


name_of: Callable[[type], str] = type.__dict__["__name__"].__get__
"""A type's name, whatever its metaclass says."""


_mro_of: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
_dict_of: Callable[[type], Mapping[str, Any]] = type.__dict__["__dict__"].__get__


def own_dict(value: Value) -> Mapping[str, Any]:
    """Return an instance's own dict, by no code of its class; an empty one if it has none."""
    for base in _mro_of(type(value)):
        found: Any = _dict_of(base).get("__dict__")
        if type(found) is _GETSET:
            held = found.__get__(value)
            return held if type(held) is dict else {}
    return {}


_GETSET = type(type.__dict__["__dict__"])
