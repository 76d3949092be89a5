"""Named outputs and nested numbers of one value, found without another value beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.comparison.forms import form
from grader.comparison.values import place
from grader.model import Part

if TYPE_CHECKING:
    from grader.model import Value


def find(value: Value, name: str, returns: tuple[Part, ...]) -> list[Value]:
    """Return the output called `name` (`Z`, `cache.W`, or `result` for the whole), or nothing if it is not there."""
    if name == "result":
        return [value]
    for index, part in enumerate(returns):
        if name != part.name and not name.startswith(part.name + "."):
            continue
        inner = _item(value, index, part.name, len(returns))
        if name == part.name or not inner:
            return inner
        return find(inner[0], name[len(part.name) + 1 :], part.parts)
    return []


def known(name: str, returns: tuple[Part, ...]) -> bool:
    """Return whether `returns` has an output of this name."""
    if name == "result":
        return True
    return any(
        name == part.name or (name.startswith(part.name + ".") and known(name[len(part.name) + 1 :], part.parts))
        for part in returns
    )


def numbers(value: Value, name: str, returns: tuple[Part, ...] = ()) -> Iterator[tuple[str, Value]]:
    """Yield every number and array within `value` with its name: `Z`, `cache.W`, `cache.hparameters['pad']`, `[0]`."""
    if form(value) == "number":
        yield name, value
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            part = returns[index] if len(returns) == len(value) else None
            yield from numbers(item, _joined(name, part) if part else place(name, index), part.parts if part else ())
    elif isinstance(value, dict):
        parts = {part.name: part for part in returns}
        for key, item in value.items():
            part = parts.get(key) if isinstance(key, str) else None
            yield from numbers(item, _joined(name, part) if part else place(name, key), part.parts if part else ())


def _item(value: Value, index: int, name: str, count: int) -> list[Value]:
    if isinstance(value, dict):
        return [value[name]] if name in value else []
    if isinstance(value, tuple | list) and (count > 1 or len(value) == 1):
        return [value[index]] if index < len(value) else []
    return [value] if count == 1 else []


def _joined(name: str, part: Part) -> str:
    return f"{name}.{part.name}" if name else part.name
