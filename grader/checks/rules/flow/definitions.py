"""Definitions and assignments: what targets, parameters, defaults, decorators and classes are bound to."""

from __future__ import annotations

import ast

from grader.checks.rules.flow.calls import call
from grader.checks.rules.flow.members import each_member, element, key, store
from grader.checks.rules.flow.operators import OPERATORS, subscripted
from grader.checks.rules.flow.sites import Site
from grader.checks.rules.flow.values import (
    ANY,
    ITEM,
    Accessor,
    Cell,
    Container,
    Instance,
    OwnClass,
    OwnFunction,
    Scope,
    Unit,
    Value,
)


def assign(target: ast.expr, value: Cell, scope: Scope, source: ast.expr | None = None) -> None:
    """Bind a target to a value; `source` is the expression, where it is one."""
    world = scope.world
    waiting = [(target, value, source)]
    while waiting:
        left, cell, right = waiting.pop()
        world.step()
        if isinstance(left, ast.Name):
            world.connect(cell, scope.bind(left.id))
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
            world.connect(cell, world.field(rest, ITEM))
            waiting.append((left.value, world.holding(rest), None))
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

    def into(value: Value) -> None:
        if isinstance(value, Instance | Container):
            world.connect(kept, world.field(value, ITEM))

    world.each(base, into)


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


def define_function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope) -> None:
    """Let defaults flow into a function's parameters, and the function into its name."""
    world, function = scope.world, scope.world.functions[node]
    args = node.args
    plain = [*args.posonlyargs, *args.args]
    defaults = [*zip(reversed(plain), reversed(args.defaults), strict=False)]
    defaults += [(one, default) for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default]
    for argument, default in defaults:
        world.connect(world.cell(default), function.inside.bind(argument.arg))
    for extra in (args.vararg, args.kwarg):
        if extra is not None:
            world.put(function.inside.bind(extra.arg), world.display(extra))
    if isinstance(node, ast.Lambda):
        world.put(world.cell(node), function)
        world.connect(world.cell(node.body), function.returned)
    elif function.is_property:
        world.put(scope.bind(node.name), Accessor(function))
    else:
        _bound_to(node, function, scope)


def _bound_to(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, unit: Unit, scope: Scope) -> None:
    """Let a definition's name stand for it, and for what its decorators make of it."""
    world = scope.world
    value = world.holding(unit)
    world.connect(value, scope.bind(node.name))
    for decorator in reversed(node.decorator_list):
        made = world.decorated.setdefault(decorator, Cell())
        call(Site(decorator, scope, [("", value, None)], made), world.cell(decorator))
        value = made
    if node.decorator_list:
        world.connect(value, scope.bind(node.name))
        stages = [world.decorated[each] for each in node.decorator_list]
        world.wrapped.setdefault((scope, node.name), []).append((unit, stages))


def define_class(node: ast.ClassDef, scope: Scope) -> None:
    """Give the methods of a class and of its own bases its objects as their first argument."""
    world, made = scope.world, scope.world.classes[node]
    _bound_to(node, made, scope)

    def adopt(value: Value) -> None:
        if not isinstance(value, OwnClass) or not world.first("adopt", made, value):
            return
        for method in value.node.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                _adopt(world.functions[method], method, made)
        for base in value.node.bases:
            world.each(world.cell(base), adopt)

    def prepare(value: Value) -> None:
        if isinstance(value, OwnClass):
            each_member(value, "__prepare__", lambda _: world.change("__prepare__", node, scope))

    adopt(made)
    for keyword in node.keywords:
        world.each(world.cell(keyword.value), prepare)


def _adopt(method: OwnFunction, node: ast.FunctionDef | ast.AsyncFunctionDef, made: OwnClass) -> None:
    """Give a method its object; let what a special or decorated one returns be found in the object."""
    world = made.scope.world
    by_class = bool(node.decorator_list) or node.name in _BY_CLASS
    for name in method.positional[: not method.is_static]:
        for each in (made.instance, made) if by_class else (made.instance,):
            world.put(method.inside.bind(name), each)
    special = node.name.startswith("__") and node.name != "__init__"
    field = ANY if node.name in _ON_ASKING else ITEM if special else node.name
    if (special and node.name not in OPERATORS) or node.decorator_list:
        for thing in (made, made.instance):
            world.connect(method.returned, world.field(thing, field))
