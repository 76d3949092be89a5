"""Special methods, `__getitem__`, `__lt__`, `__add__`: Python and numpy call them in loops that are not seen."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from grader.checks.rules.flow.library import SPOKEN, asks_nothing
from grader.checks.rules.flow.members import is_method
from grader.checks.rules.flow.operators import direct, reflected
from grader.checks.rules.flow.values import ANY, Accessor, Cell, Instance, OwnClass, Unit, Value
from grader.checks.rules.flow.world import World
from grader.checks.rules.looping import foreign, is_container, is_telling, library_bases, stored_in
from grader.checks.rules.reaching import Use
from grader.checks.rules.touching import family, made_by, methods
from grader.language import inert

_QUIET = frozenset({
    "__init__", "__new__", "__post_init__", "__call__", "__enter__", "__exit__", "__init_subclass__",
    "__class_getitem__", "__slots__", "__match_args__",
})  # fmt: skip
"""Methods that nothing calls again and again by itself."""
_ONCE = frozenset({"len", "bool", "hash", "abs", "int", "float", "complex", "str", "repr", "format", "round", "print",
                   "next", "iter", "dir", "divmod", "pow", "display"})  # fmt: skip
"""Functions that call a method of what they are given once."""
_ASKING_ONCE = frozenset({"append", "appendleft", "push", "put", "setdefault", "pop", "get", "add", "insert",
                          "discard"})  # fmt: skip
"""Methods of containers that call no method of what they are given, or one once."""
_ASKING_NO_ITEM = _ASKING_ONCE | {"extend", "extendleft", "clear", "keys", "values", "items", "copy", "reverse",
                                  "popitem", "popleft", "rotate", "update", "move_to_end"}  # fmt: skip
"""Methods of containers that call no method of what lies in them."""
_FILLING = frozenset({"fill", "itemset", "put", "__setitem__"})
"""Methods of arrays that put something in."""


def special_methods(used: Collection[Use], world: World) -> Iterator[tuple[Use, str]]:
    """Yield the uses where an own object's methods may be called in a loop, with the name of one of them."""
    for use in used:
        found: set[str] = set()
        for owner in _owners(_in_a_loop(use, world)):
            found.update(special(owner, world))
        for owner in _owners(_in_an_array(use, world)):
            found.update(_methods(owner, world))
        found |= set(_by_an_array(use.node, world))
        if found:
            yield use, inert(min(found), 60)


def _owners(values: Collection[Value]) -> set[OwnClass]:
    return {value.owner for value in values if isinstance(value, Instance)}


def special(owner: OwnClass, world: World) -> list[str]:
    """Return the special methods of a class, but for those that do nothing or only once."""
    return world.remember(("special", owner), lambda: _look_for_special(owner, world))


def _look_for_special(owner: OwnClass, world: World) -> list[str]:
    found: list[str] = []
    for each in family(owner, world):
        stored = (name for thing in (each, each.instance) for name, cell in thing.fields.items() if cell.held)
        for name in sorted({*each.inside.names, *stored}):
            world.step()
            hook = name.startswith("_") and name.endswith("_") and not name.startswith("__") and len(name) > 2
            if name in _QUIET | SPOKEN or not name.startswith("_"):
                continue
            if (hook and name != "_missing_" and library_bases(owner, world)) or (
                is_method(name) and not _only_says(each, name) and not _is_number(each, name)
            ):
                found.append(name)
    return found


def _methods(owner: OwnClass, world: World) -> list[str]:
    """Return all methods of a class: numpy calls an element's `sqrt` for `np.sqrt`, its `conjugate` for `a.conj()`."""

    def find() -> list[str]:
        found = special(owner, world)
        for each in family(owner, world):
            world.step(len(each.inside.names))
            named = ((name, cell) for name, cell in each.inside.names.items() if not name.startswith("_"))
            found += [name for name, cell in named if any(isinstance(one, Unit | Accessor) for one in cell.held)]
        return found

    return world.remember(("methods of", owner), find)


def _in_a_loop(use: Use, world: World) -> Collection[Value]:
    """Return the values whose special methods a use may call again and again."""
    node = use.node
    match node:
        case ast.Call():
            spread = [world.cell(each.value) for each in node.keywords if each.arg is None]
            return {*_by_call(use, node, world), *_held(spread)}
        case ast.Starred(value=value) | ast.YieldFrom(value=value):
            return world.cell(value).held
        case ast.Assign(targets=targets, value=value) if any(isinstance(one, ast.Tuple | ast.List) for one in targets):
            return world.cell(value).held
        case ast.Subscript(value=base, slice=ast.Slice(), ctx=ast.Store()) if not _is_own(base, world):
            return _held(stored_in(base, world))
        case ast.Dict(keys=keys, values=values):
            return _held([world.cell(value) for key, value in zip(keys, values, strict=True) if key is None])
        case ast.Match(subject=subject, cases=cases):
            parts = [part for case in cases for part in ast.walk(case.pattern)]
            world.step(len(parts))
            opened = any(isinstance(part, ast.MatchSequence | ast.MatchMapping) for part in parts)
            return world.cell(subject).held if opened else ()
        case ast.Compare(left=left, ops=ops, comparators=others) if any(
            isinstance(op, ast.In | ast.NotIn) for op in ops
        ):
            return {*world.deep(world.cell(left)), *(value for other in others for value in _searched(other, world))}
        case ast.AugAssign(target=target, value=value) if not _is_own(target, world):
            return {*world.deep(world.cell(value)), *_within(target, world)}
        case ast.BinOp(left=left, op=ast.Mod(), right=right) if _fills_in(left, right, world):
            return {*world.deep(world.cell(right)), *_within(left, world)}
        case ast.BinOp() | ast.Compare() | ast.FormattedValue() | ast.UnaryOp() | ast.AugAssign():
            parts = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
            return {value for part in parts for value in _within(part, world)}
    return ()


def _fills_in(left: ast.expr, right: ast.expr, world: World) -> bool:
    """Return whether `%` may ask an own object for each name in a text that is not written out."""
    if isinstance(left, ast.Constant) or _is_own(left, world):
        return False
    return any(methods(owner, {"__getitem__", "__missing__"}, world) for owner in _owners(world.cell(right).held))


def _checking(part: ast.expr, world: World) -> set[Value]:
    """Return the own metaclasses, as objects, that `isinstance` asks once for each class that lies in a tuple."""
    classes = [value for value in _within(part, world) if isinstance(value, OwnClass)]
    makers = {maker for each in classes for maker in made_by(each, world)}
    return {each.instance for each in makers if methods(each, {"__instancecheck__", "__subclasscheck__"}, world)}


def _searched(part: ast.expr, world: World) -> set[Value]:
    """Return the values that `in` may ask again and again; an own object that has `__contains__` is asked once."""
    asked = {value.owner for value in world.cell(part).held if isinstance(value, Instance)}
    once = {owner.instance for owner in asked if methods(owner, {"__contains__"}, world)}
    return world.deep(world.cell(part)) - once


def _held(cells: Collection[Cell]) -> set[Value]:
    return {value for cell in cells for value in cell.held}


def _within(part: ast.AST, world: World) -> set[Value]:
    """Return what lies in a container, without what the expression may be itself."""
    return world.deep(world.cell(part)) - world.cell(part).held


def _is_own(part: ast.expr, world: World) -> bool:
    """Return whether an expression stands for nothing but own objects."""
    held = world.cell(part).held
    return bool(held) and all(isinstance(value, Instance) for value in held)


def _by_call(use: Use, node: ast.Call, world: World) -> Collection[Value]:
    held = world.cell(node.func).held
    paths = {value for value in held if isinstance(value, str)}
    receiver = node.func.value if isinstance(node.func, ast.Attribute) and not paths else None
    method = node.func.attr if isinstance(node.func, ast.Attribute) and not paths else ""
    own = any(isinstance(value, Unit | Instance) for value in held)
    if own and not paths:
        if isinstance(node.func, ast.Attribute) and not any(isinstance(value, Unit) for value in held):
            return _by_inherited(use, node.func, world)
        classes = [value for value in held if isinstance(value, OwnClass) and library_bases(value, world)]
        return {*use.given, *(each.instance for each in classes)} if classes and len(node.args) > 1 else ()
    if paths and paths <= {"isinstance", "issubclass"} and len(node.args) > 1:
        return _checking(node.args[1], world)
    if (
        paths and all(map(asks_nothing, paths)) and not (paths == {"type"} and len(node.args) > 1)
    ) or method == "format":
        return ()
    if paths and paths <= _ONCE:
        arguments = [*node.args, *(each.value for each in node.keywords)]
        return {value for each in arguments for value in _within(each, world)}
    if receiver is None or not is_container(receiver, world):
        return use.given
    inside = _within(receiver, world) if method not in _ASKING_NO_ITEM else set()
    return inside if method in _ASKING_ONCE else {*use.given, *inside}


def _by_inherited(use: Use, called: ast.Attribute, world: World) -> Collection[Value]:
    """Return what a method is given that an own class has from a library's: `class S(str): pass` has `translate`."""
    owners = _owners(world.cell(called.value).held)
    plain = called.attr in _ASKING_ONCE and not any(foreign(owner, world) for owner in owners)
    return use.given if not plain and any(library_bases(owner, world) for owner in owners) else ()


def _in_an_array(use: Use, world: World) -> Collection[Value]:
    """Return the values that a use may put into an array: numpy may call any of their methods for each."""
    node = use.node
    match node:
        case ast.Subscript(value=base, ctx=ast.Store()) if not is_container(base, world):
            return {value for cell in stored_in(base, world) for value in world.deep(cell)}
        case ast.Call(func=func):
            paths = [value for value in world.cell(func).held if isinstance(value, str)]
            filled = isinstance(func, ast.Attribute) and func.attr in _FILLING and not is_container(func.value, world)
            if any(path.startswith("numpy.") for path in paths) or (filled and not paths):
                return use.given
    return ()


def _by_an_array(node: ast.AST, world: World) -> Iterator[str]:
    """Yield the methods of an own object that numpy calls for each element of an array, where that may be one.

    In `a + x` and `a < x`, `x.__radd__` and `x.__gt__` are called for each element of `a`.
    """
    if isinstance(node, ast.BinOp | ast.AugAssign):
        left = node.left if isinstance(node, ast.BinOp) else node.target
        pairs: list[tuple[ast.expr, ast.AST, ast.expr]] = [
            (left, node.op, node.right if isinstance(node, ast.BinOp) else node.value)
        ]
    elif isinstance(node, ast.Compare):
        pairs = list(zip([node.left, *node.comparators], node.ops, node.comparators, strict=False))
    else:
        return
    for left, op, right in pairs:
        for array, other in ((left, right), (right, left)):
            if isinstance(array, ast.Constant) or world.cell(array).held:
                continue
            names = reflected(op) if other is right else direct(op)
            for owner in _owners(world.cell(other).held):
                found = [name for name in names if any(name in each.inside.names for each in family(owner, world))]
                deferring = any("__array_ufunc__" in each.inside.names for each in family(owner, world))
                if found and not deferring and (other is right or _may_refuse(owner, world)):
                    yield found[0]


def _may_refuse(owner: OwnClass, world: World) -> bool:
    """Return whether a method of a class says NotImplemented somewhere: then the other operand is asked."""

    def find() -> bool:
        nodes = [node for each in family(owner, world) for node in ast.walk(each.node)]
        world.step(len(nodes))
        return any(isinstance(node, ast.Name) and node.id == "NotImplemented" for node in nodes)

    return world.remember(("refuses", owner), find)


def _is_number(owner: OwnClass, name: str) -> bool:
    """Return whether a class binds a name to nothing but a number or None: `__array_priority__ = 100`."""
    world = owner.scope.world
    if name not in owner.inside.names or owner.inside.names[name].held:
        return False
    world.step(len(world.stored))
    if any(each.name in (name, ANY) for each in world.stored):  # `A.__lt__ = f`
        return False
    lines = [each for each in getattr(owner.node, "body", []) if isinstance(each, ast.Assign)]
    plain = [each for each in lines if isinstance(each.value, ast.Constant)]
    bound = [target for each in plain for target in each.targets if isinstance(target, ast.Name) and target.id == name]
    nodes = list(ast.walk(owner.node))
    world.step(len(nodes))
    stored = [each for each in nodes if isinstance(each, ast.Name) and each.id == name]
    return bool(bound) and len(stored) == len(bound)


def _only_says(owner: OwnClass, name: str) -> bool:
    """Return whether a `__repr__` or `__str__` only puts a text together, and calls and changes nothing."""
    body = getattr(owner.node, "body", [])
    methods = [each for each in body if isinstance(each, ast.FunctionDef) and each.name == name]
    return (
        name in ("__repr__", "__str__")
        and bool(methods)
        and all(is_telling(each, owner.scope.world) for each in methods)
    )
