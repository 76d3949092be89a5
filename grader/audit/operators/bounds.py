"""Off by one: ranges, slices, indices."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.audit.operators.operator import Operator, operator
from grader.audit.units import Unit
from grader.audit.writing import Edit
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
