"""Two values of any form: containers by place or key, and numbers by `arrays`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from grader.comparison.arrays import compare
from grader.comparison.forms import form, word
from grader.model import Category, Comparison, Mismatch

if TYPE_CHECKING:
    from grader.model import Value

MOST = 8
"""Mismatches of one category that are kept of one output. Were the first ones kept whatever they are, the category of
what comes last would tell of each number before it whether it is right."""

EXACT = Comparison(rtol=0.0, atol=0.0, dtype="exact", sequence="same")
"""Equal to the last bit, in one form."""


def differences(got: Value, want: Value, rule: Comparison, output: str = "") -> list[Mismatch]:
    """Return how `got` differs from `want`, at most `MOST` of a category, none if they agree; `output` names the value.

    Tuple and list stand for each other unless `rule.sequence` is "same"; dicts are compared whatever their order;
    texts must be equal character by character. Each number or array within has its own absolute tolerance.
    """
    found = _Found()
    _walk(got, want, rule, output, found)
    return found.kept


def same_form(got: Value, want: Value, rule: Comparison, output: str = "") -> Mismatch | None:
    """Return the mismatch of two values that are no objects of one kind, `None` if they can be compared."""
    kind = form(want)
    if form(got) == kind != "strange" and (
        kind != "sequence" or rule.sequence == "any" or isinstance(got, tuple) == isinstance(want, tuple)
    ):
        return None
    return Mismatch(category="type", output=output, got=word(got), want=word(want))


def length(got: tuple[Value, ...] | list[Value], want: tuple[Value, ...] | list[Value], output: str) -> list[Mismatch]:
    """Return a mismatch if two sequences differ in length."""
    if len(got) == len(want):
        return []
    return [Mismatch(category="length", output=output, got=len(got), want=len(want))]


def keys(got: dict[str | int, Value], want: dict[str | int, Value], output: str) -> list[Mismatch]:
    """Return a mismatch if two dicts differ in their keys: `got` are the keys too many, `want` those missing."""
    extra, missing = [key for key in got if key not in want], [key for key in want if key not in got]
    if not extra and not missing:
        return []
    return [Mismatch(category="keys", output=output, got=_listed(extra), want=_listed(missing))]


def place(output: str, key: str | int) -> str:
    """Return the name of an item of `output`: `cache[0]`, `cache['pad']`."""
    return f"{output}[{key!r}]"


class _Found:
    """Mismatches in the order found, `MOST` of each category."""

    def __init__(self) -> None:
        self.kept: list[Mismatch] = []
        self._counts: dict[Category, int] = {}

    def add(self, mismatches: Iterable[Mismatch]) -> None:
        for one in mismatches:
            self._counts[one.category] = count = self._counts.get(one.category, 0) + 1
            if count <= MOST:
                self.kept.append(one)


def _walk(got: Value, want: Value, rule: Comparison, output: str, found: _Found) -> None:
    if type(got) is type(want) and isinstance(want, str | int | float) and got == want:
        return
    other = same_form(got, want, rule, output)
    if other is not None:
        found.add([other])
    elif isinstance(want, str):
        if got != want:
            found.add([Mismatch(category="text", output=output, got=got, want=want, differing=1, total=1)])
    elif isinstance(want, tuple | list) and isinstance(got, tuple | list):
        found.add(length(got, want, output))
        for index, (mine, theirs) in enumerate(zip(got, want, strict=False)):
            _walk(mine, theirs, rule, place(output, index), found)
    elif isinstance(want, dict) and isinstance(got, dict):
        found.add(keys(got, want, output))
        for key, theirs in want.items():
            if key in got:
                _walk(got[key], theirs, rule, place(output, key), found)
    elif want is not None:
        mismatch = compare(got, want, rule, output)
        found.add([mismatch] if mismatch else [])


def _listed(names: list[str | int]) -> str:
    return ", ".join(repr(name) for name in names[:MOST])
