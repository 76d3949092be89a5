"""All that a function uses, what is used from there, and whether the way leads back."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

from msgspec import Struct

from grader.checks.rules.flow.following import IDLE_NODES, around, own_nodes
from grader.checks.rules.flow.library import IDLE
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
from grader.checks.rules.touching import made_by, methods, touched


class Use(Struct, frozen=True, kw_only=True, eq=False):
    """A node and what it stands for; `root` is the function (or value) and `file` the student's own module it is in.

    `direct` is what the node itself may be; of a call, `called` is what the called value is or holds, and `given` what
    the arguments are or hold.
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
    """Yield what a name of the submission uses, and what is used from there, each function once.

    `graded` functions are not gone into. Raises Entangled.
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
    later = frozenset(_all(world, world.registered))  # what a library was told to call
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
    """Return where a value stands, so that what is found comes in the same order each time."""
    node = getattr(value, "node", None)
    file = value.scope.file if isinstance(value, Unit) else getattr(value, "file", "")
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0), file


def _is_graded(unit: Unit, graded: Collection[str]) -> bool:
    return unit.scope.outer is None and unit.name in graded


def _uses(root: ast.AST, file: str, world: World) -> Iterator[Use]:
    """Yield the nodes of a function's own scope; of a chain of attributes the whole only."""
    roots = [root, *(around(root) if isinstance(root, OWN) else ())]
    inside: set[ast.AST] = set()
    for part in roots:  # a decorator is no part of the function: it is called when that is made
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
    """Return a chain of attributes from the last to the innermost: of `np.lib.pad`, it, `np.lib` and `np`."""
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
        case ast.ImportFrom(module=str(module), names=aliases):
            direct = {module if alias.name == "*" else f"{module}.{alias.name}" for alias in aliases}
            direct |= {module} & world.tops.keys()
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            if isinstance(root, ast.ClassDef) or isinstance(node, ast.ClassDef):
                direct = {world.unit(node)}  # a method is called by a way that cannot be followed; a class's body runs
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
    """Yield what a module's name was computed from, where that is no plain alias: `table = {"p": np.pad}`.

    A name that was asked for before yields nothing.
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
    """Which function may come to which.

    A function that stands as a wrapper for another, `@timed def norms`, comes to that one alone: a place is a function
    and the one it stands for, if any.
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
        """Return whether a function is used here from which the way leads back to here. Raises Entangled."""
        if isinstance(use.node, ast.Lambda):
            return False
        return any(
            place in self._behind(one)
            for place in self._places.get(use.root, ())
            for one in self._leads_to(use, place[1])
        )

    def _behind(self, place: _Place) -> set[_Place]:
        """Return a place and all that it comes to."""
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
        """Return the functions that a use may call; of a class, what makes its instances."""
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
        """Return the decorated function that a module's name stands for."""
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
    """Return whether a use is a call that asks something of its arguments, or sets it, and calls none of them."""
    return isinstance(use.node, ast.Call) and bool(use.called) and use.called <= _ASKING
