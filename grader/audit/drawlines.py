"""Lines of a draw as text: rewritten at one place, and written as YAML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from grader.model import Constant, DrawLine, Expression, Items, Pairs, Template

_NUMBER = re.compile(r"(?<![\w.\])])(\d+)(?![\w.(\[])")
_SPECIAL = re.compile(r"[,:#{}\[\]\"']|^[-?!&*|>%@`]")


def leaves(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield where the whole numbers of an expression begin and end, and what they are."""
    yield from ((found.start(), found.end(), int(found[1])) for found in _NUMBER.finditer(text))


def literals(line: DrawLine) -> list[int]:
    """Return the whole numbers that are written out in a line, those at the ends of ranges aside."""
    texts = [text for text in _texts(line.value) if ".." not in text]
    return [number for text in texts for _, _, number in leaves(text)]


def rewritten(line: DrawLine, rewrite: Callable[[str], list[str]]) -> list[DrawLine]:
    """Return the line as it is, then with one of its expressions or numbers as `rewrite` makes it."""
    return [line, *(replace(line, value=value) for value in _each(line.value, rewrite) if value != line.value)]


def substituted(line: DrawLine, number: int, name: str) -> DrawLine:
    """Return the line with `name` wherever it has the whole number `number`, the ends of ranges aside."""

    def swap(text: str) -> list[str]:
        if ".." in text:
            return []
        found = [each for each in leaves(text) if each[2] == number]
        for begin, end, _ in reversed(found):
            text = text[:begin] + name + text[end:]
        return [text]

    for _ in literals(line):
        line = rewritten(line, swap)[-1]
    return line


def yaml(line: DrawLine) -> str:
    """Return a line as it stands in a rubric."""
    return f"{', '.join(line.names)}: {_written(line.value)}"


def _each(template: Template, rewrite: Callable[[str], list[str]]) -> Iterator[Template]:
    if isinstance(template, Items):
        for index, item in enumerate(template.items):
            for new in _each(item, rewrite):
                yield replace(template, items=(*template.items[:index], new, *template.items[index + 1 :]))
    elif isinstance(template, Pairs):
        for index, (key, item) in enumerate(template.pairs):
            for new in _each(item, rewrite):
                yield replace(template, pairs=(*template.pairs[:index], (key, new), *template.pairs[index + 1 :]))
    else:
        text = _one(template)
        yield from (Expression(text=new, at=template.at) for new in (rewrite(text) if text else ()) if new != text)


def _texts(template: Template) -> list[str]:
    if isinstance(template, Items):
        return [text for item in template.items for text in _texts(item)]
    if isinstance(template, Pairs):
        return [text for _, item in template.pairs for text in _texts(item)]
    return [_one(template)]


def _one(template: Expression | Constant) -> str:
    """Return an expression's text, or a number's; "" for other constants."""
    if isinstance(template, Expression):
        return template.text
    return repr(template.value) if type(template.value) in (int, float) else ""


def _written(template: Template) -> str:
    if isinstance(template, Items):
        return f"[{', '.join(_written(item) for item in template.items)}]"
    if isinstance(template, Pairs):
        return "{" + ", ".join(f"{key}: {_written(item)}" for key, item in template.pairs) + "}"
    if isinstance(template, Expression):
        text = template.text
        if not _SPECIAL.search(text):
            return text
        return f'"{text}"' if '"' not in text and "\\" not in text else "'" + text.replace("'", "''") + "'"
    words = {True: "true", False: "false", None: "null"}
    value = template.value
    return words[value] if value is None or isinstance(value, bool) else repr(value)
