"""Values: what may cross the wire, in families, and the one walk over them.

A family is one object for all values of a kind. It defines how the worker packs them, how the grader checks and makes
them, what is in them, how two are compared, how one is shown, written as a literal and digested: see `family.Family`.
The families are in `plain`, `containers`, `records`, `sets`, `exact` and `dates`; those that need numpy in `arrays`,
`items`, `sparse` and `frames`. To add one, write a module like these and `enlist` it below. A family of a library's own
types is `late`: the types are packed once something else has imported the library.

Grader and worker both import this package, so it uses the standard library only and, for arrays, numpy. The worker
needs only half of it, but so each kind of value has one place.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from . import containers, dates, exact, functions, plain, records, sets
from .family import (
    Buffer,
    Classes,
    Family,
    Foreign,
    Forged,
    Held,
    Key,
    Node,
    Oversized,
    Pack,
    Packer,
    Refused,
    Style,
    Unpack,
    Unpacker,
    Value,
    name_of,
)

__all__ = [
    "Family", "Foreign", "Forged", "Held", "Oversized", "Packed", "Refused", "compared_as", "element_count", "enlist",
    "family_of", "fingerprint", "foreign", "leaves", "mapped", "pack", "parts", "sealable", "shown", "type_name",
    "type_names", "unpack", "unpack_all", "with_arrays",
]  # fmt: skip

T = TypeVar("T")
_FAMILIES: dict[type, Family] = {}
_PACKS: dict[type, Pack] = {}
TAGS: dict[str, tuple[Unpack, bool]] = {}
"""What makes a value of a tag, and whether it is a container."""
LATE: dict[str, Callable[[], Iterable[Family]]] = {}
"""The families that need a library's own types, by the library: asked for once it was imported."""
_LATE: set[type] = set()
_STRANGE = Family()

_mro: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__


def enlist(families: Iterable[Family]) -> None:
    """Make families known."""
    for family in families:
        _PACKS.update(family.packs)
        _FAMILIES.update(dict.fromkeys(family.packs, family))
        TAGS.update({tag: (make, family.container) for tag, make in family.tags.items()})


def late(libraries: dict[str, Callable[[], Iterable[Family]]]) -> None:
    """Make families known that need the types of `libraries`, once one was imported."""
    LATE.update(libraries)


def with_arrays() -> None:
    """Make arrays known, and what is made of them, if they are not yet.

    Their modules import numpy, which a value that is none does not need. A worker must call this before it is confined.
    """
    if "a" not in TAGS:
        from . import arrays, frames, items, sparse, tensors

        for module in (arrays, items, sparse, frames, tensors):
            enlist(module.FAMILIES)
            late(module.LATE)


enlist(plain.FAMILIES)
enlist(containers.FAMILIES)
for _module in (functions, records, sets, exact, dates):
    enlist(_module.FAMILIES)
late({**exact.LATE, **dates.LATE})


def type_names() -> list[str]:
    """Return the types that a value may have besides None, as a student writes them, without those of libraries."""
    with_arrays()
    kinds = [
        kind
        for kind in _PACKS
        if kind not in _LATE
        and kind not in (type(None), Foreign, records.Named, *functions.FAMILIES[0].packs)
        and not issubclass(kind, Held)
    ]
    names = ("array" if kind.__module__.startswith("numpy") else name_of(kind) for kind in kinds)
    return list(dict.fromkeys(names))


class Packed(NamedTuple):
    """A value ready for a frame."""

    node: Node
    buffers: list[Buffer]


def pack(value: Value, room: int, *, by_name: bool = False) -> Packed:
    """Return `value` as a node and its buffers, which take at most `room` bytes.

    Raises Refused for what the wire does not carry, Oversized for too many bytes or parts. With `by_name`, only the
    whole is refused; a part of a container becomes `Foreign`.
    """
    with_arrays()
    packer = Packer(room, _PACKS, _pack_of_base, by_name=by_name)
    return Packed(packer.pack(value, 0), packer.buffers)


def _enlist_late() -> None:
    """Make the families known whose libraries were imported since."""
    for library in [each for each in LATE if each in sys.modules]:
        families = LATE.pop(library)()
        _LATE.update(kind for family in families for kind in family.packs)
        enlist(families)


def _pack_of_base(kind: type) -> Pack:
    if LATE:
        _enlist_late()
    found = _PACKS.get(kind) or records.pack_of(kind)
    if found is not None:
        return found
    for base in _mro(kind):
        if base in _PACKS:
            return _PACKS[base]
    raise Refused(name_of(kind))


def unpack(node: Node, body: Buffer, *, copied: bool = False, classes: Classes = lambda _: None) -> Value:
    """Return the value of `node`, its arrays laid over `body` (writable if `body` is) or, if `copied`, as copies.

    A copied value is one of Python's own or of its libraries; a dataclass or named tuple is of the class that `classes`
    gives for its name. Raises Forged for anything `pack` would not have written, bytes of `body` left over included.
    """
    return unpack_all((node,), body, copied=copied, classes=classes)[0]


def unpack_all(
    nodes: Iterable[Node], body: Buffer, *, copied: bool = False, classes: Classes = lambda _: None
) -> list[Value]:
    """Return the values of `nodes`, whose buffers follow one another in `body`, as `unpack` does. Raises Forged."""
    with_arrays()
    unpacker = Unpacker(body, copied, TAGS, classes)
    values = [unpacker.whole(node) for node in nodes]
    unpacker.finish()
    return values


def family_of(value: Value) -> Family:
    """Return the family of a value: that of the nearest base of its type, or a "strange" one if there is none."""
    found = _FAMILIES.get(type(value))
    if found is not None:
        return found
    if "numpy" in sys.modules:  # else no value is an array
        with_arrays()
    if LATE:
        _enlist_late()
    return next((_FAMILIES[base] for base in _mro(type(value)) if base in _FAMILIES), _STRANGE)


def compared_as(value: Value) -> str:
    """Return what a value is compared as: "none", "text", "number", "sequence" or "dict".

    A new family may be compared as something of its own. It is "strange" for what the wire should not have let through.
    """
    family = family_of(value)
    return family.compared_as if family.holds(value) else _STRANGE.compared_as


def type_name(value: Value) -> str:
    """Return a value's type as a student writes it: `None`, `float`, `tuple`, `array`."""
    return family_of(value).type_name(value)


def parts(value: Value) -> Iterable[tuple[Key, Value]]:
    """Return what is in a container, each with its place or key; nothing for any other value."""
    return family_of(value).parts(value)


def leaves(value: Value, path: tuple[Key, ...] = ()) -> Iterator[tuple[tuple[Key, ...], Value]]:
    """Yield all that is no container within a value, or the value itself, with the places and keys that lead there."""
    family = family_of(value)
    if not family.container:
        yield path, value
    for key, item in family.parts(value):
        yield from leaves(item, (*path, key))


def mapped(value: T, change: Callable[[Any], Any]) -> T:
    """Return a value of the same structure with `change` done to all that is no container in it."""
    family = family_of(value)
    if not family.container:
        return change(value)  # type: ignore[no-any-return]
    return family.rebuilt(value, [mapped(item, change) for _, item in family.parts(value)])  # type: ignore[no-any-return]


def shown(value: Value, digits: int = 4, depth: int = 3, quote: Callable[[str], str] = str) -> str:
    """Return a value as a part of a longer line, with so many levels of what is in it; `quote` is for foreign text."""
    style = Style(digits, depth, quote)
    return family_of(value).shown(value, style, lambda item: shown(item, digits, max(0, depth - 1), quote))


def fingerprint(value: Value) -> tuple[object, ...]:
    """Return what two values share only if they are the same to the last bit; it can be hashed."""
    import numpy as np

    if type(value) is np.ndarray:
        return (value.dtype.str, value.shape, value.tobytes())
    if type(value) is dict:
        return ("dict", *((fingerprint(key), fingerprint(item)) for key, item in value.items()))
    if type(value) in (tuple, list):
        return (type(value).__name__, *(fingerprint(item) for _, item in parts(value)))
    if isinstance(value, np.ndarray | Held | records.Named):
        packed = pack(value, sys.maxsize, by_name=True)
        return (repr(packed.node), *map(bytes, packed.buffers))
    return (type(value).__name__, repr(value))


def sealable(value: Value, rule: Any) -> bool:
    """Return whether all that is in a value has an order, and nothing but numbers a tolerance under `rule`."""
    family = family_of(value)
    return family.sealable(value, rule) and all(sealable(item, rule) for _, item in family.parts(value))


def foreign(value: Value) -> str:
    """Return the type of the first part that the wire did not carry, "" if there is none (foreign text)."""
    return next((leaf.name for _, leaf in leaves(value) if isinstance(leaf, Foreign)), "")


def element_count(value: Value) -> int:
    """Return how many elements a value has: those of its arrays, and each other part that is not a container."""
    return sum(int(getattr(leaf, "size", 1)) for _, leaf in leaves(value))
