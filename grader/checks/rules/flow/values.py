"""The values that are followed, the cells that hold them, and the flow between cells."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from grader.checks.rules.flow.scopes import Scope


Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
OWN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

ITEM = "[]"
"""The field of what lies in a container under a key that is not written out."""
ANY = "*"
"""The field of what may lie under whatever name or key."""

MOST_STEPS = 120_000
"""Steps of the flow for one text, before it counts as too entangled: about a second. An honest one takes 25 a line."""


class Entangled(Exception):
    """Names are bound to one another in a way that cannot be followed: nobody writes so in good faith."""


class Cell:
    """What a name or an expression may stand for; `done` are those of `held` that flowed on, in their order."""

    __slots__ = ("done", "held", "into", "on")

    def __init__(self) -> None:
        self.held: set[Value] = set()
        self.done: list[Value] = []
        self.into: dict[Cell, None] = {}
        self.on: list[Callable[[Value], None]] = []


class Thing:
    """A value with fields: attributes by name, items by key, `*` for any of them."""

    def __init__(self) -> None:
        self.all = Cell()
        self.fields: dict[str, Cell] = {}


class Unit(Thing):
    """A definition of the student's own: `node` stands in `scope`, its body has the scope `inside`.

    `returned` holds what it returns.
    """

    def __init__(self, node: ast.AST, name: str, scope: Scope) -> None:
        super().__init__()
        self.node, self.name, self.scope = node, name, scope
        self.inside: Scope = scope
        self.returned = Cell()


class OwnFunction(Unit):
    """A function or lambda of the student's own."""

    node: Function

    @property
    def args(self) -> ast.arguments:
        """Its parameters as they are written."""
        return self.node.args

    @property
    def positional(self) -> list[str]:
        """The parameters that are filled in order."""
        return [each.arg for each in (*self.args.posonlyargs, *self.args.args)]

    @property
    def decorators(self) -> list[ast.expr]:
        """The expressions that decorate it."""
        return [] if isinstance(self.node, ast.Lambda) else self.node.decorator_list

    @property
    def is_static(self) -> bool:
        """Whether it is a method that gets no object."""
        return any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in self.decorators)

    @property
    def is_property(self) -> bool:
        """Whether it is called by asking for an attribute."""
        names = {getattr(one, "id", getattr(one, "attr", "")) for one in self.decorators}
        return self.scope.is_class and bool(names & {"property", "cached_property", "setter", "getter", "deleter"})


class OwnClass(Unit):
    """A class of the student's own; one `instance` stands for all its objects."""

    node: ast.ClassDef

    def __init__(self, node: ast.ClassDef, name: str, scope: Scope) -> None:
        super().__init__(node, name, scope)
        self.instance = Instance(node, self)

    @cached_property
    def properties(self) -> set[str]:
        """The names that are computed when they are asked for, whatever an object holds."""
        functions = [each for each in self.node.body if isinstance(each, ast.FunctionDef)]
        return {
            each.name
            for each in functions
            if any(isinstance(one, ast.Name) and one.id == "property" for one in each.decorator_list)
        }


class Instance(Thing):
    """An object of the student's own class `owner`."""

    def __init__(self, node: ast.AST, owner: OwnClass) -> None:
        super().__init__()
        self.node, self.owner = node, owner


class Container(Thing):
    """What is made at `node` and belongs to no own class: a list, a dict, an iterator, what a library returns.

    `passing`: it may hand out, or itself be, whatever it holds, as `iter(table)` and `table.values()` do.
    `is_class`: a call of it makes things that hold the same. `gives_back`: it is called with a function and returns
    it, as `wraps(f)` does. `is_iterator`: it may have work left to do; `worked` is what it holds after that.
    `bears` holds something as soon as the container holds anything but data.
    """

    def __init__(self, node: ast.AST, *, passing: bool = False) -> None:
        super().__init__()
        self.node, self.passing = node, passing
        self.gives_back = False
        self.is_iterator = self.is_class = False
        self.worked: Container | None = None
        self.bears: Cell | None = None


class Namespace:
    """The names of a module, function, class or object as a dict: `globals()`, `vars(np)`, `f.__dict__`."""

    def __init__(self, of: Value | Scope) -> None:
        self.of = of


class Method:
    """A method of a container as a value: `out.append`."""

    def __init__(self, name: str) -> None:
        self.name = name


class Accessor:
    """A property as what a class holds under its name: whoever asks for it calls the function."""

    def __init__(self, unit: OwnFunction) -> None:
        self.unit = unit


class Postponed:
    """Work that an iterator made at `node` does when it is asked: a generator's, `unit`'s, or that of `map`."""

    def __init__(self, node: ast.AST, unit: OwnFunction | None) -> None:
        self.node, self.unit = node, unit


class Unknown:
    """What cannot be followed: it came to be at `node`, by means of `what`.

    `weak`: it may be told only where it is called, for else it is data (what `pickle.load` returns). `member`: it is
    an attribute of some object, by a name that is not written out.
    """

    def __init__(self, node: ast.AST, what: str, file: str, *, weak: bool = False, member: bool = False) -> None:
        self.node, self.what, self.file, self.weak, self.member = node, what, file, weak, member


Value: TypeAlias = "str | Unit | Instance | Container | Namespace | Method | Accessor | Postponed | Unknown"
"""A string is a dotted path (`numpy.pad`, `eval`)."""


class Stored(NamedTuple):
    """A value that was put into something: `base.name = value`, `base[…] = value`, `base.append(value)`."""

    base: Cell
    name: str
    value: Cell
    node: ast.AST
    scope: Scope


class Flow:
    """Cells that pour into one another until nothing moves."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Cell, Value]] = []
        self._left = MOST_STEPS
        self._once: set[tuple[object, ...]] = set()
        self.nothing = Cell()

    def step(self, steps: int = 1) -> None:
        """Count steps. Raises Entangled if there were too many."""
        self._left -= steps
        if self._left < 0:
            raise Entangled

    def renew(self) -> None:
        """Give as many steps again for the questions about one function."""
        self._left = MOST_STEPS

    def first(self, *key: object) -> bool:
        """Return whether this was not asked before."""
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
        """Let all that `source` holds, now and later, flow into a cell."""
        if source is into or source is self.nothing or into in source.into:
            return
        self.step()
        source.into[into] = None
        for value in source.done:
            self.put(into, value)

    def connect_but_work(self, source: Cell, into: Cell) -> None:
        """Pour what an iterator or a container holds, but for the work that it has to do."""
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
        """Call `react` once a value is, or comes to hold, anything but data: numbers need not be followed."""
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
