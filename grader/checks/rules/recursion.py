"""Which of the student's functions may come to which, and so back to itself."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from typing import TypeAlias

from grader.checks.rules.flow.library import IDLE
from grader.checks.rules.flow.values import OWN, Accessor, Heap, Unit
from grader.checks.rules.flow.world import World
from grader.checks.rules.reaching import Use
from grader.checks.rules.touching import made_by, methods, touched

_Place: TypeAlias = "tuple[ast.AST, Unit | None]"
_STARTING = ("__init__", "__new__", "__post_init__", "__del__")
_CALLED = ("__call__", "__enter__", "__exit__")


_ASKING = IDLE | {"getattr", "setattr", "delattr", "vars"}


class Calls:
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
            if isinstance(unit, Heap) and unit.owner is not None and value in use.called:
                found |= {(node, stands_for) for node in methods(unit.owner, _CALLED, self._world)}
            elif isinstance(unit, Unit) and unit not in foreign:
                found |= {(node, stands_for) for node in self._started(unit)}
        found |= {(node, None) for node in touched(use.node, self._world)}
        self._world.step(len(found))
        return found

    def _started(self, unit: Unit) -> Iterator[ast.AST]:
        """Yield what runs when a function or class is called."""
        if not isinstance(unit.node, ast.ClassDef):
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
