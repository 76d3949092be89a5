"""What plainly never runs in a text, or comes to nothing where it stands."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def idle_nodes(nodes: Collection[ast.AST]) -> set[ast.AST]:
    """Return what does nothing: names that are only bound or stand alone, and what no way leads to.

    That is what stands under `if False`, after `0 and`, after a `return`, in a loop over nothing, in a lambda that
    nobody holds.
    """
    return {node for each in nodes for part in _idle(each) for node in ast.walk(part)}


def _idle(node: ast.AST) -> Iterator[ast.AST]:
    for name in ("body", "orelse", "finalbody"):
        lines = getattr(node, name, None)
        if isinstance(lines, list):
            left = next((at for at, line in enumerate(lines) if isinstance(line, _LEAVING)), len(lines))
            yield from lines[left + 1 :]
    match node:
        case ast.Expr(value=ast.Lambda() as value):
            yield value
        case ast.Expr(value=value) | ast.NamedExpr(value=value) | ast.Assign(value=value):
            yield from _plain(value)
        case ast.AnnAssign(value=ast.expr() as value):
            yield from _plain(value)
        case ast.If(test=test, body=body, orelse=orelse):
            yield from {True: orelse, False: body, None: []}[_truth(test)]
        case ast.IfExp(test=test, body=chosen, orelse=other):
            yield from {True: [other], False: [chosen], None: []}[_truth(test)]
        case ast.While(test=test, body=body) if _truth(test) is False:
            yield from body
        case ast.For(iter=drawn, body=body) | ast.AsyncFor(iter=drawn, body=body) if _truth(drawn) is False:
            yield from body
        case ast.BoolOp(op=op, values=values):
            ends = isinstance(op, ast.Or)
            decided = next((at for at, value in enumerate(values) if _truth(value) is ends), len(values))
            yield from values[decided + 1 :]


def _plain(value: ast.expr) -> Iterator[ast.expr]:
    """Yield the names that an expression lists, and does nothing with."""
    match value:
        case ast.Name() | ast.Attribute():
            yield value
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts) | ast.Dict(values=parts):
            for each in parts:
                yield from _plain(each)


def _truth(test: ast.expr) -> bool | None:
    """Return whether a condition that is written out holds; `None` where it is not written out."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _truth(operand)
            return None if inner is None else not inner
        case ast.Tuple(elts=[]) | ast.List(elts=[]) | ast.Dict(keys=[]):
            return False
    return None
