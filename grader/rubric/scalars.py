"""What a plain value may be: each type reads text by what is wanted, never by what YAML 1.1 would guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar, get_args

from msgspec import Struct

from grader.errors import Span
from grader.language import Language, Message, say
from grader.rubric.log import Log, did_you_mean
from grader.rubric.nodes import Node, Scalar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
W = TypeVar("W", bound=str)


class Type(Struct, Generic[T_co], frozen=True, kw_only=True):
    """How one kind of value is read and how an editor is told of it.

    `read` returns None after a fault. `schema` is JSON Schema in which a `Type` may stand for a schema; a type with a
    `name` stands once among the schema's definitions.
    """

    read: Callable[[Node, Log], T_co | None]
    schema: Mapping[str, object]
    name: str = ""


class Word(Struct, frozen=True, kw_only=True):
    """A name somewhere in the rubric that another place must know."""

    text: str
    at: Span


def scalar(
    parse: Callable[[str], T | None],
    wanted: Message,
    schema: Mapping[str, object],
    hint: Callable[[str, Log], Message | None] = lambda text, log: None,
) -> Type[T]:
    """Return the type of values whose text `parse` turns into something else than None."""

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
"""Text is text even where an editor takes it for a number or a truth value."""

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
"""For editors, whose `\\w` is ASCII's."""

IDENTIFIER = scalar(name_in, say("a name as Python allows"), {"type": "string", "pattern": NAME_PATTERN})
LANGUAGE: Type[Language] = choice(Language)


def read_word(node: Node, log: Log) -> Word | None:
    """Read a name and keep its place."""
    text = IDENTIFIER.read(node, log)
    return None if text is None else Word(text=text, at=node.at)


WORD = Type(read=read_word, schema=IDENTIFIER.schema)
