"""The special methods that an operator, a subscript, an attribute, a text or a statement may come to."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator

from grader.checks.rules.flow.library import asks_nothing
from grader.checks.rules.flow.members import is_method, text
from grader.checks.rules.flow.operators import SIGNS, direct, reflected
from grader.checks.rules.flow.values import Accessor, Container, Instance, OwnClass, Unit, Value
from grader.checks.rules.flow.world import World

_TRUTH = frozenset({"__bool__", "__len__"})
_TEXT = frozenset({"__format__", "__str__", "__repr__"})
_ACCESS: dict[type[ast.AST], tuple[str, str, str]] = {
    ast.Load: ("__getattr__", "__getattribute__", "__get__"),
    ast.Store: ("__setattr__", "__setattr__", "__set__"),
    ast.Del: ("__delattr__", "__delattr__", "__delete__"),
}
_KEY = frozenset({"__hash__", "__eq__", "__index__"})
_KEYED = frozenset({"get", "setdefault", "pop", "add", "discard", "remove", "index", "count", "update", "__getitem__",
                    "__setitem__", "__delitem__", "__contains__"})  # fmt: skip
"""Methods of containers that look for what they are given."""
_MATCHED: dict[type[ast.AST], tuple[str, ...]] = {
    ast.MatchValue: ("__eq__",),
    ast.MatchSequence: ("__len__", "__getitem__", "__iter__"),
    ast.MatchMapping: ("__len__", "__getitem__", "keys", "get"),
    ast.MatchClass: ("__getattribute__", "__getattr__"),
}
"""What a pattern asks of the subject."""
_CHECKED = frozenset({"__instancecheck__", "__subclasscheck__"})
_UFUNC = frozenset({"__array_ufunc__"})
_BY_TEXT: dict[str, ast.expr_context] = {"getattr": ast.Load(), "setattr": ast.Store(), "delattr": ast.Del()}
_ITEM: dict[type[ast.AST], frozenset[str]] = {
    ast.Load: frozenset({"__getitem__", "__missing__", "__class_getitem__"}),
    ast.Store: frozenset({"__setitem__"}),
    ast.Del: frozenset({"__delitem__"}),
}
_BY_NAME: dict[str, frozenset[str]] = {
    "str": _TEXT, "print": _TEXT, "format": _TEXT, "repr": frozenset({"__repr__"}), "bool": _TRUTH,
    "float": frozenset({"__float__", "__index__"}), "int": frozenset({"__int__", "__index__", "__trunc__"}),
    "complex": frozenset({"__complex__", "__float__", "__index__"}), "next": frozenset({"__next__"}),
    "hasattr": frozenset(_ACCESS[ast.Load]),
    "iter": frozenset({"__iter__", "__getitem__"}), "getattr": frozenset(_ACCESS[ast.Load]),
    "setattr": frozenset(_ACCESS[ast.Store]), "delattr": frozenset(_ACCESS[ast.Del]),
    **{name: frozenset({f"__{name}__"}) for name in ("len", "hash", "abs", "round", "dir", "pow", "divmod")},
}  # fmt: skip
"""What a function of Python's asks of its argument; any other function of a library may ask for all of them."""


def touched(node: ast.AST, world: World) -> Iterator[ast.AST]:
    """Yield the own methods that one node (not those in it) may call without naming them."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            yield from _by_sign(left, right, op, world)
        case ast.AugAssign(target=target, op=op, value=value):
            yield from _by_sign(target, value, op, world)
        case ast.UnaryOp(op=op, operand=operand):
            yield from _of(operand, _TRUTH if isinstance(op, ast.Not) else {f"__{SIGNS[type(op)]}__"}, world)
            yield from () if isinstance(op, ast.Not) else _of(operand, _UFUNC, world)
        case ast.Compare():
            yield from _compared(node, world)
        case ast.BoolOp(values=values):
            for each in values:
                yield from _of(each, _TRUTH, world)
        case ast.If(test=test) | ast.IfExp(test=test) | ast.Assert(test=test) | ast.While(test=test):
            yield from _of(test, _TRUTH, world)
        case ast.FormattedValue(value=value):
            yield from _of(value, _TEXT, world)
        case ast.Subscript(value=value, slice=index, ctx=ctx):
            yield from _of(value, _ITEM[type(ctx)], world)
            yield from _all_of(_places(index), _KEY, world)
        case ast.Dict(keys=parts) | ast.Set(elts=parts):
            yield from _all_of(parts, _KEY, world)
        case ast.Await(value=value):
            yield from _of(value, {"__await__"}, world)
        case ast.AsyncWith(items=items):
            yield from _all_of([each.context_expr for each in items], {"__aenter__", "__aexit__"}, world)
        case ast.Match():
            yield from _matched(node, world)
        case ast.Attribute():
            while isinstance(node, ast.Attribute):
                yield from _accessed(node, world)
                node = node.value
        case ast.Call():
            yield from _asked(node, world)
        case ast.ClassDef():
            yield from _class_made(world.classes[node], world)


def methods(owner: OwnClass, names: Collection[str] | None, world: World) -> frozenset[ast.AST]:
    """Return the functions that a class, or an own base of it, has under one of these names (`None`: any special)."""
    key = None if names is None else frozenset(names)
    return world.remember(("methods", owner, key), lambda: frozenset(_methods(owner, key, world)))


def _methods(owner: OwnClass, names: frozenset[str] | None, world: World) -> Iterator[ast.AST]:
    left = names
    for each in family(owner, world):
        named: set[str] = set()
        for cells in (each.inside.names, each.fields, each.instance.fields):
            for name in [name for name in cells if (is_method(name) if left is None else name in left)]:
                world.step()
                named.add(name)
                yield from (unit.node for value in cells[name].held for unit in _standing_for(value))
        left = left - named if left is not None else None  # a base's is asked only where the class has none


def _standing_for(value: Value) -> list[Unit]:
    """Return the functions that run where a value is a special method: `__add__ = F()`, a partialmethod."""
    if isinstance(value, Instance):
        names = value.owner.inside.names
        return [each for each in (names["__call__"].held if "__call__" in names else ()) if isinstance(each, Unit)]
    if isinstance(value, Container):
        return [each for each in value.all.held if isinstance(each, Unit)]
    return [value] if isinstance(value, Unit) else []


def family(owner: OwnClass, world: World) -> list[OwnClass]:
    """Return a class and all own classes that it is derived from."""

    def find() -> list[OwnClass]:
        found = [owner]
        for each in found:
            bases = [value for base in getattr(each.node, "bases", ()) for value in world.cell(base).held]
            found += [value for value in bases if isinstance(value, OwnClass) and value not in found]
            world.step(len(found))
        return found

    return world.remember(("family", owner), find)


def made_by(owner: OwnClass, world: World) -> list[OwnClass]:
    """Return the own metaclasses of a class."""
    keywords = [each for one in family(owner, world) for each in getattr(one.node, "keywords", ())]
    return [value for each in keywords for value in world.cell(each.value).held if isinstance(value, OwnClass)]


def owners(value: Value, world: World) -> list[OwnClass]:
    """Return the classes whose special methods serve a value: an instance's own, a class's own metaclasses."""
    if isinstance(value, Instance):
        return [value.owner]
    return made_by(value, world) if isinstance(value, OwnClass) else []


def _of(part: ast.expr, names: Collection[str], world: World) -> Iterator[ast.AST]:
    for value in world.cell(part).held:
        for owner in owners(value, world):
            yield from methods(owner, names, world)
        if isinstance(value, OwnClass) and "__class_getitem__" in names:
            yield from methods(value, {"__class_getitem__"}, world)


def _all_of(parts: Iterable[ast.expr | None], names: Collection[str], world: World) -> Iterator[ast.AST]:
    for part in parts:
        if part is not None:
            yield from _of(part, names, world)


def _places(index: ast.expr) -> list[ast.expr | None]:
    """Return the keys and bounds of a subscript."""
    match index:
        case ast.Tuple(elts=elts):
            return [index, *(part for each in elts for part in _places(each))]
        case ast.Slice(lower=lower, upper=upper, step=step):
            return [lower, upper, step]
    return [index]


def _matched(node: ast.Match, world: World) -> Iterator[ast.AST]:
    """Yield what the patterns and conditions of a `match` ask: the subject, the values, the classes, all properties."""
    yield from _all_of([case.guard for case in node.cases], _TRUTH, world)
    parts = [part for case in node.cases for part in ast.walk(case.pattern)]
    world.step(len(parts))
    yield from _of(node.subject, {name for part in parts for name in _MATCHED.get(type(part), ())}, world)
    for part in parts:
        if isinstance(part, ast.MatchValue):
            yield from _of(part.value, {"__eq__"}, world)
        elif isinstance(part, ast.MatchClass):
            yield from _of(part.cls, _CHECKED, world)
            for value in world.cell(node.subject).held:
                for owner in owners(value, world):
                    yield from _properties(owner, None, ast.Load(), world)


def _by_sign(left: ast.expr, right: ast.expr, op: ast.AST, world: World) -> Iterator[ast.AST]:
    own = list(_of(left, direct(op), world))
    yield from own or _of(left, _UFUNC, world)
    if _may_be_other(left, right, world):
        yield from _of(right, reflected(op), world)
        yield from () if isinstance(left, ast.Constant) else _of(right, _UFUNC, world)


def _may_be_other(left: ast.expr, right: ast.expr, world: World) -> bool:
    """Return whether the left of an operator may be of another class than the right, which then is asked."""
    first, second = (
        {getattr(value, "owner", None) for value in world.cell(part).held if isinstance(value, Instance | Container)}
        for part in (left, right)
    )
    return not first or bool(first - second)


def _compared(node: ast.Compare, world: World) -> Iterator[ast.AST]:
    for op, left, right in zip(node.ops, [node.left, *node.comparators], node.comparators, strict=False):
        if isinstance(op, ast.In | ast.NotIn):
            yield from _of(right, {"__contains__", "__iter__", "__getitem__"}, world)
            yield from _of(left, _KEY, world)
            for value in world.deep(world.cell(right)):
                for owner in owners(value, world):
                    yield from methods(owner, {"__eq__"}, world)
        elif not isinstance(op, ast.Is | ast.IsNot):
            yield from _by_sign(left, right, op, world)


def _accessed(node: ast.Attribute, world: World) -> Iterator[ast.AST]:
    missing, always, bound = _ACCESS[type(node.ctx)]
    for value in world.cell(node.value).held:
        asked = owners(value, world)
        for owner in asked:
            named = isinstance(node.ctx, ast.Load) and node.attr in _given_names(owner, value, world)
            yield from methods(owner, {always} if named else {missing, always}, world)
        for owner in [value, *asked] if isinstance(value, OwnClass) else asked:
            for each in family(owner, world):
                for held in each.inside.names[node.attr].held if node.attr in each.inside.names else ():
                    if isinstance(held, Accessor) and _is_for(held.unit, node.ctx):
                        yield held.unit.node
                    elif isinstance(held, Instance):
                        yield from methods(held.owner, {bound}, world)


def _given_names(owner: OwnClass, value: Value, world: World) -> set[str]:
    """Return the attributes that an object has from the start, for which nobody asks `__getattr__`."""

    def find() -> set[str]:
        of = value if isinstance(value, OwnClass) else owner
        found: set[str] = set()
        for each in family(of, world):
            found |= each.inside.names.keys()
            for made in each.inside.names["__init__"].held if "__init__" in each.inside.names else ():
                nodes = list(ast.walk(made.node)) if isinstance(made, Unit) else []
                world.step(len(nodes))
                found |= {
                    one.attr for one in nodes if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)
                }
        return found

    return world.remember(("given", owner, value), find)


def _is_for(unit: Unit, ctx: ast.expr_context) -> bool:
    """Return whether a property's function reads, sets or deletes."""
    names = {getattr(each, "attr", "") for each in getattr(unit.node, "decorator_list", ())}
    kind = ast.Store if "setter" in names else ast.Del if "deleter" in names else ast.Load
    return isinstance(ctx, kind)


def _asked(node: ast.Call, world: World) -> Iterator[ast.AST]:
    paths = [value for value in world.cell(node.func).held if isinstance(value, str)]
    if not paths and isinstance(node.func, ast.Attribute) and node.func.attr in _KEYED:
        yield from _all_of(node.args, _KEY, world)
    for path in paths:
        if path in ("isinstance", "issubclass") and len(node.args) > 1:
            for value in world.deep(world.cell(node.args[1])):
                if isinstance(value, OwnClass):
                    yield from methods(value, {"__subclasshook__"}, world)
                    for owner in made_by(value, world):
                        yield from methods(owner, _CHECKED, world)
        if path != "hasattr" and asks_nothing(path):
            continue
        if path.rpartition(".")[2].strip("_") in _BY_TEXT and node.args:
            yield from _by_text(node, _BY_TEXT[path.rpartition(".")[2].strip("_")], world)
        for each in (*node.args, *(one.value for one in node.keywords)):
            asked = world.cell(each).held if _BY_NAME.get(path, _TEXT) is not _TEXT else world.deep(world.cell(each))
            for value in asked:
                for owner in owners(value, world) if isinstance(value, Instance) else ():
                    yield from methods(owner, _BY_NAME.get(path), world)


def _by_text(node: ast.Call, ctx: ast.expr_context, world: World) -> Iterator[ast.AST]:
    """Yield the properties that `getattr(x, "name")` and the like come to; all, where no name is written out."""
    name = text(node.args[1]) if len(node.args) > 1 else None
    for value in world.cell(node.args[0]).held:
        for owner in owners(value, world):
            yield from _properties(owner, name, ctx, world)


def _properties(owner: OwnClass, name: str | None, ctx: ast.expr_context, world: World) -> Iterator[ast.AST]:
    """Yield the functions of a class's properties of this name (`None`: any)."""
    for each in family(owner, world):
        world.step(len(each.inside.names))
        cells = [cell for one, cell in each.inside.names.items() if name in (None, one)]
        held = [one for cell in cells for one in cell.held]
        yield from (one.unit.node for one in held if isinstance(one, Accessor) and _is_for(one.unit, ctx))


def _class_made(made: OwnClass, world: World) -> Iterator[ast.AST]:
    for each in family(made, world)[1:]:
        yield from methods(each, {"__init_subclass__"}, world)
    for each in made_by(made, world):
        yield from methods(each, {"__new__", "__init__", "__prepare__", "__call__"}, world)
    for cell in made.inside.names.values():
        for value in cell.held:
            if isinstance(value, Instance):
                yield from methods(value.owner, {"__set_name__"}, world)
