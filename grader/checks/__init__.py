"""The kinds of checks, each in a module or folder of its own: this is the one list of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.checks.kind import Kind

OWN = {
    "example": "Example",
    "values": "Values",
    "gradient": "Gradient",
    "properties": "Properties",
    "printed": "Printed",
    "program": "Program",
    "variable": "Variable",
    "figure": "Figure",
    "steps": "Steps",
    "methods": "Methods",
    "errors": "Errors",
    "rules": "Rules",
    "efficiency": "Efficiency",
}
"""Our own kinds and their classes. Each has a module of its name, imported when a rubric has such a check."""

GROUP = "pingfen.checks"
"""The group of entry points by which installed packages add kinds."""


@lru_cache(maxsize=1)
def installed() -> Mapping[str, Any]:
    """Return the entry points of installed packages that add kinds, by name; none replaces a kind of ours.

    They are looked for only where a check names no kind of ours, for that takes about 20 ms.
    """
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=GROUP) if point.name not in OWN}


@cache
def named(name: str) -> type[Kind]:
    """Return the kind called `name`.

    Raises KeyError if there is none, TypeError where an installed one is no kind or lacks a part.
    """
    from grader.checks.kind import Kind

    if name in OWN:
        kind: object = getattr(import_module(f"grader.checks.{name}"), OWN[name])
    else:
        kind = installed()[name].load()
    if not (isinstance(kind, type) and issubclass(kind, Kind) and kind.kind == name):
        raise TypeError(f"the entry point {name} of {GROUP} is no kind of check called {name}")
    lacking = [each for each in ("title", "about") if not hasattr(kind, each)]
    if kind.judge is Kind.judge:  # a class of msgspec's cannot have abstract methods
        lacking.append("judge")
    if kind.timed and kind.timing is Kind.timing:
        lacking.append("timing")
    if lacking:
        raise TypeError(f"{kind.__name__} has no {', '.join(lacking)}")
    return kind


def own_kinds() -> tuple[type[Kind], ...]:
    """Return our own kinds, in the order in which they are listed."""
    return tuple(map(named, OWN))


def all_kinds() -> tuple[type[Kind], ...]:
    """Return our own kinds and the installed ones."""
    return (*own_kinds(), *map(named, sorted(installed())))
