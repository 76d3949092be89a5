"""A submission and the student's own modules beside it, with all that flows between their names."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from grader.checks.rules.flow.library import DYNAMIC, SPOKEN, TEXTS, canonical, is_module, is_private, plain, under
from grader.checks.rules.flow.scopes import Scope, lay_out
from grader.checks.rules.flow.values import (
    ANY,
    Cell,
    Container,
    Flow,
    Instance,
    Namespace,
    OwnClass,
    OwnFunction,
    Postponed,
    Stored,
    Unit,
    Unknown,
    Value,
)
from grader.submission.syntax import attempt, tree_of

if TYPE_CHECKING:
    from grader.checks.rules.flow.calls import Site


_T = TypeVar("_T")

DEEPEST = 6
"""Dots in a library's path."""
ITSELF = "submission"
"""The module name under which a submission is loaded."""


class World(Flow):
    """All cells of a text and the modules beside it.

    `tops` are the modules' scopes by name; `changes` are the places where names or functions are changed in a way that
    cannot be followed. Raises Entangled where it takes too long.
    """

    def __init__(self, text: str, modules: Mapping[str, str]) -> None:
        super().__init__()
        self.functions: dict[ast.AST, OwnFunction] = {}
        self.classes: dict[ast.AST, OwnClass] = {}
        self.homes: dict[ast.AST, Scope] = {}
        self.changes: list[Unknown] = []
        self.stored: list[Stored] = []
        self.imported: set[str] = set()
        self.caught: set[tuple[Scope, str]] = set()
        self.unsure: list[tuple[Cell, Callable[[], None]]] = []
        self.narrowed: dict[ast.AST, str] = {}
        self.assigned: set[str] = set()
        self.inner: dict[ast.AST, Scope] = {}
        self.decorated: dict[ast.AST, Cell] = {}
        self.wrapped: dict[tuple[Scope, str], list[tuple[Unit, list[Cell]]]] = {}
        self.runs: list[tuple[Site, str, Cell, bool]] = []
        self.sites: list[tuple[Site, str]] = []
        self.registered: list[Cell] = []
        self._answers: dict[tuple[object, ...], Any] = {}
        self.raised, self.sent = Cell(), Cell()
        self.varied = Cell()
        self._cells: dict[ast.AST, Cell] = {}
        self._made: dict[ast.AST, Container] = {}
        self._free: dict[tuple[Scope, str], Cell] = {}
        self._patches: dict[str, Cell] = {}
        self._lost: dict[str, Cell] = {}
        self._bearing: dict[Value, set[Value]] | None = None
        texts = {ITSELF: text, **{name: each for name, each in modules.items() if name != ITSELF}}
        self.tops: dict[str, Scope] = {}
        laid: list[tuple[ast.AST, Scope]] = []
        for name, each in texts.items():
            tree = tree_of(each) if name == ITSELF else attempt(each)
            if isinstance(tree, SyntaxError):
                raise tree
            self.tops[name] = Scope(tree, None, self, "" if name == ITSELF else f"{name}.py")
            laid += lay_out(tree, self.tops[name])
        self.top = self.tops[ITSELF]
        self._read(laid)
        self._settle_all()

    def _read(self, laid: list[tuple[ast.AST, Scope]]) -> None:
        from grader.checks.rules.flow.statements import read

        for node, scope in laid:
            self.step()
            read(node, scope)

    def run(self, code: ast.AST, scope: Scope, *, binds: bool) -> None:
        """Follow a text that is run as code in a module; `binds`: its names stay, as those of `exec("x = 1")`."""
        inner = Scope(code, scope.top, self, scope.file)
        self._read(lay_out(code, inner))
        for name, cell in inner.names.items() if binds else ():
            self.connect(cell, self.late(scope.top, name))

    def _settle_all(self) -> None:
        """Let everything flow; what is put into something of which nothing is known may be found by its name."""
        from grader.checks.rules.flow.reflection import settle_sites

        self.settle()
        count = -1
        while self.unsure or count != len(self._lost) + sum(len(cell.held) for cell in self._lost.values()):
            unsure, self.unsure = self.unsure, []
            for cell, react in unsure:  # of what is still empty, nothing is known
                react() if not cell.held else None
            count = len(self._lost) + sum(len(cell.held) for cell in self._lost.values())
            self.settle()
            self._bearing = None
            for base, name, value, node, scope in self.stored:
                if not base.held:
                    for each in self.deep(value):
                        if isinstance(each, str) and self.is_module(each):
                            self.change(f".{name.strip('[]')}", node, scope)
                        if isinstance(each, Unit | Unknown) or (isinstance(each, str) and not plain(each)):
                            for one in (name, name.lstrip("[") or name):
                                self.put(self.lost(one), each)
        self._bearing = None
        settle_sites(self)

    def cell(self, node: ast.AST) -> Cell:
        """Return the cell of an expression."""
        if isinstance(node, ast.Constant | ast.JoinedStr):
            return self.nothing
        return self._cells.setdefault(node, Cell())

    def unit(self, node: ast.AST) -> Unit:
        """Return the function or class that a node defines."""
        return self.functions.get(node) or self.classes[node]

    def made(self, node: ast.AST) -> Container:
        """Return what a call makes, of which it is known only what it was made from."""
        found = self._made.get(node)
        if found is None:
            found = self._made[node] = Container(node, passing=True)
        return found

    def lost(self, name: str) -> Cell:
        """Return the cell of what was put under a name into something unknown."""
        return self._lost.setdefault(name, Cell())

    def late(self, top: Scope, name: str) -> Cell:
        """Return the cell of what a module's name is bound to from elsewhere."""
        return top.late.setdefault(name, Cell())

    def patch(self, path: str) -> Cell:
        """Return the cell of what a library's name is bound to by the student: `np.sum = mine`."""
        return self._patches.setdefault(canonical(path), Cell())

    def free(self, top: Scope, name: str) -> Cell:
        """Return the cell of a name that a module binds nowhere."""
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
        """Put a library's function, module or class into a cell, and what the student put in its place."""
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
        """Take note of a place where something is changed that cannot be followed."""
        if self.first("change", node, what):
            self.changes.append(Unknown(node, what, scope.file))

    def remember(self, key: tuple[object, ...], find: Callable[[], _T]) -> _T:
        """Return what `find` finds; it is asked once for each key."""
        if key not in self._answers:
            self._answers[key] = find()
        found: _T = self._answers[key]
        return found

    def deep(self, cell: Cell) -> set[Value]:
        """Return all that a cell's values are or hold, but for containers."""
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
        """Return what each container holds at whatever depth, but for containers."""
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
        """Make an iterator of a container, that works when it is asked."""
        if not heap.is_iterator:
            heap.is_iterator = True
            self.put(self.field(heap, ANY), Postponed(heap.node, unit))

    def display(self, node: ast.AST) -> Container:
        """Return the container that a display, a comprehension or a parameter such as `*args` makes."""
        found = self._made.get(node)
        if found is None:
            found = self._made[node] = Container(node)
        return found
