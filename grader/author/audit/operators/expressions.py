"""Slips in expressions: arithmetic, conditions, and what is written out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.author.audit.sources import TopLevel, operator
from grader.author.source_text import Edit
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
_OTHER_SIGNS = {
    **{"+": ("-",), "-": ("+",), "*": ("+", "/"), "/": ("*", "//"), "//": ("/", "*"), "%": ("//",)},
    **{"**": ("*",), "@": ("*",), "&": ("|",), "|": ("^",), "^": ("|",), "<<": (">>",), ">>": ("<<",)},
}
_EITHER = ("+", "*", "@", "&", "|")


@operator(say("another sign"))
def other_sign(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the operation with each other sign."""
    text = unit.written.text
    if isinstance(node, ast.BinOp):
        sign = SIGNS[type(node.op)]
        at, to = unit.written.between(node.left, node.right, sign)
        begin, end = unit.written.part(node)
        for other in _OTHER_SIGNS[sign]:
            yield unit.written.instead(node, text[begin:at] + other + text[to:end])
    elif isinstance(node, ast.AugAssign):
        sign = SIGNS[type(node.op)]
        at, to = unit.written.between(node.target, node.value, f"{sign}=")
        yield Edit(at, to, _OTHER_SIGNS[sign][-1 if sign == "*" else 0] + "=")


@operator(say("a term left out"))
def dropped_term(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the left operand alone, and the right one where the two are alike."""
    if isinstance(node, ast.BinOp):
        sign = SIGNS[type(node.op)]
        at, to = unit.written.between(node.left, node.right, sign)
        begin, end = unit.written.part(node)
        yield unit.written.instead(node, unit.written.text[begin:at].rstrip())
        if sign in _EITHER:
            yield unit.written.instead(node, unit.written.text[to:end].lstrip())


@operator(say("operands the wrong way round"))
def swapped_operands(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the operands exchanged where their order matters: a difference, a quotient, a matrix product."""
    if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add | ast.Mult | ast.BitAnd | ast.BitOr):
        sign = SIGNS[type(node.op)]
        yield unit.written.instead(node, f"{unit.written.operand(node.right)} {sign} {unit.written.operand(node.left)}")


@operator(say("a minus or `not` lost"))
def dropped_sign(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the operand without its minus, `not` or `~`."""
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.UAdd):
        yield unit.written.instead(node, unit.written.words(node.operand))


@operator(say("another number"))
def other_number(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield n + 1, and n - 1 for a whole number or 0.0 for a real one."""
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield unit.written.instead(node, repr(value + 1))
        if isinstance(value, int):
            yield Edit(*unit.written.part(node), repr(value - 1))
        elif value:
            yield unit.written.instead(node, "0.0")


@operator(say("True for False"))
def other_truth(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the other truth value."""
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        yield unit.written.instead(node, repr(not node.value))


@operator(say("another text"))
def other_text(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the empty text, or a question mark for the empty text; another key would only raise."""
    holder = unit.written.parent(node)
    if isinstance(node, ast.JoinedStr):
        yield unit.written.instead(node, '""')
    elif not isinstance(holder, ast.Subscript | ast.JoinedStr):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str):
            yield unit.written.instead(node, '""' if value else '"?"')


_COMPARISONS: dict[type[ast.cmpop], str] = {
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
_OTHER_COMPARISONS = {
    **{"==": ("!=",), "!=": ("==",), "<": ("<=", ">"), "<=": ("<", ">="), ">": (">=", "<"), ">=": (">", "<=")},
    **{"in": ("not in",), "not in": ("in",), "is": ("is not",), "is not": ("is",)},
}


@operator(say("another comparison"))
def other_comparison(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield one edit for each other comparison."""
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for left, sign, right in zip(operands, node.ops, operands[1:], strict=False):
            at, to = unit.written.between(left, right, _COMPARISONS[type(sign)])
            yield from (Edit(at, to, other) for other in _OTHER_COMPARISONS[_COMPARISONS[type(sign)]])


@operator(say("a condition ignored"))
def ignored_condition(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield True and False for a test; True alone for a filter, False alone for a loop."""
    if isinstance(node, ast.If | ast.IfExp):
        yield unit.written.instead(node.test, "True")
        yield unit.written.instead(node.test, "False")
    elif isinstance(node, ast.While):
        yield unit.written.instead(node.test, "False")
    elif isinstance(node, ast.comprehension):
        yield from (unit.written.instead(test, "True") for test in node.ifs)


@operator(say("a condition turned round"))
def negated_condition(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the test negated, where no other comparison says the same."""
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(
        node.test, ast.Compare | ast.UnaryOp | ast.Constant
    ):
        yield unit.written.instead(node.test, f"not ({unit.written.words(node.test)})")


@operator(say("a clause left out, or `and` for `or`"))
def other_clause(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the clauses with one left out, and with the other word between them."""
    if isinstance(node, ast.BoolOp):
        word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        clauses = [_clause(value, unit) for value in node.values]
        for index in range(len(clauses)):
            yield unit.written.instead(node, f" {word} ".join(clauses[:index] + clauses[index + 1 :]))
        yield unit.written.instead(node, f" {other} ".join(clauses))


def _clause(node: ast.expr, unit: TopLevel) -> str:
    words = unit.written.words(node)
    return f"({words})" if isinstance(node, ast.BoolOp | ast.IfExp | ast.Lambda) else words
