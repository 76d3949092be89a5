"""Types of plain values: each reads the text itself, never as YAML 1.1 would resolve it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Generic, TypeVar, get_args

from msgspec import Struct

from grader.errors import Span
from grader.language import Message, say
from grader.reading.nodes import Log, Node, Scalar, did_you_mean

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
W = TypeVar("W", bound=str)


class Type(Struct, Generic[T_co], frozen=True, kw_only=True):
    """How a value is read, and the schema that tells an editor about it.

    `read` returns None after a fault. `schema` is JSON Schema in which a `Type` may take the place of a schema; a type
    with a `name` becomes one of the schema's definitions.
    """

    read: Callable[[Node, Log], T_co | None]
    schema: Mapping[str, object]
    name: str = ""


class Word(Struct, frozen=True, kw_only=True):
    """A name in the rubric, with its place, that refers to something elsewhere."""

    text: str
    at: Span


def scalar(
    parse: Callable[[str], T | None],
    wanted: Message,
    schema: Mapping[str, object],
    hint: Callable[[str, Log], Message | None] = lambda text, log: None,
) -> Type[T]:
    """Return the type of values that `parse` reads from text; it returns None for any other text."""

    def read(node: Node, log: Log) -> T | None:
        if isinstance(node, Scalar) and not node.is_null:
            value = parse(node.text)
            if value is None:
                log.expected(wanted, node, hint(node.text, log))
            return value
        log.expected(wanted, node)
        return None

    return Type(read=read, schema=schema)


_PLAIN_WORDS = {"type": ["string", "number", "boolean"]}
"""Text may look like a number or a truth value to an editor."""

TEXT = scalar(lambda text: text.strip() or None, say("text"), _PLAIN_WORDS)


def choice(alias: object) -> Type[W]:
    """Return the type of the words of a `Literal`."""
    words: tuple[W, ...] = get_args(alias)
    wanted = say("one of {words}", words=", ".join(f"`{word}`" for word in words))
    found = {str(word): word for word in words}
    return scalar(found.get, wanted, {"enum": list(words)}, lambda text, log: did_you_mean(log.nearest(text, words)))


TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

_MEANT = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}

TRUTH = scalar(
    TRUTHS.get,
    say("`true` or `false`"),
    {"type": "boolean"},
    lambda text, log: did_you_mean(_MEANT.get(text.lower())),
)


def name_in(text: str) -> str | None:
    """Return `text` as Python reads that name (NFKC, PEP 3131), or None if it is no name."""
    from keyword import iskeyword

    if not text.isidentifier() or iskeyword(text) or len(text) > 80:
        return None
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFKC", text)


NAME_PATTERN = "^[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*$"
"""For editors, in whose patterns `\\w` is ASCII only."""

IDENTIFIER = scalar(name_in, say("a name as Python allows"), {"type": "string", "pattern": NAME_PATTERN})


def read_word(node: Node, log: Log) -> Word | None:
    """Read a name and keep its place."""
    text = IDENTIFIER.read(node, log)
    return None if text is None else Word(text=text, at=node.at)


WORD = Type(read=read_word, schema=IDENTIFIER.schema)


def whole(low: int, high: int) -> Type[int]:
    """Return the type of whole numbers from `low` to `high`."""

    def parse(text: str) -> int | None:
        value = int(text) if re.fullmatch(r"[-+]?[0-9]{1,20}", text) else None
        return value if value is not None and low <= value <= high else None

    wanted = say("a whole number from {low} to {high}", low=low, high=high)
    return scalar(parse, wanted, {"type": "integer", "minimum": low, "maximum": high})


_NUMBER = r"[-+]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][-+]?[0-9]{1,3})?"


def number(low: float, high: float, *, above: bool = False) -> Type[float]:
    """Return the type of decimal numbers from `low` (or, if `above`, more than it) to `high`."""

    def parse(text: str) -> float | None:
        value = float(text) if re.fullmatch(_NUMBER, text) else None
        return value if value is not None and low <= value <= high and not (above and value == low) else None

    more = say("a number above {low}, at most {high}", low=_short(low), high=_short(high))
    wanted = more if above else say("a number from {low} to {high}", low=_short(low), high=_short(high))
    least = "exclusiveMinimum" if above else "minimum"
    plain = {"type": "number", least: low, "maximum": high}
    return scalar(parse, wanted, {"anyOf": [plain, {"type": "string", "pattern": f"^{_NUMBER}$"}]})


def _short(value: float) -> str:
    return f"{value:g}"


def points_in(text: str) -> Fraction | None:
    """Return the points that a text says, from 0; None if it says none."""
    return Fraction(text) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) else None


def exact_points_in(text: str) -> Fraction | None:
    """Return the points that a text says, from 0, as a number or as a fraction such as 35/2; None if it says none."""
    over, stroke, under = text.partition("/")
    if not stroke:
        return points_in(text)
    if not re.fullmatch(r"[0-9]{1,6}/[0-9]{1,6}", text) or not int(under):
        return None
    return Fraction(int(over), int(under))


def _points_hint(text: str, log: Log) -> Message | None:
    if not re.fullmatch(r"0+(\.0*)?", text):
        return None
    return say("What takes no points off is left out.")


POINTS = scalar(
    lambda text: points_in(text) or None,
    say("points above 0 and below 1000000, like 15 or 2.5"),
    {"type": "number", "exclusiveMinimum": 0, "maximum": 999999.999999},
    _points_hint,
)

ANY_POINTS = scalar(
    points_in,
    say("points from 0 to below 1000000, like 15 or 2.5"),
    {"type": "number", "minimum": 0, "maximum": 999999.999999},
)
"""Points of what is graded; 0 for what only informs."""

_SHARE = r"[0-9]{1,3}(\.[0-9]{1,6})? ?%|[0-9]{1,4}/[0-9]{1,4}"


def _share(text: str) -> Fraction | None:
    if not re.fullmatch(_SHARE, text):
        return None
    if text.endswith("%"):
        value = Fraction(text[:-1].strip()) / 100
    else:
        over, _, under = text.partition("/")
        value = Fraction(int(over), int(under)) if int(under) else Fraction(0)
    return value if 0 < value <= 1 else None


def _share_hint(text: str, log: Log) -> Message | None:
    if not re.fullmatch(r"[0-9]{1,2}|0?\.[0-9]{1,6}", text) or not float(text):
        return None
    percent = float(text) * (1 if "." not in text else 100)
    return did_you_mean(f"{percent:g}%")


SHARE = scalar(
    _share,
    say("a share above 0% and up to 100%, like `20%` or `1/3`"),
    {"type": "string", "pattern": f"^({_SHARE})$"},
    _share_hint,
)

_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_SIZE = r"([0-9]{1,13}(?:\.[0-9]{1,6})?) ?(B|KB|MB|GB|KiB|MiB|GiB)"


def size(low: int, high: int) -> Type[int]:
    """Return the type of sizes in bytes, from `low` to `high` bytes."""

    def parse(text: str) -> int | None:
        match = re.fullmatch(_SIZE, text if not text.isdigit() else f"{text} B")
        value = int(Fraction(match[1]) * _UNITS[match[2]]) if match else -1
        return value if low <= value <= high else None

    wanted = say("a size from {low} to {high}, like `64 MiB`", low=_bytes(low), high=_bytes(high))
    plain = {"type": "integer", "minimum": low, "maximum": high}
    return scalar(parse, wanted, {"anyOf": [plain, {"type": "string", "pattern": f"^{_SIZE}$"}]}, _size_hint)


def _size_hint(text: str, log: Log) -> Message | None:
    match = re.fullmatch(r"([0-9.]{1,20}) ?([A-Za-z]{1,3})", text)
    units = {unit.casefold(): unit for unit in _UNITS}
    unit = units.get(match[2].casefold()) if match else None
    return did_you_mean(f"{match[1]} {unit}" if match and unit and unit != match[2] else None)


def _bytes(value: int) -> str:
    unit = next(unit for unit in ("GiB", "MiB", "KiB", "B") if value >= _UNITS[unit] or unit == "B")
    return f"{value // _UNITS[unit]} {unit}"
