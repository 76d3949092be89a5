"""A call, and what becomes of its arguments: kept in what is made, put into fields, called back."""

from __future__ import annotations

import ast
from typing import NamedTuple

from grader.checks.rules.flow import library
from grader.checks.rules.flow.library import under
from grader.checks.rules.flow.members import what
from grader.checks.rules.flow.values import (
    ANY,
    ITEM,
    Cell,
    Container,
    Instance,
    Namespace,
    OwnClass,
    OwnFunction,
    Postponed,
    Scope,
    Value,
)

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
    def method(self) -> str:
        """The name of the method that is called, "" if it is none."""
        return self.function.attr if isinstance(self.function, ast.Attribute) else ""

    @property
    def receiver(self) -> Cell | None:
        """The object whose method is called, if it is one."""
        base = self.function
        return self.scope.world.cell(base.value) if isinstance(base, ast.Attribute) else None

    def positional(self, number: int) -> tuple[Cell, ast.expr | None]:
        """Return an argument by its place; nothing where there is none."""
        plainly = [(cell, node) for name, cell, node in self.arguments if not name]
        return plainly[number] if number < len(plainly) else (self.scope.world.nothing, None)

    def unknown(self, what: str) -> None:
        """Let the result be something that cannot be followed."""
        self.scope.world.unknown(what, self.into, self.node, self.scope.file)

    def change(self, what: str) -> None:
        """Take note that something is changed here in a way that cannot be followed."""
        self.scope.world.change(what, self.node, self.scope)


def hold(site: Site, *things: Instance | Container, path: str = "") -> None:
    """Put the arguments of a call into things that may hold them, and call those that are own functions."""
    world = site.scope.world
    for number, (name, cell, _) in enumerate(site.arguments):
        by_name = name in library.DATA_WORDS or (name in GIVEN_NAMES and bool(under(path, library.RUNNING)))
        if not by_name and library.CALLED_ONLY.get(path) != number:
            for thing in things:
                world.each(cell, lambda value, thing=thing: _held(value, thing, path, site))  # type: ignore[misc]
        if path not in library.KEEPING:
            world.each(cell, lambda value: _call_back(value, site))


def _held(value: Value, thing: Instance | Container, path: str, site: Site) -> None:
    """Put an argument into a thing, as far as the function at `path` keeps it; `path` is "" for any other."""
    world = site.scope.world
    if isinstance(value, str) and library.plain(value):
        return
    if isinstance(value, Namespace) and path in LISTING:
        return
    if isinstance(value, Namespace):
        site.unknown(what(value))
    elif isinstance(value, str) and value in library.SPECIAL:
        site.unknown(value)
    _look_for_modules(value, path, site)
    if not under(path, library.LAZY):
        if isinstance(value, Postponed):
            return
        if isinstance(value, Container) and value.is_iterator and path:
            _held(world.worked_off(value), thing, path, site)
            return
    world.once_bearing(value, lambda: put_in(value, thing, site))


def _look_for_modules(value: Value, path: str, site: Site) -> None:
    """Let what a call returns be unknown if it is given a module, at whatever depth."""
    world = site.scope.world
    if isinstance(value, Container):
        if world.first("modules", site.node, value, path):
            world.each(value.all, lambda inner: _look_for_modules(inner, path, site))
    elif isinstance(value, str) and world.is_module(value):
        site.unknown(path or value)


def put_in(value: Value, thing: Instance | Container, site: Site) -> None:
    """Put a value into a thing; what a call makes is its result only if it holds anything but data."""
    world = site.scope.world
    world.put(world.field(thing, ANY), value)
    if thing is world.made(site.node):
        world.put(site.into, thing)


def _call_back(value: Value, site: Site) -> None:
    """Call an own function that is an argument with all that lies in the others."""
    world = site.scope.world
    if not isinstance(value, OwnFunction) or not world.first("back", site.node, value, site.into):
        return
    args = value.args
    given = world.field(world.made(site.node), "given")

    def give(each: Value) -> None:
        if each is not value:
            world.put(given, each)
        if isinstance(each, Instance | Container):
            world.connect_but_work(each.all, given)

    for _, cell, _ in site.arguments:
        world.each(cell, give)
    for each in (*args.posonlyargs, *args.args, *args.kwonlyargs):
        world.connect(given, value.inside.bind(each.arg))
    for extra in (args.vararg, args.kwarg):
        if extra is not None:
            world.connect(given, world.field(world.display(extra), ITEM))
    world.connect(value.returned, world.field(world.made(site.node), ANY))
    world.connect(value.returned, site.into)


def fill_fields(owner: OwnClass, names: list[str], site: Site) -> None:
    """Let arguments flow into an object's fields: into those of the names, in their order, or into any of them."""
    spread = any(name == "*" for name, _, _ in site.arguments)
    for number, (name, cell, _) in enumerate(site.arguments):
        field = name if name in names else names[number] if not name and not spread and number < len(names) else ANY
        site.scope.world.connect(cell, site.scope.world.field(owner.instance, field))


def in_order(owner: OwnClass) -> tuple[list[str], ast.expr | None]:
    """Return the fields of what seems to be a plain dataclass in their order, and its decorator."""
    node = owner.node
    if node.bases or len(node.decorator_list) != 1:
        return [], None
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    for each in fields:
        plain = each.value is None or isinstance(each.value, ast.Constant)
        if not plain or any(word in ast.unparse(each.annotation) for word in ("KW_ONLY", "InitVar", "ClassVar")):
            return [], None
    decorator = node.decorator_list[0]
    names = [each.target.id for each in fields if isinstance(each.target, ast.Name)]
    return names, decorator.func if isinstance(decorator, ast.Call) else decorator


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
