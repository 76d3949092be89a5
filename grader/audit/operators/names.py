"""Names mixed up: height for width, the inner index for the outer one, one gradient for another."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.audit.operators.operator import Operator, operator
from grader.audit.units import Function, Unit
from grader.audit.writing import Edit
from grader.language import say


@operator
class MixedUpName(Operator):
    """A name taken for its neighbour: where both were unpacked, looped over, assigned or taken as parameters."""

    name = "mixed-up-name"
    says = say("a name taken for its neighbour")
    examples = (
        ("(h, w) = f()\nreturn h * 2", ("(h, w) = f()\nreturn w * 2",)),
        (
            "for i in f():\n    for j in f():\n        f(i, j)",
            ("for i in f():\n    for j in f():\n        f(j, j)", "for i in f():\n    for j in f():\n        f(i, i)"),
        ),
        ("s = 1\nt = 2\nreturn s + 5", ("s = 1\nt = 2\nreturn t + 5",)),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield each neighbour where the name is read."""
        if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
            return
        function, holder = unit.function(node), unit.written.parent(node)
        if function is None or (isinstance(holder, ast.Call) and holder.func is node):
            return
        found = [name for row in _rows(function) for name in _beside(row, node.id)]
        yield from (unit.written.instead(node, name) for name in dict.fromkeys(found))


def _rows(function: Function) -> Iterator[list[str]]:
    """Yield rows of names that stand side by side in a function; its parameters are the last."""
    for node in ast.walk(function):
        if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
            yield _names(node.elts)
        for block in (getattr(node, name, None) for name in ("body", "orelse")):
            if isinstance(block, list):
                yield from _assigned(block)
        if isinstance(node, ast.For):
            inner = [each for each in node.body if isinstance(each, ast.For)]
            yield from (_names([node.target, each.target]) for each in inner)
    yield [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def _assigned(block: list[ast.stmt]) -> Iterator[list[str]]:
    """Yield the names assigned one after the other in a block of statements."""
    row: list[str] = []
    for one in block:
        if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
            row.append(one.targets[0].id)
        else:
            yield row
            row = []
    yield row


def _names(nodes: list[ast.expr]) -> list[str]:
    return [node.id for node in nodes if isinstance(node, ast.Name)]


def _beside(row: list[str], name: str) -> Iterator[str]:
    for index, each in enumerate(row):
        if each == name:
            yield from (other for other in (row[index - 1] if index else "", *row[index + 1 : index + 2]) if other)
