"""Keys and their values: one declaration serves the reader, the messages and the schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

from msgspec import Struct

from grader.errors import Span
from grader.language import Bilingual, Message, inert, say
from grader.reading import nodes
from grader.reading.nodes import Log, Node, Scalar, did_you_mean, quoted
from grader.reading.scalars import NAME_PATTERN, TEXT, Type, Word, read_word

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Key(Struct, Generic[T_co], frozen=True, kw_only=True):
    """One key of a table: its name, the type of its value, and a sentence about it in both languages.

    A `required` key need not be written where the key `unless` is.
    """

    name: str
    type: Type[T_co]
    zh: str
    en: str
    required: bool = False
    unless: str = ""


class Entries:
    """What was read of one table. A key that is absent and one that was faulty both give None."""

    def __init__(self, at: Span, values: Mapping[str, Any], places: Mapping[str, Span]) -> None:
        self.at = at
        self._values = values
        self._places = places

    @overload
    def get(self, key: Key[T]) -> T | None: ...
    @overload
    def get(self, key: Key[T], default: T) -> T: ...
    def get(self, key: Key[T], default: T | None = None) -> T | None:
        """Return the value of `key`, else `default`."""
        value: T | None = self._values.get(key.name)
        return default if value is None else value

    def has(self, key: Key[Any]) -> bool:
        """Return whether the key is written, faulty or not."""
        return key.name in self._places

    def place(self, key: Key[Any]) -> Span:
        """Return where the value of `key` stands, or the table if the key is not written."""
        return self._places.get(key.name, self.at)

    def given(self) -> Mapping[str, Any]:
        """Return all that was read, by the keys' names."""
        return self._values


def unique(node: nodes.Mapping, log: Log) -> Iterator[tuple[Scalar, Node]]:
    """Yield the pairs of a mapping; a key that stands twice is a fault, and its first value counts."""
    seen: dict[str, Scalar] = {}
    for key, value in node.pairs:
        first = seen.setdefault(key.text, key)
        if first is key:
            yield key, value
        else:
            hint = say("The first one is in line {line}.", line=first.at.line)
            log.add(key.at, say("`{key}` stands here twice.", key=quoted(key.text)), hint)


def table(*keys: Key[Any], name: str = "") -> Type[Entries]:
    """Return the type of mappings that have these keys and no others."""
    by_name = {key.name: key for key in keys}

    def read(node: Node, log: Log) -> Entries | None:
        if not isinstance(node, nodes.Mapping):
            log.expected(say("a mapping"), node, say("Possible here: {keys}.", keys=_listed(by_name)))
            return None
        values: dict[str, Any] = {}
        places: dict[str, Span] = {}
        meant: set[str | None] = set()
        for word, value in unique(node, log):
            key = by_name.get(word.text)
            if key is None:
                free = [name for name in by_name if name not in places]
                meant.add(unknown(word, free, log, slipped="problems" in by_name and _is_problem(value)))
                continue
            places[key.name] = value.at
            result = key.type.read(value, log)
            if result is not None:
                values[key.name] = result
        for key in keys:
            if key.required and key.unless not in places and key.name not in places and key.name not in meant:
                log.add(node.at, say("`{key}` is missing here.", key=key.name), _about(key))
        return Entries(node.at, values, places)

    schema: dict[str, object] = {
        "type": "object",
        "properties": by_name,
        "required": [key.name for key in keys if key.required and not key.unless],
        "additionalProperties": False,
    }
    if either := [{"anyOf": [{"required": [key.name]}, {"required": [key.unless]}]} for key in keys if key.unless]:
        schema["allOf"] = either
    return Type(read=read, schema=schema, name=name)


BELOW = say("Functions stand below `problems`, all of them in the same column.")


def _is_problem(value: Node) -> bool:
    return isinstance(value, nodes.Mapping) and any(key.text in ("checks", "points") for key, _ in value.pairs)


def unknown(word: Scalar, names: Sequence[str], log: Log, *, slipped: bool = False) -> str | None:
    """Record that a key is none of `names`; return the one that is probably meant.

    `slipped` says that it looks like a function that lost its indentation.
    """
    if slipped:
        log.add(word.at, say("`{name}` begins too far left.", name=quoted(word.text)), BELOW)
        return None
    near = log.nearest(word.text, names)
    hint = did_you_mean(near) or (say("Possible here: {keys}.", keys=_listed(names)) if names else None)
    log.add(word.at, say("Unknown key `{key}`.", key=quoted(word.text)), hint)
    return near


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _about(key: Key[Any]) -> Message:
    return say("`{key}`: {text}", key=key.name, text=Bilingual(key.zh, key.en))


def list_of(item: Type[T], wanted: Message, *, single: bool = False) -> Type[tuple[T, ...]]:
    """Return the type of lists of at least one `item`; with `single` one item needs no brackets."""

    def read(node: Node, log: Log) -> tuple[T, ...] | None:
        if isinstance(node, nodes.Sequence) and node.items:
            results = [item.read(child, log) for child in node.items]
        elif single and not isinstance(node, nodes.Sequence):
            results = [item.read(node, log)]
        else:
            log.expected(wanted, node)
            return None
        return tuple(result for result in results if result is not None)

    array = {"type": "array", "items": item, "minItems": 1}
    return Type(read=read, schema={"anyOf": [item, array]} if single else array)


def mapping_of(value: Type[T], wanted: Message) -> Type[tuple[tuple[Word, T], ...]]:
    """Return the type of mappings from a name to `value`, in the order written, at least one."""

    def read(node: Node, log: Log) -> tuple[tuple[Word, T], ...] | None:
        if not isinstance(node, nodes.Mapping) or not node.pairs:
            log.expected(wanted, node)
            return None
        results = [(read_word(key, log), value.read(child, log)) for key, child in unique(node, log)]
        return tuple((key, result) for key, result in results if key is not None and result is not None)

    names = {"pattern": NAME_PATTERN}
    schema = {"type": "object", "propertyNames": names, "additionalProperties": value, "minProperties": 1}
    return Type(read=read, schema=schema)


ZH = Key(name="zh", type=TEXT, zh="中文", en="Chinese")
EN = Key(name="en", type=TEXT, zh="英文", en="English")
_BOTH = table(ZH, EN)

LONGEST_NAME = 80


def _bilingual(node: Node, log: Log) -> Bilingual | None:
    if not isinstance(node, nodes.Mapping):
        text = TEXT.read(node, log)
        return None if text is None else Bilingual(text, text)
    entries = _BOTH.read(node, log)
    if entries is None:
        return None
    zh, en = entries.get(ZH), entries.get(EN)
    if zh is None and en is None:
        if not node.pairs:
            log.expected(say("text, or a mapping with `zh` and `en`"), node)
        return None
    return Bilingual(zh or en or "", en or zh or "")


BILINGUAL = Type(read=_bilingual, schema={"anyOf": [TEXT, _BOTH]}, name="text")


def _name(node: Node, log: Log) -> Bilingual | None:
    name = _bilingual(node, log)
    if name is None:
        return None
    for text in (name.zh, name.en):
        if len(text) > LONGEST_NAME or inert(text, LONGEST_NAME) != text:
            log.add(node.at, say("A check's name is one line of at most {most} characters.", most=LONGEST_NAME))
            return None
    return name


NAME = Type(read=_name, schema=BILINGUAL.schema, name="name")
