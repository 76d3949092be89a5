"""Slips in statements, loops and bounds: off by one, only the first round, overwritten for accumulated."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.author.audit.operators.expressions import SIGNS
from grader.author.audit.sources import Edit, Function, Operator, Unit, operator
from grader.language import say


@operator
class ShiftedRange(Operator):
    """A range that begins or ends one too early or too late; written-out numbers are another operator's."""

    name = "shifted-range"
    says = say("a range off by one")
    examples = (
        ("return range(n)", ("return range(n - 1)", "return range(n + 1)", "return range(1, n)")),
        ("return range(a, n)", ("return range(a + 1, n)", "return range(a, n - 1)", "return range(a, n + 1)")),
        ("return range(3)", ("return range(1, 3)",)),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield each bound moved, and the first element left out."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"):
            return
        arguments = node.args
        if len(arguments) > 1:
            yield from _moved(arguments[0], unit, (1,))
        if arguments:
            last = arguments[min(1, len(arguments) - 1)]
            yield from _moved(last, unit, (-1, 1))
            if len(arguments) == 1:
                yield unit.written.instead(last, f"1, {unit.written.words(last)}")


@operator
class ShiftedSlice(Operator):
    """A slice that begins or ends one too early or too late, or whose bound or step is forgotten."""

    name = "shifted-slice"
    says = say("a slice with another bound")
    examples = (
        ("return x[a:b]", ("return x[a + 1:b]", "return x[a:b - 1]", "return x[a:b + 1]", "return x[:b]",
                           "return x[a:]")),
        ("return x[1:]", ("return x[1:-1]", "return x[:]")),
        ("return x[:n]", ("return x[1:n]", "return x[:n - 1]", "return x[:n + 1]", "return x[:]")),
        ("return x[::-1]", ("return x[::]",)),
        ("return x[:]", ()),
    )  # fmt: skip

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield each bound moved, added or left out, and the step left out."""
        if not isinstance(node, ast.Slice) or not (node.lower or node.upper or node.step):
            return
        begin, end = unit.written.part(node)
        bounds = [bound for bound in (node.lower, node.upper) if bound is not None]
        if node.lower is not None:
            yield from _moved(node.lower, unit, (1,))
        elif node.upper is not None:
            yield Edit(begin, begin, "1")
        if node.upper is not None:
            yield from _moved(node.upper, unit, (-1, 1))
        elif node.step is None:
            yield Edit(end, end, "-1")
        for bound in [*bounds, *([node.step] if node.step is not None else [])]:
            yield Edit(*unit.written.part(bound), "")


@operator
class ShiftedIndex(Operator):
    """The element before or after the one meant."""

    name = "shifted-index"
    says = say("an index off by one")
    examples = (
        ("return x[n]", ("return x[n + 1]", "return x[n - 1]")),
        ("return x[a, :, n]", ("return x[a + 1, :, n]", "return x[a - 1, :, n]", "return x[a, :, n + 1]",
                               "return x[a, :, n - 1]")),
        ("x[n] = a", ()),
    )  # fmt: skip

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield each index that is a name or arithmetic moved by one, where an element is read."""
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            for part in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
                if isinstance(part, ast.Name | ast.BinOp):
                    yield from _moved(part, unit, (1, -1))


def _moved(node: ast.expr, unit: Unit, steps: tuple[int, ...]) -> Iterator[Edit]:
    """Yield a bound moved by each of the steps, unless it is a number written out."""
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    if isinstance(inner, ast.Constant):
        return
    plain = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult)
    words = unit.written.words(node) if plain else unit.written.operand(node)
    for step in steps:
        yield Edit(*unit.written.part(node), f"{words} {'+' if step > 0 else '-'} 1")


_LOOP = ast.For | ast.While | ast.AsyncFor


@operator
class FirstRoundOnly(Operator):
    """A loop left after its first round."""

    name = "first-round-only"
    says = say("a loop left after its first round")
    examples = (
        ("for x in a:\n    b += x\nreturn b", ("for x in a:\n    b += x\n    break\nreturn b",)),
        ("while a:\n    a = f(a)  # halve", ("while a:\n    a = f(a)  # halve\n    break",)),
        ("for x in a:\n    return x", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield a `break` at the end of the loop."""
        if isinstance(node, _LOOP):
            yield from _at_the_end(node, "break", unit)


@operator
class EarlyReturn(Operator):
    """A return that stands inside the loop, one level too far in."""

    name = "early-return"
    says = say("a return inside the loop")
    examples = (
        ("for x in a:\n    b += x\nreturn b", ("for x in a:\n    b += x\n    return b\nreturn b",)),
        ("for x in a:\n    f(x)", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the function's last `return` at the end of a loop that stands directly in it."""
        function = unit.written.parent(node)
        if isinstance(node, _LOOP) and isinstance(function, Function):
            last = function.body[-1]
            if isinstance(last, ast.Return) and last.value is not None:
                yield from _at_the_end(node, unit.written.words(last), unit)


@operator
class OtherJump(Operator):
    """`break` for `continue`, and the other way round."""

    name = "other-jump"
    says = say("break for continue")
    examples = (
        ("for x in a:\n    if x:\n        continue\n    f(x)",
         ("for x in a:\n    if x:\n        break\n    f(x)", "for x in a:\n    if x:\n        pass\n    f(x)")),
        ("for x in a:\n    if x:\n        break", ("for x in a:\n    if x:\n        continue",)),
    )  # fmt: skip

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the other word; `continue` is also left out (leaving out `break` is another operator's)."""
        if isinstance(node, ast.Break):
            yield Edit(*unit.written.part(node), "continue")
        elif isinstance(node, ast.Continue):
            yield Edit(*unit.written.part(node), "break")
            yield Edit(*unit.written.part(node), "pass")


def _at_the_end(loop: ast.For | ast.While | ast.AsyncFor, words: str, unit: Unit) -> Iterator[Edit]:
    """Yield the statement `words` at the end of a loop that goes on there."""
    first, last = loop.body[0], loop.body[-1]
    if first.lineno == loop.lineno or isinstance(last, ast.Return | ast.Raise | ast.Break | ast.Continue):
        return
    line = last.end_lineno or last.lineno
    begin = unit.written.lines(first.lineno, first.lineno)[0]
    indent = unit.written.text[begin : unit.written.part(first)[0]]
    end = unit.written.lines(line, line)[1]
    yield Edit(end, end, f"\n{indent}{words}")


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
