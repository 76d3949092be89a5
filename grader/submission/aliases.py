"""What an expression stands for: aliases followed through imports, assignments and the student's own modules.

What is computed while the program runs (a name put together from pieces that are not written out) is not seen.
"""

from __future__ import annotations

import ast
from typing import TypeAlias

from grader.submission.scopes import Scope, Unit

Target: TypeAlias = "str | Unit"
"""A dotted path (`numpy.pad`, `eval`), or a function or class of the student's own."""

Seen: TypeAlias = frozenset[tuple[int, str]]
"""Names on the way to here, by their scopes, so that `x = x or y` comes to an end."""

_NOTHING: Seen = frozenset()


def resolve(expression: ast.expr, scope: Scope, seen: Seen = _NOTHING) -> set[Target]:
    """Return all that an expression may stand for, nothing for what is computed. Raises Entangled."""
    names: list[str] = []
    node: ast.expr = expression
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    found = _root(node, scope, seen)
    for name in reversed(names):
        found = _members(found, name, scope, seen)
    return found


def named(name: str, scope: Scope, seen: Seen = _NOTHING) -> set[Target]:
    """Return all that a name may stand for where it is read in `scope`. Raises Entangled."""
    scope.world.step()
    home = scope.home(name)
    if home is None:
        stars: set[Target] = {star for star in scope.top.stars if star}
        return {name} | _members(stars, name, scope, seen)
    key = (id(home), name)
    if key in seen:
        return set()
    found: set[Target] = set()
    for bound in home.names[name]:
        if isinstance(bound, ast.expr):
            found |= resolve(bound, home, seen | {key})
        elif isinstance(bound, Unit):
            found.add(bound)
        else:
            found |= _imported(bound, home, seen | {key})
    return found


def _imported(path: str, scope: Scope, seen: Seen) -> set[Target]:
    module, _, name = path.partition(".")
    own = scope.world.modules.get(module)
    return named(name, own, seen) if own is not None and name else {path}


def _members(holders: set[Target], name: str, scope: Scope, seen: Seen) -> set[Target]:
    """Return what `holder.name` stands for: in one of the student's own modules, or by its path."""
    found: set[Target] = set()
    for holder in holders:
        if isinstance(holder, str):
            own = scope.world.modules.get(holder)
            found |= named(name, own, seen) if own is not None else {f"{holder}.{name}"}
    return found


def _root(node: ast.expr, scope: Scope, seen: Seen) -> set[Target]:
    """Return what the innermost part of a chain of attributes stands for."""
    match node:
        case ast.Name(id=name):
            return named(name, scope, seen)
        case ast.NamedExpr(value=value):
            return resolve(value, scope, seen)
        case ast.IfExp(body=first, orelse=second):
            return resolve(first, scope, seen) | resolve(second, scope, seen)
        case ast.BoolOp(values=values):
            return {target for each in values for target in resolve(each, scope, seen)}
        case ast.Call(func=function, args=[first, *rest]):
            return _called(resolve(function, scope, seen), [first, *rest], scope, seen)
        case ast.Subscript(value=value, slice=key) if (word := text(key)) is not None:
            return _looked_up(value, word, scope, seen)
    return set()


def _called(functions: set[Target], arguments: list[ast.expr], scope: Scope, seen: Seen) -> set[Target]:
    """Return what `getattr(np, "pad")` and `import_module("torch")` stand for, with names that are written out."""
    name = text(arguments[-1]) if len(arguments) == 1 else text(arguments[1])
    if name is None:
        return set()
    if "getattr" in functions and len(arguments) > 1:
        return _members(resolve(arguments[0], scope, seen), name, scope, seen)
    return {name} if functions & {"__import__", "importlib.import_module"} else set()


def _looked_up(value: ast.expr, name: str, scope: Scope, seen: Seen) -> set[Target]:
    """Return what `vars(np)["pad"]`, `np.__dict__["pad"]` and `globals()["np"]` stand for."""
    match value:
        case ast.Attribute(value=inner, attr="__dict__") | ast.Call(func=ast.Name(id="vars"), args=[inner]):
            return _members(resolve(inner, scope, seen), name, scope, seen)
        case ast.Call(func=ast.Name(id="globals")):
            return named(name, scope.top, seen)
    return set()


def text(node: ast.expr) -> str | None:
    """Return the text that an expression writes out, pieces added up; `None` for anything else."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=str(second))):
            first = text(left)
            return None if first is None else first + second
    return None
