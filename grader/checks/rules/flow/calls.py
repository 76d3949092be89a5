"""Calls: arguments flow into parameters, results out; what a library's function may do with what it is given."""

from __future__ import annotations

import ast
from collections.abc import Callable

from grader.checks.rules.flow import library
from grader.checks.rules.flow.library import under
from grader.checks.rules.flow.members import each_member, element, keep, store
from grader.checks.rules.flow.operators import OPERATORS, ask
from grader.checks.rules.flow.reflection import of_names, reflect, run, set_by_method
from grader.checks.rules.flow.sites import UNKNOWN, Site, fill_fields, hold, in_order, put_in
from grader.checks.rules.flow.values import (
    ANY,
    ITEM,
    Cell,
    Container,
    Instance,
    Namespace,
    OwnClass,
    OwnFunction,
    Unit,
    Unknown,
    Value,
)


def call(site: Site, function: Cell) -> None:
    """Let flow what a call makes flow."""
    world = site.scope.world
    world.each(function, lambda value: called(value, site))
    world.sites.append((site, UNKNOWN))
    receiver = site.receiver
    if receiver is not None:
        if site.method in ("__setattr__", "__setitem__"):
            set_by_method(site)
        world.each(receiver, lambda value: _method(value, site))
        if site.method in library.LENDING:
            world.connect(world.lost(ITEM), site.into)
        for name, cell, _ in site.arguments:
            if name not in library.DATA_WORDS:
                keep(receiver, ITEM, cell, site.node, site.scope)


def called(value: Value, site: Site) -> None:
    """Let flow what a call of a value makes flow."""
    world = site.scope.world
    match value:
        case str(path):
            _library(path, site)
        case OwnClass():
            _instance(value, site)
        case OwnFunction():
            _bind(value, site)
        case Instance(owner=owner):
            each_member(owner, "__call__", lambda method: called(method, site))
            world.connect(world.field(value, ANY), site.into)
        case Container(gives_back=True):
            for _, cell, _ in site.arguments:
                world.connect(cell, site.into)
                world.each(cell, lambda given: _wrap(given, value, site))
        case Container():
            of_itself = site.receiver is not None and value in site.receiver.held
            if value.is_class:
                world.put(site.into, value)
            if world.first("call", site.node, value, site.into) and not of_itself:
                hold(site, world.made(site.node), value)
                world.each(value.all, lambda inner: None if _decorates(inner, site) else _called_within(inner, site))
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


def _wrap(value: Value, wrapper: Container, site: Site) -> None:
    """`wraps(f)(g)` is g, with f as an attribute."""
    if isinstance(value, Unit | Instance | Container):
        site.scope.world.connect(wrapper.all, site.scope.world.field(value, "__wrapped__"))


def _bind(function: OwnFunction, site: Site) -> None:
    """Let arguments flow into the parameters of an own function, and what it returns into the result."""
    world = site.scope.world
    if not world.first("bind", site.node, function, site.into):
        return
    world.connect(function.returned, site.into)
    if not function.scope.is_class or function.is_static:
        _fill(function, site, 0)
        return
    _fill(function, site, 1)
    receiver, first, rest = site.receiver, function.positional[:1], function.args.vararg
    if receiver is None or function.decorators:
        if function.name != "__init__":
            _fill(function, site, 0)
    elif first:  # called by way of its object, it has that already; by way of its class, not
        world.each(receiver, lambda value: None if isinstance(value, Instance) else _fill(function, site, 0))
    if receiver is not None and first:
        world.connect(receiver, function.inside.bind(first[0]))
    elif receiver is not None and rest is not None:  # `def m(*a)`
        world.connect(receiver, world.field(world.display(rest), ITEM))


def _fill(function: OwnFunction, site: Site, shift: int) -> None:
    """Let the arguments flow into the parameters, the first into the one at `shift`."""
    world, args = site.scope.world, function.args
    if not world.first("fill", site.node, function, shift, site.into):
        return
    plainly = function.positional
    names = [*plainly, *(each.arg for each in args.kwonlyargs)]
    several = [world.field(world.display(each), ITEM) for each in (args.vararg, args.kwarg) if each is not None]
    place = shift
    for name, cell, _ in site.arguments:
        if name in ("*", "**"):
            for each in [*map(function.inside.bind, names), *several]:
                element(cell, None, each, site.node, site.scope)
            continue
        parameter = name
        if not name:
            parameter = plainly[place] if place < len(plainly) else ""
            place += 1
        for each in [function.inside.bind(parameter)] if parameter in names else several:
            world.connect(cell, each)


def _instance(owner: OwnClass, site: Site) -> None:
    """Let arguments flow into an own class's `__init__`; without one, its fields may be any of them."""
    world = site.scope.world
    world.put(site.into, owner.instance)
    for name in ("__init__", "__new__"):
        each_member(owner, name, lambda method: called(method, site))
    generated = owner.node.decorator_list or owner.node.keywords
    if generated or owner.inside.names.keys().isdisjoint(("__init__", "__new__", "__post_init__")):
        names, decorator = in_order(owner)
        if decorator is None:
            fill_fields(owner, [], site)
            return
        made_by = world.cell(decorator)
        world.each(made_by, lambda value: fill_fields(owner, names if value == "dataclasses.dataclass" else [], site))
        world.unsure.append((made_by, lambda: fill_fields(owner, [], site)))


def _method(holder: Value, site: Site) -> None:
    """Let a container's method keep the arguments, and hand out what the container holds."""
    world, name = site.scope.world, site.method
    match holder:
        case Container():
            _of_library(holder, site)
        case Instance(owner=owner):
            _where_derived(owner, name, lambda: _of_library(holder, site), site)
        case Namespace():
            of_names(holder, name, site)
        case Unknown(weak=False):
            for _, cell, _ in site.arguments:
                world.each(cell, lambda value: _into_unknown(value, holder, site))
        case Unit() if name in ("__setattr__", "__delattr__", "__setstate__"):
            site.change(f".{name}")


def _into_unknown(value: Value, holder: Unknown, site: Site) -> None:
    if isinstance(value, Unit | Unknown | Instance | str) or (isinstance(value, Container) and not value.passing):
        site.change(holder.what)


def _where_derived(owner: OwnClass, name: str, proceed: Callable[[], None], site: Site) -> None:
    """Call `proceed` if a class is derived from anything but own classes: its method `name` may be a library's.

    A NamedTuple's own method is none of the library's, and its `_replace` returns an object of the same class.
    """
    world = site.scope.world
    defined = {each.name for each in owner.node.body if isinstance(each, ast.FunctionDef)}
    is_own = not name.startswith("_") and name in defined

    def react(value: Value) -> None:
        if value == "typing.NamedTuple" and name == "_replace":
            world.put(site.into, owner.instance)
            fill_fields(owner, [], site)
        elif isinstance(value, OwnClass):
            if world.first("derived", site.node, owner, value):
                _where_derived(value, "", proceed, site)
        elif value not in library.BARE and not (value == "typing.NamedTuple" and is_own):
            proceed()

    for node in owner.node.bases:
        base = world.cell(node.value if isinstance(node, ast.Subscript) else node)
        world.each(base, react)
        world.unsure.append((base, proceed))


def _of_library(holder: Instance | Container, site: Site) -> None:
    world = site.scope.world
    made = world.made(site.node)
    if not world.first("method", site.node, holder, site.into):
        return
    world.sites.append((site, site.method))
    world.once_bearing(holder, lambda: put_in(holder, made, site))
    hold(site, made, holder)
    world.connect_but_work(holder.all, site.into)
    if site.method in ("send", "throw", "asend", "athrow"):
        for _, cell, _ in site.arguments:
            world.connect(cell, world.sent)


def _library(path: str, site: Site) -> None:
    """Let what a library's function returns be, or hold, whatever it was given."""
    world = site.scope.world
    cells = [cell for _, cell, _ in site.arguments]
    if not world.first("library", site.node, path, site.into):
        return
    if under(path, library.CHANGING):
        site.change(under(path, library.CHANGING))
    if under(path, library.REGISTERING):
        world.registered += cells
    if under(path, library.RUNNING):
        run(path, site)
    if reflect(path, site):
        return
    if under(path, library.DYNAMIC):
        site.unknown(under(path, library.DYNAMIC))
    if library.loads(path):
        world.put(site.into, Unknown(site.node, path, site.scope.file, weak=True))
    if path in library.IDLE:
        return
    if path in library.RETURNING:
        for cell in cells:
            world.connect(cell, site.into)
        return
    world.sites.append((site, path))
    made = world.made(site.node)
    made.gives_back = path == "functools.wraps"
    if under(path, library.MAKING):
        world.put(site.into, made)
    if under(path, library.LAZY) and path not in ("zip", "iter", "enumerate"):
        world.postpone(made, None)
        world.put(site.into, made)
    hold(site, made, path=path)
    if under(path, library.OPERATING):
        _operate(site)
    if under(path, library.STORING):
        for cell in cells[1:]:
            store(cells[0], ANY if path != "type" else ITEM, cell, site.node, site.scope)


def _operate(site: Site) -> None:
    """Let flow what own objects' operators return to a function that applies them: `operator.add(a, b)`, `sum(own)`."""
    given = [cell for _, cell, _ in site.arguments]
    inside = Cell()
    for cell in given:
        element(cell, None, inside, site.node, site.scope)
    for cell in (*given, inside):
        for other in (*given, inside):
            ask(cell, OPERATORS, [other], site.into, site.scope)
