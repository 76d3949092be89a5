"""Formulas in the whole numbers of the cases: one for the lengths of an axis, or for a factor.

A length is a sum of up to three names with small coefficients, maybe divided by another name (rounded down or up),
plus a constant: `(h - f + 2*pad)//stride + 1`. Formulas for the expected lengths are found first, and one of these is
changed in one place to give the student's. The answer is that slip, not the formula. A factor is a product of names, a
quotient or a root of one: `1/(m*n)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, combinations_with_replacement, islice, product
from typing import Literal, TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from grader.explain.values.samples import Column, Sample, columns

Columns: TypeAlias = Mapping[str, Column]
"""By name a whole number for each sample: arrays of shape (samples,)."""
Numbers: TypeAlias = NDArray[np.float64]
Atoms: TypeAlias = tuple[list[str], Numbers]
"""Names, and the values of each in every sample, one a row."""

_LARGEST = 100
"""The largest whole number that may be a factor of its own: one that is written into the code."""

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
    """A wrong formula, and how it differs from a right one.

    "without": `name` is left out. "with": `name` occurs another number of times. "for": `name` is used instead of
    another, `instead`. "rounded up": not down. "off": it is larger by `by`. "formula": it differs in more than that.
    """

    kind: Literal["without", "with", "for", "rounded up", "off", "formula"]
    formula: Formula
    name: str = ""
    instead: str = ""
    by: int = 0


def slip(wanted: Column, found: Column, columns: Columns) -> Slip | None:
    """Return the slip that turns a formula for `wanted` into one for `found`, else a simple formula for `found`.

    `wanted`, `found` and the columns have the shape (samples,). Returns None if nothing simple fits.
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
    """Return every choice of coefficients for `count` of `names` names, one a row; one at least is 1."""
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
    """Yield every formula that differs from this one in one thing."""
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


def name_products(values: Numbers, samples: Sequence[Sample], near: Numbers) -> str:
    """Return the simplest expression in whole numbers that every sample knows and that gives `values`, else "".

    `values` and `near` (how far off each may be, relative to it) have the shape (samples,). A longer expression needs
    more different values: small numbers are products of something by chance.
    """
    different, count = len(set(np.round(values, 9).tolist())), len(values)
    if different < 2 or count < 3:
        return ""
    facts = {name: one.astype(float) for name, one in columns(samples).items() if len(set(one.tolist())) > 1}
    facts |= {"result.size": np.array([float(sample.want.size) for sample in samples])}
    plain = _products(facts, 3 if different > 2 else 2 if count > 5 else 1)
    found = _either(values, plain, near, "{}", "1/{}") or _one_less(values, facts, near)
    if found or different < 3 or count < 5:
        return found
    return (
        _either(values**2, plain, near, "sqrt({})", "1/sqrt({})")
        or _quotient(values, plain, facts, near)
        or _fixed(values, plain, near)
    )


def number_products(values: Numbers, samples: Sequence[Sample], near: Numbers) -> str:
    """Return the simplest expression in one number among the arguments (a rate, a step) that gives `values`."""
    first = samples[0].arrays
    if len(set(np.round(values, 9).tolist())) < 3:
        return ""
    for name in (name for name, one in first.items() if one.shape == () and one.dtype.kind == "f"):
        if any(name not in one.arrays or one.arrays[name].shape for one in samples):
            continue
        x = np.array([float(one.arrays[name]) for one in samples])
        for text, predicted in (
            (name, x), (f"1/{name}", 1 / x), (f"{name}**2", x**2), (f"1/{name}**2", 1 / x**2),
            (f"(1 + {name})", 1 + x), (f"1/(1 + {name})", 1 / (1 + x)),
            (f"(1 - {name})", 1 - x), (f"1/(1 - {name})", 1 / (1 - x)),
        ):  # fmt: skip
            if bool(_same(values[None], predicted[None], near).all()):
                return text
    return ""


def _one_less(values: Numbers, facts: dict[str, Numbers], near: Numbers) -> str:
    """Return the factor between a number and one less (of `ddof`) that agrees with `values`, else ""."""
    for name, numbers in facts.items():
        if numbers.min() < 2:
            continue
        share = (numbers - 1) / numbers
        for text, predicted in (
            (f"({name} - 1)/{name}", share), (f"{name}/({name} - 1)", 1 / share),
            (f"sqrt(({name} - 1)/{name})", np.sqrt(share)), (f"sqrt({name}/({name} - 1))", np.sqrt(1 / share)),
        ):  # fmt: skip
            if bool(_same(values[None], predicted[None], near).all()):
                return text
    return ""


def _either(values: Numbers, atoms: Atoms, near: Numbers, over: str, under: str) -> str:
    """Return the first atom that `values` or their inverses agree with, in the text `over` or `under`, else ""."""
    names, table = atoms
    same, inverse = _same(values, table, near), _same(values * table, np.ones_like(table), near)
    if not (same | inverse).any():
        return ""
    first = int((same | inverse).argmax())
    name = names[first]
    if same[first]:
        return over.format(name)
    return under.format(f"({name})" if "*" in name and "sqrt" not in under else name)


def _quotient(values: Numbers, atoms: Atoms, facts: dict[str, Numbers], near: Numbers) -> str:
    """Return a quotient of two products or sums that agrees with `values`, else ""."""
    sums, added = _sums(facts)
    names, table = [*atoms[0], *sums], np.vstack([atoms[1], added])
    for name, atom in zip(names, table, strict=True):
        hits = np.flatnonzero(_same(values * atom, table, near))
        if hits.size:
            over = names[int(hits[0])]
            over = f"({over})" if "+" in over else over
            return f"{over}/({name})" if set(name) & set("*+") else f"{over}/{name}"
    return ""


def _fixed(values: Numbers, atoms: Atoms, near: Numbers) -> str:
    """Return an atom times or over a whole number, or a whole number over an atom, else ""."""
    names, table = atoms
    texts = (("{whole}*{name}", values / table), ("{name}/{whole}", table / values), ("{whole}/{name}", values * table))
    found = [(row, text, whole) for text, ratios in texts for row, whole in _whole(ratios, near)]
    if not found:
        return ""
    row, text, whole = min(found, key=lambda each: each[0])
    name = names[row]
    return text.format(whole=whole, name=f"({name})" if "*" in name and text.endswith("/{name}") else name)


def _whole(ratios: Numbers, near: Numbers) -> list[tuple[int, int]]:
    """Return the first row that holds one whole number from 2 to `_LARGEST` throughout, and that number."""
    wholes = np.round(ratios[:, :1])
    rows = np.flatnonzero(_same(ratios, wholes, near) & (wholes[:, 0] >= 2) & (wholes[:, 0] <= _LARGEST))
    return [(int(rows[0]), int(wholes[rows[0], 0]))] if rows.size else []


def _products(facts: dict[str, Numbers], most: int) -> Atoms:
    """Return the products of up to `most` facts: their names, and their values in every sample, one a row."""
    known, table = list(facts), np.array(list(facts.values()))
    names, rows = [], []
    for count in range(1, most + 1):
        for chosen in combinations_with_replacement(range(len(known)), count):
            product = [known[index] for index in chosen]
            if count == 1 or "result.size" not in product:
                names.append("*".join(product))
                rows.append(chosen + (-1,) * (most - count))
    padded = np.vstack([table, np.ones_like(table[:1])])
    return names, padded[np.array(rows)].prod(axis=1)


def _sums(facts: dict[str, Numbers]) -> Atoms:
    pairs = list(combinations_with_replacement(facts, 2))
    return [f"{one} + {other}" for one, other in pairs], np.array([facts[one] + facts[other] for one, other in pairs])


def _same(ones: Numbers, others: Numbers, near: Numbers) -> NDArray[np.bool_]:
    """Return which rows agree, a truth value a row; both have the shape (rows, samples), or one that fits it."""
    return np.asarray(np.all(np.abs(ones - others) <= near * np.abs(others), axis=-1))
