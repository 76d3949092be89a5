"""Steps forgotten: a call, or one of its options."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.audit.operators.operator import Operator, operator
from grader.audit.units import Unit
from grader.audit.writing import Edit
from grader.language import say

_MAKERS = {
    *("range", "len", "enumerate", "zip", "isinstance", "print", "super", "open", "iter", "next", "type"),
    *("zeros", "ones", "empty", "full", "eye", "arange", "linspace", "identity", "getattr", "hasattr"),
}
"""Functions whose argument is nothing like their result: left out, they only raise."""
_OPTIONS = {"axis", "keepdims", "ddof", "dtype", "key", "reverse", "default", "initial", "where", "start"}
"""Options that are not given in order to say the default once more."""


@operator
class DroppedCall(Operator):
    """A step forgotten: the argument, or what the method belongs to, as it is."""

    name = "dropped-call"
    says = say("a step left out")
    examples = (
        ("return np.sqrt(a)", ("return a",)),
        ("return np.maximum(0, x)", ("return 0", "return x")),
        ("return f(a, b, n)", ("return a",)),
        ("return x.copy()", ("return x",)),
        ("return a * x.astype(int)", ("return a * x",)),
        ("for x in range(n):\n    print(x)", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the argument for a function of one, either for a function of two, the first for one of more."""
        if not isinstance(node, ast.Call) or _name(node) in _MAKERS or _is_statement(node, unit):
            return
        if isinstance(node.func, ast.Attribute) and not _of_module(node.func, unit):
            yield unit.written.instead(node, unit.written.words(node.func.value))
            return
        plain = [each for each in node.args if not isinstance(each, ast.Starred)]
        for argument in plain if len(plain) <= 2 else plain[:1]:
            yield unit.written.instead(node, unit.written.words(argument))


@operator
class DroppedOption(Operator):
    """An option such as `axis` or `key` forgotten."""

    name = "dropped-option"
    says = say("an option left out")
    examples = (
        ("return np.sum(a, axis=0, keepdims=True)", ("return np.sum(a, keepdims=True)", "return np.sum(a, axis=0)")),
        ("return sorted(a, key=len)", ("return sorted(a)",)),
        ("return np.pad(a, n, constant_values=0)", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the call without each of its options."""
        if not isinstance(node, ast.Call):
            return
        given: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
        for index, each in enumerate(given):
            if isinstance(each, ast.keyword) and each.arg in _OPTIONS:
                begin, end = unit.written.part(each)
                if index:
                    begin = unit.written.part(given[index - 1])[1]
                elif index + 1 < len(given):
                    end = unit.written.part(given[index + 1])[0]
                yield Edit(begin, end, "")


def _name(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _of_module(function: ast.Attribute, unit: Unit) -> bool:
    """Return whether the function belongs to something imported: `np.linalg.norm`."""
    owner: ast.expr = function.value
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return isinstance(owner, ast.Name) and (owner.id in unit.modules or owner.id in ("np", "numpy", "math"))


def _is_statement(node: ast.Call, unit: Unit) -> bool:
    return isinstance(unit.written.parent(node), ast.Expr)
