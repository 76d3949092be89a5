"""Computes an expression: a walk over its syntax tree, with nothing of Python's own within reach."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from grader.cases.arithmetic import binary, compare, elements, guarded, is_array, kind, truth, unary
from grader.cases.expression import parse
from grader.cases.failure import Failure
from grader.cases.functions import CONSTANTS
from grader.language import say

MOST_ARGUMENTS = 64
_ATTRIBUTES = ("shape", "size", "ndim", "T", "dtype")


class Callables(Protocol):
    """What an expression may call and draw."""

    def call(self, node: ast.Call, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Return what the function `name` gives. Raises Failure if there is none or it cannot."""

    def between(self, node: ast.expr, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""


class Evaluator:
    """Computes expressions over `names`; `calls` decides what can be called."""

    def __init__(self, names: Mapping[str, Any], calls: Callables) -> None:
        self._names = names
        self._calls = calls

    def evaluate(self, text: str) -> Any:
        """Return the value of an expression. Raises Failure, with its place, if it has none."""
        return self._visit(parse(text))

    def _visit(self, node: ast.expr) -> Any:
        try:
            return _VISITS[type(node)](self, node)
        except Failure as failure:
            raise failure.in_node(node) from None

    def _name(self, node: ast.Name) -> Any:
        if node.id in self._names:
            return self._names[node.id]
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        raise Failure(say("`{name}` has no value here.", name=node.id), word="NameError")

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self._visit(node.left), self._visit(node.right)
        if not isinstance(node.op, ast.LShift):
            return binary(type(node.op), left, right)
        for end in (left, right):
            if type(end) is not int:
                raise Failure(say("A range goes from one whole number to another."), word="TypeError")
        if left > right:
            raise Failure(say("The range {low}..{high} is empty.", low=left, high=right))
        return self._calls.between(node, left, right)

    def _boolean(self, node: ast.BoolOp) -> Any:
        value: Any = None
        for part in node.values:
            value = self._visit(part)
            if truth(value) is isinstance(node.op, ast.Or):
                break
        return value

    def _compare(self, node: ast.Compare) -> Any:
        left = self._visit(node.left)
        result: Any = True
        for sign, part in zip(node.ops, node.comparators, strict=True):
            right = self._visit(part)
            result = compare(type(sign), left, right)
            if part is not node.comparators[-1] and not truth(result):
                break
            left = right
        return result

    def _call(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        arguments = self._items(node.args)
        if len(arguments) > MOST_ARGUMENTS:
            raise Failure(say("A function takes at most {most} arguments.", most=MOST_ARGUMENTS), word="TypeError")
        keywords = {keyword.arg or "": self._visit(keyword.value) for keyword in node.keywords}
        return self._calls.call(node, name, arguments, keywords)

    def _items(self, nodes: list[ast.expr]) -> list[Any]:
        items: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                items.extend(self._spread(node))
            else:
                items.append(self._visit(node))
        return items

    def _spread(self, node: ast.Starred) -> list[Any]:
        value = self._visit(node.value)
        if not isinstance(value, list | tuple):
            message = say("A star spreads a tuple or list, not {kind}.", kind=kind(value))
            raise Failure(message, word="TypeError").in_node(node)
        return list(value)

    def _attribute(self, node: ast.Attribute) -> Any:
        value = self._visit(node.value)
        if node.attr not in _ATTRIBUTES:
            hint = say("Arrays have {names}.", names=", ".join(f".{name}" for name in _ATTRIBUTES))
            raise Failure(say("There is no `.{name}`.", name=node.attr), hint, word="AttributeError")
        if not is_array(value):
            message = say("Only arrays have `.{name}`; this is {kind}.", name=node.attr, kind=kind(value))
            raise Failure(message, word="AttributeError")
        return str(value.dtype) if node.attr == "dtype" else getattr(value, node.attr)

    def _subscript(self, node: ast.Subscript) -> Any:
        value, index = self._visit(node.value), self._index(node.slice)
        if not is_array(value) and not isinstance(value, str | tuple | list | dict):
            raise Failure(say("{kind} has no items.", kind=kind(value)), word="TypeError")
        if is_array(value):
            parts = index if isinstance(index, tuple) else (index,)
            sizes = [len(part) if isinstance(part, list) else getattr(part, "size", 1) for part in parts]
            elements((value.size, *sizes))
        return guarded(lambda: value[index])

    def _index(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant) and node.value is ...:
            return ...
        return tuple(self._index(part) for part in node.elts) if isinstance(node, ast.Tuple) else self._visit(node)

    def _constant(self, node: ast.Constant) -> Any:
        if node.value is ...:
            raise Failure(say("`{sign}` stands only in an index.", sign="..."), word="SyntaxError")
        return node.value

    def _slice(self, node: ast.Slice) -> slice:
        return slice(*(part and self._visit(part) for part in (node.lower, node.upper, node.step)))

    def _dict(self, node: ast.Dict) -> dict[Any, Any]:
        keys = [self._visit(key) for key in node.keys if key is not None]
        for key in keys:
            if not isinstance(key, str | int):
                raise Failure(say("A key is text or a whole number, not {kind}.", kind=kind(key)), word="TypeError")
        return dict(zip(keys, (self._visit(value) for value in node.values), strict=True))


_VISITS: Mapping[type[ast.expr], Callable[[Evaluator, Any], Any]] = {
    ast.Constant: Evaluator._constant,
    ast.Name: Evaluator._name,
    ast.BinOp: Evaluator._binary,
    ast.UnaryOp: lambda self, node: unary(type(node.op), self._visit(node.operand)),
    ast.BoolOp: Evaluator._boolean,
    ast.Compare: Evaluator._compare,
    ast.IfExp: lambda self, node: self._visit(node.body if truth(self._visit(node.test)) else node.orelse),
    ast.Call: Evaluator._call,
    ast.Attribute: Evaluator._attribute,
    ast.Subscript: Evaluator._subscript,
    ast.Slice: Evaluator._slice,
    ast.Tuple: lambda self, node: tuple(self._items(node.elts)),
    ast.List: lambda self, node: self._items(node.elts),
    ast.Dict: Evaluator._dict,
}
