"""Slips in what is written out: numbers, truth values, texts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.audit.operators.operator import Operator, operator
from grader.audit.units import Unit
from grader.audit.writing import Edit
from grader.language import say


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
