"""Settings ignored: what is looked up by name taken for nothing or one, as a forgotten stride or padding is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.audit.operators.operator import Operator, operator
from grader.audit.units import Unit
from grader.audit.writing import Edit
from grader.language import say


@operator
class IgnoredSetting(Operator):
    """A looked-up value ignored: 0 and 1 stand for it."""

    name = "ignored-setting"
    says = say("a setting ignored")
    examples = (
        ('n = a["stride"]', ("n = 0", "n = 1")),
        ('a["stride"] = n', ()),
        ("return x[n]", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield 0 and 1 for a value looked up by a text."""
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_text(node.slice):
            yield unit.written.instead(node, "0")
            yield unit.written.instead(node, "1")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
