"""Operators: what their results hold, and the methods of own classes that they come to."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.submission.following.values import ANY, ITEM, Cell, Heap, Unit, Unknown, Value

if TYPE_CHECKING:
    from grader.submission.following.scopes import Scope


def implied(parts: list[Cell], node: ast.AST | None, into: Cell, scope: Scope) -> None:
    """Let flow what an operator makes flow: with `node`, its result holds what the parts held."""
    world = scope.world
    parts = [each for each in parts if each is not world.nothing]

    def react(value: Value) -> None:
        if isinstance(value, Heap) and value.owner is not None:
            world.pour(world.field(value, ITEM), into)
            for name, cell in list(value.owner.inside.names.items()):
                if name.startswith("__") and name not in ("__init__", "__new__"):
                    world.each(cell, give)
        elif isinstance(value, Heap) and node is not None:
            world.once_bearing(value, lambda: combine(value))
        elif isinstance(value, Unknown) and not value.weak:
            world.put(into, value)

    def combine(value: Value) -> None:
        made = world.made(node)  # type: ignore[arg-type]  # asked above
        world.put(world.field(made, ANY), value)
        world.put(into, made)

    def give(method: Value) -> None:
        if isinstance(method, Unit) and not isinstance(method.node, ast.ClassDef):
            arguments = method.node.args
            for argument in [*arguments.posonlyargs, *arguments.args][1:]:
                for part in parts:
                    world.pour(part, method.inside.bind(argument.arg))

    for part in parts:
        world.each(part, react)
