"""Slips in calls and names: a step forgotten, another function, names or axes mixed up, a setting ignored."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from grader.author.audit.sources import Edit, Function, Operator, Unit, operator
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


@operator
class SwappedItems(Operator):
    """Two neighbours of a tuple or list exchanged: axes of a shape, indices, what is unpacked, what is returned."""

    name = "swapped-items"
    says = say("neighbours exchanged")
    examples = (
        ("(a, b, n) = x.shape", ("(b, a, n) = x.shape", "(a, n, b) = x.shape")),
        ("return x[a, :]", ("return x[:, a]",)),
        ("return a, b", ("return b, a",)),
        ("return (n, n)", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield each pair of neighbours exchanged."""
        if isinstance(node, ast.Tuple | ast.List):
            yield from _exchanged(node.elts, unit)


@operator
class SwappedArguments(Operator):
    """Two neighbouring arguments exchanged."""

    name = "swapped-arguments"
    says = say("arguments exchanged")
    examples = (
        ("return f(a, b, n)", ("return f(b, a, n)", "return f(a, n, b)")),
        ("return f(a, key=b)", ()),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield each pair of neighbours exchanged."""
        if isinstance(node, ast.Call) and not any(isinstance(each, ast.Starred) for each in node.args):
            yield from _exchanged(node.args, unit)


@operator
class Untransposed(Operator):
    """A transpose forgotten."""

    name = "untransposed"
    says = say("a transpose left out")
    examples = (("return a.T @ b", ("return a @ b",)),)

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the matrix as it is."""
        if isinstance(node, ast.Attribute) and node.attr in ("T", "mT") and isinstance(node.ctx, ast.Load):
            yield unit.written.instead(node, unit.written.words(node.value))


def _exchanged(nodes: Sequence[ast.expr], unit: Unit) -> Iterator[Edit]:
    for one, other in pairwise(nodes):
        (begin, at), (to, end) = unit.written.part(one), unit.written.part(other)
        yield Edit(begin, end, unit.written.text[to:end] + unit.written.text[at:to] + unit.written.text[begin:at])


@operator
class MixedUpName(Operator):
    """A name taken for its neighbour: where both were unpacked, looped over, assigned or taken as parameters."""

    name = "mixed-up-name"
    says = say("a name taken for its neighbour")
    examples = (
        ("(h, w) = f()\nreturn h * 2", ("(h, w) = f()\nreturn w * 2",)),
        (
            "for i in f():\n    for j in f():\n        f(i, j)",
            ("for i in f():\n    for j in f():\n        f(j, j)", "for i in f():\n    for j in f():\n        f(i, i)"),
        ),
        ("s = 1\nt = 2\nreturn s + 5", ("s = 1\nt = 2\nreturn t + 5",)),
    )

    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield each neighbour where the name is read."""
        if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
            return
        function, holder = unit.function(node), unit.written.parent(node)
        if function is None or (isinstance(holder, ast.Call) and holder.func is node):
            return
        found = [name for row in _rows(function) for name in _beside(row, node.id)]
        yield from (unit.written.instead(node, name) for name in dict.fromkeys(found))


def _rows(function: Function) -> Iterator[list[str]]:
    """Yield rows of names that stand side by side in a function; its parameters are the last."""
    for node in ast.walk(function):
        if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
            yield _names(node.elts)
        for block in (getattr(node, name, None) for name in ("body", "orelse")):
            if isinstance(block, list):
                yield from _assigned(block)
        if isinstance(node, ast.For):
            inner = [each for each in node.body if isinstance(each, ast.For)]
            yield from (_names([node.target, each.target]) for each in inner)
    yield [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def _assigned(block: list[ast.stmt]) -> Iterator[list[str]]:
    """Yield the names assigned one after the other in a block of statements."""
    row: list[str] = []
    for one in block:
        if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
            row.append(one.targets[0].id)
        else:
            yield row
            row = []
    yield row


def _names(nodes: list[ast.expr]) -> list[str]:
    return [node.id for node in nodes if isinstance(node, ast.Name)]


def _beside(row: list[str], name: str) -> Iterator[str]:
    for index, each in enumerate(row):
        if each == name:
            yield from (other for other in (row[index - 1] if index else "", *row[index + 1 : index + 2]) if other)


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
