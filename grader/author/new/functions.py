"""Functions that a notebook gives as arguments, as a rubric writes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from grader.author.new.traced import FUNCTION, Unfit
from grader.cases.expression import Failure
from grader.cases.functions import func
from grader.model import Value
from grader.values.functions import MATHS, WrittenFunction


def with_functions(value: Value) -> Any:
    """Return a value with the functions in it that a trace describes. Raises Unfit for what a rubric cannot write."""
    if isinstance(value, dict):
        if FUNCTION in value:
            return _function(value)
        return {key: with_functions(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(with_functions, value))
    return value


def _function(found: Mapping[Any, Any]) -> WrittenFunction:
    names = {name: with_functions(each) for name, each in found["names"].items()}
    if found["returns"]:
        tree = _Plain().visit(ast.parse(found["returns"], mode="eval"))
        try:
            return func(f"{found[FUNCTION]}: {ast.unparse(tree)}", **names)  # type: ignore[no-any-return]
        except Failure:
            pass
    if not found["name"]:
        raise Unfit("function")
    return WrittenFunction(found["source"], names)


class _Plain(ast.NodeTransformer):
    """Writes numpy's functions and those of `math` as a rubric does: `np.sin(x)` as `sin(x)`."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        name = {"absolute": "abs", "fabs": "abs"}.get(node.attr, node.attr)
        if isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy", "math") and name in MATHS:
            return ast.Name(name, ast.Load())
        return self.generic_visit(node)


def within(value: Value) -> Iterator[Value]:
    """Yield a value and all values in it, if it is a list, a tuple or a dict."""
    yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from within(each)


def defined_in(value: Value) -> Iterator[str]:
    """Yield the names of the functions in a value that are defined by a name."""
    yield from (name for each in within(value) if isinstance(each, WrittenFunction) and (name := name_of(each)))


def name_of(function: WrittenFunction) -> str:
    """Return the name by which a function is defined, "" for an expression."""
    node = ast.parse(function.text).body[0]
    return node.name if isinstance(node, ast.FunctionDef) else ""


def as_draw(function: WrittenFunction, names: Mapping[str, str]) -> str:
    """Return the expression that draws a function; the values of its `names` are expressions, too."""
    if name := name_of(function):
        return name
    takes, body = _parts(function)
    text = body if func(body, **function.names).text == function.text else f"{takes}: {body}"
    return f"func({', '.join([repr(text), *(f'{name}={each}' for name, each in names.items())])})"


def _parts(function: WrittenFunction) -> tuple[str, str]:
    takes, _, body = function.text.removeprefix("lambda ").partition(": ")
    return takes, body


def loose(function: WrittenFunction) -> WrittenFunction:
    """Return a function with names in place of its numbers, exponents and 0 and 1 apart; with a factor without any."""
    takes, body = _parts(function)
    tree = _Named({*takes.split(", "), *function.names})
    loosened = ast.unparse(tree.visit(ast.parse(body, mode="eval")))
    names = {**function.names, **tree.values}
    if not names:
        factor = tree.free[0]
        loosened, names = f"{factor} * ({body})", {factor: 1.0}
    return WrittenFunction(f"lambda {takes}: {loosened}", names)


class _Named(ast.NodeTransformer):
    """Puts names in the place of numbers; `values` are theirs."""

    def __init__(self, taken: set[str]) -> None:
        self.free = [name for name in "abcdkpqr" if name not in taken]
        self.values: dict[str, Value] = {}

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        node.left = self.visit(node.left)
        if not isinstance(node.op, ast.Pow):
            node.right = self.visit(node.right)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float) or value in (0, 1) or not self.free:
            return node
        name = self.free.pop(0)
        self.values[name] = float(value)
        return ast.Name(name, ast.Load())
