"""Attributes, items and operators: what is found under a name or key, what is put there, which methods answer."""

from __future__ import annotations

import ast
from collections.abc import Collection

from grader.checks.rules.flow.library import HIDDEN, MUTATORS, PATCHED_AT_WILL, SEALED, SPOKEN
from grader.checks.rules.flow.scopes import Scope
from grader.checks.rules.flow.values import (
    ANY,
    ITEM,
    Accessor,
    Cell,
    Heap,
    Method,
    Namespace,
    Stored,
    Unit,
    Unknown,
    Value,
)

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
    """Return the methods by which the left of an operator is asked."""
    sign = SIGNS.get(type(op))
    return (f"__{sign}__", f"__i{sign}__") if sign else _COMPARED.get(type(op), ())


def reflected(op: ast.AST) -> tuple[str, ...]:
    """Return the methods by which the right of an operator is asked where the left does not answer."""
    sign = SIGNS.get(type(op))
    if isinstance(op, ast.In | ast.NotIn):
        return ("__contains__",)
    return (f"__r{sign}__",) if sign else _COMPARED.get(_TURNED.get(type(op), type(op)), ())


def combined(left: Cell, op: ast.AST, right: Cell, node: ast.AST, into: Cell, scope: Scope) -> None:
    """Let flow what an operator between two values makes flow."""
    ask(left, direct(op), [right], into, scope)
    ask(right, reflected(op), [left], into, scope, instead=direct(op)[0] if type(op) in SIGNS else "")
    implied([left, right], node, into, scope)


def implied(parts: list[Cell], node: ast.AST | None, into: Cell, scope: Scope) -> None:
    """Let flow what the parts hold into a result; with `node`, into a thing that holds it, as lists that are added."""
    world = scope.world

    def react(value: Value) -> None:
        if isinstance(value, Heap) and value.owner is not None:
            world.pour(world.field(value, ITEM), into)
        elif isinstance(value, Heap) and node is not None:
            world.once_bearing(value, lambda: combine(value))
        elif isinstance(value, Unknown) and not value.weak:
            world.put(into, value)

    def combine(value: Value) -> None:
        made = world.made(node)  # type: ignore[arg-type]  # asked above
        world.put(world.field(made, ANY), value)
        world.put(into, made)

    for part in parts:
        world.each(part, react)


def subscripted(base: Cell, given: list[Cell], into: Cell, scope: Scope) -> None:
    """Let flow what a subscript makes flow where an own class has the method for it: the key, and what is put there."""
    ask(base, ("__getitem__", "__missing__", "__setitem__", "__delitem__"), given, into, scope)
    implied([base, *given], None, into, scope)


def ask(asked: Cell, names: Collection[str], given: list[Cell], into: Cell, scope: Scope, *, instead: str = "") -> None:
    """Let own objects' methods of these names be called with what is given.

    Of two objects of one class that has the method `instead` Python asks the left by that, and never the right.
    """
    world = scope.world

    def react(value: Value) -> None:
        if isinstance(value, Unit) and isinstance(value.node, ast.ClassDef):
            for each in value.node.keywords:
                world.each(world.cell(each.value), lambda maker: of_metaclass(maker, value))
        if not isinstance(value, Heap) or value.owner is None:
            return
        parts = given
        if instead in value.owner.inside.names and _is_one(value.owner):
            parts = [_others(each, value, scope) for each in given]
        for name in names:
            found = Cell()
            members(value.owner, name, found)
            world.pour(world.field(value.owner, name), found)
            world.each(found, lambda method: answered(method, [value, *parts], into, scope))

    def of_metaclass(maker: Value, value: Value) -> None:
        for name in names if isinstance(maker, Unit) else ():
            found = Cell()
            members(maker, name, found)  # type: ignore[arg-type]  # asked above
            world.each(found, lambda method: answered(method, [value, *given], into, scope))

    world.each(asked, react)


def answered(method: Value, given: list[Value | Cell], into: Cell, scope: Scope) -> None:
    """Let a special method be called: a function, or what stands for one, `__add__ = F()` or a partialmethod."""
    world, found = scope.world, Cell()
    itself: Value = method
    match method:
        case Unit(node=ast.ClassDef()):
            itself = method.instance
            world.put(into, itself)
            members(method, "__init__", found)
        case Unit():
            world.pour(method.returned, into)
            hand(method, given)
            return
        case Heap(owner=Unit() as owner):
            members(owner, "__call__", found)
        case Heap() if world.first("slot", method, into, *given):
            world.each(method.all, lambda inner: answered(inner, given, into, scope))
            return
    if world.first("slot", method, into, *given[1:]):
        world.each(found, lambda inner: answered(inner, [itself, *given[1:]], into, scope))


def hand(method: Unit, given: list[Value | Cell]) -> None:
    """Let what a special method is given flow into its parameters: the object itself, and what it is asked with."""
    world, names = method.scope.world, method.positional
    rest = method.node.args.vararg  # type: ignore[union-attr]  # no class
    for number, part in enumerate(given[method.is_static :]):
        if number < len(names):
            into = method.inside.bind(names[number])
        elif rest is not None:
            into = world.field(world.display(rest), ITEM)
        else:
            return
        if isinstance(part, Cell):
            world.pour(part, into)
        else:
            world.put(into, part)


def _is_one(owner: Unit) -> bool:
    """Return whether a class statement runs once: it stands in a module's body, and nothing else makes the class."""
    plain = isinstance(owner.node, ast.ClassDef) and not owner.node.keywords
    return plain and owner.scope.outer is None and owner.node in owner.scope.root.body  # type: ignore[attr-defined]


def _others(given: Cell, asked: Heap, scope: Scope) -> Cell:
    """Return what is given but for objects of the class that is asked, unless others are made from that class."""
    world, found = scope.world, Cell()
    world.each(given, lambda value: world.put(found, value) if value is not asked else None)
    world.each(world.varied, lambda owner: world.pour(given, found) if owner is asked.owner else None)
    return found


OPERATORS = frozenset(name for op in (*SIGNS, *_COMPARED) for name in (*direct(op()), *reflected(op())))
"""The methods of operators, whose results are no items of an object."""


_ITSELF = frozenset({"__call__", "__get__", "__wrapped__", "__func__", "__new__"})
"""Attributes of a function that come to the function."""


_OF_MEMBER = frozenset({"value", "_value_"})
"""Attributes of a member of an Enum that come to what the member stands for."""


_ALL_MEMBERS = frozenset({"__members__", "_member_map_", "_value2member_map_"})
"""Attributes of an Enum that hold its members."""


def text(node: ast.AST | None) -> str | None:
    """Return the text that an expression writes out, pieces added up; `None` for anything else."""
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
    """Return the field that a subscript written in the text names."""
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
            case Unit() | Heap():
                _of_thing(value, name, into, node, scope)
            case Namespace() | Unknown():
                world.put(into, value)

    world.each(base, react)
    world.pour(world.lost(name), into)


def _of_thing(thing: Unit | Heap, name: str, into: Cell, node: ast.AST, scope: Scope) -> None:
    world = scope.world
    if name == "__dict__":
        world.put(into, Namespace(thing))
    elif name == "__globals__" and isinstance(thing, Unit):
        world.put(into, Namespace(thing.scope.top))
    owner = thing.owner if isinstance(thing, Heap) else thing
    for field in (name,) if owner is not None and name in owner.properties else (name, ANY):
        world.pour(world.field(thing, field), into)
    if owner is not None and isinstance(owner.node, ast.ClassDef):
        members(owner, name, into)
        described(owner, name, ("__get__",), [thing, owner], into)
        world.each(into, lambda value: world.pour(value.unit.returned, into) if isinstance(value, Accessor) else None)
        if thing is not owner:
            for field in (name, ANY):
                world.pour(world.field(owner, field), into)
            if name == "__class__":
                world.put(into, owner)
        if name in _OF_MEMBER:
            _of_enum(owner, into)
        elif name in _ALL_MEMBERS:
            world.put(into, world.made(node))
            _of_enum(owner, world.field(world.made(node), ANY))
    elif isinstance(thing, Heap) or name in _ITSELF:
        world.put(into, thing)
    if isinstance(thing, Heap) and thing.owner is None and is_method(name):
        world.put(into, Method(name)) if world.first("method", node) else None


def _of_enum(owner: Unit, into: Cell, base: Unit | None = None) -> None:
    """Let the members of an Enum flow into a cell; `base` is the own class by way of which it may be one."""
    world = owner.scope.world

    def react(value: Value) -> None:
        if isinstance(value, str) and value.startswith("enum."):
            members(owner, None, into)
        elif isinstance(value, Unit) and world.first("enum", owner, value, into):
            _of_enum(owner, into, value)

    for each in getattr((base or owner).node, "bases", ()):
        world.each(world.cell(each), react)


def described(owner: Unit, name: str, methods: Collection[str], given: list[Value | Cell], into: Cell) -> None:
    """Let a class's own descriptors be asked for an attribute, or told of one: they are given the object."""
    world = owner.scope.world
    found = Cell()
    members(owner, name, found)

    def react(value: Value) -> None:
        if isinstance(value, Heap) and value.owner is not None and world.first("described", value, *given, into):
            for method in methods:
                asked = Cell()
                members(value.owner, method, asked)
                world.each(asked, lambda method: give(method, value))

    def give(method: Value, descriptor: Value) -> None:
        if isinstance(method, Unit) and not isinstance(method.node, ast.ClassDef):
            world.pour(method.returned, into)
            hand(method, [descriptor, *given])

    world.each(found, react)


def is_method(name: str) -> bool:
    """Return whether an attribute of a container is one of its methods that does something."""
    return name in MUTATORS or (name.startswith("__") and name.endswith("__") and name not in SPOKEN)


def members(unit: Unit, name: str | None, into: Cell) -> None:
    """Let what a class and its own bases bind under a name (`None`: any) flow into a cell."""
    world = unit.scope.world
    if not world.first("members", unit, name, into):
        return
    for each in unit.inside.names if name is None else [name]:
        if each in unit.inside.names:
            world.pour(unit.inside.names[each], into)

    def react(value: Value) -> None:
        if isinstance(value, Unit) and isinstance(value.node, ast.ClassDef):
            members(value, name, into)
            for field in (value.all,) if name is None else (world.field(value, name), world.field(value, ANY)):
                world.pour(field, into)

    if isinstance(unit.node, ast.ClassDef):
        for base in unit.node.bases:
            world.each(world.cell(base), react)


def element(base: Cell, field: str | None, into: Cell, node: ast.AST, scope: Scope) -> None:
    """Let what lies in `base` under a key (`None`: any of it) flow into a cell."""
    world = scope.world

    def react(value: Value) -> None:
        match value:
            case Unit() | Heap():
                for each in (value.all,) if field is None else (world.field(value, one) for one in (field, ITEM, ANY)):
                    world.sift(each, into)
                if isinstance(value, Unit):
                    _of_enum(value, into)
                elif value.owner is not None and world.first("iterated", value, into):
                    iterated = Cell()
                    members(value.owner, "__iter__", iterated)
                    world.each(iterated, lambda method: _handed_out(method, into, scope))
                if isinstance(value, Heap) and value.passing:
                    world.put(into, world.worked_off(value))
                    world.each(value.all, lambda inner: _inside(inner, into, scope))
            case Namespace():
                named(value, field[1:] if field and field[0] == "[" and field != ITEM else None, into, node, scope)
            case Unknown():
                world.put(into, value)
            case str(path):
                world.pour(world.patch(f"{path}.{ITEM}"), into)

    world.each(base, react)
    for each in (ITEM, field or ITEM):
        world.pour(world.lost(each), into)


def _handed_out(method: Value, into: Cell, scope: Scope) -> None:
    """Let flow what the iterator hands out that an own `__iter__` returns."""
    if isinstance(method, Unit):
        scope.world.each(method.returned, lambda iterator: _inside(iterator, into, scope))


def _inside(value: Value, into: Cell, scope: Scope) -> None:
    """Let all that lies in a container flow into a cell."""
    if isinstance(value, Heap):
        scope.world.sift(value.all, into)


def named(space: Namespace, name: str | None, into: Cell, node: ast.AST, scope: Scope) -> None:
    """Let what a namespace holds under a name (`None`: one that is not written out) flow into a cell."""
    world = scope.world
    match space.of:
        case Scope():
            if name is not None:
                world.pour(space.of.find(name), into)
        case Unit() | Heap():
            if name is None:
                world.pour(space.of.all, into)
                owner = space.of.owner if isinstance(space.of, Heap) else space.of
                if owner is not None:
                    members(owner, None, into)
            else:
                held = Cell()
                world.put(held, space.of)
                attribute(held, name, into, node, scope)
            return
        case str(path):
            if name is not None:
                held = Cell()
                world.put(held, path)
                attribute(held, name, into, node, scope)
    if name is None:
        world.unknown(what(space), into, node, scope.file)


def what(space: Namespace) -> str:
    """Return how a namespace is called."""
    return "globals()" if isinstance(space.of, Scope) else "vars()"


def store(base: Cell, name: str, value: Cell, node: ast.AST, scope: Scope) -> None:
    """Put what a cell holds into `base`, under an attribute's name, a key, or `*` for one that is not written out."""
    world = scope.world
    if name in SEALED:
        world.change(f".{name}", node, scope)
    if name.startswith("#"):
        name = ITEM  # the places in a list move

    def react(holder: Value) -> None:
        owner = holder.owner if isinstance(holder, Heap) else None
        if owner is not None:
            described(owner, name, ("__set__",), [holder, value], Cell())
            asked = Cell()
            members(owner, "__setattr__", asked)
            world.each(asked, lambda method: answered(method, [holder, world.nothing, value], Cell(), scope))
            if name in ("__class__", ANY):
                world.put(world.varied, owner)
        match holder:
            case str(path):
                _into_module(path, name, value, node, scope)
            case Unit() | Heap():
                world.pour(value, world.field(holder, ANY if name == "__dict__" else name))
            case Namespace(of=of):
                if name.startswith("[") and name != ITEM:
                    _into_namespace(of, name[1:], value, node, scope)
                elif isinstance(of, Unit | Heap):
                    world.pour(value, world.field(of, ANY))
                else:
                    world.change(what(holder), node, scope)
            case Unknown(weak=False):
                world.change(holder.what, node, scope)

    world.each(base, react)
    keep(base, name, value, node, scope)


def keep(base: Cell, name: str, value: Cell, node: ast.AST, scope: Scope) -> None:
    """Take note of a value that was put into something, should nothing be known of that."""
    if value is not scope.world.nothing:
        scope.world.stored.append(Stored(base, name, value, node, scope))


def _into_namespace(of: Value | Scope, name: str, value: Cell, node: ast.AST, scope: Scope) -> None:
    if isinstance(of, Scope):
        scope.world.pour(value, scope.world.late(of.top, name))
        if of.outer is not None:
            scope.world.change("locals()", node, scope)
        return
    held = Cell()
    scope.world.put(held, of)
    store(held, name, value, node, scope)


def _into_module(path: str, name: str, value: Cell, node: ast.AST, scope: Scope) -> None:
    world = scope.world
    if name == ANY or (name.startswith("__") and name not in SPOKEN) or name == "__class__":
        world.change(f".{name}" if name != ANY else "setattr", node, scope)
    elif path in world.tops:
        world.pour(value, world.late(world.tops[path], name))
    elif name[0] in "[#":
        world.pour(value, world.patch(f"{path}.{ITEM}"))
    else:
        world.pour(value, world.patch(f"{path}.{name}"))
        world.pour(value, world.lost(name))
        world.registered.append(value)
        if path.partition(".")[0] not in PATCHED_AT_WILL:
            world.each(value, lambda each: None if _is_data(each) else world.change(f".{name}", node, scope))


def _is_data(value: Value) -> bool:
    """Return whether a value is a container, or a library's own: `np.trapz = np.trapezoid` helps an old program."""
    return isinstance(value, str) or (isinstance(value, Heap) and value.owner is None)
