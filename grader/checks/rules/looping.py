"""What repeats in Python without a loop that is seen: recursion, and functions that other functions call."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator

from grader.checks.rules.flow.library import KEEPING, MAKING, under
from grader.checks.rules.flow.members import members
from grader.checks.rules.flow.values import (
    COMPREHENSIONS,
    OWN,
    Accessor,
    Cell,
    Container,
    Instance,
    Method,
    OwnClass,
    Postponed,
    Unit,
    Value,
)
from grader.checks.rules.flow.world import World
from grader.checks.rules.reaching import CallGraph, Use
from grader.checks.rules.touching import family
from grader.language import inert


def is_container(part: ast.expr, world: World) -> bool:
    """Return whether an expression stands for own objects or for containers of Python's, and nothing else."""
    held = world.cell(part).held
    return bool(held) and all(isinstance(value, Unit) or _contains(value, world, set()) for value in held)


def _contains(value: Value, world: World, asked: set[Value]) -> bool:
    if isinstance(value, Instance):
        return True
    if not isinstance(value, Container) or value in asked:
        return False
    if not value.passing:
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


_FILE = frozenset({"write", "writelines", "read", "readline", "readlines", "readinto"})
"""Methods of a file; whoever is given one calls them again and again."""


_PUTTING = frozenset({"append", "appendleft", "add", "insert", "extend", "setdefault"})
"""Methods of containers that call nothing of what they are given; those of something else may."""
_LOOKING = frozenset({"pop", "get", "copy", "items"})
"""Methods that call nothing of what they are given."""
_ASKING = frozenset({"sorted", "min", "max", "sum", "any", "all"})
"""Functions that, without a key, call nothing but special methods of what they are given."""
_SAYING = frozenset({"format", "str", "repr", "round", "float", "int", "abs", "type"})
"""Functions that put a text together."""
_NEW = frozenset({"list", "dict", "set", "tuple", "int", "float", "str", "defaultdict", "deque", "Counter", "zeros",
                  "ones", "empty", "full", "array", "eye", "identity", "arange", "linspace", "zeros_like", "ones_like",
                  "empty_like", "full_like"})  # fmt: skip
"""Functions that make a new container."""
_MEEK = frozenset({
    "object", "list", "dict", "tuple", "set", "str", "int", "float", "enum", "abc", "Exception", "ValueError",
    "TypeError", "RuntimeError", "ArithmeticError", "KeyError", "NotImplementedError", "dataclasses",
    "typing.Generic", "typing.Protocol", "typing.NamedTuple", "typing.TypedDict", "typing.Any",
    "collections.OrderedDict", "collections.defaultdict", "collections.deque", "collections.namedtuple",
})  # fmt: skip
"""Bases whose own methods call none of the student's but those with two underscores on each side."""


def loops(used: Collection[Use], world: World) -> Iterator[tuple[Use, str]]:
    """Yield each use that loops, and what it is. Raises Entangled."""
    calls = CallGraph(used, world)
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
        at_once = not isinstance(node, ast.GeneratorExp) and not isinstance(use.root, (*OWN, ast.Module))
        return "" if at_once else "comprehension"  # what a module's name is made from is computed while it is loaded
    if isinstance(node, ast.ClassDef) or (
        isinstance(use.root, ast.ClassDef) and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ):
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
    own = any(isinstance(value, Unit | Instance) for value in held)
    name = inert(paths[0].rpartition(".")[2] if paths else _spoken(node), 60)
    if any(_may_call_own(owner, made, world) for owner, made in _passed_up(use, node, held, world)):
        return name
    if own and not paths and not _is_method_of_data(node, world):
        return ""
    keyed = any(
        each.arg == "key" and not (isinstance(each.value, ast.Constant) and each.value.value is None)
        for each in node.keywords
    )
    if keyed or (paths == ["iter"] and len(node.args) > 1):
        return name
    if (paths == ["type"] and len(node.args) == 1) or (paths == ["numpy.piecewise"] and _are_few(node)):
        return ""
    if paths == ["collections.defaultdict"] and _is_supplied(node, world):
        return ""
    classes = all(isinstance(value, OwnClass) for value in use.given)
    if not paths and name == "view" and classes:
        return ""  # of an array, as another class
    if any(_is_known_to_libraries(value, world) for value in use.given) or _of_library(node, world):
        return name
    waiting = [value.node for value in use.given if isinstance(value, Postponed) and value.unit is None]
    if paths != ["next"] and any(each not in nodes for each in waiting):
        return name
    if name == "format" and any(_has_properties(value.owner) for value in use.given if isinstance(value, Instance)):
        return name
    receiver = node.func.value if isinstance(node.func, ast.Attribute) and not paths else None
    if receiver is not None and (name in _LOOKING or (name in _PUTTING and is_container(receiver, world))):
        return ""
    known = KEEPING if any(each.arg is None for each in node.keywords) else KEEPING | _ASKING
    of_text = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant | ast.JoinedStr)
    if of_text or (paths and all(path in known and path != "type" for path in paths)):
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
    return any(isinstance(value, Container) for value in world.cell(called.value).held)


def _may_be_called(value: Value) -> bool:
    if isinstance(value, Instance):
        return "__call__" in value.owner.inside.names
    return isinstance(value, Unit | Method)


def _is_known_to_libraries(value: Value, world: World) -> bool:
    """Return whether a library may know how to call an own object: it is a file, or derived from a library's class."""
    if not isinstance(value, Instance):
        return False
    return not _FILE.isdisjoint(value.owner.inside.names) or bool(foreign(value.owner, world))


def foreign(owner: OwnClass, world: World) -> list[str]:
    """Return the library's classes that an own class is derived from, and that may call its methods."""
    return [each for each in library_bases(owner, world) if each not in _MEEK and each.partition(".")[0] not in _MEEK]


def library_bases(owner: OwnClass, world: World) -> list[str]:
    """Return the library's classes that an own class is derived from, by way of own ones too."""

    def find() -> list[str]:
        found: list[str] = []
        for each in family(owner, world):
            for node in getattr(each.node, "bases", ()):
                world.step()
                base = node.value if isinstance(node, ast.Subscript) else node  # Sequence[int]
                found += [value for value in world.cell(base).held if isinstance(value, str)]
        return sorted(found)

    return world.remember(("bases", owner), find)


def _hooked(node: ast.AST, world: World) -> str:
    """Return the library's object that an own function is put into, unasked: `parser.StartElementHandler = f`."""
    match node:
        case ast.Attribute(value=base, attr=name, ctx=ast.Store()) if not world.cell(base).held:
            given = stored_in(base, world)
        case ast.Subscript(value=base, slice=ast.Slice(), ctx=ast.Store()) if not is_container(base, world):
            given, name = stored_in(base, world), _spoken(base)
        case ast.AugAssign(target=target, value=value) if not is_container(target, world):
            given, name = [world.cell(value)], _spoken(target)
        case _:
            return ""
    return inert(name, 60) if any(isinstance(value, Unit) for cell in given for value in world.deep(cell)) else ""


def _has_properties(owner: OwnClass) -> bool:
    return any(isinstance(each, Accessor) for cell in owner.inside.names.values() for each in cell.held)


def _of_library(node: ast.Call, world: World) -> bool:
    """Return whether it is a library's method of an own object, which may call the object's own: `parser.feed(x)`."""
    if not isinstance(node.func, ast.Attribute):
        return False
    for owner in {value.owner for value in world.cell(node.func.value).held if isinstance(value, Instance)}:
        found = Cell()
        members(owner, node.func.attr, found)
        stored = owner.instance.fields.get(node.func.attr)
        if foreign(owner, world) and not found.held and not (stored and stored.held):
            return True
    return False


def _passed_up(use: Use, node: ast.Call, held: Collection[Value], world: World) -> Iterator[tuple[OwnClass, str]]:
    """Yield the own classes whose bases are given something, by `C(x)` or `super().update(x)`, and the name asked."""
    if not node.args:
        return
    for value in held:
        if isinstance(value, OwnClass):
            made = {name for each in family(value, world) for name in each.inside.names}
            yield from () if made & {"__init__", "__new__"} else [(value, "__init__")]
    match node.func:
        case ast.Attribute(value=ast.Call(func=up), attr=name) if (
            "super" in world.cell(up).held and use.root in world.functions
        ):
            around = world.functions[use.root].scope.root
            yield from [(world.classes[around], name)] if isinstance(around, ast.ClassDef) else ()


def _may_call_own(owner: OwnClass, asked: str, world: World) -> bool:
    """Return whether a library's base, that is written in Python, may call other methods of the class than that."""
    bases = [each for each in foreign(owner, world) if not hasattr(builtins, each) and not each.startswith("numpy.")]
    own = ((name, cell) for each in family(owner, world) for name, cell in each.inside.names.items())
    return bool(bases) and any(
        name not in ("__init__", "__repr__", "__str__", asked) and any(isinstance(each, Unit) for each in cell.held)
        for name, cell in own
    )


def _are_few(node: ast.Call) -> bool:
    """Return whether the functions of `np.piecewise` are written out one by one: each is called once."""
    match node.args:
        case [_, _, ast.List(elts=each) | ast.Tuple(elts=each)]:
            return not any(isinstance(one, ast.Starred) for one in each)
    return False


def _is_supplied(node: ast.Call, world: World) -> bool:
    """Return whether the first argument is an own function that only makes a new thing: `defaultdict(lambda: 0)`."""
    made = world.deep(world.cell(node.args[0])) if node.args else set()
    return bool(made) and all(isinstance(value, Unit) and is_telling(value.node, world, _NEW) for value in made)


def _spoken(node: ast.AST) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return getattr(called, "attr", getattr(called, "id", "")) or "call"


def is_telling(function: ast.AST, world: World, names: Collection[str] = _SAYING) -> bool:
    """Return whether a function only returns or passes, and calls nothing but library functions of these names."""
    return world.remember(("telling", function, names), lambda: _only_calls(function, names, world))


def _only_calls(function: ast.AST, names: Collection[str], world: World) -> bool:
    body = getattr(function, "body", [])
    lines = body if isinstance(body, list) else [ast.Return(value=body)]
    if isinstance(function, ast.ClassDef) or not all(isinstance(line, ast.Return | ast.Pass) for line in lines):
        return False
    asked: set[ast.AST] = set()
    for node in (each for line in lines for each in ast.walk(line)):
        world.step()
        if isinstance(node, ast.NamedExpr | ast.Yield | ast.YieldFrom | ast.Await | ast.MatMult | ast.Lambda):
            return False
        if isinstance(node, ast.Attribute):
            asked.add(node.value)
        held = world.cell(node).held if isinstance(node, ast.expr) and node not in asked else ()
        if any(isinstance(value, Accessor | Instance) for value in held):
            return False
        if isinstance(node, ast.Call):
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            if name not in names or any(isinstance(value, Unit) for value in world.cell(called).held):
                return False
    return True


def registered(used: Collection[Use], world: World) -> Iterator[tuple[Use, str]]:
    """Yield the own functions that numpy or Python was told to call when something happens, and that do more than say.

    Such as `np.set_printoptions(formatter={"float": f})`: f is called for each number of an array that is printed.
    """
    told = {value.node for cell in world.registered for value in world.deep(cell) if isinstance(value, Unit)}
    for root in dict.fromkeys(use.root for use in used if use.root in told):
        if not isinstance(root, ast.ClassDef) and not is_telling(root, world):
            yield next(use for use in used if use.root is root), "callback"
