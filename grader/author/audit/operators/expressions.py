"""Slips in expressions: arithmetic, conditions, and what is written out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.author.audit.sources import Edit, Operator, Unit, operator
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


@operator
class OtherNumber(Operator):
    """A number one too large or one too small; a small real number forgotten."""

    name = "other-number"
    says = say("another number")
    examples = (
        ("return a[0]", ("return a[1]", "return a[-1]")),
        ("return 2 * n", ("return 3 * n", "return 1 * n")),
        ("return a / (b + 1e-8)", ("return a / (b + 1.00000001)", "return a / (b + 0.0)")),
        ("return a - 0", ("return a - 1", "return a - -1")),
        ("return True", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield n + 1, and n - 1 for a whole number or 0.0 for a real one."""
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield unit.written.instead(node, repr(value + 1))
            if isinstance(value, int):
                yield Edit(*unit.written.part(node), repr(value - 1))
            elif value:
                yield unit.written.instead(node, "0.0")


@operator
class OtherTruth(Operator):
    """True for False."""

    name = "other-truth"
    says = say("True for False")
    examples = (("return f(a, keepdims=True)", ("return f(a, keepdims=False)",)), ("a = False", ("a = True",)))

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the other truth value."""
        if isinstance(node, ast.Constant) and type(node.value) is bool:
            yield unit.written.instead(node, repr(not node.value))


@operator
class OtherText(Operator):
    """An empty text for a text, and the other way round; keys are left alone, which would only raise."""

    name = "other-text"
    says = say("another text")
    examples = (
        ('return a == "max"', ('return a == ""',)),
        ('return "".join(a)', ('return "?".join(a)',)),
        ('return a["key"]', ()),
        ('return f"{a}!"', ('return ""',)),
        ('raise ValueError("why")', ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the empty text, or a question mark for the empty text."""
        holder = unit.written.parent(node)
        if isinstance(node, ast.JoinedStr):
            yield unit.written.instead(node, '""')
        elif not isinstance(holder, ast.Subscript | ast.JoinedStr):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str):
                yield unit.written.instead(node, '""' if value else '"?"')


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
_OTHERS_of_conditions = {
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
                yield from (Edit(at, to, other) for other in _OTHERS_of_conditions[_SIGNS[type(sign)]])


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
