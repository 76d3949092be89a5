"""Calls: arguments flow into parameters, results out; what a library's function may do with what it is given."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from grader.checks.rules.flow.library import (
    BARE,
    CALLED_ONLY,
    CHANGING,
    DATA_WORDS,
    DYNAMIC,
    IDLE,
    KEEPING,
    LAZY,
    LENDING,
    MAKING,
    OPERATING,
    REGISTERING,
    RETURNING,
    RUNNING,
    SPECIAL,
    STORING,
    plain,
    under,
)
from grader.checks.rules.flow.members import OPERATORS, ask, element, keep, members, store, what
from grader.checks.rules.flow.values import ANY, ITEM, Cell, Heap, Namespace, Postponed, Unit, Unknown, Value

if TYPE_CHECKING:
    from grader.checks.rules.flow.scopes import Scope


def bind(unit: Unit, site: Site) -> None:
    """Let arguments flow into the parameters of an own function, and what it returns into the result."""
    world = site.scope.world
    if not world.first("bind", site.node, unit, site.into):
        return
    world.pour(unit.returned, site.into)
    if not unit.scope.is_class or unit.is_static:
        _fill(unit, site, 0)
        return
    _fill(unit, site, 1)
    receiver, first = site.receiver, unit.positional[:1]
    if receiver is None or _decorated(unit):
        if unit.name != "__init__":
            _fill(unit, site, 0)
    elif first:  # called by way of its object, it has that already; by way of its class, not
        world.each(receiver, lambda value: None if _is_object(value) else _fill(unit, site, 0))
    rest = unit.node.args.vararg  # type: ignore[union-attr]  # no class
    if receiver is not None and first:
        world.pour(receiver, unit.inside.bind(first[0]))
    elif receiver is not None and rest is not None:  # `def m(*a)`
        world.pour(receiver, world.field(world.display(rest), ITEM))


def _is_object(value: Value) -> bool:
    return isinstance(value, Heap) and value.owner is not None


def _decorated(unit: Unit) -> bool:
    return bool(getattr(unit.node, "decorator_list", ()))


def _fill(unit: Unit, site: Site, shift: int) -> None:
    """Let the arguments flow into the parameters, the first into the one at `shift`."""
    world, args = site.scope.world, unit.node.args  # type: ignore[union-attr]  # no class
    if not world.first("fill", site.node, unit, shift, site.into):
        return
    plainly, named = unit.positional, [each.arg for each in args.kwonlyargs]
    several = [world.field(world.display(each), ITEM) for each in (args.vararg, args.kwarg) if each is not None]
    every = [unit.inside.bind(name) for name in (*plainly, *named)]
    place = shift
    for name, cell, _ in site.arguments:
        if name == "":
            into = [unit.inside.bind(plainly[place])] if place < len(plainly) else several
            place += 1
        elif name in ("*", "**"):
            into = [*every, *several]
        else:
            into = [unit.inside.bind(name)] if name in (*plainly, *named) else several
        for one in into:
            _give(cell, one, name, site)


def _give(cell: Cell, into: Cell, name: str, site: Site) -> None:
    if name in ("*", "**"):
        element(cell, None, into, site.node, site.scope)
    else:
        site.scope.world.pour(cell, into)


LISTING = frozenset({"list", "sorted", "tuple", "set", "frozenset", "min", "max"})
"""Functions that take the keys alone of a dict."""
UNKNOWN = "?"
"""Stands for the name of a function of which nothing is known."""
GIVEN_NAMES = frozenset({"globals", "locals"})
"""Keywords by which a function that runs a text is told the names."""


class Site(NamedTuple):
    """A call: its arguments (keyword, `*`, `**` or "", the value, the expression) and where its result goes."""

    node: ast.AST
    scope: Scope
    arguments: list[tuple[str, Cell, ast.expr | None]]
    into: Cell

    @property
    def function(self) -> ast.AST:
        """The expression that is called."""
        return self.node.func if isinstance(self.node, ast.Call) else self.node

    @property
    def receiver(self) -> Cell | None:
        """The object whose method is called, if it is one."""
        base = self.function
        return self.scope.world.cell(base.value) if isinstance(base, ast.Attribute) else None

    def positional(self, number: int) -> tuple[Cell, ast.expr | None]:
        """Return an argument by its place; nothing where there is none."""
        plainly = [(cell, node) for name, cell, node in self.arguments if not name]
        return plainly[number] if number < len(plainly) else (self.scope.world.nothing, None)


def call(site: Site, function: Cell) -> None:
    """Let flow what a call makes flow."""
    world = site.scope.world
    world.each(function, lambda value: called(value, site))
    world.sites.append((site, UNKNOWN))
    receiver = site.receiver
    if receiver is not None:
        if site.function.attr in ("__setattr__", "__setitem__"):  # type: ignore[attr-defined]  # there is a receiver
            from grader.checks.rules.flow.reflection import set_by_method

            set_by_method(site)
        world.each(receiver, lambda value: _method(value, site))
        if site.function.attr in LENDING:  # type: ignore[attr-defined]  # there is a receiver
            world.pour(world.lost(ITEM), site.into)
        for name, cell, _ in site.arguments:
            if name not in DATA_WORDS:
                keep(receiver, ITEM, cell, site.node, site.scope)


def called(value: Value, site: Site) -> None:
    """Let flow what a call of a value makes flow."""
    world = site.scope.world
    match value:
        case str(path):
            _library(path, site)
        case Unit():
            if isinstance(value.node, ast.ClassDef):
                _instance(value, site)
            else:
                bind(value, site)
        case Heap(owner=Unit() as owner):
            own = Cell()
            members(owner, "__call__", own)
            world.each(own, lambda method: called(method, site))
            world.pour(world.field(value, ANY), site.into)
        case Heap(gives_back=True):
            for _, cell, _ in site.arguments:
                world.pour(cell, site.into)
                world.each(cell, lambda given: _wrap(given, value, site))
        case Heap():
            of_itself = site.receiver is not None and value in site.receiver.held
            if value.is_class:
                world.put(site.into, value)
            if world.first("call", site.node, value, site.into) and not of_itself:
                hold(site, world.made(site.node), value)
                world.each(value.all, lambda inner: None if _decorates(inner, site) else _called_within(inner, site))
        case Namespace():
            pass
        case Unknown():
            world.put(site.into, value)


def _called_within(value: Value, site: Site) -> None:
    """Let what lies in something be called with it: of a class in it that may make another, `type("B", (A,), {})`."""
    if isinstance(value, Unit):
        site.scope.world.put(site.scope.world.varied, value)
    called(value, site)


def _decorates(value: Value, site: Site) -> bool:
    """Return whether a library's decorator is applied to this function here: it keeps that for later."""
    return site.into is site.scope.world.decorated.get(site.node) and value in site.arguments[0][1].held


def _wrap(value: Value, wrapper: Heap, site: Site) -> None:
    """`wraps(f)(g)` is g, with f as an attribute."""
    if isinstance(value, Unit | Heap):
        site.scope.world.pour(wrapper.all, site.scope.world.field(value, "__wrapped__"))


def _instance(unit: Unit, site: Site) -> None:
    """Let arguments flow into an own class's `__init__`; without one, its fields may be any of them."""
    world = site.scope.world
    world.put(site.into, unit.instance)
    makers = [each for each in ("__init__", "__new__", "__post_init__") if each in unit.inside.names]
    own = Cell()
    for name in ("__init__", "__new__"):
        members(unit, name, own)
    world.each(own, lambda method: called(method, site))
    generated = isinstance(unit.node, ast.ClassDef) and (unit.node.decorator_list or unit.node.keywords)
    if not makers or generated:
        names, decorator = in_order(unit)
        if decorator is None:
            fill_fields(unit, [], site)
            return
        made_by = world.cell(decorator)
        world.each(made_by, lambda value: fill_fields(unit, names if value == "dataclasses.dataclass" else [], site))
        world.unsure.append((made_by, lambda: fill_fields(unit, [], site)))


def fill_fields(unit: Unit, names: list[str], site: Site) -> None:
    """Let arguments flow into an object's fields: into those of the names, in their order, or into any of them."""
    spread = any(name == "*" for name, _, _ in site.arguments)
    for number, (name, cell, _) in enumerate(site.arguments):
        field = name if name in names else names[number] if not name and not spread and number < len(names) else ANY
        site.scope.world.pour(cell, site.scope.world.field(unit.instance, field))


def in_order(unit: Unit) -> tuple[list[str], ast.expr | None]:
    """Return the fields of what seems to be a plain dataclass in their order, and its decorator."""
    node = unit.node
    if not isinstance(node, ast.ClassDef) or node.bases or len(node.decorator_list) != 1:
        return [], None
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    for each in fields:
        plain = each.value is None or isinstance(each.value, ast.Constant)
        if not plain or any(word in ast.unparse(each.annotation) for word in ("KW_ONLY", "InitVar", "ClassVar")):
            return [], None
    decorator = node.decorator_list[0]
    names = [each.target.id for each in fields if isinstance(each.target, ast.Name)]
    return names, decorator.func if isinstance(decorator, ast.Call) else decorator


def _method(holder: Value, site: Site) -> None:
    """Let a container's method keep the arguments, and hand out what the container holds."""
    world = site.scope.world
    name = site.function.attr if isinstance(site.function, ast.Attribute) else ""
    match holder:
        case Heap(owner=None):
            _of_library(holder, name, site)
        case Heap(owner=Unit() as owner):
            _where_derived(owner, lambda: _of_library(holder, name, site), site, name)
        case Namespace():
            from grader.checks.rules.flow.reflection import of_names

            of_names(holder, name, site)
        case Unknown(weak=False):
            for _, cell, _ in site.arguments:
                world.each(cell, lambda value: _into_unknown(value, holder, site))
        case Unit() if name in ("__setattr__", "__delattr__", "__setstate__"):
            world.change(f".{name}", site.node, site.scope)


def _where_derived(owner: Unit, proceed: Callable[[], None], site: Site, name: str = "_") -> None:
    """Call `proceed` if a class is derived from anything but own classes: the method may be a library's.

    A NamedTuple's own method `name` is none of the library's, and `_replace` returns an object of the same class.
    """
    world = site.scope.world

    def react(value: Value) -> None:
        if value == "typing.NamedTuple" and name == "_replace":
            world.put(site.into, owner.instance)
            fill_fields(owner, [], site)
        elif not isinstance(value, Unit):
            proceed() if value not in BARE and not (value == "typing.NamedTuple" and _defines(owner, name)) else None
        elif world.first("derived", site.node, owner, value):
            _where_derived(value, proceed, site)

    for node in getattr(owner.node, "bases", ()):
        base = world.cell(node.value if isinstance(node, ast.Subscript) else node)
        world.each(base, react)
        world.unsure.append((base, proceed))


def _defines(owner: Unit, name: str) -> bool:
    """Return whether a class has a function of this name that has nothing to do with Python's own tuples."""
    lines = owner.node.body if isinstance(owner.node, ast.ClassDef) else []
    return not name.startswith("_") and any(isinstance(each, ast.FunctionDef) and each.name == name for each in lines)


def _of_library(holder: Heap, name: str, site: Site) -> None:
    world = site.scope.world
    made = world.made(site.node)
    if not world.first("method", site.node, holder, site.into):
        return
    world.sites.append((site, name))
    world.once_bearing(holder, lambda: _put_in(holder, made, made, site))
    hold(site, made, holder)
    world.sift(holder.all, site.into)
    if name in ("send", "throw", "asend", "athrow"):
        for _, cell, _ in site.arguments:
            world.pour(cell, world.sent)


def _into_unknown(value: Value, holder: Unknown, site: Site) -> None:
    if isinstance(value, Unit | Unknown | Heap | str) and not (isinstance(value, Heap) and value.passing):
        site.scope.world.change(holder.what, site.node, site.scope)


def hold(site: Site, *things: Heap, path: str = "") -> None:
    """Put the arguments of a call into things that may hold them, and call those that are own functions."""
    world = site.scope.world
    for number, (name, cell, _) in enumerate(site.arguments):
        by_name = name in DATA_WORDS or (name in GIVEN_NAMES and bool(under(path, RUNNING)))
        if not by_name and CALLED_ONLY.get(path) != number:
            for thing in things:
                world.each(cell, lambda value, thing=thing: _held(value, thing, path, site))  # type: ignore[misc]
        if path not in KEEPING:
            world.each(cell, lambda value: _call_back(value, site))


def _held(value: Value, thing: Heap, path: str, site: Site) -> None:
    world = site.scope.world
    if isinstance(value, str) and plain(value):
        return
    if isinstance(value, Namespace) and path in LISTING:
        return
    if isinstance(value, Namespace) or (isinstance(value, str) and value in SPECIAL):
        world.unknown(what(value) if isinstance(value, Namespace) else value, site.into, site.node, site.scope.file)
    _look_for_modules(value, path, site)
    if isinstance(value, Postponed) and not under(path, LAZY):
        return
    if isinstance(value, Heap) and value.is_iterator and not under(path, LAZY) and path:
        _held(world.worked_off(value), thing, path, site)
        return
    world.once_bearing(value, lambda: _put_in(value, thing, world.made(site.node), site))


def _look_for_modules(value: Value, path: str, site: Site) -> None:
    """Let what a call returns be unknown if it is given a module, at whatever depth."""
    world = site.scope.world
    if isinstance(value, Heap) and value.owner is None:
        if world.first("modules", site.node, value, path):
            world.each(value.all, lambda inner: _look_for_modules(inner, path, site))
    elif isinstance(value, str) and world.is_module(value):
        world.unknown(path or value, site.into, site.node, site.scope.file)


def _put_in(value: Value, thing: Heap, made: Heap, site: Site) -> None:
    """Put a value into a thing; what a call makes is its result only if it holds anything but data."""
    site.scope.world.put(site.scope.world.field(thing, ANY), value)
    if thing is made:
        site.scope.world.put(site.into, made)


def _call_back(value: Value, site: Site) -> None:
    """Call an own function that is an argument with all that lies in the others."""
    world = site.scope.world
    if not isinstance(value, Unit) or isinstance(value.node, ast.ClassDef):
        return
    if not world.first("back", site.node, value, site.into):
        return
    args = value.node.args
    given = world.field(world.made(site.node), "given")
    for _, cell, _ in site.arguments:
        world.each(cell, lambda each: world.put(given, each) if each is not value else None)
        world.each(cell, lambda each: world.sift(each.all, given) if isinstance(each, Heap) else None)
    for each in (*args.posonlyargs, *args.args, *args.kwonlyargs):
        world.pour(given, value.inside.bind(each.arg))
    for extra in (args.vararg, args.kwarg):
        if extra is not None:
            world.pour(given, world.field(world.display(extra), ITEM))
    world.pour(value.returned, world.field(world.made(site.node), ANY))
    world.pour(value.returned, site.into)


def _library(path: str, site: Site) -> None:
    """Let what a library's function returns be, or hold, whatever it was given."""
    from grader.checks.rules.flow.reflection import reflect, run

    world = site.scope.world
    if not world.first("library", site.node, path, site.into):
        return
    if under(path, CHANGING):
        world.change(under(path, CHANGING), site.node, site.scope)
    if under(path, REGISTERING):
        world.registered += [cell for _, cell, _ in site.arguments]
    if under(path, RUNNING):
        run(path, site)
    if reflect(path, site):
        return
    name = under(path, DYNAMIC)
    if name:
        world.unknown(name, site.into, site.node, site.scope.file)
    if "load" in path.rpartition(".")[2].lower().replace("overload", "") or path.endswith(
        ("read_pickle", "Unpickler", "shelve.open")
    ):
        world.put(site.into, Unknown(site.node, path, site.scope.file, weak=True))
    if path in IDLE:
        return
    if path in RETURNING:
        for _, cell, _ in site.arguments:
            world.pour(cell, site.into)
        return
    world.sites.append((site, path))
    made = world.made(site.node)
    made.gives_back = path == "functools.wraps"
    if under(path, MAKING):
        world.put(site.into, made)
    if under(path, LAZY) and path not in ("zip", "iter", "enumerate"):
        world.postpone(made, None)
        world.put(site.into, made)
    hold(site, made, path=path)
    if under(path, OPERATING):
        _operate(site)
    if under(path, STORING) and site.arguments:
        first, *rest = [cell for _, cell, _ in site.arguments]
        for cell in rest:
            store(first, ANY if path != "type" else ITEM, cell, site.node, site.scope)


def _operate(site: Site) -> None:
    """Let flow what own objects' operators return to a function that applies them: `operator.add(a, b)`, `sum(own)`."""
    given = [cell for _, cell, _ in site.arguments]
    inside = Cell()
    for cell in given:
        element(cell, None, inside, site.node, site.scope)
    for cell in (*given, inside):
        for other in (*given, inside):
            ask(cell, OPERATORS, [other], site.into, site.scope)


def is_asked(node: ast.expr | None, site: Site) -> bool:
    """Return whether a text is typed by a user, `input().split()`: there is none while it is graded."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        site.scope.world.step()
        node = node.func.value
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "input"
        and site.scope.home("input") is None
        and not site.scope.world.patch("input").held
    )
