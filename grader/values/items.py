"""Arrays of something else than numbers: texts, bytes, dates of numpy's, objects, and structured arrays.

On the wire: ["u", what, shape, item...], where `what` is "U", "S", or "M8[s]" and "m8[D]" with the unit, whose items
are whole numbers and null for NaT; a shape of null is one of numpy's scalars. ["O", shape, item...] is an array of
objects, ["v", shape, [field...], array...] a structured array, field by field. In the grader `Elements`, `Objects` and
`Fields` stand for them: no code that computes with arrays finds one there, and none holds more items than the wire lets
parts through.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from .family import (
    DEPTH,
    NAME,
    NODES,
    Differences,
    Family,
    Forged,
    Held,
    Key,
    Node,
    Oversized,
    Packer,
    Refused,
    Rule,
    Style,
    Unpack,
    Unpacker,
    Value,
)

_WHAT = re.compile(r"[US]|[mM]8(\[([1-9][0-9]{0,8})?(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?")
_NAMES = {"U": "str", "S": "bytes"}
_TYPES = {"U": str, "S": bytes}
_NAT = -(1 << 63)
_FIELDS = 256
_DIMENSIONS = 32


class Elements(Held):
    """An array in the grader, or one of numpy's scalars (its `sides` are None): what it holds, and the items in order.

    Those of dates are whole numbers of the unit, or None for NaT.
    """

    __slots__ = ("items", "sides", "what")
    items: tuple[Value, ...]
    sides: tuple[int, ...] | None
    what: str

    @property
    def size(self) -> int:
        """How many items there are."""
        return len(self.items)

    @property
    def nbytes(self) -> int:
        """About how many bytes they take."""
        return sum(len(item) if isinstance(item, str | bytes) else 8 for item in self.items)


class Objects(Held):
    """An array of objects in the grader: its items in order, and its shape."""

    __slots__ = ("items", "sides")
    items: tuple[Value, ...]
    sides: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many items there are."""
        return len(self.items)


class Fields(Held):
    """A structured array in the grader: its shape (None for one record), and each field's array by name."""

    __slots__ = ("fields", "sides")
    fields: Mapping[str, Value]
    sides: tuple[int, ...] | None


def pack_others(packer: Packer, array: np.ndarray, depth: int, *, scalar: bool = False) -> Node:
    """Return the node of an array of something else than numbers. Raises Refused for what is none of these."""
    kind = array.dtype.kind
    shape = None if scalar else list(array.shape)
    if array.ndim > _DIMENSIONS:
        raise Refused(f"ndarray of {array.ndim} dimensions")
    if array.dtype.names:
        return _pack_fields(packer, array, shape, depth)
    if kind in "Mm":
        unit = array.dtype.str[1:]
        if not _WHAT.fullmatch(unit):
            raise Refused("ndarray of datetime64")
        packer.take(8 * array.size)
        numbers = array.astype(array.dtype.newbyteorder("="), copy=False).reshape(-1).view("i8").tolist()
        return ["u", unit, shape, *[packer.part(None if each == _NAT else each, depth + 1) for each in numbers]]
    if kind not in "USO":
        raise Refused("ndarray of records" if kind == "V" else f"ndarray of {array.dtype.name}")
    if kind == "O" and depth >= DEPTH:
        raise Refused("ndarray of object")
    if array.size > NODES:
        raise Oversized
    head = ["O"] if kind == "O" else ["u", kind]
    return [*head, shape, *[packer.part(each, depth + 1) for each in array.reshape(-1).tolist()]]


def _pack_fields(packer: Packer, array: np.ndarray, shape: Node, depth: int) -> Node:
    names = list(array.dtype.names or ())
    if depth >= DEPTH or len(names) > _FIELDS or not all(map(_is_name, names)):
        raise Refused("ndarray of records")
    return ["v", shape, names, *[packer.pack(np.ascontiguousarray(array[name]).reshape(array[name].shape), depth + 1)
                                 for name in names]]  # fmt: skip


def _is_name(text: Node) -> bool:
    """Return whether a text is short and can be shown as it is."""
    return type(text) is str and len(text) <= NAME and text.isprintable()


def _shape_of(node: Node) -> tuple[int, ...] | None:
    if node is None:
        return None
    if type(node) is not list or len(node) > _DIMENSIONS:
        raise Forged("no shape")
    if not all(type(side) is int and 0 <= side <= NODES for side in node):
        raise Forged("no shape")
    return tuple(node)


def _make_items(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    if len(node) < 3 or type(node[1]) is not str or len(node[1]) > NAME or not _WHAT.fullmatch(node[1]):
        raise Forged("no array of items")
    what, sides = node[1], _shape_of(node[2])
    if math.prod(sides or ()) != len(node) - 3:
        raise Forged("no array of items")
    items = [unpacker.value(each, depth + 1) for each in node[3:]]
    dated = what[0] in "mM"
    if dated and not all(each is None or (type(each) is int and each > _NAT) for each in items):
        raise Forged("no dates")
    if what in _TYPES and not all(type(each) is _TYPES[what] for each in items):
        raise Forged("no texts")
    made = Elements(tuple(items), sides, what)
    return array_of(made) if unpacker.copied else made


def _make_objects(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    sides = _shape_of(node[1]) if len(node) > 1 else None
    if sides is None or math.prod(sides) != len(node) - 2:
        raise Forged("no array of objects")
    made = Objects(tuple([unpacker.value(each, depth + 1) for each in node[2:]]), sides)
    return array_of(made) if unpacker.copied else made


def array_of(value: Elements | Objects) -> Any:
    """Return the array or scalar that `Elements` or `Objects` stand for."""
    if isinstance(value, Elements) and value.what[0] in "mM":
        made = np.array([_NAT if each is None else each for each in value.items], "i8").view(value.what)
    else:
        made = np.empty(len(value.items), "O")
        made[:] = value.items
        made = made.astype(value.what) if isinstance(value, Elements) else made
    return made[0] if value.sides is None else made.reshape(value.sides)


def _make_fields(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    if len(node) < 3 or type(node[2]) is not list or len(node[2]) > _FIELDS or len(node) != 3 + len(node[2]):
        raise Forged("no structured array")
    sides, names = _shape_of(node[1]), node[2]
    if not all(map(_is_name, names)) or len(set(names)) != len(names):
        raise Forged("no fields")
    if not names:
        raise Forged("no fields")
    whole = sides or ()
    arrays = [unpacker.value(each, depth + 1) for each in node[3:]]
    for each in arrays:
        shape = _sides(each)
        if shape is None or shape[: len(whole)] != whole:
            raise Forged("no field")
    if not unpacker.copied:
        return Fields(dict(zip(names, arrays, strict=True)), sides)
    kinds = [(name, each.dtype, each.shape[len(whole) :]) for name, each in zip(names, arrays, strict=True)]
    made = np.empty(whole, kinds)
    for name, each in zip(names, arrays, strict=True):
        made[name] = each
    return made[()] if sides is None else made


def _sides(value: Value) -> tuple[int, ...] | None:
    """Return an array's shape, None for anything else."""
    if isinstance(value, Elements | Objects | Fields):
        return value.sides
    return value.shape if type(value) is np.ndarray else None


def _shown_shape(sides: tuple[int, ...] | None) -> str:
    return str(tuple(sides or ()))


class ItemFamily(Family):
    """Arrays of texts, bytes or dates, compared item by item."""

    compared_as = "items"
    tags: Mapping[str, Unpack] = {"u": _make_items}

    def alike(self, got: Value, want: Value, rule: Rule) -> bool:
        """Return whether both hold the same kind of thing, and are arrays or scalars alike."""
        return got.what[0] == want.what[0] and (got.sides is None) == (want.sides is None)

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        if not _same_shape(got, want, output, found):
            return
        if rule.dtype == "exact" and got.what != want.what:
            found.add("dtype", output, got=dtype_name(got.what), want=dtype_name(want.what))
            return
        wrong = [place for place, same in enumerate(_same(got, want)) if not same]
        if wrong:
            place, sides = wrong[0], want.sides
            found.add(
                "text" if want.what in _TYPES else "values", output,
                index=tuple(int(each) for each in np.unravel_index(place, sides)) if sides else None,
                got=_alone(got, place), want=_alone(want, place),
                differing=len(wrong), total=len(want.items),
            )  # fmt: skip

    def type_name(self, value: Value) -> str:
        return f"array of {dtype_name(value.what, bare=True)}" if value.sides is not None else _scalar_name(value)

    def kind(self, value: Value) -> str:
        name = dtype_name(value.what)
        return name if value.sides is None else f"{name} {_shown_shape(value.sides)}"

    def zero(self, value: Value) -> Value:
        blank = {"U": "", "S": b""}.get(value.what, 0)
        return Elements((blank,) * len(value.items), value.sides, value.what)

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        if value.sides is None:
            return shown_item(value, 0)
        if style.depth == 0:
            return "…"
        return _listed(
            self.kind(value), [style.quote(shown_item(value, at)) for at in range(min(6, value.size))], value
        )

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        if value.what[0] in "mM":
            numbers = [_NAT if each is None else each for each in value.items]
            text = f'np.array({numbers!r}, "i8").view("{value.what}")'
        else:
            text = f'np.array({list(value.items)!r}, "{value.what}")'
        return f"{text}[0]" if value.sides is None else f"{text}.reshape({value.sides})"

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        what = value.what if rule.dtype == "exact" else value.what[0]
        yield f"items {what} {value.sides}".encode()
        if value.what[0] in "mM" and rule.dtype != "exact":
            yield repr([_in_finest(value.what, item) for item in value.items]).encode()
        else:
            yield repr(value.items).encode()


class ObjectFamily(Family):
    """Arrays of objects, whose items are values of any family."""

    compared_as = "objects"
    container = True
    tags: Mapping[str, Unpack] = {"O": _make_objects}

    def parts(self, value: Value) -> Iterable[tuple[Key, Value]]:
        return enumerate(value.items)

    def rebuilt(self, value: Value, items: Iterable[Value]) -> Value:
        return Objects(tuple(items), value.sides)

    def item_name(self, value: Value, output: str, key: Key) -> str:
        index = ", ".join(str(int(each)) for each in np.unravel_index(int(key), value.sides or (1,)))
        return f"{output}[{index}]"

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> bool:
        return not _same_shape(got, want, output, found)

    def type_name(self, value: Value) -> str:
        return "array of object"

    def kind(self, value: Value) -> str:
        return f"object {_shown_shape(value.sides)}"

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        return "…" if style.depth == 0 else _listed(self.kind(value), list(map(inner, value.items[:6])), value)

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        each = "".join(f"{inner(item)}, " for item in value.items)
        # without the None numpy would look for more axes in items that are sequences
        flat = f"np.array([{each}None], object)[:-1]" if each else "np.zeros(0, object)"
        return f"{flat}.reshape({value.sides})"

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        yield f"objects {value.sides}".encode()
        for item in value.items:
            yield from inner(item)


def _alone(value: Elements, place: int) -> Value:
    """Return one of the items as a value of its own."""
    item = value.items[place]
    return Elements((item,), None, value.what) if value.what[0] in "mM" else item


def _same_shape(got: Value, want: Value, output: str, found: Differences) -> bool:
    """Return whether two arrays have one shape; else add that to `found`."""
    if got.sides == want.sides:
        return True
    category = "empty" if not got.items and want.items else "shape"
    found.add(category, output, got=_shown_shape(got.sides), want=_shown_shape(want.sides))
    return False


def _listed(kind: str, items: list[str], value: Elements | Objects) -> str:
    text = " ".join([*items, *(["…"] if len(value.items) > len(items) else [])])
    return f"<{kind}{'  ' + text if text else ''}>"


def dtype_name(what: str, *, bare: bool = False) -> str:
    """Return the dtype of `Elements` as numpy calls it, without its unit if `bare`."""
    long = what.replace("M8", "datetime64").replace("m8", "timedelta64")
    return (long.partition("[")[0] if bare else long) if what[0] in "mM" else _NAMES[what]


def _scalar_name(value: Elements) -> str:
    return dtype_name(value.what, bare=True)


def shown_item(value: Elements, place: int) -> str:
    """Return one of the texts or dates as a student reads it."""
    item = value.items[place]
    if value.what[0] not in "mM":
        return repr(item[:80]) if isinstance(item, str | bytes) else repr(item)
    if item is None:
        return "NaT"
    if value.what[0] == "m":
        return _spelt_span(value.what, item)
    try:
        text = str(np.array(item, "i8").view(value.what)[()])
    except (ValueError, OverflowError):
        return str(item)
    day, _, time = text.partition("T")
    time = time.rstrip("0").rstrip(".") if "." in time else time
    return day if not time.strip("0:") else f"{day} {time}"


def _spelt_span(what: str, item: int) -> str:
    """Return a span as pandas writes it, `2 days 03:00:00`; of numpy's other units the number with the unit."""
    unit, whole = _in_finest(what, item) or ("", 0)
    if unit != "s":
        return f"{whole} months" if unit == "M" else str(item)
    sign, whole = ("-" if whole < 0 else ""), abs(whole)
    days, rest = divmod(whole, _ATTO["D"])
    seconds, below = divmod(rest, 10**18)
    time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    time += f".{below:018}".rstrip("0").rstrip(".")
    return f"{sign}{days} days {time}" if days else f"{sign}{time}"


_ATTO = {
    "W": 7 * 86400 * 10**18, "D": 86400 * 10**18, "h": 3600 * 10**18, "m": 60 * 10**18, "s": 10**18, "ms": 10**15,
    "us": 10**12, "ns": 10**9, "ps": 10**6, "fs": 1000, "as": 1,
}  # fmt: skip


def _in_finest(what: str, item: int | None) -> tuple[str, int] | None:
    """Return a date or a span in attoseconds (spans of months in months): equal ones are equal, whatever their unit."""
    found = _WHAT.fullmatch(what)
    if item is None or found is None or found[3] is None:
        return None if item is None else ("", item)
    count, unit = int(found[2] or 1) * item, found[3]
    if unit in _ATTO:
        return "s", count * _ATTO[unit]
    months = 12 * count if unit == "Y" else count
    if what[0] == "m":
        return ("M", months) if months else ("s", 0)
    return "s", _days_until(1970 + months // 12, months % 12) * _ATTO["D"]


def _days_until(year: int, month: int) -> int:
    """Return the days from 1970 to the first of a month (0 to 11) of any year."""
    cycles, rest = divmod(year - 2000, 400)
    from datetime import date

    return cycles * 146097 + (date(2000 + rest, month + 1, 1) - date(1970, 1, 1)).days


def _same(got: Elements, want: Elements) -> Iterator[bool]:
    if want.what[0] not in "mM" or got.what == want.what:
        return (type(one) is type(other) and one == other for one, other in zip(got.items, want.items, strict=True))
    mine, theirs = ([_in_finest(one.what, item) for item in one.items] for one in (got, want))
    return (one == other for one, other in zip(mine, theirs, strict=True))


class FieldFamily(Family):
    """Structured arrays and records, compared field by field."""

    compared_as = "fields"
    container = True
    tags: Mapping[str, Unpack] = {"v": _make_fields}

    def parts(self, value: Value) -> Iterable[tuple[Key, Value]]:
        return value.fields.items()  # type: ignore[no-any-return]

    def rebuilt(self, value: Value, items: Iterable[Value]) -> Value:
        return Fields(dict(zip(value.fields, items, strict=True)), value.sides)

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> bool | None:
        if got.sides != want.sides:
            found.add("shape", output, got=_shown_shape(got.sides), want=_shown_shape(want.sides))
            return True
        extra = [name for name in got.fields if name not in want.fields]
        missing = [name for name in want.fields if name not in got.fields]
        if extra or missing:
            found.add("fields", output, got=", ".join(extra), want=", ".join(missing))
        return None

    def type_name(self, value: Value) -> str:
        return "structured array" if value.sides is not None else "record"

    def kind(self, value: Value) -> str:
        return f"({', '.join(value.fields)}) {_shown_shape(value.sides)}"

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        if style.depth == 0:
            return "…"
        pairs = ", ".join(f"{style.quote(name)}: {inner(item)}" for name, item in list(value.fields.items())[:6])
        return f"<{_shown_shape(value.sides)} {pairs}{', …' if len(value.fields) > 6 else ''}>"

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        arrays = ", ".join(map(inner, value.fields.values()))
        dims = len(value.sides or ())
        return (
            f"(lambda *arrays: (made := np.empty({value.sides or ()}, [(name, one.dtype, one.shape[{dims}:]) "
            f"for name, one in zip({list(value.fields)!r}, arrays)]), "
            f"[made.__setitem__(name, one) for name, one in zip(made.dtype.names, arrays)])[0])({arrays})"
        ) + ("[()]" if value.sides is None else "")

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        yield f"fields {value.sides} {sorted(value.fields)}".encode()
        for _, item in self.in_order(value):
            yield from inner(item)

    def in_order(self, value: Value) -> Iterable[tuple[Key, Value]]:
        return sorted(value.fields.items(), key=lambda pair: pair[0])


def _pack_held_items(packer: Packer, value: Value, depth: int) -> Node:
    if value.what[0] in "mM":
        packer.take(8 * len(value.items))
    sides = None if value.sides is None else list(value.sides)
    return ["u", value.what, sides, *[packer.part(each, depth + 1) for each in value.items]]


def _pack_held_objects(packer: Packer, value: Value, depth: int) -> Node:
    if depth >= DEPTH:
        raise Refused("ndarray of object")
    return ["O", list(value.sides), *[packer.part(each, depth + 1) for each in value.items]]


def _pack_held_fields(packer: Packer, value: Value, depth: int) -> Node:
    if depth >= DEPTH:
        raise Refused("ndarray of records")
    sides = None if value.sides is None else list(value.sides)
    return ["v", sides, list(value.fields), *[packer.pack(each, depth + 1) for each in value.fields.values()]]


ItemFamily.packs = {Elements: _pack_held_items}
FieldFamily.packs = {Fields: _pack_held_fields}
ObjectFamily.packs = {Objects: _pack_held_objects}
FAMILIES = (ItemFamily(), ObjectFamily(), FieldFamily())
LATE: dict[str, Callable[[], tuple[Family, ...]]] = {}
