"""Slips of arithmetic: another sign, a term or factor forgotten, a minus lost."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.audit.operators.operator import Operator, operator
from grader.audit.units import Unit
from grader.audit.writing import Edit
from grader.language import say

SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
# A sign binds no tighter than the one it stands for, so that its operands need no brackets.
_OTHERS = {
    **{"+": ("-",), "-": ("+",), "*": ("+", "/"), "/": ("*", "//"), "//": ("/", "*"), "%": ("//",)},
    **{"**": ("*",), "@": ("*",), "&": ("|",), "|": ("^",), "^": ("|",), "<<": (">>",), ">>": ("<<",)},
}
_EITHER = ("+", "*", "@", "&", "|")


@operator
class OtherSign(Operator):
    """Another sign between two operands."""

    name = "other-sign"
    says = say("another sign")
    examples = (
        ("return a + b", ("return a - b",)),
        ("return a - b * n", ("return a + b * n", "return a - (b + n)", "return a - b / n")),
        ("return (a - b) // n", ("return (a - b) / n", "return (a - b) * n", "return (a + b) // n")),
        ("a += b", ("a -= b",)),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield one edit for each other sign."""
        text = unit.written.text
        if isinstance(node, ast.BinOp):
            sign = SIGNS[type(node.op)]
            at, to = unit.written.between(node.left, node.right, sign)
            begin, end = unit.written.part(node)
            for other in _OTHERS[sign]:
                yield unit.written.instead(node, text[begin:at] + other + text[to:end])
        elif isinstance(node, ast.AugAssign):
            sign = SIGNS[type(node.op)]
            at, to = unit.written.between(node.target, node.value, f"{sign}=")
            yield Edit(at, to, _OTHERS[sign][-1 if sign == "*" else 0] + "=")


@operator
class DroppedTerm(Operator):
    """A term, factor or divisor forgotten."""

    name = "dropped-term"
    says = say("a term left out")
    examples = (
        ("return a + b", ("return a", "return b")),
        ("return a // b", ("return a",)),
        ("return (a + b) * n", ("return (a + b)", "return n", "return (a) * n", "return (b) * n")),
        ("return -(a - b)", ("return -(a)",)),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the left operand alone, and the right one where the two are alike."""
        if isinstance(node, ast.BinOp):
            sign = SIGNS[type(node.op)]
            at, to = unit.written.between(node.left, node.right, sign)
            begin, end = unit.written.part(node)
            yield unit.written.instead(node, unit.written.text[begin:at].rstrip())
            if sign in _EITHER:
                yield unit.written.instead(node, unit.written.text[to:end].lstrip())


@operator
class SwappedOperands(Operator):
    """The operands of a difference, a quotient or a matrix product the wrong way round."""

    name = "swapped-operands"
    says = say("operands the wrong way round")
    examples = (
        ("return a - b", ("return b - a",)),
        ("return a + b / n", ("return a + n / b",)),
        ("return a + n - b", ("return b - (a + n)",)),
        ("return a @ b.T", ("return b.T @ a",)),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the operands exchanged."""
        if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add | ast.Mult | ast.BitAnd | ast.BitOr):
            sign = SIGNS[type(node.op)]
            yield unit.written.instead(
                node, f"{unit.written.operand(node.right)} {sign} {unit.written.operand(node.left)}"
            )


@operator
class DroppedSign(Operator):
    """A minus, a `not` or a `~` lost."""

    name = "dropped-sign"
    says = say("a minus or a not lost")
    examples = (("return -a", ("return a",)), ("return not a", ("return a",)), ("return a * -b", ("return a * b",)))

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the operand alone."""
        if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.UAdd):
            yield unit.written.instead(node, unit.written.words(node.operand))
