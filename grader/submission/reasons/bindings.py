"""What a function binds each of its names to."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from msgspec import Struct

_MOST = 20
"""A name that is bound more often than this tells nothing more."""


class Bound(Struct, frozen=True, eq=False):
    """A name bound at a line to the value of an expression; `None` where that value is a part of something."""

    name: str
    line: int
    value: ast.expr | None


def bindings(home: ast.AST) -> Mapping[str, tuple[Bound, ...]]:
    """Return by name what a function or file binds itself, each in the order of the lines."""
    found = sorted((each for node in _own(home) for each in _bound(node)), key=lambda each: each.line)
    names: dict[str, tuple[Bound, ...]] = {}
    for each in found:
        if len(names.get(each.name, ())) < _MOST:
            names[each.name] = (*names.get(each.name, ()), each)
    return names


def _own(home: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, without those of functions inside it."""
    waiting = list(ast.iter_child_nodes(home))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


def _bound(node: ast.AST) -> Iterator[Bound]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _targets(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield from _targets(target, value)
        case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
            yield Bound(name, node.lineno, ast.BinOp(left=target, op=op, right=value))
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield Bound(name, node.lineno, value)
        case ast.For(target=target) | ast.AsyncFor(target=target):
            yield from _targets(target, None)
        case ast.arg(arg=name):
            yield Bound(name, node.lineno, None)
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield Bound(name, node.lineno, None)
        case ast.alias(name=name, asname=other):
            yield Bound(other or name.partition(".")[0], node.lineno, None)
        case ast.withitem(optional_vars=ast.expr() as target):
            yield from _targets(target, None)


def _targets(target: ast.expr, value: ast.expr | None) -> Iterator[Bound]:
    match target, value:
        case ast.Name(id=name), _:
            yield Bound(name, target.lineno, value)
        case ast.Starred(value=inner), _:
            yield from _targets(inner, None)
        case ((ast.Tuple(elts=names) | ast.List(elts=names)), (ast.Tuple(elts=values) | ast.List(elts=values))) if len(
            names
        ) == len(values):
            for one, its in zip(names, values, strict=True):
                yield from _targets(one, its)
        case ((ast.Tuple(elts=names) | ast.List(elts=names)), _):
            whole = value if isinstance(value, ast.Constant) else None
            for one in names:
                yield from _targets(one, whole)
