"""Two values of any family: containers by place or key, everything else as its family compares it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from grader.model import Category, Comparison, Mismatch, Part
from grader.values import family_of, form, parts, word
from grader.values.family import Differences

if TYPE_CHECKING:
    from grader.model import Value


MOST = 8
"""Mismatches of one category that are kept of one output. Were the first ones kept whatever they are, the category of
what comes last would tell of each number before it whether it is right."""

EXACT = Comparison(rtol=0.0, atol=0.0, dtype="exact", sequence="same")
"""Equal to the last bit, in one form."""


class Mismatches(Differences):
    """Mismatches in the order found, `MOST` of each category."""

    def __init__(self) -> None:
        self.kept: list[Mismatch] = []
        self._counts: dict[str, int] = {}

    def add(self, category: str, output: str, **what: Any) -> None:
        """Note a mismatch; `what` are the other fields of `Mismatch`."""
        self._counts[category] = count = self._counts.get(category, 0) + 1
        if count <= MOST:
            self.kept.append(Mismatch(category=cast(Category, category), output=output, **what))


def differences(got: Value, want: Value, rule: Comparison, output: str = "") -> list[Mismatch]:
    """Return how `got` differs from `want`, at most `MOST` of a category, none if they agree; `output` names the value.

    Tuple and list stand for each other unless `rule.sequence` is "same"; dicts are compared whatever their order;
    texts must be equal character by character. Each number or array within has its own absolute tolerance.
    """
    found = Mismatches()
    _walk(got, want, rule, output, found)
    return found.kept


def compare(got: Value, want: Value, rule: Comparison, output: str = "") -> Mismatch | None:
    """Return how `got` differs from `want` (both scalars or arrays of numbers), `None` if they agree."""
    return next(iter(differences(got, want, rule, output)), None)


def container_differences(got: Value, want: Value, rule: Comparison, output: str) -> list[Mismatch]:
    """Return how two values differ in form, length or keys, whatever is in them."""
    found = Mismatches()
    if not same_form(got, want, rule):
        found.add("type", output, got=word(got), want=word(want))
    elif family_of(want).container:
        family_of(want).compare(got, want, rule, output, found)
    return found.kept


def same_form(got: Value, want: Value, rule: Comparison) -> bool:
    """Return whether two values can be compared."""
    wanted = form(want)
    return form(got) == wanted != "strange" and family_of(want).alike(got, want, rule)


def place(output: str, key: str | int) -> str:
    """Return the name of an item of `output`: `cache[0]`, `cache['pad']`."""
    return f"{output}[{key!r}]"


def _walk(got: Value, want: Value, rule: Comparison, output: str, found: Differences) -> None:
    if type(got) is type(want) and isinstance(want, str | int | float) and got == want:
        return
    if not same_form(got, want, rule):
        found.add("type", output, got=word(got), want=word(want))
        return
    family = family_of(want)
    family.compare(got, want, rule, output, found)
    if family.container:
        mine = dict(parts(got))
        for key, theirs in family.parts(want):
            if key in mine:
                _walk(mine[key], theirs, rule, place(output, key), found)


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
    named = named_parts(value, returns)
    for key, item in parts(value):
        part = named.get(key)
        yield from numbers(item, _joined(name, part) if part else place(name, key), part.parts if part else ())


def named_parts(value: Value, returns: tuple[Part, ...]) -> dict[str | int, Part]:
    """Return which of the parts that `returns` names stands at which place or key of a container."""
    if isinstance(value, dict):
        return {part.name: part for part in returns}
    return dict(enumerate(returns)) if isinstance(value, tuple | list) and len(value) == len(returns) else {}


def _item(value: Value, index: int, name: str, count: int) -> list[Value]:
    if isinstance(value, dict):
        return [value[name]] if name in value else []
    if isinstance(value, tuple | list) and (count > 1 or len(value) == 1):
        return [value[index]] if index < len(value) else []
    return [value] if count == 1 else []


def _joined(name: str, part: Part) -> str:
    return f"{name}.{part.name}" if name else part.name
