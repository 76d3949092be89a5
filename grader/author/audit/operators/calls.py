"""Slips in calls and names: a step forgotten, another function, names or axes mixed up, a setting ignored."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from grader.author.audit.sources import Function, TopLevel, operator
from grader.author.source_text import Edit
from grader.language import say

_MAKERS = {
    *("range", "len", "enumerate", "zip", "isinstance", "print", "super", "open", "iter", "next", "type"),
    *("zeros", "ones", "empty", "full", "eye", "arange", "linspace", "identity", "getattr", "hasattr"),
}
"""Functions whose argument is nothing like their result: left out, they only raise."""
_OPTIONS = {"axis", "keepdims", "ddof", "dtype", "key", "reverse", "default", "initial", "where", "start"}
"""Options that are not given in order to say the default once more."""


@operator(say("a step left out"))
def dropped_call(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield an argument for the call (each of two, the first of more), or the object for the call of its method."""
    if not isinstance(node, ast.Call) or _name(node) in _MAKERS or _is_statement(node, unit):
        return
    if isinstance(node.func, ast.Attribute) and not _of_module(node.func, unit):
        yield unit.written.instead(node, unit.written.words(node.func.value))
        return
    plain = [each for each in node.args if not isinstance(each, ast.Starred)]
    for argument in plain if len(plain) <= 2 else plain[:1]:
        yield unit.written.instead(node, unit.written.words(argument))


@operator(say("an option left out"))
def dropped_option(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
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


def _of_module(function: ast.Attribute, unit: TopLevel) -> bool:
    """Return whether the function belongs to something imported: `np.linalg.norm`."""
    owner: ast.expr = function.value
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return isinstance(owner, ast.Name) and (owner.id in unit.modules or owner.id in ("np", "numpy", "math"))


def _is_statement(node: ast.Call, unit: TopLevel) -> bool:
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


@operator(say("another function of its kind"))
def other_function(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the call of each function of the same family."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        for other in _OF_SOMETHING.get(node.func.attr, ()):
            yield _renamed(node.func, other, unit)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        for other in _BUILT_IN.get(node.func.id, ()):
            yield unit.written.instead(node.func, other)


@operator(say("another initial value"))
def other_initial_value(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield ones for zeros, zeros for ones, 0.0 for infinity; `other-number` changes literal numbers."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in _INITIAL:
            yield _renamed(node.func, _INITIAL[node.func.attr], unit)
        elif _is_infinity(node):
            yield unit.written.instead(node, "0.0")
    elif isinstance(node, ast.Attribute) and node.attr == "inf":
        yield unit.written.instead(node, "0.0")


def _renamed(node: ast.Attribute, name: str, unit: TopLevel) -> Edit:
    end = unit.written.part(node)[1]
    return Edit(end - len(node.attr), end, name)


def _is_infinity(node: ast.Call) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str() as text)]):
            return text.strip("+-").lower() in ("inf", "infinity")
    return False


@operator(say("neighbours exchanged"))
def swapped_items(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each pair of neighbours of a tuple or list exchanged: axes, indices, what is unpacked or returned."""
    if isinstance(node, ast.Tuple | ast.List):
        yield from _exchanged(node.elts, unit)


@operator(say("arguments exchanged"))
def swapped_arguments(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each pair of neighbouring arguments exchanged."""
    if isinstance(node, ast.Call) and not any(isinstance(each, ast.Starred) for each in node.args):
        yield from _exchanged(node.args, unit)


@operator(say("a transpose left out"))
def untransposed(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the matrix for its transpose."""
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT") and isinstance(node.ctx, ast.Load):
        yield unit.written.instead(node, unit.written.words(node.value))


def _exchanged(nodes: Sequence[ast.expr], unit: TopLevel) -> Iterator[Edit]:
    for one, other in pairwise(nodes):
        (begin, at), (to, end) = unit.written.part(one), unit.written.part(other)
        yield Edit(begin, end, unit.written.text[to:end] + unit.written.text[at:to] + unit.written.text[begin:at])


@operator(say("a name taken for its neighbour"))
def mixed_up_name(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each neighbour of a name that is read: names unpacked, looped over or assigned together, or parameters."""
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


@operator(say("a setting ignored"))
def ignored_setting(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield 0 and 1 for a value that is looked up by a text."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_text(node.slice):
        yield unit.written.instead(node, "0")
        yield unit.written.instead(node, "1")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
