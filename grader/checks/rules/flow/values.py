"""Values, the cells that hold them, the scopes that bind names to cells, and calls."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from grader.checks.rules.flow.world import World


Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
OWN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

ITEM = "[]"
"""The field of what lies in a container under a computed key."""
ANY = "*"
"""The field of what may lie under any name or key."""

MOST_STEPS = 120_000
"""Steps of the flow for one text, before it counts as too entangled: about a second. An honest one takes 25 a line."""


class Entangled(Exception):
    """The analysis takes too many steps, or meets syntax that it cannot follow."""


class Cell:
    """The values (`held`) that a name, an expression, an attribute or an item may stand for.

    `into` are the cells that it flows into; `on` is called with each value; `done` are the values that were
    passed to both already, in order.
    """

    __slots__ = ("done", "held", "into", "on")

    def __init__(self) -> None:
        self.held: set[Value] = set()
        self.done: list[Value] = []
        self.into: dict[Cell, None] = {}
        self.on: list[Callable[[Value], None]] = []


class Thing:
    """A value with fields, each a cell: attributes by name, items by key (`[key`, `#3`), `[]` and `*` for any of them.

    `all` is what any field holds.
    """

    def __init__(self) -> None:
        self.all = Cell()
        self.fields: dict[str, Cell] = {}


class Unit(Thing):
    """A function or class of the student's own: `node` stands in `scope`, its body has the scope `inside`.

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
        """Whether it is a static method."""
        return any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in self.decorators)

    @property
    def is_property(self) -> bool:
        """Whether it is a property's function."""
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
        """The names of its properties that only read."""
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
    """An object of no own class, made at `node`: a list, a dict, an iterator, what a library returns.

    `passing`: it stands for the values that it holds, and an item of it may also be an item of these, as with
    `iter(table)` and `table.values()`. `is_class`: a call of it makes objects that hold the same. `gives_back`: a call
    of it returns the function that it is given, as `wraps(f)` does. `is_iterator`: it may still have work to do;
    `worked` is what it holds after that. `bound`: a call of it puts so many arguments before its own, as of
    `partial(f, x)`. `bears` holds something as soon as the container holds anything but data.
    """

    def __init__(self, node: ast.AST, *, passing: bool = False) -> None:
        super().__init__()
        self.node, self.passing = node, passing
        self.gives_back = False
        self.bound = 0
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
    """A property, as a class holds it under its name: reading the attribute calls the function."""

    def __init__(self, unit: OwnFunction) -> None:
        self.unit = unit


class Postponed:
    """Work that an iterator made at `node` does later: a generator's (the function is `unit`), or that of `map`."""

    def __init__(self, node: ast.AST, unit: OwnFunction | None) -> None:
        self.node, self.unit = node, unit


class Unknown:
    """What cannot be followed: `what` made it at `node`.

    `weak`: it is reported only where it is called, since it may be data (what `pickle.load` returns). `member`: it is
    an attribute of an object, under a computed name.
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


class Scope:
    """The names that a module, function, class or comprehension binds; `file` is "" for the submission itself.

    `late` are a module's names that are bound from elsewhere: `helpers.norm = …`, `globals()["norm"] = …`.
    """

    def __init__(self, root: ast.AST, outer: Scope | None, world: World, file: str) -> None:
        self.root, self.outer, self.world, self.file = root, outer, world, file
        self.top: Scope = self if outer is None else outer.top
        self.names: dict[str, Cell] = {}
        self.lines: dict[str, int] = {}
        self.stars: list[tuple[str, int]] = []
        self.late: dict[str, Cell] = {}
        self.sources: dict[str, list[ast.expr]] = {}
        self.function: OwnFunction | None = None
        self._global: set[str] = set()
        self._nonlocal: set[str] = set()
        self._found: dict[str, Cell] = {}

    @property
    def is_class(self) -> bool:
        """Whether it is the scope of a class."""
        return isinstance(self.root, ast.ClassDef)

    @property
    def frame(self) -> Scope:
        """The innermost scope that is not a comprehension's: `:=` binds there."""
        scope = self
        while isinstance(scope.root, COMPREHENSIONS) and scope.outer is not None:
            scope = scope.outer
        return scope

    def class_around(self) -> ast.ClassDef | None:
        """Return the innermost class around this scope."""
        scope: Scope | None = self
        while scope is not None:
            self.world.step()
            if isinstance(scope.root, ast.ClassDef):
                return scope.root
            scope = scope.outer
        return None

    def bind(self, name: str, line: int = 0) -> Cell:
        """Return the cell that a binding of `name` here goes to."""
        name = self.world.unmangled(name)
        if name in self._global:
            return self.top.bind(name, line)
        scope: Scope = self
        if name in self._nonlocal:
            while scope.outer is not None and (scope is self or scope.is_class or name not in scope.names):
                self.world.step()
                scope = scope.outer
        scope.lines.setdefault(name, line)
        return scope.names.setdefault(name, Cell())

    def declare(self, node: ast.Global | ast.Nonlocal) -> None:
        """Note names that are bound elsewhere."""
        names = set(map(self.world.unmangled, node.names))
        if isinstance(node, ast.Nonlocal):
            self._nonlocal |= names
        else:
            self._global |= names
            for name in names:
                self.top.bind(name, node.lineno)

    def home(self, name: str) -> Scope | None:
        """Return the innermost scope that binds `name` for code that stands here, `None` if none does."""
        name = self.world.unmangled(name)
        if name in self._global:
            return self.top
        scope: Scope | None = self
        while scope is not None:
            self.world.step()
            if name in scope.names and not (scope.is_class and scope is not self) and name not in scope._nonlocal:
                return scope
            scope = scope.outer
        return None

    def find(self, name: str) -> Cell:
        """Return the cell of all that a name may stand for where it is read in this scope."""
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = Cell()
            self._look_up(self.world.unmangled(name), found)
        return found

    def _look_up(self, name: str, found: Cell) -> None:
        world, home = self.world, self.home(name)
        if home is None:
            world.connect(world.free(self.top, name), found)
            return
        world.connect(home.names[name], found)
        if home.is_class and home.outer is not None:  # before it is bound there, the name means the one outside
            world.connect(home.outer.find(name), found)
        if home.outer is None:
            world.connect(home.late.setdefault(name, Cell()), found)
            for module, line in home.stars:
                if line > home.lines[name]:
                    world.member(module, name, found)


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
        """The name of the method that is called, "" if no method is."""
        return self.function.attr if isinstance(self.function, ast.Attribute) else ""

    @property
    def receiver(self) -> Cell | None:
        """The object whose method is called, `None` if no method is."""
        base = self.function
        return self.scope.world.cell(base.value) if isinstance(base, ast.Attribute) else None

    def positional(self, number: int) -> tuple[Cell, ast.expr | None]:
        """Return a positional argument, its value and expression; an empty cell and `None` where there is none."""
        plainly = [(cell, node) for name, cell, node in self.arguments if not name]
        return plainly[number] if number < len(plainly) else (self.scope.world.nothing, None)

    def unknown(self, what: str) -> None:
        """Let the result be unknown, because of `what`."""
        self.scope.world.unknown(what, self.into, self.node, self.scope.file)

    def change(self, what: str) -> None:
        """Note that something is changed here in a way that cannot be followed."""
        self.scope.world.change(what, self.node, self.scope)
