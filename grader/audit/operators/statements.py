"""Slips in whole statements: overwritten for accumulated, forgotten, done in place, another exception."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.audit.operators.arithmetic import SIGNS
from grader.audit.operators.operator import Operator, operator
from grader.audit.units import Function, Unit
from grader.audit.writing import Edit
from grader.language import say


@operator
class Overwritten(Operator):
    """`=` for `+=`: only the last one counts."""

    name = "overwritten"
    says = say("overwritten, not accumulated")
    examples = (("x[n] += a", ("x[n] = a",)), ("a *= b", ("a = b",)), ("a = b", ()))

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the plain assignment."""
        if isinstance(node, ast.AugAssign):
            yield Edit(*unit.written.between(node.target, node.value, f"{SIGNS[type(node.op)]}="), "=")


@operator
class InPlace(Operator):
    """A parameter changed in place, and with it the caller's array."""

    name = "in-place"
    says = say("the caller's value changed in place")
    examples = (("a = a + b\nreturn a", ("a += b\nreturn a",)), ("s = a + b", ()), ("a = b - a", ()))

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the augmented assignment."""
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=ast.Name(id=left), right=right, op=op)):
                if name == left and name in unit.parameters(node):
                    yield Edit(*unit.written.part(node), f"{name} {SIGNS[type(op)]}= {unit.written.words(right)}")


@operator
class SpoiledArgument(Operator):
    """An argument overwritten once it is no longer needed: the caller still needs it."""

    name = "spoiled-argument"
    says = say("an argument overwritten")
    examples = (
        ("return f(a)", tuple(f"{name}[...] = 0\nreturn f(a)" for name in "abnx")),
        ("if a:\n    return b", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield zeros written into each parameter before the last return (what is no array only raises then)."""
        function = unit.written.parent(node)
        if isinstance(node, ast.Return) and isinstance(function, Function) and function.body[-1] is node:
            begin, _ = unit.written.part(node)
            line = unit.written.lines(node.lineno, node.lineno)[0]
            indent = unit.written.text[line:begin]
            if not indent.strip():
                yield from (Edit(begin, begin, f"{name}[...] = 0\n{indent}") for name in unit.parameters(node))


@operator
class DroppedStatement(Operator):
    """A statement forgotten, unless a name would be missing: that only raises."""

    name = "dropped-statement"
    says = say("a statement left out")
    examples = (
        ("a += b", ("pass",)),
        ("x[n] = a", ("pass",)),
        ("x.sort()", ("pass",)),
        ("a = b", ("pass",)),
        ("s = b", ()),
        ("raise ValueError(a)", ("pass",)),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield nothing in the statement's place."""
        if isinstance(node, ast.AugAssign | ast.Expr | ast.Raise | ast.Delete | ast.Assert | ast.Break):
            silent = isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call)
        elif isinstance(node, ast.Assign):
            silent = any(not _is_bound(target, node, unit) for target in node.targets)
        else:
            return
        if not silent:
            yield Edit(*unit.written.part(node), "pass")


@operator
class OtherException(Operator):
    """Another exception raised, or none caught."""

    name = "other-exception"
    says = say("another exception")
    examples = (
        ('raise ValueError("why")', ('raise Exception("why")',)),
        ("raise KeyError", ("raise Exception",)),
        ("try:\n    a = b[0]\nexcept IndexError:\n    a = 1", ("try:\n    a = b[0]\nexcept ():\n    a = 1",)),
        ("raise", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the most general exception for one that is raised, none for one that is caught."""
        if isinstance(node, ast.Raise) and node.exc is not None:
            kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            yield Edit(*unit.written.part(kind), "Exception")
        elif isinstance(node, ast.ExceptHandler) and node.type is not None and node.name is None:
            yield Edit(*unit.written.part(node.type), "()")


def _is_bound(target: ast.expr, statement: ast.stmt, unit: Unit) -> bool:
    """Return whether assigning to `target` may be left out without a name going missing."""
    if not isinstance(target, ast.Name):
        return isinstance(target, ast.Subscript | ast.Attribute)
    if target.id in unit.parameters(statement):
        return True
    function = unit.function(statement)
    begin = unit.written.part(statement)[0]
    return any(
        isinstance(each, ast.Name) and each.id == target.id and isinstance(each.ctx, ast.Store)
        for each in ast.walk(function or unit.node)
        if isinstance(each, ast.Name) and unit.written.part(each)[0] < begin
    )
