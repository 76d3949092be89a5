"""Attributes, items and operators: what is found under a name or key, what is put there, which methods answer."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from grader.checks.rules.flow.library import HIDDEN, MUTATORS, PATCHED_AT_WILL, SEALED, SPOKEN
from grader.checks.rules.flow.values import (
    ANY,
    ITEM,
    Accessor,
    Cell,
    Container,
    Instance,
    Method,
    Namespace,
    OwnClass,
    OwnFunction,
    Scope,
    Stored,
    Unit,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from grader.checks.rules.flow.world import World

_OF_FUNCTION = frozenset({"__call__", "__get__", "__wrapped__", "__func__", "__new__"})
"""Attributes of a function that lead to the function itself."""
_OF_MEMBER = frozenset({"value", "_value_"})
"""Attributes of a member of an Enum that lead to what the member stands for."""
_ALL_MEMBERS = frozenset({"__members__", "_member_map_", "_value2member_map_"})
"""Attributes of an Enum that hold its members."""


def text(node: ast.AST | None) -> str | None:
    """Return the text that an expression writes out, also in pieces; `None` for a computed one."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = text(left), text(right)
            return None if first is None or second is None else first + second
        case ast.JoinedStr(values=values):
            pieces = [text(each) for each in values]
            return None if None in pieces else "".join(piece for piece in pieces if piece)
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return text(value)
    return None


def key(node: ast.AST) -> str:
    """Return the field of a subscript: of a constant key, or `ITEM`."""
    word = text(node)
    if word is not None:
        return f"[{word}"
    match node:
        case ast.Constant(value=int(number)):
            return f"#{number}"
    return ITEM


def attribute(base: Cell, name: str, into: Cell, node: ast.AST, scope: Scope) -> None:
    """Let what `base.name` may be flow into a cell."""
    world = scope.world
    if name in HIDDEN:
        world.unknown(f".{name}", into, node, scope.file)

    def react(value: Value) -> None:
        match value:
            case str(path):
                if name == "__dict__":
                    world.put(into, Namespace(world.tops.get(path, path)))
                elif name in _OF_MEMBER:
                    world.put(into, path)
                elif path in world.tops:
                    world.member(path, name, into)
                else:
                    world.path(f"{path}.{name}", into, node, scope.file)
            case Unit() | Instance() | Container():
                _of_thing(value, world.unmangled(name), into, node, scope)
            case Namespace() | Unknown():
                world.put(into, value)

    world.each(base, react)
    world.connect(world.lost(name), into)


def _of_thing(thing: Unit | Instance | Container, name: str, into: Cell, node: ast.AST, scope: Scope) -> None:
    world = scope.world
    owner = owner_of(thing)
    if name == "__dict__":
        world.put(into, Namespace(thing))
    elif name == "__globals__" and isinstance(thing, Unit):
        world.put(into, Namespace(thing.scope.top))
    for field in (name,) if owner is not None and name in owner.properties else (name, ANY):
        world.connect(world.field(thing, field), into)
    if owner is not None:
        _of_class(owner, thing, name, into, node)
    elif isinstance(thing, Container) or name in _OF_FUNCTION:
        world.put(into, thing)
    if isinstance(thing, Container) and is_method(name) and world.first("method", node):
        world.put(into, Method(name))


def owner_of(value: object) -> OwnClass | None:
    """Return the own class that a value is, or is an object of."""
    if isinstance(value, Instance):
        return value.owner
    return value if isinstance(value, OwnClass) else None


def _of_class(owner: OwnClass, thing: Value, name: str, into: Cell, node: ast.AST) -> None:
    """Let what a class defines for an attribute flow into a cell; `thing` is the class, or an object of it."""
    world = owner.scope.world
    members(owner, name, into)
    described(owner, name, "__get__", [thing, owner], into)

    def read(value: Value) -> None:
        if isinstance(value, Accessor):
            world.connect(value.unit.returned, into)
        elif isinstance(value, Container) and _is_property(value, world):
            world.each(value.all, of_property)

    def of_property(function: Value) -> None:
        if isinstance(function, OwnFunction):
            world.connect(function.returned, into)
            hand(function, [thing])

    def of_metaclass(maker: Value) -> None:
        if isinstance(maker, OwnClass):
            members(maker, name, into)

    world.each(into, read)
    for each in owner.node.keywords if thing is owner else ():
        world.each(world.cell(each.value), of_metaclass)
    if thing is not owner:
        for field in (name, ANY):
            world.connect(world.field(owner, field), into)
        if name == "__class__":
            world.put(into, owner)
    if name in _OF_MEMBER:
        _of_enum(owner, into)
    elif name in _ALL_MEMBERS:
        world.put(into, world.made(node))
        _of_enum(owner, world.field(world.made(node), ANY))


def _is_property(value: Container, world: World) -> bool:
    """Return whether a container is what `property(f)` or `cached_property(f)` returns."""
    called = world.cell(value.node.func).held if isinstance(value.node, ast.Call) else ()
    return "property" in called or "functools.cached_property" in called


def _of_enum(owner: OwnClass, into: Cell, base: OwnClass | None = None) -> None:
    """Let the members of an Enum flow into a cell; `base` is an own class that it is derived from."""
    world = owner.scope.world

    def react(value: Value) -> None:
        if isinstance(value, str) and value.startswith("enum."):
            members(owner, None, into)
        elif isinstance(value, OwnClass) and world.first("enum", owner, value, into):
            _of_enum(owner, into, value)

    for each in (base or owner).node.bases:
        world.each(world.cell(each), react)


def described(owner: OwnClass, name: str, method: str, given: list[Value | Cell], into: Cell) -> None:
    """Let the own descriptors of a class be called for an attribute, with what they are given."""
    world = owner.scope.world

    def react(value: Value) -> None:
        if isinstance(value, Instance) and world.first("described", value, *given, into):
            each_member(value.owner, method, lambda found: give(found, value))

    def give(found: Value, descriptor: Value) -> None:
        if isinstance(found, OwnFunction):
            world.connect(found.returned, into)
            hand(found, [descriptor, *given])

    each_member(owner, name, react)


def is_method(name: str) -> bool:
    """Return whether an attribute of a container is a method that changes it or a special one."""
    return name in MUTATORS or (name.startswith("__") and name.endswith("__") and name not in SPOKEN)


def members(owner: OwnClass, name: str | None, into: Cell) -> None:
    """Let what a class and its own bases bind under a name (`None`: any) flow into a cell."""
    world = owner.scope.world
    if not world.first("members", owner, name, into):
        return
    for each in owner.inside.names if name is None else [name]:
        if each in owner.inside.names:
            world.connect(owner.inside.names[each], into)

    def react(value: Value) -> None:
        if isinstance(value, OwnClass):
            members(value, name, into)
            for field in (value.all,) if name is None else (world.field(value, name), world.field(value, ANY)):
                world.connect(field, into)

    for base in owner.node.bases:
        world.each(world.cell(base), react)


def each_member(owner: OwnClass, name: str, react: Callable[[Value], None]) -> None:
    """Call `react` for each value that a class and its own bases bind under a name, now and later."""
    found = Cell()
    members(owner, name, found)
    owner.scope.world.each(found, react)


def element(base: Cell, field: str | None, into: Cell, node: ast.AST, scope: Scope) -> None:
    """Let what lies in `base` under a key (`None`: any of it) flow into a cell."""
    world = scope.world

    def handed_out(method: Value) -> None:
        """Let flow what an iterator holds that an own `__iter__` returns."""
        if isinstance(method, Unit):
            world.each(method.returned, inside)

    def inside(value: Value) -> None:
        if isinstance(value, Instance | Container):
            world.connect_but_work(value.all, into)

    def react(value: Value) -> None:
        match value:
            case Unit() | Instance() | Container():
                for each in (value.all,) if field is None else (world.field(value, one) for one in (field, ITEM, ANY)):
                    world.connect_but_work(each, into)
                if isinstance(value, OwnClass):
                    _of_enum(value, into)
                elif isinstance(value, Instance) and world.first("iterated", value, into):
                    each_member(value.owner, "__iter__", handed_out)
                elif isinstance(value, Container) and value.passing:
                    world.put(into, world.worked_off(value))
                    world.each(value.all, inside)
            case Namespace():
                named(value, field[1:] if field and field[0] == "[" and field != ITEM else None, into, node, scope)
            case Unknown():
                world.put(into, value)
            case str(path):
                world.connect(world.patch(f"{path}.{ITEM}"), into)

    world.each(base, react)
    for each in (ITEM, field or ITEM):
        world.connect(world.lost(each), into)


def named(space: Namespace, name: str | None, into: Cell, node: ast.AST, scope: Scope) -> None:
    """Let what a namespace holds under a name (`None`: a computed one) flow into a cell."""
    world, of = scope.world, space.of
    if isinstance(of, Scope) and name is not None:
        world.connect(of.find(name), into)
    elif isinstance(of, str | Unit | Instance | Container) and name is not None:
        attribute(world.holding(of), name, into, node, scope)
    elif isinstance(of, Unit | Instance | Container):
        world.connect(of.all, into)
        owner = owner_of(of)
        if owner is not None:
            members(owner, None, into)
    elif name is None:
        world.unknown(what(space), into, node, scope.file)


def what(space: Namespace) -> str:
    """Return what a namespace is called in a report."""
    return "globals()" if isinstance(space.of, Scope) else "vars()"


def store(base: Cell, name: str, value: Cell, node: ast.AST, scope: Scope) -> None:
    """Put what a cell holds into `base`, under an attribute's name, a key, or `*` for a computed one."""
    world = scope.world
    if name in SEALED:
        world.change(f".{name}", node, scope)
    name = world.unmangled(name)
    if name.startswith("#"):
        name = ITEM  # items of a list change places

    def react(holder: Value) -> None:
        if isinstance(holder, Instance):
            described(holder.owner, name, "__set__", [holder, value], Cell())
            each_member(holder.owner, name, lambda found: _set(found, holder, value))
            given: list[Value | Cell] = [holder, world.nothing, value]
            each_member(holder.owner, "__setattr__", lambda method: answered(method, given, Cell(), scope))
            if name in ("__class__", ANY):
                world.put(world.varied, holder.owner)
        match holder:
            case str(path):
                _into_module(path, name, value, node, scope)
            case Unit() | Instance() | Container():
                world.connect(value, world.field(holder, ANY if name == "__dict__" else name))
            case Namespace(of=of):
                if name.startswith("[") and name != ITEM:
                    _into_namespace(of, name[1:], value, node, scope)
                elif isinstance(of, Unit | Instance | Container):
                    world.connect(value, world.field(of, ANY))
                else:
                    world.change(what(holder), node, scope)
            case Unknown(weak=False):
                world.change(holder.what, node, scope)

    world.each(base, react)
    keep(base, name, value, node, scope)


def _set(found: Value, holder: Instance, value: Cell) -> None:
    """Let a property's setter be called with the object and the value."""
    if isinstance(found, Accessor):
        hand(found.unit, [holder, value])


def keep(base: Cell, name: str, value: Cell, node: ast.AST, scope: Scope) -> None:
    """Note a value that was stored in `base`, of which nothing may be known."""
    if value is not scope.world.nothing:
        scope.world.stored.append(Stored(base, name, value, node, scope))


def _into_namespace(of: Value | Scope, name: str, value: Cell, node: ast.AST, scope: Scope) -> None:
    if not isinstance(of, Scope):
        store(scope.world.holding(of), name, value, node, scope)
        return
    scope.world.connect(value, scope.world.late(of.top, name))
    if of.outer is not None:
        scope.world.change("locals()", node, scope)


def _into_module(path: str, name: str, value: Cell, node: ast.AST, scope: Scope) -> None:
    world = scope.world
    if name == ANY or (name.startswith("__") and name not in SPOKEN) or name == "__class__":
        world.change(f".{name}" if name != ANY else "setattr", node, scope)
    elif path in world.tops:
        world.connect(value, world.late(world.tops[path], name))
    elif name[0] in "[#":
        world.connect(value, world.patch(f"{path}.{ITEM}"))
    else:
        world.connect(value, world.patch(f"{path}.{name}"))
        world.connect(value, world.lost(name))
        world.registered.append(value)
        if path.partition(".")[0] not in PATCHED_AT_WILL:
            # A container, or a library's own: `np.trapz = np.trapezoid` helps an old program.
            world.each(
                value,
                lambda each: None if isinstance(each, str | Container) else world.change(f".{name}", node, scope),
            )


def answered(method: Value, given: list[Value | Cell], into: Cell, scope: Scope) -> None:
    """Let a special method be called: a function, or another value bound to its name, `__add__ = F()`."""
    world, found = scope.world, Cell()
    itself: Value = method
    match method:
        case OwnClass():
            itself = method.instance
            world.put(into, itself)
            members(method, "__init__", found)
        case OwnFunction():
            world.connect(method.returned, into)
            hand(method, given)
            return
        case Instance(owner=owner):
            members(owner, "__call__", found)
        case Container() if world.first("slot", method, into, *given):
            world.each(method.all, lambda inner: answered(inner, given, into, scope))
            return
    if world.first("slot", method, into, *given[1:]):
        world.each(found, lambda inner: answered(inner, [itself, *given[1:]], into, scope))


def hand(method: OwnFunction, given: list[Value | Cell]) -> None:
    """Let what a special method is given, the object first, flow into its parameters."""
    world, names, rest = method.scope.world, method.positional, method.args.vararg
    for number, part in enumerate(given[method.is_static :]):
        if number < len(names):
            into = method.inside.bind(names[number])
        elif rest is not None:
            into = world.field(world.display(rest), ITEM)
        else:
            return
        if isinstance(part, Cell):
            world.connect(part, into)
        else:
            world.put(into, part)


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
    """Return the methods that an operator calls of its left operand."""
    sign = SIGNS.get(type(op))
    return (f"__{sign}__", f"__i{sign}__") if sign else _COMPARED.get(type(op), ())


def reflected(op: ast.AST) -> tuple[str, ...]:
    """Return the methods that an operator calls of its right operand, where the left one has none."""
    sign = SIGNS.get(type(op))
    if isinstance(op, ast.In | ast.NotIn):
        return ("__contains__",)
    return (f"__r{sign}__",) if sign else _COMPARED.get(_TURNED.get(type(op), type(op)), ())


OPERATORS = frozenset(name for op in (*SIGNS, *_COMPARED) for name in (*direct(op()), *reflected(op())))
"""The methods of operators: what they return is not stored in the object."""


def combined(left: Cell, op: ast.AST, right: Cell, node: ast.AST, into: Cell, scope: Scope) -> None:
    """Add the flows of an operator between two values."""
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
    """Add the flows of a subscript of an own object: its methods get the key, and what is stored there."""
    ask(base, ("__getitem__", "__missing__", "__setitem__", "__delitem__"), given, into, scope)
    implied([base, *given], None, into, scope)


def ask(asked: Cell, names: Collection[str], given: list[Cell], into: Cell, scope: Scope, *, instead: str = "") -> None:
    """Let own objects' methods of these names be called with what is given.

    If both operands are objects of one class that has the method `instead`, Python calls that of the left one only.
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
            if "__getitem__" in names:
                call(value, "__class_getitem__", [value, *given])
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
    """Return what is given without objects of the class that is asked, unless the class may be several."""
    world, found = scope.world, Cell()
    world.each(given, lambda value: world.put(found, value) if value is not asked else None)
    world.each(world.varied, lambda owner: world.connect(given, found) if owner is asked.owner else None)
    return found
