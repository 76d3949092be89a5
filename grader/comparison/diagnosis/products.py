"""Numbers recognised as products, sums and quotients of drawn whole numbers: `1/m`, `f*f`, `n_H*n_W/(n_H + n_W)`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from grader.comparison.diagnosis.facts import columns
from grader.comparison.diagnosis.samples import Sample

Numbers = NDArray[np.float64]

_LARGEST = 100
"""A number written into the code, like the example's size."""


def name_products(values: Numbers, samples: Sequence[Sample]) -> str:
    """Return the simplest expression in whole numbers that every sample knows and that gives `values`, else "".

    The more an expression can say, the more different values must bear it out: small numbers are products of
    something by chance.
    """
    different, count = len(np.unique(np.round(values, 9))), len(values)
    if different < 2 or count < 3:
        return ""
    facts = {name: one.astype(float) for name, one in columns(samples).items() if len(set(one.tolist())) > 1}
    facts |= {"result.size": np.array([float(sample.want.size) for sample in samples])}
    plain = list(_products(facts, 3 if different > 2 else 2 if count > 5 else 1))
    for name, atom in plain:
        if _same(values, atom):
            return name
        if _same(values * atom, np.ones_like(values)):
            return f"1/({name})" if "*" in name else f"1/{name}"
    if different < 3 or count < 5:
        return ""
    return _root(values, plain) or _quotient(values, [*plain, *_sums(facts)]) or _fixed(values, plain)


def _root(values: Numbers, atoms: list[tuple[str, Numbers]]) -> str:
    for name, atom in atoms:
        if _same(values**2, atom):
            return f"sqrt({name})"
        if _same(values**2 * atom, np.ones_like(values)):
            return f"1/sqrt({name})"
    return ""


def _quotient(values: Numbers, atoms: list[tuple[str, Numbers]]) -> str:
    table = np.array([atom for _, atom in atoms])
    for name, atom in atoms:
        hits = np.flatnonzero(np.all(np.abs(table - values * atom) <= 1e-6 * np.abs(table), axis=1))
        if hits.size:
            over = atoms[int(hits[0])][0]
            over = f"({over})" if "+" in over else over
            return f"{over}/({name})" if set(name) & set("*+") else f"{over}/{name}"
    return ""


def _fixed(values: Numbers, atoms: list[tuple[str, Numbers]]) -> str:
    """Return an atom times or over a whole number, or a whole number over an atom."""
    for name, atom in atoms:
        for text, ratio in (("{whole}*{name}", values / atom), ("{name}/{whole}", atom / values)):
            if whole := _whole(ratio):
                return text.format(whole=whole, name=name)
        if whole := _whole(values * atom):
            return f"{whole}/({name})" if "*" in name else f"{whole}/{name}"
    return ""


def _whole(ratio: Numbers) -> int:
    """Return the whole number from 2 to `_LARGEST` that all of `ratio` are, 0 if there is none."""
    first = float(ratio[0])
    if not 1.5 < first < _LARGEST + 0.5:
        return 0
    return round(first) if _same(ratio, np.full_like(ratio, round(first))) else 0


def _products(facts: dict[str, Numbers], most: int) -> Iterator[tuple[str, Numbers]]:
    for count in range(1, most + 1):
        for names in combinations_with_replacement(facts, count):
            if count == 1 or "result.size" not in names:
                yield "*".join(names), np.prod([facts[name] for name in names], axis=0)


def _sums(facts: dict[str, Numbers]) -> Iterator[tuple[str, Numbers]]:
    for one, other in combinations_with_replacement(facts, 2):
        yield f"{one} + {other}", facts[one] + facts[other]


def _same(one: Numbers, other: Numbers) -> bool:
    return bool(np.all(np.abs(one - other) <= 1e-6 * np.abs(other)))
