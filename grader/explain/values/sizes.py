"""The expected array with another size or sign: a factor, an offset, a function of every element."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.explain.values.agreement import LEAST, agree, alone, fits, structural, telling, tolerance, verdict, wide
from grader.explain.values.samples import Array, Evidence, Sample, columns
from grader.model import Cause, Diagnosis

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


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "max(x, 0)": lambda x: np.maximum(x, 0),
    "min(x, 0)": lambda x: np.minimum(x, 0),
    "1 - x": lambda x: 1 - x,
    "abs(x)": np.abs,
    "trunc(x)": np.trunc,
    "floor(x)": np.floor,
    "ceil(x)": np.ceil,
    "x**2": np.square,
    "sqrt(x)": np.sqrt,
    "1/x": lambda x: 1 / x,
    "exp(x)": np.exp,
    "log(x)": np.log,
    "tanh(x)": np.tanh,
    "1/(1 + exp(-x))": lambda x: 1 / (1 + np.exp(-x)),
}
"""Plausible functions applied once too often, or (as inverses of each other) forgotten."""

COARSE = ("max(x, 0)", "min(x, 0)", "trunc(x)", "floor(x)", "ceil(x)", "tanh(x)", "1/(1 + exp(-x))")
"""Those that take many different numbers to one, or nearly so."""

_BY_CHANCE = ("floor(x)", "ceil(x)")
"""Of a number or two, a wrong whole one is this as likely as not; a slip is rather one of the others."""

_FAR, _FAR_OFF = 1e6, 1e3
"""Answers so many times larger or smaller than the expected ones are no slip of size, nor so far beside the largest.
In their last places, or among the smallest numbers, sums and products are rounded so coarsely that much would agree
with anything near it."""
_EXACT = 1e-6
"""A factor may differ so much from case to case, at most; where a check is stricter, or what is expected small beside
what is compared, less. Hypotheses are measured by what a check lets an answer be, in the strictest of the cases: else
what is known of some would let somebody find another by asking how far away is too far."""


def factor(evidence: Evidence) -> Diagnosis | None:
    """Explain by one factor for all elements: -1, a number common to all cases, or one made of drawn numbers."""
    if not _real_pairs(evidence):
        return None
    found = _factor(evidence, "")
    names = evidence.wrong[0].arrays if found is None else ()
    return next((each for name in names if (each := _factor(evidence, name)) is not None), found)


def _factor(evidence: Evidence, added: str) -> Diagnosis | None:
    """Return the factor left once the argument `added` (none: "") is taken from both answers."""
    known: list[tuple[Sample, float, float]] = []
    for sample in evidence.every:
        ratio, off = _ratio(sample, added)
        if ratio is None:
            return None
        if not math.isnan(ratio):
            known.append((sample, ratio, off))
    if not known:
        return None
    samples, cases = [sample for sample, _, _ in known], len(evidence.wrong)
    values, near = np.array([ratio for _, ratio, _ in known]), np.array([off for _, _, off in known])
    cause: Cause = "factor_but" if added else "factor"
    words = {"name": added} if added else {}
    if np.ptp(values) <= near.min() * abs(values[0]):
        if abs(values[0] + 1) < LEAST and not added:
            return verdict("sign", evidence.output, cases, sure=telling(evidence.wrong))
        if not _varied(evidence) or alone(samples):
            return None
        words |= {"factor": told} if (told := structural(float(values[0]))) else {}
        return verdict(cause, evidence.output, cases, sure=True, words=words)
    name = name_products(values, samples, near)
    if not name:
        return None
    return verdict(cause, evidence.output, cases, sure=len(known) > 3, words=words | {"factor": name})


def offset(evidence: Evidence) -> Diagnosis | None:
    """Explain by an offset: a multiple of an argument (spread over the output), or by one number everywhere."""
    if not _real_pairs(evidence):
        return None
    gaps = [wide(sample.got) - wide(sample.want) for sample in evidence.every]
    largest = max(float(np.abs(sample.want).max(initial=0)) for sample in evidence.every)
    if not all((np.abs(gap) <= _FAR_OFF * largest).all() for gap in gaps):
        return None
    flat = np.concatenate([gap.reshape(-1) for gap in gaps])
    if flat.size and np.ptp(flat) <= min(_least(*pair) for pair in zip(evidence.every, gaps, strict=True)):
        if not _varied(evidence) or alone(evidence.every):
            return None
        numbers: dict[str, float] = {"by": float(told)} if (told := structural(float(flat[0]))) else {}
        return verdict("constant_offset", evidence.output, len(evidence.wrong), sure=True, words=None, **numbers)
    for name in evidence.wrong[0].arrays:
        found = _multiple(evidence, name, gaps)
        if found is not None:
            return found
    return None


def elementwise(evidence: Evidence) -> Diagnosis | None:
    """Explain by a plain function of every expected element, one that tells numbers apart."""
    names = ("1 - x",) if _truth(evidence) else tuple(name for name in FUNCTIONS if name not in COARSE)
    return _applied(evidence, names, _image)


def elementwise_coarse(evidence: Evidence) -> Diagnosis | None:
    """Explain by a plain function that takes many different numbers to one."""
    names = COARSE if telling(evidence.wrong) else [name for name in COARSE if name not in _BY_CHANCE]
    return None if _truth(evidence) else _applied(evidence, names, lambda one, each: fits(one, each(wide(one.want))))


def _applied(
    evidence: Evidence, names: Sequence[str], fit: Callable[[Sample, Callable[[Array], Array]], bool]
) -> Diagnosis | None:
    for name in names if _real_pairs(evidence) else ():
        if all(fit(sample, FUNCTIONS[name]) for sample in evidence.every):
            sure, words = telling(evidence.wrong), {"function": name}
            return verdict("elementwise", evidence.output, len(evidence.wrong), sure=sure, words=words)
    return None


def _image(sample: Sample, function: Callable[[Array], Array]) -> bool:
    """Return whether the answer is the function of an answer that the check would let pass."""
    want = wide(sample.want)
    off, predicted = tolerance(sample, sample.want), function(want)
    moved = np.maximum(np.abs(function(want + off) - predicted), np.abs(function(want - off) - predicted))
    return agree(sample.got, predicted, np.where(np.isfinite(moved), moved, 0.0))


def _truth(evidence: Evidence) -> bool:
    return any(sample.want.dtype.kind == "b" for sample in evidence.every)


def _ratio(sample: Sample, added: str) -> tuple[float | None, float]:
    """Return the factor between got and expected if there is one for all elements (NaN where both are zero).

    With it comes how far off it may be, relative to it.
    """
    got, want = wide(sample.got), wide(sample.want)
    if added:
        base = _spread(sample.arrays[added], want.shape) if added in sample.arrays else None
        if base is None:
            return None, 0.0
        got, want = got - base, want - base
    got, want = got.reshape(-1), want.reshape(-1)
    if got.shape != want.shape or not np.isfinite(got).all():
        return None, 0.0
    largest = int(np.abs(want).argmax()) if want.size else 0
    if not want.size or want[largest] == 0:
        return (math.nan if not got.any() else None), 0.0
    ratio = float(got[largest] / want[largest])
    off = tolerance(sample, sample.want).reshape(-1)
    if not 1 / _FAR < abs(ratio) < _FAR or not agree(got, ratio * want, abs(ratio) * off):
        return None, 0.0
    return ratio, min(_EXACT, float(off[largest] / abs(want[largest])))


def _multiple(evidence: Evidence, name: str, gaps: Sequence[Array]) -> Diagnosis | None:
    known: list[tuple[Sample, float, float]] = []
    for sample, gap in zip(evidence.every, gaps, strict=True):
        source = sample.arrays.get(name)
        spread = _spread(source, gap.shape) if source is not None else None
        if spread is None:
            return None
        weight = float(np.sum(np.abs(spread) ** 2))
        count = float(np.sum(gap * spread) / weight) if weight else 0.0
        if not agree(gap, count * spread, tolerance(sample, sample.want)):
            return None
        if weight:
            known.append((sample, count, _least(sample, gap) / float(np.abs(spread).max())))
    if not known:
        return None
    samples, cases, words = [sample for sample, _, _ in known], len(evidence.wrong), {"name": name}
    values, off = np.array([count for _, count, _ in known]), np.array([each for _, _, each in known])
    if np.ptp(values) <= off.min():
        if abs(values[0] + 1) <= off.min():
            return verdict("bias_missing", evidence.output, cases, sure=telling(evidence.wrong), words=words)
        told = structural(float(values[0]))
        if (not told and not _varied(evidence)) or alone(samples):
            return None
        numbers = {"times": float(told)} if told else {}
        return verdict("offset", evidence.output, cases, sure=telling(evidence.wrong), words=words, **numbers)
    repeated = name_products(values + 1, samples, np.minimum(_EXACT, off / np.abs(values + 1)))
    if repeated:
        words |= {"times": repeated}
        return verdict("bias_repeated", evidence.output, cases, sure=len(known) > 3, words=words)
    return None


def _spread(source: Array, shape: tuple[int, ...]) -> Array | None:
    """Return an argument broadcast to the output's shape, None where it does not go."""
    one = wide(source)
    if one.size == 1:
        one = one.reshape(())
    try:
        return np.broadcast_to(one, shape)
    except ValueError:
        return None


def _least(sample: Sample, gap: Array) -> float:
    """Return how far off a difference may be, measured against what is expected (where that is zero, against itself).

    Measured against the answer as well, it would be as coarse as a submission likes, and how coarse it must be tells
    how far apart the expected numbers are.
    """
    if not gap.size:
        return math.inf
    return float(tolerance(sample, sample.want).min()) or LEAST * float(np.abs(gap).max())


def _real_pairs(evidence: Evidence) -> bool:
    """Return whether every answer has the expected shape, and nothing is complex."""
    return all(
        sample.got.shape == sample.want.shape and "c" not in sample.got.dtype.kind + sample.want.dtype.kind
        for sample in evidence.every
    )


def _varied(evidence: Evidence) -> bool:
    """Return whether the wrong answers are three different numbers at least.

    A factor or an offset may then be told: where a function answers one known number to everything, it would tell what
    is expected in a hidden case.
    """
    numbers = np.sort(np.concatenate([sample.got.reshape(-1) for sample in evidence.wrong]))
    return bool(np.count_nonzero(numbers[1:] != numbers[:-1]) > 1)  # np.unique would import numpy.ma: 6 ms
