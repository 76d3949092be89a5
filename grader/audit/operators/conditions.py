"""Slips in conditions: the wrong comparison, a case never or always taken, a clause forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.audit.operators.operator import Operator, operator
from grader.audit.units import Unit
from grader.audit.writing import Edit
from grader.language import say

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
_OTHERS = {
    **{"==": ("!=",), "!=": ("==",), "<": ("<=", ">"), "<=": ("<", ">="), ">": (">=", "<"), ">=": (">", "<=")},
    **{"in": ("not in",), "not in": ("in",), "is": ("is not",), "is not": ("is",)},
}


@operator
class OtherComparison(Operator):
    """Another comparison."""

    name = "other-comparison"
    says = say("another comparison")
    examples = (
        ("return a < b", ("return a <= b", "return a > b")),
        ("return a == b", ("return a != b",)),
        ("return a not in b", ("return a in b",)),
        ("return 0 < a <= b", ("return 0 <= a <= b", "return 0 > a <= b", "return 0 < a < b", "return 0 < a >= b")),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield one edit for each other comparison."""
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            for left, sign, right in zip(operands, node.ops, operands[1:], strict=False):
                at, to = unit.written.between(left, right, _SIGNS[type(sign)])
                yield from (Edit(at, to, other) for other in _OTHERS[_SIGNS[type(sign)]])


@operator
class IgnoredCondition(Operator):
    """A condition taken as always or never true."""

    name = "ignored-condition"
    says = say("a condition ignored")
    examples = (
        ("if a:\n    b = 1", ("if True:\n    b = 1", "if False:\n    b = 1")),
        ("return [x for x in a if x > n]", ("return [x for x in a if True]",)),
        ("return a if n else b", ("return a if True else b", "return a if False else b")),
        ("while a:\n    a = b", ("while False:\n    a = b",)),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield True and False for a test; True alone for a filter, False alone for a loop."""
        if isinstance(node, ast.If | ast.IfExp):
            yield unit.written.instead(node.test, "True")
            yield unit.written.instead(node.test, "False")
        elif isinstance(node, ast.While):
            yield unit.written.instead(node.test, "False")
        elif isinstance(node, ast.comprehension):
            yield from (unit.written.instead(test, "True") for test in node.ifs)


@operator
class NegatedCondition(Operator):
    """The two cases exchanged, where no comparison says it already."""

    name = "negated-condition"
    says = say("a condition turned round")
    examples = (("if a:\n    b = 1", ("if not (a):\n    b = 1",)), ("return 1 if a < b else 0", ()))

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the test negated."""
        if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(
            node.test, ast.Compare | ast.UnaryOp | ast.Constant
        ):
            yield unit.written.instead(node.test, f"not ({unit.written.words(node.test)})")


@operator
class OtherClause(Operator):
    """A clause of `and` or `or` forgotten, or one taken for the other."""

    name = "other-clause"
    says = say("a clause left out, and for or")
    examples = (
        ("return a and b", ("return b", "return a", "return a or b")),
        ("return not (a or b or n)", ("return not (b or n)", "return not (a or n)", "return not (a or b)",
                                      "return not (a and b and n)")),
    )  # fmt: skip

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the clauses with one left out, and with the other word between them."""
        if isinstance(node, ast.BoolOp):
            word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            clauses = [_clause(value, unit) for value in node.values]
            for index in range(len(clauses)):
                yield unit.written.instead(node, f" {word} ".join(clauses[:index] + clauses[index + 1 :]))
            yield unit.written.instead(node, f" {other} ".join(clauses))


def _clause(node: ast.expr, unit: Unit) -> str:
    words = unit.written.words(node)
    return f"({words})" if isinstance(node, ast.BoolOp | ast.IfExp | ast.Lambda) else words
