"""Tells a function that nobody has begun to write from one that is merely wrong."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence


def untouched(body: Sequence[ast.stmt]) -> bool:
    """Return whether a function's body does nothing yet.

    Nothing is: a docstring, `pass`, `...`, assertions, names and elements bound to `None`, loops over `range(None)`,
    branches with nothing in them, `raise NotImplementedError`, names packed into a tuple (a stub's given
    `cache = (A_prev, W, b, hparameters)`), and returns of what is still `None`, alone or beside such a tuple. Whatever
    computes anything, if only a shape, is a beginning.
    """
    empty: set[str] = set()
    return all(_nothing(node, empty) for node in body)


def _nothing(node: ast.stmt, empty: set[str]) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id=bound)], value=ast.Tuple(elts=elements)) if _all_names(elements):
            empty.add(f"({bound})")
            return True
        case ast.Return(value=ast.Tuple(elts=elements)) if any(_is_empty(each, empty) for each in elements):
            return all(_is_empty(each, empty) or _is_packed(each, empty) for each in elements)
        case ast.Pass() | ast.Assert() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=targets, value=value):
            return _is_empty(value, empty) and all(_take(target, empty) for target in targets)
        case ast.AnnAssign(target=target, value=value):
            return value is None or (_is_empty(value, empty) and _take(target, empty))
        case ast.AugAssign(value=value):
            return _is_empty(value, empty)
        case ast.Return(value=value):
            return value is None or _is_empty(value, empty)
        case ast.Raise(exc=exc):
            name = exc.func if isinstance(exc, ast.Call) else exc
            return isinstance(name, ast.Name) and name.id == "NotImplementedError"
        case ast.For(iter=each, body=body, orelse=rest):
            return _is_range(each, empty) and all(_nothing(inner, empty) for inner in (*body, *rest))
        case ast.If(test=test, body=body, orelse=rest):
            return _calls_nothing(test) and all(_nothing(inner, empty) for inner in (*body, *rest))
    return False


def _take(target: ast.expr, empty: set[str]) -> bool:
    """Note the names that an assignment of nothing binds; return whether the target itself computes nothing."""
    if isinstance(target, ast.Name):
        empty.add(target.id)
    elif isinstance(target, ast.Tuple | ast.List):
        return all(_take(each, empty) for each in target.elts)
    return not isinstance(target, ast.Attribute)


def _is_empty(value: ast.expr, empty: set[str]) -> bool:
    match value:
        case ast.Constant(value=None) | ast.Constant(value=builtins.Ellipsis):
            return True
        case ast.Name(id=name):
            return name in empty
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return bool(elements) and all(_is_empty(each, empty) for each in elements)
    return False


def _all_names(elements: Sequence[ast.expr]) -> bool:
    return bool(elements) and all(isinstance(each, ast.Name) for each in elements)


def _is_packed(value: ast.expr, empty: set[str]) -> bool:
    return isinstance(value, ast.Name) and f"({value.id})" in empty


def _is_range(value: ast.expr, empty: set[str]) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == "range"
        and all(_is_empty(each, empty) for each in value.args)
    ) or _is_empty(value, empty)


def _calls_nothing(test: ast.expr) -> bool:
    return not any(isinstance(node, ast.Call) for node in ast.walk(test))
