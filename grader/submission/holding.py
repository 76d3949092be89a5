"""What holds what: Python's own containers, and what is put into something where it is written."""

from __future__ import annotations

import ast

from grader.submission.following.library import MAKING, under
from grader.submission.following.values import Cell, Heap, Unit, Value
from grader.submission.following.world import World


def is_container(part: ast.expr, world: World) -> bool:
    """Return whether an expression stands for own objects or for containers of Python's, and nothing else."""
    held = world.cell(part).held
    return bool(held) and all(isinstance(value, Unit) or _contains(value, world, set()) for value in held)


def _contains(value: Value, world: World, asked: set[Value]) -> bool:
    if not isinstance(value, Heap) or value in asked:
        return False
    if value.owner is not None or not value.passing:
        return True
    asked.add(value)
    match value.node:
        case ast.Call(func=func):
            paths = [each for each in world.cell(func).held if isinstance(each, str)]
            if paths or not isinstance(func, ast.Attribute):
                return bool(paths) and all(under(path, MAKING) or path == "sorted" for path in paths)
            parts: list[ast.expr] = [func.value]
        case ast.BinOp(left=left, right=right):
            parts = [left, right]
        case ast.Subscript(value=base) | ast.AugAssign(target=base):
            parts = [base]
        case _:
            return False
    return all(any(_contains(each, world, asked) for each in world.cell(part).held) for part in parts)


def stored_in(base: ast.expr, world: World) -> list[Cell]:
    """Return the cells of what is put into what an expression stands for where it is written."""

    def find() -> dict[Cell, list[Cell]]:
        found: dict[Cell, list[Cell]] = {}
        for each in world.stored:
            found.setdefault(each.base, []).append(each.value)
        return found

    return world.remember(("stored",), find).get(world.cell(base), [])
