"""Texts with expressions in braces: `{n} {X}` becomes what a file holds or what is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from grader.cases.evaluation import Evaluator, bounded, is_array, kind
from grader.cases.expression import Failure, expression_fault
from grader.cases.scrutiny import Vocabulary, scrutinize
from grader.errors import Fault, RubricError
from grader.language import say
from grader.model import Expression, TextTemplate

_SPEC = re.compile(r"[-+ ]?0?\d{0,3},?(\.\d{1,3})?[bdeEfFgGoxX%s]?")


class Blank(Struct, frozen=True, kw_only=True):
    """An expression in braces, and how its value is written (`.2f`)."""

    text: str
    spec: str = ""


def pieces(text: str) -> list[str | Blank]:
    """Return the parts of a text in order; `{{` and `}}` stand for a brace. Raises Failure for a brace alone."""
    found: list[str | Blank] = []
    at, plain = 0, ""
    while at < len(text):
        char = text[at]
        if text[at : at + 2] in ("{{", "}}"):
            plain, at = plain + char, at + 2
        elif char == "{":
            end, colon = _closed(text, at)
            spec = text[colon + 1 : end] if colon else ""
            found += [plain, Blank(text=text[at + 1 : colon or end].strip(), spec=spec)]
            plain, at = "", end + 1
        elif char == "}":
            raise Failure(say("A `}}` that belongs to the text is written twice: `}}}}`."), word="SyntaxError")
        else:
            plain, at = plain + char, at + 1
    return [*found, plain]


def _closed(text: str, start: int) -> tuple[int, int]:
    """Return where the brace at `start` is closed, and where the colon before a format stands (0: there is none)."""
    depth, quote, colon = 0, "", 0
    for at in range(start + 1, len(text)):
        char = text[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char == "}" and not depth:
            return at, colon
        elif char in ")]}":
            depth -= 1
        elif char == ":" and not depth and not colon:
            colon = at
    hint = say("A `{{` that belongs to the text is written twice: `{{{{`.")
    raise Failure(say("A `{{` is not closed."), hint, word="SyntaxError")


def examine(text: TextTemplate, scope: Vocabulary) -> Iterator[Fault]:
    """Yield what is wrong with the expressions of a text."""
    try:
        parts = pieces(text.text)
    except Failure as failure:
        yield expression_fault(Expression(text=text.text, at=text.at), failure)
        return
    for part in parts:
        if isinstance(part, Blank):
            yield from scrutinize(Expression(text=part.text, at=text.at), scope)


def filled(text: TextTemplate, evaluator: Evaluator) -> str:
    """Return a text with the values of its expressions in place of them. Raises RubricError where one has none.

    A text is written as it is, a number as Python prints it; the items of a list or of an array's row stand beside one
    another with a space between them, rows stand below one another.
    """
    try:
        return "".join([each if isinstance(each, str) else _written(each, evaluator) for each in pieces(text.text)])
    except Failure as failure:
        raise RubricError([expression_fault(Expression(text=text.text, at=text.at), failure)]) from None


def _written(hole: Blank, evaluator: Evaluator) -> str:
    value = evaluator.evaluate(hole.text)
    if not _SPEC.fullmatch(hole.spec):
        raise Failure(say("`{spec}` is no format for a number or text.", spec=hole.spec), word="ValueError")
    try:
        return _in_rows(value.tolist() if is_array(value) else value, hole.spec)
    except (TypeError, ValueError):
        message = say("{kind} cannot be written as `{spec}`.", kind=kind(value), spec=hole.spec)
        raise Failure(message, word="ValueError") from None


def _in_rows(value: Any, spec: str) -> str:
    if not isinstance(value, list | tuple):
        return format(value, spec) if spec else str(value)
    bounded(len(value))
    apart = "\n" if any(isinstance(item, list | tuple) for item in value) else " "
    return apart.join([_in_rows(item, spec) for item in value])
