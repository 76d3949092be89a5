"""The types of `draw` and of expressions: lines of names with the values or expressions that they are drawn from."""

from __future__ import annotations

import re

from grader.language import Message, say
from grader.model import Constant, DrawLine, Expression, Items, Pairs, Template, TextTemplate
from grader.reading.nodes import Log, Mapping, Node, Scalar, Sequence, quoted
from grader.reading.scalars import TRUTHS, Type, name_in
from grader.reading.tables import unique

LONGEST_EXPRESSION = 1000
MOST_LINES = 100

_INTEGER = re.compile(r"[-+]?[0-9]{1,40}")
_DECIMAL = re.compile(r"[-+]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})([eE][-+]?[0-9]{1,4})?")
_SPECIAL = {".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}


def read_expression(node: Node, log: Log) -> Expression | None:
    """Read an expression; only its length and its brackets are checked here, the rest when it is drawn."""
    wanted = say("an expression")
    if not isinstance(node, Scalar) or not node.text.strip():
        log.expected(wanted, node)
        return None
    if len(node.text) > LONGEST_EXPRESSION:
        log.add(node.at, say("An expression has at most {most} characters.", most=LONGEST_EXPRESSION))
        return None
    if node.flow and not node.style and node.text.count("(") != node.text.count(")"):
        message = say("The expression breaks off here: `{text}`.", text=quoted(node.text))
        log.add(node.at, message, say("Inside {{…}} and […] a comma ends an entry: put the expression in quotes."))
        return None
    return Expression(text=node.text, at=node.inner)


_PLAIN = {"type": ["string", "number", "boolean"]}
EXPRESSION = Type(read=read_expression, schema=_PLAIN, name="expression")


def read_template(node: Node, log: Log) -> Template | None:
    """Read one drawn value: plain numbers, truth values and null are constants, all other text is an expression."""
    if isinstance(node, Scalar):
        return _constant(node) or read_expression(node, log)
    if isinstance(node, Sequence):
        items = []
        for child in node.items:
            item = read_template(child, log)
            if item is None:
                return None
            items.append(item)
        return Items(items=tuple(items), at=node.at)
    pairs = []
    for key, child in unique(node, log):
        value = read_template(child, log)
        if value is None:
            return None
        pairs.append((key.text, value))
    return Pairs(pairs=tuple(pairs), at=node.at)


def _constant(node: Scalar) -> Constant | None:
    if node.style:
        return None
    text, at = node.text, node.at
    if node.is_null:
        return Constant(value=None, at=at)
    if text in TRUTHS:
        return Constant(value=TRUTHS[text], at=at)
    if _INTEGER.fullmatch(text):
        return Constant(value=int(text), at=at)
    if _DECIMAL.fullmatch(text):
        return Constant(value=float(text), at=at)
    return Constant(value=_SPECIAL[text.lower()], at=at) if text.lower() in _SPECIAL else None


def read_text(node: Node, log: Log) -> TextTemplate | None:
    """Read a text with expressions in braces; a list is its lines, each of which ends with a line break."""
    if isinstance(node, Sequence):
        lines = [read_text(item, log) for item in node.items]
        if any(line is None for line in lines):
            return None
        return TextTemplate(text="".join(f"{line.text}\n" for line in lines if line is not None), at=node.at)
    if not isinstance(node, Scalar) or node.is_null:
        log.expected(say("a text, or a list of lines"), node)
        return None
    return TextTemplate(text=node.text, at=node.inner)


LINES = Type(
    read=read_text,
    schema={"anyOf": [_PLAIN, {"type": "array", "items": _PLAIN}]},
    name="lines",
)
"""A text, or its lines."""


def _files(node: Node, log: Log) -> tuple[tuple[str, TextTemplate], ...] | None:
    if not isinstance(node, Mapping) or not node.pairs:
        log.expected(say("a mapping from file names to what they hold"), node)
        return None
    found = [(key, read_text(value, log)) for key, value in unique(node, log)]
    for key, _ in found:
        if not is_file_name(key.text):
            log.add(key.at, say("`{name}` is no name of a file in the working folder.", name=quoted(key.text)))
            return None
    return tuple((key.text, text) for key, text in found if text is not None)


def is_file_name(name: str) -> bool:
    """Return whether a name is that of a file in a folder or below it, and nothing that leads out."""
    parts = name.split("/")
    return name.isprintable() and "\\" not in name and len(name) <= 200 and not {"", ".", ".."} & {*parts}


FILES = Type(read=_files, schema={"type": "object", "additionalProperties": LINES, "minProperties": 1}, name="files")

TEMPLATE = Type(
    read=read_template,
    schema={
        "anyOf": [
            {"type": ["string", "number", "boolean", "null"]},
            {"type": "array", "items": {"$ref": "#/$defs/value"}},
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}},
        ]
    },
    name="value",
)


def _draw(node: Node, log: Log) -> tuple[DrawLine, ...] | None:
    if not isinstance(node, Mapping) or not node.pairs:
        log.expected(say("a mapping from names to what they are drawn from"), node, _example())
        return None
    if len(node.pairs) > MOST_LINES:
        log.add(node.at, say("A draw has at most {most} lines.", most=MOST_LINES))
        return None
    lines: list[DrawLine] = []
    drawn: set[str] = set()
    for key, child in unique(node, log):
        value = read_template(child, log)
        if value is None and key.flow:
            return None  # what follows a broken expression inside {…} is a part of it
        names = _names(key, drawn, log)
        if value is not None and names is not None:
            lines.append(DrawLine(names=names, value=value, at=key.inner))
    return tuple(lines) if len(lines) == len(node.pairs) else None


def _names(key: Scalar, drawn: set[str], log: Log) -> tuple[str, ...] | None:
    parts = [part.strip() for part in key.text.split(",")]
    names = tuple(name for name in map(name_in, parts) if name is not None)
    if len(names) < len(parts):
        hint = say("Write a name as Python allows, or several to take a result apart: `Z, cache: f(x)`.")
        log.add(key.at, say("`{key}` cannot be the name of a drawn value.", key=quoted(key.text)), hint)
        return None
    for name in names:
        if name in drawn:
            log.add(key.at, say("`{name}` is drawn twice.", name=quoted(name)))
            return None
        drawn.add(name)
    return names


def _example() -> Message:
    return say('For example: draw: {{n: 1..4, x: "normal(n)"}}')


DRAW = Type(
    read=_draw,
    schema={"type": "object", "additionalProperties": TEMPLATE, "minProperties": 1, "maxProperties": MOST_LINES},
    name="draw",
)
