"""Reports as bytes for the store, and back.

A record is JSON with the name of its noun and its fields, so that a later version of the grader reads what an earlier
one wrote: a field that is new has its default, and one that is gone is passed over. A value that a case was given or
gave back is kept apart, under its digest: the inputs of a case are the same for a whole class, and two students who
return the same wrong numbers have the same digest. Nothing is unpickled: what is read makes nouns of `KINDS`, and
values as they come over a worker's wire.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from fractions import Fraction
from hashlib import sha256
from itertools import chain
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from grader.errors import Span
from grader.language import Bilingual, Message
from grader.model import AttemptRule, Exhibit, Happening, Instant, LateDays, LateRule, Mismatch, Policies
from grader.model.report import SEEN
from grader.values import Foreign, Oversized, Refused, pack, unpack

Bodies: TypeAlias = "dict[str, bytes]"
"""Values by their digests."""


Evidence: TypeAlias = Literal["none", "public", "all"]
"""Which cases have what they were given and what came back: none, public ones, or hidden ones too."""


class LoadingRecord(Struct, frozen=True, kw_only=True):
    """What happened while a source was loaded; it is kept as a function's result is."""

    happenings: tuple[Happening, ...]


class Refusal(Struct, frozen=True, kw_only=True):
    """Why something that was handed in cannot be graded: the sentence, and the way out."""

    message: Message
    hint: Message | None = None


_NOUNS: tuple[type[Struct], ...] = (
    *SEEN, Message, Bilingual, Span, Happening, LoadingRecord, Refusal, Policies,
    LateRule, LateDays, AttemptRule, Instant,
)  # fmt: skip
KINDS: Mapping[str, type[Struct]] = {kind.__name__: kind for kind in _NOUNS}
_OF_VALUES = {Exhibit: ("want", "got"), Mismatch: ("got", "want")}
_KIND = "!"
MOST_BYTES = 64 << 20
"""Bytes of one value; a worker sends no larger one."""
_WITHOUT: Mapping[Evidence, tuple[str, ...]] = {"none": ("Exhibit", "Withheld"), "public": ("Withheld",), "all": ()}
_INLINE = 120
"""A value of so few characters stands in the record itself."""


class Unreadable(Exception):
    """What the store holds is no record of ours: it was damaged, or a later version wrote it."""


def encoded(noun: Struct, bodies: Bodies) -> bytes:
    """Return a report or a part of one as bytes; the values in it are added to `bodies`."""
    return zlib.compress(json.dumps(_node(noun, bodies), ensure_ascii=False, separators=(",", ":")).encode(), 6)


def decoded(record: bytes, body: Callable[[str], bytes], *, evidence: Evidence = "all") -> Any:
    """Return what `encoded` was given; `body` returns a value's bytes by its digest. Raises Unreadable.

    The cases are without the `evidence` that is not asked for. It is most of a report, that of hidden cases most of it.
    """
    without = _WITHOUT[evidence]

    def part(node: Any) -> Any:
        if without and isinstance(node, dict):
            for case in chain.from_iterable(check["cases"] for check in node.get("checks", ())):
                if (case.get("exhibit") or {}).get(_KIND) in without:
                    case["exhibit"] = None
        return node

    return _read(record, lambda digest: _unpacked(body(digest)), part)


def outlined(record: bytes) -> Any:
    """Return a function's result for an overview of a class. Raises Unreadable.

    It is without the evidence of cases that passed, inputs and what was expected (half of the time of a class of 300
    went into these), and has digests in place of large values.
    """
    return _read(record, lambda digest: digest, _wrong_only)


def _wrong_only(result: Any) -> Any:
    for check in result["checks"]:
        for case in check["cases"]:
            held = case.get("exhibit")
            if held is None:
                continue
            if case["status"] == "passed":
                case["exhibit"] = None
            else:
                (held.get("exhibit") or held).update(inputs=[], want=None)
    return result


def _read(record: bytes, value: Callable[[str], Any], part: Callable[[Any], Any] = lambda node: node) -> Any:
    """Return what a `part` of a record says; `value` makes one that is kept apart of its digest."""
    try:
        return _noun(part(json.loads(zlib.decompress(record))), value)
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error, ZeroDivisionError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def value_digest(value: Any) -> str:
    """Return what two values share only if they are equal to the last bit."""
    return sha256(_packed(value)).hexdigest()


def _node(value: Any, bodies: Bodies) -> Any:
    match value:
        case Struct():
            return _fields(value, bodies)
        case Fraction():
            return {_KIND: "/", "of": str(value)}
        case tuple():
            return [_node(item, bodies) for item in value]
        case Mapping():
            return {name: _node(item, bodies) for name, item in value.items()}
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"{type(value).__name__} is not kept")


def _fields(noun: Struct, bodies: Bodies) -> dict[str, Any]:
    kind = type(noun)
    held: tuple[str, ...] = _OF_VALUES.get(kind, ())
    found: dict[str, Any] = {_KIND: kind.__name__}
    defaults = dict(zip(reversed(kind.__struct_fields__), reversed(kind.__struct_defaults__), strict=False))
    for name in kind.__struct_fields__:
        value = getattr(noun, name)
        if name in held:
            found[name] = _value(value, bodies)
        elif kind is Exhibit and name == "inputs":
            found[name] = [[label, _value(given, bodies)] for label, given in value]
        elif name not in defaults or value is not defaults[name]:
            found[name] = _node(value, bodies)
    return found


def _value(value: Any, bodies: Bodies) -> dict[str, str]:
    body = _packed(value)
    if len(body) <= _INLINE:
        return {_KIND: "value", "hex": body.hex()}
    digest = sha256(body).hexdigest()
    bodies.setdefault(digest, body)
    return {_KIND: "value", "is": digest}


def _packed(value: Any) -> bytes:
    """Return a value's node as a line of JSON, and its buffers; of what the wire does not carry, its type alone."""
    try:
        packed = pack(value, MOST_BYTES, by_name=True)
    except (Refused, Oversized):
        packed = pack(Foreign(type(value).__name__), MOST_BYTES)
    return b"".join([json.dumps(packed.node, separators=(",", ":")).encode(), b"\n", *map(bytes, packed.buffers)])


def _noun(node: Any, value: Callable[[str], Any]) -> Any:
    match node:
        case list():
            return tuple([_noun(item, value) for item in node])
        case {"!": "/", "of": str(text)}:
            return Fraction(text)
        case {"!": "value", "hex": str(text)}:
            return _unpacked(bytes.fromhex(text))
        case {"!": "value", "is": str(digest)}:
            return value(digest)
        case {"!": str(name)}:
            kind = KINDS[name]
            known = kind.__struct_fields__
            return kind(**{field: _noun(item, value) for field, item in node.items() if field in known})
        case dict():
            return {name: _noun(item, value) for name, item in node.items()}
    return node


def _unpacked(body: bytes) -> Any:
    line, _, rest = body.partition(b"\n")
    return unpack(json.loads(line), bytearray(rest))
