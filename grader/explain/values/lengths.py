"""Another shape than expected: which axis, and which slip in its length's formula.

A formula is a sum of up to three names with small coefficients, maybe divided by another name (rounded down or up),
plus a constant: `(h - f + 2*pad)//stride + 1`. The reference's lengths are fitted first, and the student's by changing
one thing in a formula that fits; so the answer is not a formula but the slip.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, islice, product
from typing import Literal, TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from grader.explain.values.samples import Column, Evidence, columns, perhaps
from grader.language import Message, say

Columns: TypeAlias = Mapping[str, Column]
"""By name a whole number for each sample."""

_COEFFICIENTS = (1, -1, 2, -2)
_CONSTANTS = range(-2, 3)
_NAMES = 9
"""More names than these are not searched: the search grows with their cube."""
_TRIED = 20
"""Formulas of the reference that are changed; with few cases many fit by chance."""


class Formula(Struct, frozen=True):
    """`(sum of coefficient*name) // divisor + plus`; no division without a divisor, rounded up if `up`."""

    terms: tuple[tuple[str, int], ...]
    divisor: str = ""
    up: bool = False
    plus: int = 0

    def lengths(self, columns: Columns) -> Column:
        """Return the length in every sample."""
        total = sum((count * columns[name] for name, count in self.terms), np.zeros_like(next(iter(columns.values()))))
        if self.divisor:
            under = np.where(columns[self.divisor] == 0, 1, columns[self.divisor])
            total = -(-total // under) if self.up else total // under
        return total + self.plus

    @property
    def text(self) -> str:
        """The formula as Python writes it."""
        body = "".join(_term(name, count, first=not place) for place, (name, count) in enumerate(self.terms)) or "0"
        if self.divisor:
            inner = f"({body})" if len(self.terms) > 1 else body
            body = f"ceil({inner}/{self.divisor})" if self.up else f"{inner}//{self.divisor}"
        return f"{body} {'+' if self.plus > 0 else '-'} {abs(self.plus)}" if self.plus else body


class Slip(Struct, frozen=True):
    """A wrong formula, and in what it differs from a right one.

    "without": `name` is left out. "with": `name` stands in it another number of times. "for": `name` stands where
    `instead` belongs. "rounded up": where it should be down. "off": by the number `by`. "formula": in all.
    """

    kind: Literal["without", "with", "for", "rounded up", "off", "formula"]
    formula: Formula
    name: str = ""
    instead: str = ""
    by: int = 0


def slip(wanted: Column, found: Column, columns: Columns) -> Slip | None:
    """Return the change of one thing that makes of a formula for `wanted` one for `found`, else a formula for `found`.

    All three have a number for each sample. Returns None if nothing simple fits.
    """
    if not columns or np.array_equal(wanted, found):
        return None
    useful = dict(list({name: one for name, one in columns.items() if one.min() >= 0}.items())[:_NAMES])
    for formula in islice(fitting(wanted, useful), _TRIED):
        for change in _changes(formula, list(useful)):
            if np.array_equal(change.formula.lengths(useful), found):
                return change
    if len(found) < 3 or np.ptp(found) == 0:
        return None
    simple = next(fitting(found, useful, most=2), None)
    return Slip("formula", simple) if simple else None


def fitting(target: Column, columns: Columns, most: int = 3) -> Iterator[Formula]:
    """Yield formulas of at most `most` terms that give `target` in every sample, the simple ones first."""
    names = list(columns)
    values = np.array([columns[name] for name in names])
    for count in range(1, most + 1):
        table = _coefficients(len(names), count)
        sums = table @ values
        for row, plus in _constant(target - sums):
            yield Formula(_terms(names, table[row]), plus=plus)
        for divisor, under in columns.items():
            if under.min() < 1 or under.max() < 2:
                continue
            for row, plus in _constant(target - sums // under):
                terms = _terms(names, table[row])
                if all(name != divisor for name, _ in terms):
                    yield Formula(terms, divisor=divisor, plus=plus)


def _constant(rest: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield the rows that hold one small number throughout, and that number."""
    first = rest[:, :1]
    for row in np.flatnonzero((np.abs(first[:, 0]) <= 2) & (rest == first).all(axis=1)):
        yield int(row), int(first[row, 0])


@cache
def _coefficients(names: int, count: int) -> NDArray[np.int64]:
    """Return every choice of coefficients for `count` of `names` names, one a row; one name at least stands once."""
    rows = []
    for chosen in combinations(range(names), count):
        for counts in product(_COEFFICIENTS, repeat=count):
            if 1 in counts:
                row = np.zeros(names, dtype=np.int64)
                row[list(chosen)] = counts
                rows.append(row)
    return np.array(rows, dtype=np.int64).reshape(-1, names)


def _terms(names: list[str], row: Column) -> tuple[tuple[str, int], ...]:
    """Return a row's names with their coefficients, positive ones first."""
    used = [(name, int(times)) for name, times in zip(names, row, strict=True) if times]
    return tuple(sorted(used, key=lambda term: (term[1] < 0, term[1] != 1)))


def _changes(formula: Formula, names: list[str]) -> Iterator[Slip]:
    """Yield every formula that differs in one thing."""
    for place, (name, count) in enumerate(formula.terms):
        yield Slip("without", replace(formula, terms=formula.terms[:place] + formula.terms[place + 1 :]), name)
        for times in _COEFFICIENTS:
            if times != count:
                yield Slip("with", _put(formula, place, name, times), name)
    if formula.divisor:
        yield Slip("without", replace(formula, divisor=""), formula.divisor)
        yield Slip("rounded up", replace(formula, up=True))
    for plus in _CONSTANTS:
        if plus != formula.plus:
            yield Slip("off", replace(formula, plus=plus), by=plus - formula.plus)
    used = {name for name, _ in formula.terms} | {formula.divisor}
    for other in names:
        if other in used:
            continue
        for place, (name, count) in enumerate(formula.terms):
            yield Slip("for", _put(formula, place, other, count), other, name)
        for times in _COEFFICIENTS:
            yield Slip("with", _put(formula, len(formula.terms), other, times), other)


def _put(formula: Formula, place: int, name: str, count: int) -> Formula:
    """Return the formula with `count` times `name` as its term at `place`."""
    return replace(formula, terms=(*formula.terms[:place], (name, count), *formula.terms[place + 1 :]))


def _term(name: str, count: int, *, first: bool) -> str:
    sign = "-" if count < 0 else "" if first else "+"
    body = name if abs(count) == 1 else f"{abs(count)}*{name}"
    return f"{sign}{body}" if first else f" {sign} {body}"


def axis_length(evidence: Evidence) -> Message | None:
    """Explain the lengths of every axis that differs by one change in the formula of the expected ones.

    A failing case whose shape is right by luck (stride 1, say) is explained too: its length must fit the formula.
    """
    ranks = {sample.want.ndim for sample in evidence.every} | {sample.got.ndim for sample in evidence.every}
    if len(ranks) > 1:
        return None
    known = columns(evidence.every)
    found: list[tuple[int, Slip]] = []
    for axis in range(ranks.pop()):
        wanted = np.array([sample.want.shape[axis] for sample in evidence.every])
        mine = np.array([sample.got.shape[axis] for sample in evidence.every])
        if np.array_equal(wanted, mine):
            continue
        change = slip(wanted, mine, known)
        if change is None:
            return None
        found.append((axis, change))
    if not found:
        return None
    axis, change = found[0]
    if len(evidence.every) < 3 and change.kind != "off":
        return None
    return _told(axis, change, sure=len(evidence.wrong) > 2)


def _told(axis: int, change: Slip, *, sure: bool) -> Message:
    kind = change.kind
    at: dict[str, str | int] = {"axis": axis, "formula": change.formula.text}
    if kind == "off":
        return _told_off(axis, change, sure=sure)
    if kind == "without":
        said = say("Axis {axis} has the length {formula}; {name} is missing from that formula.", **at, name=change.name)
    elif kind == "with":
        said = say(
            "Axis {axis} has the length {formula}; check how often {name} belongs in that formula.",
            **at, name=change.name,
        )  # fmt: skip
    elif kind == "for":
        said = say(
            "Axis {axis} has the length {formula}; {name} stands where {instead} belongs.",
            **at, name=change.name, instead=change.instead,
        )  # fmt: skip
    elif kind == "rounded up":
        said = say("Axis {axis} has the length {formula}; it should be rounded down, not up.", **at)
    else:
        return perhaps(say("Axis {axis} has the length {formula}; check that formula.", **at))
    return perhaps(said, unless=sure)


def _told_off(axis: int, change: Slip, *, sure: bool) -> Message:
    """Return how far off the length is: a fact. A formula found in few cases is none, and is not told."""
    at: dict[str, str | int] = {"axis": axis, "by": abs(change.by)}
    if sure:
        at["formula"] = change.formula.text
        if change.by > 0:
            return say("Axis {axis} is too long by {by}; its length is {formula}.", **at)
        return say("Axis {axis} is too short by {by}; its length is {formula}.", **at)
    if change.by > 0:
        return say("Axis {axis} is too long by {by}.", **at)
    return say("Axis {axis} is too short by {by}.", **at)
