"""Writes rubrics as YAML text: for `grade init`, `grade release` and the advice of `grade audit`.

A rubric, a problem or a check is a list of lines: a key and its value, which is YAML on one line or lines of its own.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from grader.language import Bilingual
from grader.model import DrawLine, Expression, Items, Pairs, Template

Line: TypeAlias = "tuple[str, str | Sequence[Line]]"

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
# What an expression may consist of to be written without quotes; in `[…]` and `{…}` a comma would end it.
_PLAIN_EXPRESSION = re.compile(r"\w[\w ()*+/.\-=<>%@!&|~^,]*")
_OTHERWISE_READ = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def block(lines: Iterable[Line], indent: int = 0) -> Iterator[str]:
    """Yield lines of text, each `indent` spaces from the left; lines within a line stand two further in."""
    for key, value in lines:
        if isinstance(value, str):
            yield f"{' ' * indent}{key}: {value}"
        else:
            yield f"{' ' * indent}{key}:"
            yield from block(value, indent + 2)


def list_item(lines: Iterable[Line], indent: int) -> list[str]:
    """Return lines of text as one item of a list, its dash `indent` spaces from the left."""
    first, *rest = block(lines, indent + 2)
    return [f"{' ' * indent}- {first.lstrip()}", *rest]


def scalar(value: str) -> str:
    """Return a text as YAML: plain where that is safe, else in double quotes."""
    return value if _PLAIN.fullmatch(value) and value.lower() not in _OTHERWISE_READ else quoted(value)


def quoted(value: str) -> str:
    """Return a text in double quotes."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def bilingual(value: Bilingual) -> str:
    """Return a text in both languages, written once where they are the same."""
    return (
        scalar(value.zh)
        if value.zh == value.en
        else flow_mapping({"zh": scalar(value.zh), "en": scalar(value.en)}.items())
    )


def flow_list(values: Iterable[str]) -> str:
    """Return a list of values that are YAML already."""
    return f"[{', '.join(values)}]"


def flow_mapping(pairs: Iterable[tuple[str, str]]) -> str:
    """Return a mapping of keys and values that are YAML already."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"


def decimal(value: Fraction) -> str:
    """Return points as a decimal, exact or to the sixth place."""
    return f"{float(value):.6f}".rstrip("0").rstrip(".")


def exact_share(value: Fraction) -> str:
    """Return a share as a percentage, or as a fraction where a percentage would be rounded.

    A rubric's fractions have four digits at most; beyond them the percentage is rounded after all.
    """
    hundred = decimal(value * 100)
    if Fraction(hundred) == value * 100 or value.denominator > 9999:
        return f"{hundred}%"
    return f"{value.numerator}/{value.denominator}"


def draw_line(line: DrawLine) -> tuple[str, str]:
    """Return a line of a draw."""
    return ", ".join(line.names), _template(line.value)


def draw_value(text: str) -> str:
    """Return a Python expression as the value of a line of a draw; numbers and mappings by words are YAML's own."""
    match ast.parse(text, mode="eval").body:
        case ast.Constant(value=None | bool() as value):
            return _constant(value)
        case ast.Constant(value=int() | float()):
            return text
        case ast.Dict(keys=keys, values=values) if keys and all(_is_word(key) for key in keys):
            pairs = zip(keys, values, strict=True)
            return flow_mapping((ast.literal_eval(key), _draw_value_inside(value)) for key, value in pairs if key)
    return _expression(text)


def _draw_value_inside(value: ast.expr) -> str:
    text = ast.unparse(value)
    return draw_value(text) if isinstance(value, ast.Constant | ast.Dict | ast.Name) else quoted(text)


def _is_word(key: ast.expr | None) -> bool:
    value = key.value if isinstance(key, ast.Constant) else None
    return isinstance(value, str) and value.isidentifier() and value.lower() not in _OTHERWISE_READ


def _expression(text: str, *, inside: bool = False) -> str:
    """Return an expression, `inside` a list or mapping or alone."""
    plain = _PLAIN_EXPRESSION.fullmatch(text) and text.lower() not in _OTHERWISE_READ
    return text if plain and not (inside and "," in text) else quoted(text)


def _template(value: Template) -> str:
    if isinstance(value, Items):
        return flow_list(map(_template, value.items))
    if isinstance(value, Pairs):
        return flow_mapping((key, _template(each)) for key, each in value.pairs)
    return _expression(value.text, inside=True) if isinstance(value, Expression) else _constant(value.value)


def _constant(value: Any) -> str:
    return json.dumps(value) if value is None or isinstance(value, bool) else repr(value)
