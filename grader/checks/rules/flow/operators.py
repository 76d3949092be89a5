"""Operators: what their results hold, and the methods of own classes that they come to."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import TYPE_CHECKING

from grader.checks.rules.flow.values import ANY, ITEM, Cell, Heap, Unit, Unknown, Value

if TYPE_CHECKING:
    from grader.checks.rules.flow.scopes import Scope


SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.MatMult: "matmul", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitAnd: "and",
    ast.BitOr: "or", ast.BitXor: "xor", ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert",
}  # fmt: skip
_COMPARED: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Eq: ("__eq__",), ast.NotEq: ("__ne__", "__eq__"), ast.Lt: ("__lt__",), ast.LtE: ("__le__",),
    ast.Gt: ("__gt__",), ast.GtE: ("__ge__",),
}  # fmt: skip
_TURNED: dict[type[ast.AST], type[ast.AST]] = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}


def direct(op: ast.AST) -> tuple[str, ...]:
    """Return the methods by which the left of an operator is asked."""
    sign = SIGNS.get(type(op))
    return (f"__{sign}__", f"__i{sign}__") if sign else _COMPARED.get(type(op), ())


def reflected(op: ast.AST) -> tuple[str, ...]:
    """Return the methods by which the right of an operator is asked where the left does not answer."""
    sign = SIGNS.get(type(op))
    if isinstance(op, ast.In | ast.NotIn):
        return ("__contains__",)
    return (f"__r{sign}__",) if sign else _COMPARED.get(_TURNED.get(type(op), type(op)), ())


def combined(left: Cell, op: ast.AST, right: Cell, node: ast.AST, into: Cell, scope: Scope) -> None:
    """Let flow what an operator between two values makes flow."""
    ask(left, direct(op), [right], into, scope)
    ask(right, reflected(op), [left], into, scope, instead=direct(op)[0] if type(op) in SIGNS else "")
    implied([left, right], node, into, scope)


def implied(parts: list[Cell], node: ast.AST | None, into: Cell, scope: Scope) -> None:
    """Let flow what the parts hold into a result; with `node`, into a thing that holds it, as lists that are added."""
    world = scope.world

    def react(value: Value) -> None:
        if isinstance(value, Heap) and value.owner is not None:
            world.pour(world.field(value, ITEM), into)
        elif isinstance(value, Heap) and node is not None:
            world.once_bearing(value, lambda: combine(value))
        elif isinstance(value, Unknown) and not value.weak:
            world.put(into, value)

    def combine(value: Value) -> None:
        made = world.made(node)  # type: ignore[arg-type]  # asked above
        world.put(world.field(made, ANY), value)
        world.put(into, made)

    for part in parts:
        world.each(part, react)


def subscripted(base: Cell, given: list[Cell], into: Cell, scope: Scope) -> None:
    """Let flow what a subscript makes flow where an own class has the method for it: the key, and what is put there."""
    ask(base, ("__getitem__", "__missing__", "__setitem__", "__delitem__"), given, into, scope)
    implied([base, *given], None, into, scope)


def ask(asked: Cell, names: Collection[str], given: list[Cell], into: Cell, scope: Scope, *, instead: str = "") -> None:
    """Let own objects' methods of these names be called with what is given.

    Of two objects of one class that has the method `instead` Python asks the left by that, and never the right.
    """
    from grader.checks.rules.flow.members import members

    world = scope.world

    def react(value: Value) -> None:
        if isinstance(value, Unit) and isinstance(value.node, ast.ClassDef):
            for each in value.node.keywords:
                world.each(world.cell(each.value), lambda maker: of_metaclass(maker, value))
        if not isinstance(value, Heap) or value.owner is None:
            return
        parts = given
        if instead in value.owner.inside.names and _is_one(value.owner):
            parts = [_others(each, value, scope) for each in given]
        for name in names:
            found = Cell()
            members(value.owner, name, found)
            world.pour(world.field(value.owner, name), found)
            world.each(found, lambda method: answered(method, [value, *parts], into, scope))

    def of_metaclass(maker: Value, value: Value) -> None:
        for name in names if isinstance(maker, Unit) else ():
            found = Cell()
            members(maker, name, found)  # type: ignore[arg-type]  # asked above
            world.each(found, lambda method: answered(method, [value, *given], into, scope))

    world.each(asked, react)


def answered(method: Value, given: list[Value | Cell], into: Cell, scope: Scope) -> None:
    """Let a special method be called: a function, or what stands for one, `__add__ = F()` or a partialmethod."""
    from grader.checks.rules.flow.members import members

    world, found = scope.world, Cell()
    itself: Value = method
    match method:
        case Unit(node=ast.ClassDef()):
            itself = method.instance
            world.put(into, itself)
            members(method, "__init__", found)
        case Unit():
            world.pour(method.returned, into)
            hand(method, given)
            return
        case Heap(owner=Unit() as owner):
            members(owner, "__call__", found)
        case Heap() if world.first("slot", method, into, *given):
            world.each(method.all, lambda inner: answered(inner, given, into, scope))
            return
    if world.first("slot", method, into, *given[1:]):
        world.each(found, lambda inner: answered(inner, [itself, *given[1:]], into, scope))


def hand(method: Unit, given: list[Value | Cell]) -> None:
    """Let what a special method is given flow into its parameters: the object itself, and what it is asked with."""
    world, names = method.scope.world, method.positional
    rest = method.node.args.vararg  # type: ignore[union-attr]  # no class
    for number, part in enumerate(given[method.is_static :]):
        if number < len(names):
            into = method.inside.bind(names[number])
        elif rest is not None:
            into = world.field(world.display(rest), ITEM)
        else:
            return
        if isinstance(part, Cell):
            world.pour(part, into)
        else:
            world.put(into, part)


def _is_one(owner: Unit) -> bool:
    """Return whether a class statement runs once: it stands in a module's body, and nothing else makes the class."""
    plain = isinstance(owner.node, ast.ClassDef) and not owner.node.keywords
    return plain and owner.scope.outer is None and owner.node in owner.scope.root.body  # type: ignore[attr-defined]


def _others(given: Cell, asked: Heap, scope: Scope) -> Cell:
    """Return what is given but for objects of the class that is asked, unless others are made from that class."""
    world, found = scope.world, Cell()
    world.each(given, lambda value: world.put(found, value) if value is not asked else None)
    world.each(world.varied, lambda owner: world.pour(given, found) if owner is asked.owner else None)
    return found


OPERATORS = frozenset(name for op in (*SIGNS, *_COMPARED) for name in (*direct(op()), *reflected(op())))
"""The methods of operators, whose results are no items of an object."""
