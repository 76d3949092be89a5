"""Assignments: what their targets are bound to."""

from __future__ import annotations

import ast

from grader.submission.following.members import element, key, store
from grader.submission.following.operators import subscripted
from grader.submission.following.scopes import Scope
from grader.submission.following.values import ITEM, Cell, Heap, Unit, Value


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
