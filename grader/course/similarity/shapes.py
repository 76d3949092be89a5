"""What is compared of a function's code: its text, its syntax tree, and its tree whatever its author's names are.

A function counts with the functions and classes of its author's own that it reaches, unless they are graded by
themselves. Comments, layout, docstrings and annotations are not in a tree.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from typing import TypeAlias

from msgspec import Struct

MOST_TOKENS = 20_000
"""Parts of one function's tree that are looked at; a longer one is data."""
_OPEN, _CLOSE, _NEW = "(", ")", "new"
_SKIPPED = {"ctx", "type_comment", "annotation", "returns", "type_params", "kind"}


class CodeShape(Struct, frozen=True, kw_only=True):
    """One function's code: digests of its `text`, its `tree`, and its tree up to names (`form`).

    `tokens` are the parts of that tree, and `code` is the text to show.

    A name of the author's own is written as how many other names came up since it was used last, so that renaming does
    not change the tokens, and one name more changes few.
    """

    text: str
    tree: str
    form: str
    tokens: tuple[str, ...]
    code: str = ""


Shapes: TypeAlias = Mapping[str, CodeShape]
"""Somebody's functions by name."""


def shapes_of(text: str, graded: Collection[str], programs: Collection[str] = ()) -> Shapes:
    """Return the shapes of the functions `graded` that stand in a text; one of `programs` is the whole of it.

    Raises SyntaxError, ValueError, RecursionError or MemoryError for a text that cannot be parsed.
    """
    tree = ast.parse(text)
    homes: dict[str, ast.stmt] = {
        node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    known = _known(tree, {*graded})
    found = {}
    for name in graded:
        if name in homes:
            found[name] = _shape(text, list(_reached(name, homes, {*graded})), known)
    for name in programs:
        found[name] = _shape(text, tree.body, known)
    return found


def _known(tree: ast.Module, graded: set[str]) -> set[str]:
    """Return the names that are not the author's own: graded functions, what is imported, Python's own."""
    imported = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return graded | imported | {*dir(builtins)}


def _reached(name: str, homes: Mapping[str, ast.stmt], graded: set[str]) -> Iterator[ast.stmt]:
    """Yield a function and the author's own that it reaches by name, in the order in which they are met."""
    seen, waiting = {name}, [name]
    while waiting:
        node = homes[waiting.pop(0)]
        yield node
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and each.id in homes and each.id not in seen | graded:
                seen.add(each.id)
                waiting.append(each.id)


def _shape(text: str, nodes: list[ast.stmt], known: set[str]) -> CodeShape:
    lines = text.split("\n")
    code = "\n".join("\n".join(lines[_first(node) - 1 : node.end_lineno]) for node in nodes)
    bare = [_without_docstrings(node) for node in nodes]
    tokens = tuple(_Walk(known - _bound(bare)).tokens(bare))[:MOST_TOKENS]
    written = "\n".join(line.rstrip() for line in code.split("\n") if line.strip())
    return CodeShape(
        text=_digest(written),
        tree=_digest("\n".join(ast.unparse(node) for node in bare)),
        form=_digest("\n".join(tokens)),
        tokens=tokens,
        code=code,
    )


def _bound(nodes: list[ast.stmt]) -> set[str]:
    """Return the names that the code binds itself, functions below the first one too: they hide Python's own."""
    found = set()
    for node in nodes:
        for each in ast.walk(node):
            match each:
                case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                    found.add(name)
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if each is not nodes[0]:
                    found.add(name)
    return found


def _first(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min(node.lineno, *(int(each.lineno) for each in decorators), node.lineno)


def _without_docstrings(node: ast.stmt) -> ast.stmt:
    """Return a copy of a statement without texts that stand alone, and without annotations."""
    bare: ast.stmt = _Bare().visit(ast.parse(ast.unparse(node)).body[0]) or ast.Pass()
    return ast.fix_missing_locations(bare)


class _Bare(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        self.generic_visit(node)
        return None if isinstance(node.value, ast.Constant) else node

    def visit_Pass(self, node: ast.Pass) -> None:
        return None

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        self.generic_visit(node)
        return None if node.value is None else ast.Assign(targets=[node.target], value=node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, ast.stmt) and getattr(node, "body", None) == []:
            node.body = [ast.Pass()]  # type: ignore[attr-defined]
        return node


class _Walk:
    """Writes trees as tokens; `known` names stay, and the author's own are told apart by when they came up last."""

    def __init__(self, known: set[str]) -> None:
        self._known = known
        self._recent: list[str] = []

    def tokens(self, nodes: list[ast.stmt]) -> Iterator[str]:
        """Yield the tokens of statements."""
        for node in nodes:
            yield from self._node(node)

    def _node(self, node: ast.AST) -> Iterator[str]:
        yield type(node).__name__
        yield _OPEN
        for field, value in ast.iter_fields(node):
            if field in _SKIPPED:
                continue
            if isinstance(value, list):
                for item in value:
                    yield from self._part(node, field, item)
            elif value is not None:
                yield from self._part(node, field, value)
        yield _CLOSE

    def _part(self, node: ast.AST, field: str, value: object) -> Iterator[str]:
        if isinstance(value, ast.AST):
            yield from self._node(value)
        elif isinstance(value, str) and not isinstance(node, ast.Constant | ast.Attribute | ast.alias | ast.keyword):
            yield self._name(value)
        else:
            yield f"{field}={value!r}"[:80]

    def _name(self, name: str) -> str:
        if name in self._known:
            return f"name={name}"
        if name not in self._recent:
            self._recent.insert(0, name)
            return _NEW
        at = self._recent.index(name)
        self._recent.insert(0, self._recent.pop(at))
        return f"back={at}"


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
