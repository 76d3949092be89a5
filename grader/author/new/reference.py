"""The reference's text: its statements with each solution between markers, one after another."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from grader.author.kit.stubs import regions_of
from grader.author.new.markers import MARKERS
from grader.language import Language
from grader.submission.stubs import BEGIN, END


def bounded(text: str, language: Language) -> str:
    """Return a function's or a class's text with markers around its body, each method's, if it has none yet.

    A last `return` of plain names stays outside. Where whole methods stand between markers, students get their heads.
    """
    node, regions = ast.parse(text).body[0], regions_of(text, "")
    methods = [inner for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.FunctionDef)]
    inside = any(region.within(method) for region in regions for method in methods)
    if inside or (regions and not isinstance(node, ast.ClassDef)):
        return text
    lines = [line for line in text.split("\n") if not (BEGIN.match(line.strip()) or END.match(line.strip()))]
    begin, end = MARKERS[language]
    for body in reversed([*_bodies(ast.parse("\n".join(lines)).body[0])]):
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


class Statement(Struct, frozen=True, kw_only=True):
    """A statement of the reference, of which cell it is, and whether it is `written` by students outside functions."""

    node: ast.stmt
    text: str
    cell: int
    written: bool


def module_text(title: str, parts: Sequence[Statement], language: Language) -> str:
    """Return a module: its title, its imports, and its definitions two lines apart.

    Other statements of one cell stand together, what students write of them between markers.
    """
    imports = [part.text for part in parts if isinstance(part.node, ast.Import | ast.ImportFrom)]
    rest = [part for part in parts if not isinstance(part.node, ast.Import | ast.ImportFrom)]
    blocks = ["\n".join(_block(group, language)) for _, group in groupby(rest, _place)]
    head = [f'"""{title}"""', *(["\n".join(dict.fromkeys(imports))] if imports else [])]
    return "\n\n".join(head) + "".join(f"\n\n\n{text}" for text in blocks) + "\n"


def _place(part: Statement) -> tuple[int, int]:
    defines = isinstance(part.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    return part.cell, part.node.lineno if defines else 0


def _block(parts: Iterable[Statement], language: Language) -> Iterator[str]:
    begin, end = MARKERS[language]
    for written, group in groupby(parts, lambda part: part.written):
        texts = [part.text for part in group]
        yield from [begin, *texts, end] if written else texts
