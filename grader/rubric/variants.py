"""Texts of wrong variants: a function written out and renamed, or the reference's with words replaced."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from grader.model import Mistake


class Original(Struct, frozen=True, kw_only=True):
    """A top-level function of a source: its whole text, decorators included, and how many arguments go by position.

    `arguments` is None where any number does.
    """

    name: str
    text: str
    arguments: int | None


Function = ast.FunctionDef | ast.AsyncFunctionDef


def originals(text: str) -> dict[str, Original]:
    """Return the functions of a source by name. Raises SyntaxError or ValueError if it is not Python."""
    lines = lines_of(text)
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, Function):
            found[node.name] = Original(name=node.name, text=text_of(node, lines), arguments=arguments_of(node))
    return found


def lines_of(text: str) -> list[str]:
    """Return the lines as Python counts them: form feeds and Unicode's separators end none."""
    return re.split("\r\n|\r|\n", text)


def text_of(node: Function, lines: list[str], *, decorators: bool = True) -> str:
    """Return the lines of a top-level function."""
    first = min([node.lineno, *(one.lineno for one in node.decorator_list if decorators)])
    return "\n".join(lines[first - 1 : node.end_lineno])


def arguments_of(node: Function) -> int | None:
    """Return how many arguments go by position, None for any number."""
    return None if node.args.vararg else len(node.args.posonlyargs) + len(node.args.args)


def renamed(text: str, name: str, new: str) -> str:
    """Return `text` with the `def` of `name` made that of `new`; what calls `name` still does."""
    return re.sub(rf"^((?:async\s+)?def\s+){re.escape(name)}\b", rf"\g<1>{new}", text, count=1, flags=re.MULTILINE)


def broken(mistakes: Iterable[Mistake], taken: Mapping[str, Original]) -> list[Mistake]:
    """Return the mistakes whose text is not one function under its own name; all are parsed at once if none is."""
    several = list(mistakes)
    if _defines([mistake.symbol for mistake in several], "\n".join(mistake.text for mistake in several), taken):
        return []
    return [mistake for mistake in several if not _defines([mistake.symbol], mistake.text, taken)]


def _defines(symbols: list[str], text: str, taken: Mapping[str, Original]) -> bool:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    names = [node.name if isinstance(node, Function) else "" for node in body]
    return names == symbols and not taken.keys() & set(names)
