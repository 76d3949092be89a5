"""Special methods, `__getitem__`, `__lt__`, `__add__`: Python and numpy call them in loops that are not seen."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from grader.language import inert
from grader.submission.following.library import SPOKEN
from grader.submission.following.members import is_method
from grader.submission.following.values import Heap, Unit, Value
from grader.submission.following.world import World
from grader.submission.looping import foreign, is_telling
from grader.submission.reaching import Use

_QUIET = frozenset({
    "__init__", "__new__", "__post_init__", "__call__", "__enter__", "__exit__", "__init_subclass__", "__set_name__",
    "__class_getitem__", "__slots__", "__match_args__",
})  # fmt: skip
"""Methods that nothing calls again and again by itself."""
_ASKING = frozenset({"isinstance", "issubclass", "callable", "hasattr", "id", "type", "super", "object"})
"""Functions that call no method of what they are given."""
_ONCE = frozenset({"len", "bool", "hash", "abs", "int", "float", "complex", "str", "repr", "format", "round", "print",
                   "next", "iter", "dir", "divmod", "pow", "display"})  # fmt: skip
"""Functions that call a method of what they are given once."""
_PUTTING = frozenset({"append", "appendleft", "push", "put", "setdefault", "pop", "get", "format"})
"""Methods of containers that call no method of what they are given, or one once."""


def special_methods(used: Collection[Use], world: World) -> Iterator[tuple[Use, str]]:
    """Yield the uses where an own object's special methods may be called in a loop, with one of their names."""
    for use in used:
        owners = {value.owner for value in _in_a_loop(use, world) if isinstance(value, Heap)} - {None}
        names = sorted(name for owner in owners if owner is not None for name in _special(owner, world))
        if names:
            yield use, names[0]


def _special(owner: Unit, world: World) -> list[str]:
    """Return the special methods of a class, but for those that do nothing or only once."""
    stored = (name for thing in (owner, owner.instance) for name, cell in thing.fields.items() if cell.held)
    found: list[str] = []
    for name in sorted({*owner.inside.names, *stored}):
        hook = name.startswith("_") and name.endswith("_") and not name.startswith("__") and len(name) > 2
        if name in _QUIET | SPOKEN or not name.startswith("_"):
            continue
        if (hook and foreign(owner, world)) or (is_method(name) and not _only_says(owner, name)):
            found.append(inert(name, 60))
    for base in getattr(owner.node, "bases", ()):
        for value in world.cell(base).held:
            world.step()
            if isinstance(value, Unit) and value is not owner and value.node.lineno < owner.node.lineno:
                found += _special(value, world)
    return found


def _in_a_loop(use: Use, world: World) -> Collection[Value]:
    """Return the values whose methods a use may call again and again."""
    node = use.node
    match node:
        case ast.Call():
            return _by_call(use, node, world)
        case ast.Starred(value=value) | ast.YieldFrom(value=value):
            return world.cell(value).held
        case ast.Assign(targets=targets, value=value) if any(isinstance(one, ast.Tuple | ast.List) for one in targets):
            return world.cell(value).held
        case ast.Compare(left=left, ops=ops, comparators=others) if any(
            isinstance(op, ast.In | ast.NotIn) for op in ops
        ):
            return {value for other in (left, *others) for value in world.deep(world.cell(other))}
        case ast.BinOp() | ast.Compare() | ast.FormattedValue() | ast.UnaryOp() | ast.AugAssign():
            parts = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
            return {value for part in parts for value in _within(part, world)}
    return ()


def _within(part: ast.expr, world: World) -> set[Value]:
    """Return what lies in a container, without what the expression may be itself."""
    return world.deep(world.cell(part)) - world.cell(part).held


def _by_call(use: Use, node: ast.Call, world: World) -> Collection[Value]:
    held = world.cell(node.func).held
    paths = {value for value in held if isinstance(value, str)}
    method = node.func.attr if isinstance(node.func, ast.Attribute) and not paths else ""
    own = any(isinstance(value, Unit) or (isinstance(value, Heap) and value.owner is not None) for value in held)
    if (own and not paths) or (paths and paths <= _ASKING) or method in _PUTTING:
        return ()
    if method in ("add", "insert", "discard"):  # each of them once
        return ()
    if paths and paths <= _ONCE:
        arguments = [*node.args, *(each.value for each in node.keywords)]
        return {value for each in arguments for value in _within(each, world)}
    return use.given


def _only_says(owner: Unit, name: str) -> bool:
    """Return whether a `__repr__` or `__str__` only puts a text together, and calls and changes nothing."""
    body = getattr(owner.node, "body", [])
    methods = [each for each in body if isinstance(each, ast.FunctionDef) and each.name == name]
    return name in ("__repr__", "__str__") and bool(methods) and all(map(is_telling, methods))
