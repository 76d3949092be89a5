"""What a function comes to: all that it uses, what is used from there, and whether the way leads back."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

from msgspec import Struct

from grader.checks.rules.flow.following import IDLE_NODES, around, own_nodes
from grader.checks.rules.flow.library import IDLE, asks_nothing
from grader.checks.rules.flow.members import SIGNS, direct, is_method, reflected, text
from grader.checks.rules.flow.values import (
    OWN,
    Accessor,
    Cell,
    Container,
    Instance,
    OwnClass,
    Postponed,
    Scope,
    Unit,
    Value,
)
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
    """Yield the own methods that one node (not those in it) calls without naming them."""
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
    """Return the functions that a class or its own bases have under these names (`None`: all special methods)."""
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
    """Return the functions that run where a value is bound to a special method's name: `__add__ = F()`."""
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
    """Return the own classes whose special methods Python calls for a value: its class, or a class's metaclasses."""
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
    """Yield the methods of the subject, the values and the classes that a `match` may call."""
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
    """Return whether the operands may be of two classes: then Python may call a method of the right one."""
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
    name = world.unmangled(node.attr)
    for value in world.cell(node.value).held:
        asked = owners(value, world)
        for owner in asked:
            named = isinstance(node.ctx, ast.Load) and node.attr in _given_names(owner, value, world)
            yield from methods(owner, {always} if named else {missing, always}, world)
        for owner in [value, *asked] if isinstance(value, OwnClass) else asked:
            for each in family(owner, world):
                for held in each.inside.names[name].held if name in each.inside.names else ():
                    if isinstance(held, Accessor) and _is_for(held.unit, node.ctx):
                        yield held.unit.node
                    elif isinstance(held, Instance):
                        yield from methods(held.owner, {bound}, world)


def _given_names(owner: OwnClass, value: Value, world: World) -> set[str]:
    """Return the attributes that every object has: for these, Python does not call `__getattr__`."""

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
    """Yield the properties that `getattr(x, "name")` and the like may call; all, where the name is computed."""
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


class Use(Struct, frozen=True, kw_only=True, eq=False):
    """A node, and the values that it may have.

    `root` is the function (or expression) that the node is in, `file` the student's own module. `direct` is what the
    node itself may be. Of a call, `called` is what the called value is or holds, `given` what its
    arguments are or hold.
    """

    node: ast.AST
    root: ast.AST
    file: str
    direct: frozenset[Value]
    called: frozenset[Value] = frozenset()
    given: frozenset[Value] = frozenset()

    @property
    def line(self) -> int:
        """The line of the file's text."""
        return int(getattr(self.node, "lineno", 1))


def reached(name: str, world: World, graded: Collection[str]) -> Iterator[Use]:
    """Yield all nodes that run when a name of the submission is called, each function once.

    Functions that are `graded` themselves are not looked into. Raises Entangled.
    """
    start = ast.Name(id=name, ctx=ast.Load(), lineno=world.top.lines.get(name, 1))
    found = frozenset(world.deep(world.top.find(name)))
    world.homes[start] = world.top
    yield Use(node=start, root=start, file="", direct=found, called=found)
    waiting: list[tuple[ast.AST, str]] = []
    seen: set[ast.AST] = set()
    asked: set[tuple[Scope, str]] = set()

    def reach(values: Iterable[Value]) -> None:
        for value in values:
            unit: object = value
            if isinstance(value, Instance):
                unit = value.owner
            elif isinstance(value, Postponed):
                unit = value.unit
            if isinstance(unit, Unit) and unit.node not in seen and not _is_graded(unit, graded):
                seen.add(unit.node)
                waiting.append((unit.node, unit.scope.file))

    reach(sorted(found, key=_place))
    later = frozenset(_all(world, world.registered))  # what a library was given to call later
    yield Use(node=ast.Name(id=name, ctx=ast.Load(), lineno=start.lineno), root=start, file="", direct=later)
    reach(sorted(later, key=_place))
    for root, file in waiting:
        for use in world.remember(("uses", root), lambda root=root, file=file: list(_uses(root, file, world))):  # type: ignore[misc]
            yield use
            implied = (world.unit(each) for each in touched(use.node, world))
            reach(sorted({*use.direct, *use.called, *use.given, *implied}, key=_place))
            for top in _loaded(use, world):
                if top.root not in seen:
                    seen.add(top.root)
                    waiting.append((top.root, top.file))
            for value in _made_from(use.node, world, asked):
                if value not in seen:
                    seen.add(value)
                    waiting.append((value, file))


def _loaded(use: Use, world: World) -> list[Scope]:
    """Return the student's own modules that are imported here: their statements run."""
    if not isinstance(use.node, ast.Import | ast.ImportFrom | ast.Call):
        return []
    return [top for name, top in world.tops.items() if name in use.direct]


def _place(value: Value) -> tuple[int, int, str]:
    """Return where a value is defined, as a key that sorts values in the same order each time."""
    node = getattr(value, "node", None)
    file = value.scope.file if isinstance(value, Unit) else getattr(value, "file", "")
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0), file


def _is_graded(unit: Unit, graded: Collection[str]) -> bool:
    return unit.scope.outer is None and unit.name in graded


def _uses(root: ast.AST, file: str, world: World) -> Iterator[Use]:
    """Yield the uses in a function's own scope; of a chain of attributes, `np.lib.pad`, only the whole."""
    roots = [root, *(around(root) if isinstance(root, OWN) else ())]
    inside: set[ast.AST] = set()
    for part in roots:  # a decorator runs when the function is defined
        nodes = own_nodes(part) if isinstance(part, OWN) and part is root else _and_below(part)
        for node in nodes:
            if isinstance(node, IDLE_NODES):
                continue
            world.step()
            if node not in inside:
                inside.update(each for each in chain(node)[1:] if isinstance(each, ast.Name | ast.Attribute))
                yield _use(node, part, file, world)


def _and_below(part: ast.AST) -> Iterator[ast.AST]:
    if isinstance(part, ast.Lambda):
        yield part
    else:
        yield from (part, *own_nodes(part))


def chain(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a chain of attributes, the longest first: `np.lib.pad`, `np.lib`, `np`."""
    found = [node]
    while isinstance(node, ast.Attribute):
        node = node.value
        found.append(node)
    return found


def _use(node: ast.AST, root: ast.AST, file: str, world: World) -> Use:
    direct: set[Value] = set()
    called: set[Value] = set()
    given: set[Value] = set()
    match node:
        case ast.Import(names=aliases):
            direct = {alias.name for alias in aliases}
            direct |= {above for above in world.tops for alias in aliases if alias.name.startswith(f"{above}.")}
        case ast.ImportFrom(module=str(module), names=aliases):
            direct = {module if alias.name == "*" else f"{module}.{alias.name}" for alias in aliases}
            direct |= {module} & world.tops.keys()
            direct |= {above for above in world.tops if module.startswith(f"{above}.")}
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            if isinstance(root, ast.ClassDef) or isinstance(node, ast.ClassDef):
                direct = {world.unit(node)}  # methods may be called by Python; a class's body runs
            called = _all(world, [world.cell(each) for each in node.decorator_list])
            given = {world.unit(node)} if node.decorator_list else set()
        case ast.withitem(context_expr=context):
            called = {value for value in world.deep(world.cell(context)) if isinstance(value, Instance)}
        case ast.expr() if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            direct = {each for each in world.cell(node).held if not isinstance(each, Container)}
            if isinstance(node, ast.Call):
                called = _all(world, [world.cell(node.func)])
                given = _all(world, [world.cell(each) for each in (*node.args, *(one.value for one in node.keywords))])
    return Use(
        node=node,
        root=root,
        file=file,
        direct=frozenset(direct),
        called=frozenset(called),
        given=frozenset(given),
    )


def _all(world: World, cells: list[Cell]) -> set[Value]:
    return {value for cell in cells for value in world.deep(cell)}


def _made_from(node: ast.AST, world: World, asked: set[tuple[Scope, str]]) -> Iterator[ast.expr]:
    """Yield the expressions that a module's name was computed from, but for plain aliases: `table = {"p": np.pad}`.

    A name that is in `asked` yields nothing.
    """
    name = chain(node)[-1]
    home = world.homes.get(name)
    if isinstance(name, ast.Name) and home is not None and (home, name.id) not in asked:
        asked.add((home, name.id))
        for source in home.sources.get(name.id, ()):
            world.step()
            if not any(isinstance(value, str | Unit) for value in world.cell(source).held):
                yield source


_Place: TypeAlias = "tuple[ast.AST, Unit | None]"
_STARTING = ("__init__", "__new__", "__post_init__", "__del__")
_CALLED = ("__call__", "__enter__", "__exit__")


_ASKING = IDLE | {"getattr", "setattr", "delattr", "vars"}


class CallGraph:
    """Which function may call which.

    A wrapper that a decorator makes, as of `@timed def norms`, calls the function that it wraps and no other that is
    decorated alike. So a place is a function together with the one it wraps, if any.
    """

    def __init__(self, used: Collection[Use], world: World) -> None:
        self._world = world
        self._chains = {
            unit: {unit, *(value for cell in cells for value in cell.held if isinstance(value, Unit))}
            for several in world.wrapped.values()
            for unit, cells in several
        }
        self._uses: dict[ast.AST, list[Use]] = {}
        for use in used:
            self._uses.setdefault(use.root, []).append(use)
        self._idle = {arg for use in used if _is_idle(use) for arg in (use.node, *use.node.args)}  # type: ignore[attr-defined]
        self._known: dict[_Place, set[_Place]] = {}
        self._reach: dict[_Place, set[_Place]] = {}
        self._places: dict[ast.AST, list[_Place]] = {}
        entered = {one for use in used if not isinstance(use.root, OWN) for one in self._leads_to(use, None)}
        entered |= {
            (each, None)
            for root in self._uses if isinstance(root, ast.ClassDef)
            for each in root.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        }  # fmt: skip
        for place in {found for one in entered for found in self._behind(one)}:
            self._places.setdefault(place[0], []).append(place)

    def recur(self, use: Use) -> bool:
        """Return whether a use may call a function that calls back here. Raises Entangled."""
        if isinstance(use.node, ast.Lambda):
            return False
        return any(
            place in self._behind(one)
            for place in self._places.get(use.root, ())
            for one in self._leads_to(use, place[1])
        )

    def _behind(self, place: _Place) -> set[_Place]:
        """Return a place and all places that may be called from it."""
        if place not in self._reach:
            seen, waiting = {place}, [place]
            while waiting:
                further = self._from(waiting.pop()) - seen
                self._world.step(1 + len(further))
                seen |= further
                waiting += further
            self._reach[place] = seen
        return self._reach[place]

    def _from(self, place: _Place) -> set[_Place]:
        if place not in self._known:
            found: set[_Place] = set()
            for use in self._uses.get(place[0], ()):
                found |= self._leads_to(use, place[1])
            self._known[place] = found
        return self._known[place]

    def _leads_to(self, use: Use, wrapped: Unit | None) -> set[_Place]:
        """Return the places that a use may call; of a class, what makes its objects."""
        if isinstance(use.root, ast.ClassDef) and isinstance(use.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return set()
        plain = isinstance(use.node, ast.Name | ast.Attribute | ast.Lambda) and use.node not in self._idle
        named = {each for each in use.direct if not isinstance(each, Accessor)} if plain else ()
        given = () if use.node in self._idle else use.given
        name = use.node.func if isinstance(use.node, ast.Call) else use.node
        stands_for = self._stands_for(name)
        foreign = set()
        if wrapped is not None and isinstance(name, ast.Name) and name not in self._world.homes:
            foreign = {one for unit, chain in self._chains.items() for one in (unit, *chain)} - self._chains[wrapped]
        found: set[_Place] = set()
        for value in {*named, *use.called, *given}:
            unit = value.unit if isinstance(value, Accessor) else value
            if isinstance(unit, Instance) and value in use.called:
                found |= {(node, stands_for) for node in methods(unit.owner, _CALLED, self._world)}
            elif isinstance(unit, Unit) and unit not in foreign:
                found |= {(node, stands_for) for node in self._started(unit)}
        found |= {(node, None) for node in touched(use.node, self._world)}
        self._world.step(len(found))
        return found

    def _started(self, unit: Unit) -> Iterator[ast.AST]:
        """Yield what runs when a function or class is called."""
        if not isinstance(unit, OwnClass):
            yield unit.node
            return
        yield from methods(unit, _STARTING, self._world)
        for each in made_by(unit, self._world):
            yield from methods(each, _CALLED, self._world)

    def _stands_for(self, name: ast.AST) -> Unit | None:
        """Return the decorated function that a module's name stands for, if it is the only one."""
        home = self._world.homes.get(name)
        if home is None or not isinstance(name, ast.Name):
            return None
        several = self._world.wrapped.get((home, name.id), [])
        if len(several) != 1:
            return None
        unit = several[0][0]
        every = {each for each in home.find(name.id).held if isinstance(each, Unit)}
        return unit if every <= self._chains[unit] else None


def _is_idle(use: Use) -> bool:
    """Return whether a use is a call that reads or sets something of its arguments and calls none of them."""
    return isinstance(use.node, ast.Call) and bool(use.called) and use.called <= _ASKING
