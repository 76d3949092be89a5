"""All cells of a submission and of the student's own modules beside it, and the flows between them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from grader.checks.rules.flow.library import DYNAMIC, SPOKEN, TEXTS, canonical, is_module, is_private, plain, under
from grader.checks.rules.flow.values import (
    ANY,
    MOST_STEPS,
    Cell,
    Container,
    Entangled,
    Instance,
    Namespace,
    OwnClass,
    OwnFunction,
    Postponed,
    Scope,
    Site,
    Stored,
    Thing,
    Unit,
    Unknown,
    Value,
)

_T = TypeVar("_T")

DEEPEST = 6
"""Dots in a library's path."""
ITSELF = "submission"
"""The module name under which a submission is loaded."""


class World:
    """All cells of a text and the modules beside it.

    `read` adds a tree to a scope, with its flows; `tops` are the modules' scopes by name;
    `changes` are the places where names or functions are changed in a way that cannot be followed. What takes too long
    raises Entangled.
    """

    def __init__(self, read: Callable[[ast.AST, Scope], None]) -> None:
        self.read = read
        self.functions: dict[ast.AST, OwnFunction] = {}
        self.classes: dict[ast.AST, OwnClass] = {}
        self.tops: dict[str, Scope] = {}
        self.class_names: set[str] = set()  # without the underscores in front, as Python puts them before private names
        self.inner: dict[ast.AST, Scope] = {}  # the scopes of comprehensions
        self.homes: dict[ast.AST, Scope] = {}  # of each name that a module binds, that module
        self.assigned: set[str] = set()  # names that are bound by more than their definition
        self.narrowed: dict[ast.AST, str] = {}  # names that never stand for an object of the class with this name
        self.imported: set[str] = set()
        self.caught: set[tuple[Scope, str]] = set()  # names that catch an exception
        self.decorated: dict[ast.AST, Cell] = {}  # what each decorator returns
        self.wrapped: dict[tuple[Scope, str], list[tuple[Unit, list[Cell]]]] = {}  # by name, with what decorators made
        self.stored: list[Stored] = []
        self.sites: list[tuple[Site, str]] = []  # all calls, with the path of the function that is called
        self.runs: list[tuple[Site, str, Cell, bool]] = []  # calls that run a text: path, the text or the names, which
        self.registered: list[Cell] = []  # what a library was told to call later
        self.changes: list[Unknown] = []
        self.unsure: list[tuple[Cell, Callable[[], None]]] = []  # what to do where a cell stays empty
        self.nothing = Cell()  # always empty: numbers and texts
        self.raised, self.sent = Cell(), Cell()  # exceptions; what is sent into a generator
        self.varied = Cell()  # classes from which the program may make others while it runs
        self._waiting: list[tuple[Cell, Value]] = []
        self._left = MOST_STEPS
        self._once: set[tuple[object, ...]] = set()
        self._answers: dict[tuple[object, ...], Any] = {}
        self._cells: dict[ast.AST, Cell] = {}
        self._made: dict[ast.AST, Container] = {}
        self._free: dict[tuple[Scope, str], Cell] = {}
        self._patches: dict[str, Cell] = {}
        self._lost: dict[str, Cell] = {}
        self._bearing: dict[Value, set[Value]] | None = None

    @property
    def top(self) -> Scope:
        """The scope of the submission itself."""
        return self.tops[ITSELF]

    def step(self, steps: int = 1) -> None:
        """Count steps. Raises Entangled after too many."""
        self._left -= steps
        if self._left < 0:
            raise Entangled

    def unmangled(self, name: str) -> str:
        """Return `_Class__name` as it is written in an own class, `__name`. Such names of several classes are one."""
        if name.startswith("_") and not name.endswith("__"):
            for own in self.class_names:
                if name.startswith(f"_{own}__"):
                    return name[1 + len(own) :]
        return name

    def renew(self) -> None:
        """Allow as many steps again, for the questions about one function."""
        self._left = MOST_STEPS

    def first(self, *key: object) -> bool:
        """Return whether this is asked for the first time."""
        if key in self._once:
            return False
        self._once.add(key)
        return True

    def put(self, cell: Cell, value: Value) -> None:
        """Put a value into a cell."""
        if value not in cell.held and cell is not self.nothing:
            self.step()
            cell.held.add(value)
            self._waiting.append((cell, value))

    def holding(self, value: Value) -> Cell:
        """Return a new cell with a value in it."""
        cell = Cell()
        self.put(cell, value)
        return cell

    def connect(self, source: Cell, into: Cell) -> None:
        """Make a flow: all that `source` holds, now and later, `into` holds too."""
        if source is into or source is self.nothing or into in source.into:
            return
        self.step()
        source.into[into] = None
        for value in source.done:
            self.put(into, value)

    def connect_but_work(self, source: Cell, into: Cell) -> None:
        """Make a flow, but not of the work that an iterator still has to do."""
        if source is not into and self.first("connect but work", source, into):
            self.each(source, lambda value: None if isinstance(value, Postponed) else self.put(into, value))

    def worked_off(self, heap: Container) -> Container:
        """Return what an iterator holds after its work is done."""
        if not heap.is_iterator:
            return heap
        if heap.worked is None:
            heap.worked = Container(heap.node, passing=heap.passing)
            self.connect_but_work(heap.all, self.field(heap.worked, ANY))
        return heap.worked

    def each(self, cell: Cell, react: Callable[[Value], None]) -> None:
        """Call `react` for each value that a cell holds, now and later."""
        if cell is self.nothing:
            return
        self.step()
        cell.on.append(react)
        for value in list(cell.done):
            react(value)

    def settle(self) -> None:
        """Let everything flow until nothing moves. Raises Entangled."""
        while self._waiting:
            cell, value = self._waiting.pop()
            cell.done.append(value)
            for into in cell.into:
                self.put(into, value)
            self.step(len(cell.on))
            for react in list(cell.on):
                react(value)

    def once_bearing(self, value: Value, react: Callable[[], None]) -> None:
        """Call `react` as soon as a value is, or holds, anything but data; a container of numbers is not followed."""
        if isinstance(value, Container):
            self.each(self._bears(value), lambda _: react())
        else:
            react()

    def _bears(self, heap: Container) -> Cell:
        """Return the cell that is filled as soon as a container holds anything but data."""
        if heap.bears is None:
            bears = heap.bears = Cell()

            def look(value: Value) -> None:
                if isinstance(value, Container):
                    self.connect(self._bears(value), bears)
                else:
                    self.put(bears, ANY)

            self.each(heap.all, look)
        return heap.bears

    def field(self, thing: Thing, name: str) -> Cell:
        """Return the cell of a thing's attribute or item."""
        cell = thing.fields.get(name)
        if cell is None:
            cell = thing.fields[name] = Cell()
            self.connect(cell, thing.all)
        return cell

    def cell(self, node: ast.AST) -> Cell:
        """Return the cell of an expression."""
        if isinstance(node, ast.Constant | ast.JoinedStr):
            return self.nothing
        return self._cells.setdefault(node, Cell())

    def unit(self, node: ast.AST) -> Unit:
        """Return the function or class that a node defines."""
        return self.functions.get(node) or self.classes[node]

    def made(self, node: ast.AST) -> Container:
        """Return what a call makes, of which only the arguments are known."""
        found = self._made.get(node)
        if found is None:
            found = self._made[node] = Container(node, passing=True)
        return found

    def lost(self, name: str) -> Cell:
        """Return the cell of all that was stored under a name in something unknown."""
        return self._lost.setdefault(name, Cell())

    def late(self, top: Scope, name: str) -> Cell:
        """Return the cell of what a module's name is bound to from outside the module."""
        return top.late.setdefault(name, Cell())

    def patch(self, path: str) -> Cell:
        """Return the cell of what the student bound a library's name to: `np.sum = mine`."""
        return self._patches.setdefault(canonical(path), Cell())

    def free(self, top: Scope, name: str) -> Cell:
        """Return the cell of a name that a module does not bind."""
        found = self._free.get((top, name))
        if found is None:
            found = self._free[top, name] = Cell()
            self.connect(self.late(top, name), found)
            if name == "__builtins__":
                self.put(found, Namespace("builtins"))
            self.path("builtins" if name == "__builtins__" else name, found, top.root, top.file)
            for module, _ in top.stars:
                self.member(module, name, found)
        return found

    def member(self, module: str, name: str, into: Cell) -> None:
        """Let what `name` is in a module flow into a cell."""
        top = self.tops.get(module)
        if top is None:
            self.path(f"{module}.{name}" if module else name, into, self.top.root, "")
        elif name in top.names:
            self.connect(top.find(name), into)
        else:
            self.connect(self.late(top, name), into)
            if self.first("member", top, name, into):
                for star, _ in top.stars:
                    self.member(star, name, into)
            if "__getattr__" in top.names:
                self.put(into, Unknown(top.root, "__getattr__", top.file))

    def path(self, path: str, into: Cell, node: ast.AST, file: str) -> None:
        """Put a library's function, module or class into a cell, and what the student bound its name to."""
        known = canonical(path)
        self.step()
        if known in TEXTS:
            return
        if known.count(".") > DEEPEST:  # `x = x.next` would go on for ever
            self.unknown(known.partition(".")[0], into, node, file)
            return
        self.put(into, known)
        self.connect(self.patch(known), into)
        name, top = under(known, DYNAMIC), isinstance(node, ast.Module)
        if known.startswith("__") and known.endswith("__") and known not in SPOKEN and known != "__import__":
            name = name or known
        if is_private(known):
            name = name or known
        if name and not top and known not in self.imported and known != "importlib.import_module":
            self.unknown(name, into, node, file)

    def unknown(self, what: str, into: Cell, node: ast.AST, file: str) -> None:
        """Put what cannot be followed into a cell."""
        if self.first("unknown", node, what, into):
            self.put(into, Unknown(node, what, file))

    def is_module(self, path: str) -> bool:
        """Return whether a path is a library's module."""
        return path in self.imported or is_module(path)

    def change(self, what: str, node: ast.AST, scope: Scope) -> None:
        """Note a place where something is changed in a way that cannot be followed."""
        if self.first("change", node, what):
            self.changes.append(Unknown(node, what, scope.file))

    def remember(self, key: tuple[object, ...], find: Callable[[], _T]) -> _T:
        """Return what `find` returns; it is called once for each key."""
        if key not in self._answers:
            self._answers[key] = find()
        found: _T = self._answers[key]
        return found

    def settle_lost(self) -> None:
        """Let everything flow; what is stored in something unknown may be found everywhere under its name."""
        self.settle()
        count = -1
        while self.unsure or count != self._count_lost():
            unsure, self.unsure = self.unsure, []
            for cell, react in unsure:  # nothing is known of what is still empty
                if not cell.held:
                    react()
            count = self._count_lost()
            self.settle()
            self._bearing = None
            for each in self.stored:
                if not each.base.held:
                    self._lose(each)
        self._bearing = None

    def _count_lost(self) -> int:
        return len(self._lost) + sum(len(cell.held) for cell in self._lost.values())

    def _lose(self, put: Stored) -> None:
        for each in self.deep(put.value):
            if isinstance(each, str) and self.is_module(each):
                self.change(f".{put.name.strip('[]')}", put.node, put.scope)
            if isinstance(each, Unit | Unknown) or (isinstance(each, str) and not plain(each)):
                for one in (put.name, put.name.lstrip("[") or put.name):
                    self.put(self.lost(one), each)

    def deep(self, cell: Cell) -> set[Value]:
        """Return all that a cell's values are or hold, without containers."""
        found: set[Value] = set()
        for value in cell.held:
            self.step()
            if isinstance(value, Instance | Container):
                found |= self.bearing().get(value, set())
            if not isinstance(value, Container):
                found.add(value)
        self.step(len(found))
        return found

    def bearing(self) -> dict[Value, set[Value]]:
        """Return what each container or object holds, at any depth, without containers."""
        if self._bearing is None:
            holders: dict[Value, list[Instance | Container]] = {}
            waiting: list[tuple[Instance | Container, Value]] = []
            for heap in self._heaps():
                for value in heap.all.held:
                    self.step()
                    if isinstance(value, Instance | Container):
                        holders.setdefault(value, []).append(heap)
                    if not isinstance(value, Container):
                        waiting.append((heap, value))
            self._bearing = {}
            while waiting:
                heap, value = waiting.pop()
                held = self._bearing.setdefault(heap, set())
                if value not in held:
                    self.step()
                    held.add(value)
                    waiting += [(holder, value) for holder in holders.get(heap, ())]
        return self._bearing

    def _heaps(self) -> Iterator[Instance | Container]:
        for heap in self._made.values():
            yield heap
            if heap.worked is not None:
                yield heap.worked
        yield from (each.instance for each in self.classes.values())

    def postpone(self, heap: Container, unit: OwnFunction | None) -> None:
        """Make a container an iterator, which does its work later."""
        if not heap.is_iterator:
            heap.is_iterator = True
            self.put(self.field(heap, ANY), Postponed(heap.node, unit))

    def display(self, node: ast.AST) -> Container:
        """Return the container that a display, a comprehension or a parameter such as `*args` makes."""
        found = self._made.get(node)
        if found is None:
            found = self._made[node] = Container(node)
        return found
