"""What repeats in Python without a loop that is seen: recursion, callbacks, special methods of own objects."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator

from grader.checks.rules.flow.library import KEEPING, MAKING, SPOKEN, asks_nothing, under
from grader.checks.rules.flow.members import direct, is_method, members, reflected
from grader.checks.rules.flow.values import (
    ANY,
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
from grader.checks.rules.reaching import CallGraph, Use, family, made_by, methods
from grader.language import inert


def is_container(part: ast.expr, world: World) -> bool:
    """Return whether an expression stands only for own objects and for containers of Python's."""
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
    """Return the cells of what is stored by way of this expression: `base.x = value`, `base.append(value)`."""

    def find() -> dict[Cell, list[Cell]]:
        found: dict[Cell, list[Cell]] = {}
        for each in world.stored:
            found.setdefault(each.base, []).append(each.value)
        return found

    return world.remember(("stored",), find).get(world.cell(base), [])


_FILE = frozenset({"write", "writelines", "read", "readline", "readlines", "readinto"})
"""Methods of a file: a function that is given a file calls them again and again."""


_PUTTING = frozenset({"append", "appendleft", "add", "insert", "extend", "setdefault"})
"""Methods that call nothing of what they are given, if they are a container's."""
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
"""Bases whose own methods call no methods of the student's but special ones."""


def loops(used: Collection[Use], world: World) -> Iterator[tuple[Use, str]]:
    """Yield each use that loops, and what is reported as looping. Raises Entangled."""
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
    """Return the name of a library's function that is given an own function and may call it in a loop; "" for none."""
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
    """Return whether a decorator is an own function, or a library's that does not call repeatedly."""
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
    """Return whether a library may call methods of an own object: it is a file, or derived from a library's class."""
    if not isinstance(value, Instance):
        return False
    return not _FILE.isdisjoint(value.owner.inside.names) or bool(foreign(value.owner, world))


def foreign(owner: OwnClass, world: World) -> list[str]:
    """Return the library's classes that an own class is derived from, and that may call its methods."""
    return [each for each in library_bases(owner, world) if each not in _MEEK and each.partition(".")[0] not in _MEEK]


def library_bases(owner: OwnClass, world: World) -> list[str]:
    """Return the library's classes that an own class is derived from, directly or through own classes."""

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
    """Return the name under which an own function is stored in a library's object: `parser.StartElementHandler = f`."""
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
    """Return whether an own object's method is inherited from a library: as `parser.feed` may be."""
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
    """Yield the own classes with a base's method that is called with arguments, `C(x)` or `super().update(x)`."""
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
    """Return whether a base written in Python may call methods of the class, other than the one that was called."""
    bases = [each for each in foreign(owner, world) if not hasattr(builtins, each) and not each.startswith("numpy.")]
    own = ((name, cell) for each in family(owner, world) for name, cell in each.inside.names.items())
    return bool(bases) and any(
        name not in ("__init__", "__repr__", "__str__", asked) and any(isinstance(each, Unit) for each in cell.held)
        for name, cell in own
    )


def _are_few(node: ast.Call) -> bool:
    """Return whether the functions of `np.piecewise` are listed one by one, so that each is called once."""
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
    """Return whether a function's body only returns, and calls only library functions of these names."""
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
    """Yield the own functions that a library was given to call later, but for those that only put a text together.

    After `np.set_printoptions(formatter={"float": f})`, f is called for each number of an array that is printed.
    """
    told = {value.node for cell in world.registered for value in world.deep(cell) if isinstance(value, Unit)}
    for root in dict.fromkeys(use.root for use in used if use.root in told):
        if not isinstance(root, ast.ClassDef) and not is_telling(root, world):
            yield next(use for use in used if use.root is root), "callback"


_QUIET = frozenset({
    "__init__", "__new__", "__post_init__", "__call__", "__enter__", "__exit__", "__init_subclass__",
    "__class_getitem__", "__slots__", "__match_args__",
})  # fmt: skip
"""Special methods that neither Python nor numpy calls repeatedly."""
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
    """Yield the uses that may call an own object's methods in a loop, each with the name of one method."""
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
    """Return the special methods of a class that may loop: not those that only put a text together, nor numbers."""
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
    """Return all methods of a class: for `np.sqrt(a)` of an array of objects, numpy calls each element's `sqrt`."""

    def find() -> list[str]:
        found = special(owner, world)
        for each in family(owner, world):
            world.step(len(each.inside.names))
            named = ((name, cell) for name, cell in each.inside.names.items() if not name.startswith("_"))
            found += [name for name, cell in named if any(isinstance(one, Unit | Accessor) for one in cell.held)]
        return found

    return world.remember(("methods of", owner), find)


def _in_a_loop(use: Use, world: World) -> Collection[Value]:
    """Return the values whose special methods a use may call repeatedly."""
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
    """Return whether `%` may ask an own object for each name in a text that is computed."""
    if isinstance(left, ast.Constant) or _is_own(left, world):
        return False
    return any(methods(owner, {"__getitem__", "__missing__"}, world) for owner in _owners(world.cell(right).held))


def _checking(part: ast.expr, world: World) -> set[Value]:
    """Return the own metaclasses, as objects, that `isinstance` calls for each class in a tuple."""
    classes = [value for value in _within(part, world) if isinstance(value, OwnClass)]
    makers = {maker for each in classes for maker in made_by(each, world)}
    return {each.instance for each in makers if methods(each, {"__instancecheck__", "__subclasscheck__"}, world)}


def _searched(part: ast.expr, world: World) -> set[Value]:
    """Return the values whose methods `in` may call repeatedly; an own `__contains__` is called once."""
    asked = {value.owner for value in world.cell(part).held if isinstance(value, Instance)}
    once = {owner.instance for owner in asked if methods(owner, {"__contains__"}, world)}
    return world.deep(world.cell(part)) - once


def _held(cells: Collection[Cell]) -> set[Value]:
    return {value for cell in cells for value in cell.held}


def _within(part: ast.AST, world: World) -> set[Value]:
    """Return what the values of an expression hold, but for those values themselves."""
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
    """Return the arguments of a method that an own class inherits from a library's: `class S(str)` has `translate`."""
    owners = _owners(world.cell(called.value).held)
    plain = called.attr in _ASKING_ONCE and not any(foreign(owner, world) for owner in owners)
    return use.given if not plain and any(library_bases(owner, world) for owner in owners) else ()


def _in_an_array(use: Use, world: World) -> Collection[Value]:
    """Return the values that a use may put into an array, where numpy may call any of their methods."""
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
    """Yield the methods of an own object that numpy calls for each element, where the other operand may be an array.

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
    """Return whether a class names NotImplemented: then a method of the other operand may be called."""

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
    """Return whether a `__repr__` or `__str__` only puts a text together, without calling or changing anything."""
    body = getattr(owner.node, "body", [])
    methods = [each for each in body if isinstance(each, ast.FunctionDef) and each.name == name]
    return (
        name in ("__repr__", "__str__")
        and bool(methods)
        and all(is_telling(each, owner.scope.world) for each in methods)
    )
