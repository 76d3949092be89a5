"""Operators and subscripts: what their results hold, and the methods of own classes that answer them."""

from __future__ import annotations

import ast
from collections.abc import Collection

from grader.checks.rules.flow.members import answered, members
from grader.checks.rules.flow.values import (
    ANY,
    ITEM,
    Cell,
    Container,
    Instance,
    OwnClass,
    Scope,
    Unknown,
    Value,
)

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


OPERATORS = frozenset(name for op in (*SIGNS, *_COMPARED) for name in (*direct(op()), *reflected(op())))
"""The methods of operators, whose results are no items of an object."""


def combined(left: Cell, op: ast.AST, right: Cell, node: ast.AST, into: Cell, scope: Scope) -> None:
    """Let flow what an operator between two values makes flow."""
    ask(left, direct(op), [right], into, scope)
    ask(right, reflected(op), [left], into, scope, instead=direct(op)[0] if type(op) in SIGNS else "")
    implied([left, right], node, into, scope)


def implied(parts: list[Cell], node: ast.AST | None, into: Cell, scope: Scope) -> None:
    """Let what own objects hold flow into a result; with `node`, containers into one made there, as `+` of lists."""
    world = scope.world

    def react(value: Value) -> None:
        if isinstance(value, Instance):
            world.connect(world.field(value, ITEM), into)
        elif isinstance(value, Container) and node is not None:
            made = world.made(node)
            world.once_bearing(value, lambda: combine(value, made))
        elif isinstance(value, Unknown) and not value.weak:
            world.put(into, value)

    def combine(value: Value, made: Container) -> None:
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
    world = scope.world

    def call(owner: OwnClass, name: str, parts: list[Value | Cell], extra: Cell | None = None) -> None:
        found = Cell()
        members(owner, name, found)
        if extra is not None:
            world.connect(extra, found)
        world.each(found, lambda method: answered(method, parts, into, scope))

    def of_metaclass(maker: Value, value: Value) -> None:
        if isinstance(maker, OwnClass):
            for name in names:
                call(maker, name, [value, *given])

    def react(value: Value) -> None:
        if isinstance(value, OwnClass):
            for each in value.node.keywords:
                world.each(world.cell(each.value), lambda maker: of_metaclass(maker, value))
        elif isinstance(value, Instance):
            owner, parts = value.owner, given
            if instead in owner.inside.names and _is_one(owner):
                parts = [_others(each, value, scope) for each in given]
            for name in names:
                call(owner, name, [value, *parts], world.field(owner, name))

    world.each(asked, react)


def _is_one(owner: OwnClass) -> bool:
    """Return whether a class statement runs once: it stands in a module's body, and nothing else makes the class."""
    top = owner.scope.root
    return not owner.node.keywords and isinstance(top, ast.Module) and owner.node in top.body


def _others(given: Cell, asked: Instance, scope: Scope) -> Cell:
    """Return what is given but for objects of the class that is asked, unless others are made from that class."""
    world, found = scope.world, Cell()
    world.each(given, lambda value: world.put(found, value) if value is not asked else None)
    world.each(world.varied, lambda owner: world.connect(given, found) if owner is asked.owner else None)
    return found
