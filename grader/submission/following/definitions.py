"""Definitions: a function's defaults, its decorators, a class and its methods."""

from __future__ import annotations

import ast
from typing import Any

from grader.submission.following.calls import Site, call
from grader.submission.following.members import members
from grader.submission.following.operators import OPERATORS
from grader.submission.following.scopes import Scope
from grader.submission.following.values import ANY, ITEM, Accessor, Cell, Unit, Value

_ON_ASKING = frozenset({"__getattr__", "__getattribute__", "__get__"})
"""Methods that make what an attribute is."""
_BY_CLASS = frozenset({"__new__", "__init_subclass__", "__class_getitem__", "__prepare__"})
"""Methods whose first argument is the class."""


def define(node: Any, scope: Scope) -> None:
    """Let flow what a definition makes flow: decorators, defaults, a class's methods."""
    world, unit = scope.world, scope.world.units[node]
    value = Cell()
    world.put(value, unit)
    if isinstance(node, ast.Lambda):
        world.put(world.cell(node), unit)
        world.pour(world.cell(node.body), unit.returned)
    for argument, default in _defaults(node):
        world.pour(world.cell(default), unit.inside.bind(argument.arg))
    for extra in (node.args.vararg, node.args.kwarg) if not isinstance(node, ast.ClassDef) else ():
        if extra is not None:
            world.put(unit.inside.bind(extra.arg), world.display(extra))
    if isinstance(node, ast.Lambda):
        return
    _bound_to(node, value, scope)
    if isinstance(node, ast.ClassDef):
        _made_class(unit)


def _bound_to(node: ast.FunctionDef | ast.ClassDef, value: Cell, scope: Scope) -> None:
    """Let a definition's name stand for it, and for what its decorators make of it."""
    world = scope.world
    if world.units[node].is_property:
        world.put(scope.bind(node.name), Accessor(world.units[node]))
        return
    world.pour(value, scope.bind(node.name))
    for decorator in reversed(node.decorator_list):
        made = world.decorated.setdefault(decorator, Cell())
        call(Site(decorator, scope, [("", value, None)], made), world.cell(decorator))
        value = made
    if node.decorator_list:
        world.pour(value, scope.bind(node.name))
        stages = [world.decorated[each] for each in node.decorator_list]
        world.wrapped.setdefault((scope, node.name), []).append((world.units[node], stages))


def _defaults(node: Any) -> list[tuple[ast.arg, ast.expr]]:
    if isinstance(node, ast.ClassDef):
        return []
    plain = [*node.args.posonlyargs, *node.args.args]
    pairs = list(zip(reversed(plain), reversed(node.args.defaults), strict=False))
    named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return [*pairs, *((argument, default) for argument, default in named if default is not None)]


def _made_class(unit: Unit) -> None:
    """Give the methods of a class and of its own bases its instances as their first argument."""
    world = unit.scope.world

    def adopt(value: Value) -> None:
        if not (isinstance(value, Unit) and isinstance(value.node, ast.ClassDef)):
            return
        if not world.first("adopt", unit, value):
            return
        for method in value.node.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                own = world.units[method]
                by_class = bool(method.decorator_list) or method.name in _BY_CLASS
                for argument in [*method.args.posonlyargs, *method.args.args][: not own.is_static]:
                    for each in (unit.instance, unit) if by_class else (unit.instance,):
                        world.put(own.inside.bind(argument.arg), each)
                special = method.name.startswith("__") and method.name != "__init__"
                field = ANY if method.name in _ON_ASKING else ITEM if special else method.name
                special = special and method.name not in OPERATORS
                if special or method.decorator_list:
                    for thing in (unit, unit.instance):
                        world.pour(own.returned, world.field(thing, field))
        for base in value.node.bases:
            world.each(world.cell(base), adopt)

    adopt(unit)
    prepared = Cell()
    for keyword in getattr(unit.node, "keywords", ()):
        world.each(
            world.cell(keyword.value),
            lambda value: members(value, "__prepare__", prepared) if isinstance(value, Unit) else None,
        )
    world.each(prepared, lambda _: world.change("__prepare__", unit.node, unit.scope))
