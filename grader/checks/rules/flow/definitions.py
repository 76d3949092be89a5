"""Definitions and assignments: what targets, parameters, defaults, decorators and classes are bound to."""

from __future__ import annotations

import ast
from typing import Any

from grader.checks.rules.flow.calls import Site, call
from grader.checks.rules.flow.members import element, key, members, store
from grader.checks.rules.flow.operators import OPERATORS, subscripted
from grader.checks.rules.flow.scopes import Scope
from grader.checks.rules.flow.values import ANY, ITEM, Accessor, Cell, Heap, Unit, Value


def assign(target: ast.expr, value: Cell, scope: Scope, source: ast.expr | None = None) -> None:
    """Bind a target to a value; `source` is the expression, where it is one."""
    world = scope.world
    waiting = [(target, value, source)]
    while waiting:
        left, cell, right = waiting.pop()
        world.step()
        if isinstance(left, ast.Name):
            world.pour(cell, scope.bind(left.id))
            if right is not None:
                note_source(left, right, scope)
        elif isinstance(left, ast.Attribute):
            store(world.cell(left.value), left.attr, cell, left, scope)
        elif isinstance(left, ast.Subscript):
            store(world.cell(left.value), key(left.slice), cell, left, scope)
            _keep_key(world.cell(left.value), left.slice, scope)
            subscripted(world.cell(left.value), [world.cell(left.slice), cell], Cell(), scope)
        elif isinstance(left, ast.Starred):
            rest = world.display(left)
            world.pour(cell, world.field(rest, ITEM))
            held = Cell()
            world.put(held, rest)
            waiting.append((left.value, held, None))
        elif isinstance(left, ast.Tuple | ast.List):
            waiting += _pairs(left, cell, right, scope)


def _keep_key(base: Cell, slice_: ast.expr, scope: Scope) -> None:
    """Let a key that is a module or a function lie in the dict that it was put into."""
    world = scope.world
    kept = Cell()

    def keep(value: Value) -> None:
        named = isinstance(value, str) and (value.startswith("numpy.") or world.is_module(value))
        if named or isinstance(value, Unit):
            world.put(kept, value)

    for each in slice_.elts if isinstance(slice_, ast.Tuple) else [slice_]:
        world.each(world.cell(each), keep)
    world.each(base, lambda value: world.pour(kept, world.field(value, ITEM)) if isinstance(value, Heap) else None)


def _pairs(
    left: ast.Tuple | ast.List, cell: Cell, right: ast.expr | None, scope: Scope
) -> list[tuple[ast.expr, Cell, ast.expr | None]]:
    several = (*left.elts, *(right.elts if isinstance(right, ast.Tuple | ast.List) else ()))
    starred = any(isinstance(each, ast.Starred) for each in several)
    if isinstance(right, ast.Tuple | ast.List) and len(right.elts) == len(left.elts) and not starred:
        return [(one, scope.world.cell(each), each) for one, each in zip(left.elts, right.elts, strict=True)]
    found: list[tuple[ast.expr, Cell, ast.expr | None]] = []
    for number, one in enumerate(left.elts):
        drawn = Cell()
        element(cell, None if starred else f"#{number}", drawn, one, scope)
        found.append((one, drawn, None))
    return found


def note_source(target: ast.Name, value: ast.expr, scope: Scope) -> None:
    """Take note of what a module's name is computed from."""
    if scope.outer is None:
        scope.sources.setdefault(target.id, []).append(value)


def iterated(target: ast.expr, iterable: ast.expr, scope: Scope) -> None:
    """Bind a loop's target to what is iterated."""
    drawn = Cell()
    element(scope.world.cell(iterable), None, drawn, iterable, scope)
    assign(target, drawn, scope)


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
