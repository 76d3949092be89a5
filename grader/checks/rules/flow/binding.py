"""Arguments and the parameters of own functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.checks.rules.flow.members import element
from grader.checks.rules.flow.values import ITEM, Cell, Heap, Unit, Value

if TYPE_CHECKING:
    from grader.checks.rules.flow.calls import Site


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
