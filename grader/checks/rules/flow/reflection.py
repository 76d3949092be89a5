"""Python's functions that reach names by their text, and texts that are run as code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from grader.checks.rules.flow.library import RUNNING, under
from grader.checks.rules.flow.members import attribute, element, members, named, owner_of, store, text, what
from grader.checks.rules.flow.operators import ask
from grader.checks.rules.flow.sites import GIVEN_NAMES, Site, fill_fields, hold, in_order, is_asked
from grader.checks.rules.flow.values import (
    ANY,
    ITEM,
    Cell,
    Container,
    Instance,
    Namespace,
    OwnClass,
    OwnFunction,
    Scope,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    pass


def run(path: str, site: Site) -> None:
    """Follow texts that are run as code where they are written out; else take note that they cannot be followed."""
    world = site.scope.world
    name = under(path, RUNNING)
    if not site.arguments:
        site.change(name)
    for number, (keyword, cell, node) in enumerate(site.arguments):
        word = text(node)
        if keyword in GIVEN_NAMES or (number and name in ("eval", "exec")):
            world.runs.append((site, name, cell, False))
        elif word is not None:
            _run_text(word, name, site)
        elif not isinstance(node, ast.Constant) and keyword in ("", "*", "**", "stmt", "setup", "source"):
            asked = name == "eval" and is_asked(node, site)
            world.runs.append((site, name, world.patch("input") if asked else cell, not asked))


def _run_text(word: str, name: str, site: Site) -> None:
    world = site.scope.world
    try:
        code = ast.parse(word.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # it raises
    for each in ast.walk(code):
        world.step()
        if isinstance(each, ast.expr | ast.stmt | ast.excepthandler | ast.arg):
            each.lineno = getattr(site.node, "lineno", 1)
    inner = Scope(code, site.scope.top, world, site.scope.file)
    world.read(code, inner)
    for bound, cell in inner.names.items() if name == "exec" else ():
        world.connect(cell, world.late(site.scope.top, bound))
    if name == "exec" and site.scope.frame.is_class:
        site.change(name)
    if len(code.body) == 1 and isinstance(code.body[0], ast.Expr):
        world.connect(world.cell(code.body[0].value), site.into)


_MADE_BY = frozenset({"__init__", "__new__", "__post_init__", "__setattr__", "__getattribute__", "__class__",
                      "__dataclass_fields__"})  # fmt: skip
"""What a class may have to say in how an object of it is made from another."""


def reflect(path: str, site: Site) -> bool:
    """Let flow what one of these functions makes flow; return whether it was one."""
    name = "setattr" if path.endswith(".__setattr__") else path
    found = _FUNCTIONS.get(name)
    if path in ("isinstance", "issubclass"):
        _check(site)
    if path == "dataclasses.replace":
        return _replace(site)
    if found is not None:
        if path.endswith(".__setattr__") and path not in ("object.__setattr__", "type.__setattr__"):
            site.change("setattr")
        found(site)
    return found is not None


def _getattr(site: Site) -> None:
    world = site.scope.world
    (base, _), (_, node), (default, _) = (site.positional(number) for number in range(3))
    world.connect(default, site.into)
    name = text(node)
    if name is not None:
        attribute(base, name, site.into, site.node, site.scope)
        return
    world.put(site.into, Unknown(site.node, "getattr", site.scope.file, member=True))

    def react(value: Value) -> None:
        match value:
            case OwnClass() | Instance() | Container():
                world.connect_but_work(value.all, site.into)
                owner = owner_of(value)
                if owner is not None:
                    members(owner, None, site.into)
                else:
                    world.put(site.into, value)
            case _:
                if isinstance(value, OwnFunction):
                    world.connect_but_work(value.all, site.into)
                site.unknown("getattr")

    world.each(base, react)
    if len([1 for name, _, _ in site.arguments if not name]) < 2:
        site.unknown("getattr")


def _setattr(site: Site) -> None:
    (base, _), (_, node), (value, _) = (site.positional(number) for number in range(3))
    name = text(node)
    if node is None:
        site.change("setattr")
    store(base, ANY if name is None else name, value, site.node, site.scope)
    if name is None:
        site.scope.world.each(base, lambda holder: site.change("setattr") if isinstance(holder, OwnFunction) else None)


def set_by_method(site: Site) -> None:
    """Let flow what `x.__setattr__(name, f)`, `type(x).__setattr__(x, name, f)` and the like make flow."""
    (first, _), (second, key_of), (value, _) = (site.positional(number) for number in range(3))
    holder, word, held = (first, text(key_of), value)
    if len(site.arguments) < 3 and site.receiver is not None:
        holder, word, held = site.receiver, text(site.positional(0)[1]), second
    in_key = site.method == "__setitem__"
    if word is None:
        word = ITEM if in_key else ANY
    elif in_key:
        word = f"[{word}"
    store(holder, word, held, site.node, site.scope)


def _vars(site: Site) -> None:
    if not site.arguments:
        _locals(site)
        return
    world = site.scope.world

    def react(value: Value) -> None:
        world.put(site.into, Namespace(world.tops.get(value, value) if isinstance(value, str) else value))

    world.each(site.positional(0)[0], react)


def _globals(site: Site) -> None:
    site.scope.world.put(site.into, Namespace(site.scope.top))


def _locals(site: Site) -> None:
    site.scope.world.put(site.into, Namespace(site.scope.frame))


def _import(site: Site) -> None:
    world = site.scope.world
    name = text(site.positional(0)[1])
    if name is None:
        site.unknown("import")
        return
    world.path(name.partition(".")[0], site.into, site.node, site.scope.file)  # what `__import__("a.b")` returns
    world.imported.add(name)
    world.path(name, site.into, site.node, site.scope.file)


def _super(site: Site) -> None:
    """Attributes of `super()` are those of the class's bases."""
    around = site.scope.class_around()
    for base in around.bases if around is not None else ():
        site.scope.world.connect(site.scope.world.cell(base), site.into)


def _type(site: Site) -> None:
    world = site.scope.world

    def react(value: Value) -> None:
        if isinstance(value, Instance):
            world.put(site.into, value.owner)

    world.each(site.positional(0)[0], react)
    if len(site.arguments) > 1:
        made = world.made(site.node)
        made.is_class = True
        world.put(site.into, made)
        for _, cell, _ in site.arguments:
            world.connect(cell, world.field(made, ANY))


def _check(site: Site) -> None:
    """Let own metaclasses be asked whether something is of their classes."""
    (value, _), (classes, _) = site.positional(0), site.positional(1)
    inside = Cell()
    element(classes, None, inside, site.node, site.scope)
    for each in (classes, inside):
        ask(each, ("__instancecheck__", "__subclasscheck__"), [value], Cell(), site.scope)


def _replace(site: Site) -> bool:
    """Return whether it is plain what `replace(c, axis=1)` changes; then the result is of the same dataclass."""
    world = site.scope.world
    first, *changes = site.arguments
    if first[0] or not all(name.isidentifier() for name, _, _ in changes):
        return False
    world.sites.append((site, "dataclasses.replace"))
    changed = site._replace(arguments=changes)

    def hand_over() -> None:
        if world.first("replaced", site.node, site.into):
            hold(site, world.made(site.node))

    def react(value: Value) -> None:
        owner = value.owner if isinstance(value, Instance) else None
        names, decorator = in_order(owner) if owner is not None else ([], None)
        if owner is None or decorator is None or not _MADE_BY.isdisjoint(owner.inside.names):
            hand_over()
            return
        world.put(site.into, value)
        fill_fields(owner, names, changed)
        kinds = world.cell(decorator)
        for name in (*_MADE_BY, ANY):  # `C.__init__ = f`
            world.each(world.field(owner, name), lambda _: hand_over())
        world.each(kinds, lambda kind: hand_over() if kind != "dataclasses.dataclass" else None)
        world.unsure.append((kinds, hand_over))

    world.each(first[1], react)
    world.unsure.append((first[1], hand_over))
    return True


def _compile(site: Site) -> None:
    site.unknown("compile")


_FUNCTIONS: dict[str, Callable[[Site], None]] = {
    "getattr": _getattr, "setattr": _setattr, "object.__setattr__": _setattr, "type.__setattr__": _setattr,
    "delattr": lambda _: None, "vars": _vars, "globals": _globals, "locals": _locals, "__import__": _import,
    "importlib.import_module": _import, "super": _super, "type": _type, "compile": _compile,
}  # fmt: skip


def of_names(space: Namespace, name: str, site: Site) -> None:
    """Let flow what a method of `globals()` and the like makes flow."""
    world, (cell, node) = site.scope.world, site.positional(0)
    word = text(node)
    if name in ("get", "__getitem__", "pop", "setdefault"):
        named(space, word, site.into, site.node, site.scope)
        world.connect(site.positional(1)[0], site.into)
    elif name not in ("keys", "update", "__setitem__", "__contains__"):
        site.unknown(what(space))
    holder = world.holding(space)
    if name in ("__setitem__", "setdefault"):
        store(holder, f"[{word}" if word is not None else ITEM, site.positional(1)[0], site.node, site.scope)
    elif name == "update":
        for keyword, value, _ in site.arguments:
            if keyword and keyword != "**":
                store(holder, f"[{keyword}", value, site.node, site.scope)
        if isinstance(node, ast.Dict) and all(key is not None and text(key) is not None for key in node.keys):
            for key, each in zip(node.keys, node.values, strict=True):
                store(holder, f"[{text(key)}", world.cell(each), site.node, site.scope)
        elif any(not keyword or keyword == "**" for keyword, _, _ in site.arguments):
            store(holder, ITEM, cell, site.node, site.scope)
    elif name in ("clear", "popitem", "__ior__", "__delitem__"):
        site.change(what(space))
