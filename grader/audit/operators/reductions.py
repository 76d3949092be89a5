"""Another function in place of the right one: max for min, sum for mean, ones for zeros, a start at zero."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.audit.operators.operator import Operator, operator
from grader.audit.units import Unit
from grader.audit.writing import Edit
from grader.language import say

_BUILT_IN = {
    "max": ("min",),
    "min": ("max",),
    "sum": ("max",),
    "any": ("all",),
    "all": ("any",),
    "sorted": ("list",),
    "reversed": ("list",),
    "set": ("list",),
    "round": ("int",),
}
_OF_SOMETHING = {
    **{"max": ("min", "mean"), "min": ("max",), "sum": ("mean", "max"), "mean": ("sum", "max"), "prod": ("sum",)},
    **{"argmax": ("argmin",), "argmin": ("argmax",), "maximum": ("minimum",), "minimum": ("maximum",)},
    **{"any": ("all",), "all": ("any",), "std": ("var",), "var": ("std",), "median": ("mean",)},
    **{"cumsum": ("cumprod",), "cumprod": ("cumsum",), "floor": ("ceil",), "ceil": ("floor",)},
    **{"sin": ("cos",), "cos": ("sin",), "tanh": ("sin",), "exp": ("expm1",), "log": ("log1p",), "sqrt": ("square",)},
    **{"vstack": ("hstack",), "hstack": ("vstack",), "dot": ("multiply",), "matmul": ("multiply",)},
    **{"append": ("extend",), "extend": ("append",), "upper": ("lower",), "lower": ("upper",)},
    **{"startswith": ("endswith",), "endswith": ("startswith",), "strip": ("lstrip",), "keys": ("values",)},
    **{"values": ("keys",), "union": ("intersection",), "intersection": ("union",), "logical_and": ("logical_or",)},
}
_INITIAL = {"zeros": "ones", "ones": "zeros", "zeros_like": "ones_like", "ones_like": "zeros_like"}


@operator
class OtherFunction(Operator):
    """A function of the same family."""

    name = "other-function"
    says = say("another function of its kind")
    examples = (
        ("return np.max(x)", ("return np.min(x)", "return np.mean(x)")),
        ("return sorted(a)", ("return list(a)",)),
        ("return x.sum()", ("return x.mean()", "return x.max()")),
        ("return f(x)", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the call of each relative."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            for other in _OF_SOMETHING.get(node.func.attr, ()):
                yield _renamed(node.func, other, unit)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for other in _BUILT_IN.get(node.func.id, ()):
                yield unit.written.instead(node.func, other)


@operator
class OtherInitialValue(Operator):
    """A wrong value to begin with; numbers written out are another operator's."""

    name = "other-initial-value"
    says = say("another initial value")
    examples = (
        ("a = np.zeros((n, b))", ("a = np.ones((n, b))",)),
        ("a = -np.inf", ("a = -0.0",)),
        ('a = float("inf")', ("a = 0.0",)),
        ("return np.full(n, a)", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield ones for zeros, zeros for ones, 0.0 for infinity."""
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in _INITIAL:
                yield _renamed(node.func, _INITIAL[node.func.attr], unit)
            elif _is_infinity(node):
                yield unit.written.instead(node, "0.0")
        elif isinstance(node, ast.Attribute) and node.attr == "inf":
            yield unit.written.instead(node, "0.0")


def _renamed(node: ast.Attribute, name: str, unit: Unit) -> Edit:
    end = unit.written.part(node)[1]
    return Edit(end - len(node.attr), end, name)


def _is_infinity(node: ast.Call) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str() as text)]):
            return text.strip("+-").lower() in ("inf", "infinity")
    return False
