"""What repeats in Python without a loop that is seen: recursion, and functions that other functions call."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from grader.language import inert
from grader.submission.following.library import KEEPING
from grader.submission.following.members import members
from grader.submission.following.values import COMPREHENSIONS, Accessor, Cell, Heap, Method, Postponed, Unit, Value
from grader.submission.following.world import World
from grader.submission.reaching import Use
from grader.submission.recursion import Calls

_FILE = frozenset({"write", "writelines", "read", "readline", "readlines", "readinto"})
"""Methods of a file; whoever is given one calls them again and again."""


_PUTTING = frozenset({"append", "appendleft", "add", "insert", "extend", "setdefault", "pop", "get", "copy", "items"})
"""Methods of containers that call nothing of what they are given."""
_MEEK = frozenset({
    "object", "list", "dict", "tuple", "set", "str", "int", "float", "enum", "typing", "abc", "collections",
    "Exception", "ValueError", "TypeError", "RuntimeError", "ArithmeticError", "KeyError", "NotImplementedError",
    "dataclasses",
})  # fmt: skip
"""Bases whose own methods call none of the student's but those with two underscores on each side."""


def loops(used: Collection[Use], world: World) -> Iterator[tuple[Use, str]]:
    """Yield each use that loops, and what it is. Raises Entangled."""
    calls = Calls(used, world)
    nodes = {use.node for use in used}
    for use in used:
        what = _loop(use, world, nodes) or ("recursion" if calls.recur(use) else "")
        if what:
            yield use, what


def _loop(use: Use, world: World, nodes: Collection[ast.AST]) -> str:
    node = use.node
    if isinstance(node, ast.For | ast.AsyncFor):
        return "for"
    if isinstance(node, ast.While):
        return "while"
    if isinstance(node, COMPREHENSIONS):
        return "comprehension"
    if isinstance(node, ast.ClassDef):
        return ""
    if isinstance(use.root, ast.ClassDef) and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return ""
    return _hooked(node, world) or _handed_over(use, world, nodes)


def _handed_over(use: Use, world: World, nodes: Collection[ast.AST]) -> str:
    """Return the name of a library's function that is given one of the student's own, and may call it in a loop."""
    node = use.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return next((_spoken(each) for each in node.decorator_list if not _only_wraps(each, world)), "")
    if not isinstance(node, ast.Call):
        return ""
    held = world.cell(node.func).held
    paths = sorted(value for value in held if isinstance(value, str))
    own = any(isinstance(value, Unit) or (isinstance(value, Heap) and value.owner is not None) for value in held)
    if own and not paths and not _is_method_of_data(node, world):
        return ""
    name = inert(paths[0].rpartition(".")[2] if paths else _spoken(node), 60)
    keyed = any(each.arg == "key" and not _is_none(each.value) for each in node.keywords)
    if keyed or (paths == ["iter"] and len(node.args) > 1):
        return name
    if (paths == ["type"] and len(node.args) == 1) or (paths == ["numpy.piecewise"] and _are_few(node)):
        return ""
    if any(_is_file(value) or _is_listener(value, world) for value in use.given) or _of_library(node, world):
        return name
    waiting = [value.node for value in use.given if isinstance(value, Postponed) and value.unit is None]
    if paths != ["next"] and any(each not in nodes for each in waiting):
        return name
    if name == "format" and any(_has_properties(value) for value in use.given):
        return name
    if not paths and name in _PUTTING and isinstance(node.func, ast.Attribute):
        return ""
    if paths and all(path in KEEPING and path != "type" for path in paths):
        return ""
    if not paths and not own and any(isinstance(value, str) and value not in KEEPING for value in use.called):
        return name if any(_may_be_called(value) for value in (*use.called, *use.given)) else ""
    return name if any(_may_be_called(value) for value in use.given) else ""


def _only_wraps(decorator: ast.expr, world: World) -> bool:
    """Return whether a decorator is an own function, or one of those that do not call again and again."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    held = world.cell(called).held
    paths = [value for value in held if isinstance(value, str)]
    return all(path in KEEPING for path in paths) and bool(paths or any(isinstance(value, Unit) for value in held))


def _is_method_of_data(node: ast.AST, world: World) -> bool:
    called = getattr(node, "func", None)
    if not isinstance(called, ast.Attribute):
        return False
    return any(isinstance(value, Heap) and value.owner is None for value in world.cell(called.value).held)


def _decorators(node: ast.AST) -> list[ast.expr]:
    return list(getattr(node, "decorator_list", ()))


def _may_be_called(value: Value) -> bool:
    if isinstance(value, Heap):
        return value.owner is not None and "__call__" in value.owner.inside.names
    return isinstance(value, Unit | Method)


def _is_file(value: Value) -> bool:
    return isinstance(value, Heap) and value.owner is not None and not _FILE.isdisjoint(value.owner.inside.names)


def _is_listener(value: Value, world: World) -> bool:
    """Return whether a library may know how to call an own object: its class is derived from one of the library's."""
    return isinstance(value, Heap) and value.owner is not None and bool(foreign(value.owner, world))


def foreign(owner: Unit, world: World) -> list[str]:
    """Return the library's classes that an own class is derived from, and that may call its methods."""
    bases = {each for base in getattr(owner.node, "bases", ()) for each in world.cell(base).held}
    return [each for each in bases if isinstance(each, str) and each.partition(".")[0] not in _MEEK]


def _hooked(node: ast.AST, world: World) -> str:
    """Return the attribute of a library's object that is set to an own function: `parser.StartElementHandler = f`."""
    if not isinstance(node, ast.Assign):
        return ""
    for target in node.targets:
        unknown = isinstance(target, ast.Attribute) and not world.cell(target.value).held
        if unknown and any(isinstance(value, Unit) for value in world.deep(world.cell(node.value))):
            return inert(getattr(target, "attr", ""), 60)
    return ""


def _has_properties(value: Value) -> bool:
    return isinstance(value, Heap) and any(
        isinstance(each, Accessor)
        for cell in (value.owner.inside.names.values() if value.owner is not None else ())
        for each in cell.held
    )


def _of_library(node: ast.Call, world: World) -> bool:
    """Return whether it is a library's method of an own object, which may call the object's own: `parser.feed(x)`."""
    if not isinstance(node.func, ast.Attribute):
        return False
    found = Cell()
    owners = {value.owner for value in world.cell(node.func.value).held if isinstance(value, Heap)}
    for owner in owners - {None}:
        assert owner is not None
        members(owner, node.func.attr, found)
        stored = owner.instance.fields.get(node.func.attr)
        if foreign(owner, world) and not found.held and not (stored and stored.held):
            return True
    return False


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _are_few(node: ast.Call) -> bool:
    """Return whether the functions of `np.piecewise` are written out one by one: each is called once."""
    match node.args:
        case [_, _, ast.List(elts=each) | ast.Tuple(elts=each)]:
            return not any(isinstance(one, ast.Starred) for one in each)
    return False


def _spoken(node: ast.AST) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return getattr(called, "attr", getattr(called, "id", "")) or "call"


def is_telling(function: ast.AST) -> bool:
    """Return whether a function only returns a text or nothing, whose parts call no function but `format` and such."""
    body = getattr(function, "body", [])
    lines = body if isinstance(body, list) else [ast.Return(value=body)]
    if not all(isinstance(line, ast.Return | ast.Pass) for line in lines):
        return False
    for node in (each for line in lines for each in ast.walk(line)):
        if isinstance(node, ast.NamedExpr | ast.Yield | ast.YieldFrom | ast.Await | ast.MatMult | ast.Lambda):
            return False
        if isinstance(node, ast.Call):
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            if name not in ("format", "str", "repr", "round", "float", "int", "abs", "type"):
                return False
    return True


def registered(used: Collection[Use], world: World) -> Iterator[tuple[Use, str]]:
    """Yield the own functions that numpy or Python was told to call when something happens, and that do more than say.

    Such as `np.set_printoptions(formatter={"float": f})`: f is called for each number of an array that is printed.
    """
    told = {value.node for cell in world.registered for value in world.deep(cell) if isinstance(value, Unit)}
    for root in dict.fromkeys(use.root for use in used if use.root in told):
        if not isinstance(root, ast.ClassDef) and not is_telling(root):
            yield next(use for use in used if use.root is root), "callback"
