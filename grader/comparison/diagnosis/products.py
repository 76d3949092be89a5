"""Numbers recognised as products, sums and quotients of drawn whole numbers: `1/m`, `f*f`, `n_H*n_W/(n_H + n_W)`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.comparison.diagnosis.facts import columns
from grader.comparison.diagnosis.samples import Sample

Numbers: TypeAlias = NDArray[np.float64]
Atoms: TypeAlias = tuple[list[str], Numbers]
"""Names, and the values of each in every sample, one a row."""

_LARGEST = 100
"""A number written into the code, like the example's size."""


def name_products(values: Numbers, samples: Sequence[Sample], near: Numbers) -> str:
    """Return the simplest expression in whole numbers that every sample knows and that gives `values`, else "".

    `near` is how far off each value may be, relative to it.

    The more an expression can say, the more different values must bear it out: small numbers are products of
    something by chance.
    """
    different, count = len(set(np.round(values, 9).tolist())), len(values)
    if different < 2 or count < 3:
        return ""
    facts = {name: one.astype(float) for name, one in columns(samples).items() if len(set(one.tolist())) > 1}
    facts |= {"result.size": np.array([float(sample.want.size) for sample in samples])}
    plain = _products(facts, 3 if different > 2 else 2 if count > 5 else 1)
    found = _either(values, plain, near, "{}", "1/{}")
    if found or different < 3 or count < 5:
        return found
    return (
        _either(values**2, plain, near, "sqrt({})", "1/sqrt({})")
        or _quotient(values, plain, facts, near)
        or _fixed(values, plain, near)
    )


def _either(values: Numbers, atoms: Atoms, near: Numbers, over: str, under: str) -> str:
    """Return the first atom that `values` are, or are one over, put into the text for it; "" if there is none."""
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
    """Return a product or sum over a product or sum."""
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
    """Return an atom times or over a whole number, or a whole number over an atom."""
    names, table = atoms
    forms = (("{whole}*{name}", values / table), ("{name}/{whole}", table / values), ("{whole}/{name}", values * table))
    found = [(row, text, whole) for text, ratios in forms for row, whole in _whole(ratios, near)]
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
    """Return the rows that agree."""
    return np.asarray(np.all(np.abs(ones - others) <= near * np.abs(others), axis=-1))
