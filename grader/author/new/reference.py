"""The reference's text: its statements with each solution between markers, one after another."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.author.kit.stubs import regions_of
from grader.author.new.markers import MARKERS
from grader.language import Language


def bounded(text: str, language: Language) -> str:
    """Return a function's or a class's text with markers around its body, each method's, if it has none yet.

    A last `return` of plain names stays outside.
    """
    if regions_of(text, ""):
        return text
    lines = text.split("\n")
    begin, end = MARKERS[language]
    for body in reversed([*_bodies(ast.parse(text).body[0])]):
        indent = " " * body[0].col_offset
        lines.insert(body[-1].end_lineno or len(lines), indent + end)
        lines.insert(body[0].lineno - 1, indent + begin)
    return "\n".join(lines)


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield what is to be written in a function, or in each method of a class; nothing that stands beside its `def`."""
    if isinstance(node, ast.ClassDef):
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef):
                yield from _bodies(inner)
    elif isinstance(node, ast.FunctionDef):
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        if body and isinstance(body[-1], ast.Return) and _plain(body[-1].value) and len(body) > 1:
            body = body[:-1]
        if body and body[0].lineno != node.lineno:
            yield body


def _plain(value: ast.expr | None) -> bool:
    inner = value.elts if isinstance(value, ast.Tuple) else [value]
    return all(isinstance(one, ast.Name) for one in inner)


def module_text(title: str, nodes: Sequence[ast.stmt], texts: Sequence[str]) -> str:
    """Return a module: its title, its imports, and its definitions two lines apart."""
    imports: list[str] = []
    rest: list[str] = []
    for node, text in zip(nodes, texts, strict=True):
        (imports if isinstance(node, ast.Import | ast.ImportFrom) else rest).append(text)
    head = [f'"""{title}"""', *(["\n".join(dict.fromkeys(imports))] if imports else [])]
    return "\n\n".join(head) + "".join(f"\n\n\n{text}" for text in rest) + "\n"
