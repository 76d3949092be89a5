"""The special methods that an operator, a subscript, an attribute, a text or a statement may come to."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from typing import Any

from grader.submission.following.library import asks_nothing
from grader.submission.following.members import is_method, text
from grader.submission.following.operators import SIGNS, direct, reflected
from grader.submission.following.values import Accessor, Heap, Unit, Value
from grader.submission.following.world import World

_TRUTH = frozenset({"__bool__", "__len__"})
_TEXT = frozenset({"__format__", "__str__", "__repr__"})
_ACCESS: dict[type[ast.AST], tuple[str, str, str]] = {
    ast.Load: ("__getattr__", "__getattribute__", "__get__"),
    ast.Store: ("__setattr__", "__setattr__", "__set__"),
    ast.Del: ("__delattr__", "__delattr__", "__delete__"),
}
_BY_TEXT: dict[str, ast.expr_context] = {"getattr": ast.Load(), "setattr": ast.Store(), "delattr": ast.Del()}
_ITEM: dict[type[ast.AST], frozenset[str]] = {
    ast.Load: frozenset({"__getitem__", "__missing__", "__class_getitem__"}),
    ast.Store: frozenset({"__setitem__"}),
    ast.Del: frozenset({"__delitem__"}),
}
_BY_NAME: dict[str, frozenset[str]] = {
    "str": _TEXT, "print": _TEXT, "format": _TEXT, "repr": frozenset({"__repr__"}), "bool": _TRUTH,
    "float": frozenset({"__float__", "__index__"}), "int": frozenset({"__int__", "__index__", "__trunc__"}),
    "complex": frozenset({"__complex__", "__float__", "__index__"}), "next": frozenset({"__next__"}),
    "hasattr": frozenset(_ACCESS[ast.Load]),
    "iter": frozenset({"__iter__", "__getitem__"}), "getattr": frozenset(_ACCESS[ast.Load]),
    "setattr": frozenset(_ACCESS[ast.Store]), "delattr": frozenset(_ACCESS[ast.Del]),
    **{name: frozenset({f"__{name}__"}) for name in ("len", "hash", "abs", "round", "dir", "pow", "divmod")},
}  # fmt: skip
"""What a function of Python's asks of its argument; any other function of a library may ask for all of them."""


def touched(node: ast.AST, world: World) -> Iterator[ast.AST]:
    """Yield the own methods that one node (not those in it) may call without naming them."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            yield from _by_sign(left, right, op, world)
        case ast.AugAssign(target=target, op=op, value=value):
            yield from _by_sign(target, value, op, world)
        case ast.UnaryOp(op=op, operand=operand):
            yield from _of(operand, _TRUTH if isinstance(op, ast.Not) else {f"__{SIGNS[type(op)]}__"}, world)
        case ast.Compare():
            yield from _compared(node, world)
        case ast.BoolOp(values=values):
            for each in values:
                yield from _of(each, _TRUTH, world)
        case ast.If(test=test) | ast.IfExp(test=test) | ast.Assert(test=test) | ast.While(test=test):
            yield from _of(test, _TRUTH, world)
        case ast.FormattedValue(value=value):
            yield from _of(value, _TEXT, world)
        case ast.Subscript(value=value, ctx=ctx):
            yield from _of(value, _ITEM[type(ctx)], world)
        case ast.Attribute():
            while isinstance(node, ast.Attribute):
                yield from _accessed(node, world)
                node = node.value
        case ast.Call():
            yield from _asked(node, world)
        case ast.ClassDef():
            yield from _class_made(node, world)


def methods(owner: Unit, names: Collection[str] | None, world: World) -> frozenset[ast.AST]:
    """Return the functions that a class, or an own base of it, has under one of these names (`None`: any special)."""
    key = None if names is None else frozenset(names)
    return world.remember(("methods", owner, key), lambda: frozenset(_methods(owner, key, world)))


def _methods(owner: Unit, names: frozenset[str] | None, world: World) -> Iterator[ast.AST]:
    left = names
    for each in family(owner, world):
        named: set[str] = set()
        for cells in (each.inside.names, each.fields, each.instance.fields):
            for name in [name for name in cells if (is_method(name) if left is None else name in left)]:
                world.step()
                named.add(name)
                yield from (value.node for value in cells[name].held if isinstance(value, Unit))
        left = left - named if left is not None else None  # a base's is asked only where the class has none


def family(owner: Unit, world: World) -> list[Unit]:
    """Return a class and all own classes that it is derived from."""

    def find() -> list[Unit]:
        found = [owner]
        for each in found:
            bases = [value for base in getattr(each.node, "bases", ()) for value in world.cell(base).held]
            found += [value for value in bases if isinstance(value, Unit) and value not in found]
            world.step(len(found))
        return found

    return world.remember(("family", owner), find)


def made_by(owner: Unit, world: World) -> list[Unit]:
    """Return the own metaclasses of a class."""
    keywords = [each for one in family(owner, world) for each in getattr(one.node, "keywords", ())]
    return [value for each in keywords for value in world.cell(each.value).held if isinstance(value, Unit)]


def owners(value: Value, world: World) -> list[Unit]:
    """Return the classes whose special methods serve a value: an instance's own, a class's own metaclasses."""
    if isinstance(value, Heap) and value.owner is not None:
        return [value.owner]
    return made_by(value, world) if isinstance(value, Unit) and isinstance(value.node, ast.ClassDef) else []


def _of(part: ast.expr, names: Collection[str], world: World) -> Iterator[ast.AST]:
    for value in world.cell(part).held:
        for owner in owners(value, world):
            yield from methods(owner, names, world)
        if isinstance(value, Unit) and "__class_getitem__" in names:
            yield from methods(value, {"__class_getitem__"}, world)


def _by_sign(left: ast.expr, right: ast.expr, op: ast.AST, world: World) -> Iterator[ast.AST]:
    yield from _of(left, direct(op), world)
    if _may_be_other(left, right, world):
        yield from _of(right, reflected(op), world)


def _may_be_other(left: ast.expr, right: ast.expr, world: World) -> bool:
    """Return whether the left of an operator may be of another class than the right, which then is asked."""
    first = {value.owner for value in world.cell(left).held if isinstance(value, Heap)}
    second = {value.owner for value in world.cell(right).held if isinstance(value, Heap)}
    return not first or bool(first - second)


def _compared(node: ast.Compare, world: World) -> Iterator[ast.AST]:
    for op, left, right in zip(node.ops, [node.left, *node.comparators], node.comparators, strict=False):
        if isinstance(op, ast.In | ast.NotIn):
            yield from _of(right, {"__contains__", "__iter__", "__getitem__"}, world)
            for value in world.deep(world.cell(right)):
                for owner in owners(value, world):
                    yield from methods(owner, {"__eq__"}, world)
        elif not isinstance(op, ast.Is | ast.IsNot):
            yield from _by_sign(left, right, op, world)


def _accessed(node: ast.Attribute, world: World) -> Iterator[ast.AST]:
    missing, always, bound = _ACCESS[type(node.ctx)]
    for value in world.cell(node.value).held:
        own = [value] if isinstance(value, Unit) else []
        for owner in owners(value, world):
            named = node.attr in _given_names(owner, value, world)
            yield from methods(
                owner, {always} if named and isinstance(node.ctx, ast.Load) else {missing, always}, world
            )
        for owner in [*own, *owners(value, world)]:
            for each in family(owner, world):
                for held in each.inside.names[node.attr].held if node.attr in each.inside.names else ():
                    if isinstance(held, Accessor) and _is_for(held.unit, node.ctx):
                        yield held.unit.node
                    elif isinstance(held, Heap) and held.owner is not None:
                        yield from methods(held.owner, {bound}, world)


def _given_names(owner: Unit, value: Value, world: World) -> set[str]:
    """Return the attributes that an object has from the start, for which nobody asks `__getattr__`."""

    def find() -> set[str]:
        of = value if isinstance(value, Unit) else owner
        found: set[str] = set()
        for each in family(of, world):
            found |= each.inside.names.keys()
            for made in each.inside.names["__init__"].held if "__init__" in each.inside.names else ():
                nodes = list(ast.walk(made.node)) if isinstance(made, Unit) else []
                world.step(len(nodes))
                found |= {
                    one.attr for one in nodes if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)
                }
        return found

    return world.remember(("given", owner, value), find)


def _is_for(unit: Unit, ctx: ast.expr_context) -> bool:
    """Return whether a property's function reads, sets or deletes."""
    names = {getattr(each, "attr", "") for each in getattr(unit.node, "decorator_list", ())}
    kind = ast.Store if "setter" in names else ast.Del if "deleter" in names else ast.Load
    return isinstance(ctx, kind)


def _asked(node: ast.Call, world: World) -> Iterator[ast.AST]:
    paths = [value for value in world.cell(node.func).held if isinstance(value, str)]
    for path in paths:
        if path != "hasattr" and asks_nothing(path):
            continue
        if path.rpartition(".")[2].strip("_") in _BY_TEXT and node.args:
            yield from _by_text(node, _BY_TEXT[path.rpartition(".")[2].strip("_")], world)
        for each in (*node.args, *(one.value for one in node.keywords)):
            asked = world.cell(each).held if _BY_NAME.get(path, _TEXT) is not _TEXT else world.deep(world.cell(each))
            for value in asked:
                for owner in owners(value, world) if isinstance(value, Heap) else ():
                    yield from methods(owner, _BY_NAME.get(path), world)


def _by_text(node: ast.Call, ctx: ast.expr_context, world: World) -> Iterator[ast.AST]:
    """Yield the properties that `getattr(x, "name")` and the like come to; all, where no name is written out."""
    name = text(node.args[1]) if len(node.args) > 1 else None
    for value in world.cell(node.args[0]).held:
        for owner in owners(value, world):
            for each in family(owner, world):
                world.step(len(each.inside.names))
                cells = [cell for one, cell in each.inside.names.items() if name in (None, one)]
                held = [one for cell in cells for one in cell.held]
                yield from (one.unit.node for one in held if isinstance(one, Accessor) and _is_for(one.unit, ctx))


def _class_made(node: ast.ClassDef, world: World) -> Iterator[ast.AST]:
    unit: Any = world.units[node]
    for each in family(unit, world)[1:]:
        yield from methods(each, {"__init_subclass__"}, world)
    for each in made_by(unit, world):
        yield from methods(each, {"__new__", "__init__", "__prepare__", "__call__"}, world)
    for cell in unit.inside.names.values():
        for value in cell.held:
            if isinstance(value, Heap) and value.owner is not None:
                yield from methods(value.owner, {"__set_name__"}, world)
