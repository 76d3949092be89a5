"""The expected array with another size or sign: a factor, an offset, a function of every element."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations_with_replacement
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.explain.values.samples import LEAST, Array, Evidence, Sample, agree, columns, perhaps, structural, wide
from grader.language import Bilingual, Message, say

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


def factor(evidence: Evidence) -> Message | None:
    """Explain by one factor for all elements: -1, a number common to all cases, or one made of drawn numbers."""
    if not _real_pairs(evidence):
        return None
    names = ("", *evidence.wrong[0].arrays)
    return next((found for name in names if (found := _factor(evidence, name)) is not None), None)


def _factor(evidence: Evidence, added: str) -> Message | None:
    """Explain by the factor that is left once the argument `added` (none: "") is taken from both answers."""
    known: list[tuple[Sample, float, float]] = []
    for sample in evidence.every:
        ratio, off = _ratio(sample, added)
        if ratio is None:
            return None
        if not math.isnan(ratio):
            known.append((sample, ratio, off))
    if not known:
        return None
    samples = [sample for sample, _, _ in known]
    values, near = np.array([ratio for _, ratio, _ in known]), np.array([off for _, _, off in known])
    if np.ptp(values) <= near.min() * abs(values[0]):
        if abs(values[0] + 1) < LEAST and not added:
            return perhaps(say("Every number has the wrong sign."), unless=evidence.telling)
        if not _varied(evidence) or _alone(samples):
            return None
        return _told_factor(added, structural(float(values[0])))
    factor = name_products(values, samples, near)
    return perhaps(_told_factor(added, factor), unless=len(known) > 3) if factor else None


def _told_factor(added: str, factor: str) -> Message:
    """Return how many times too large the numbers are; "" is a factor that is measured and may not be told."""
    if added and factor:
        return say("All but the added {name} is {factor} times what it should be.", name=added, factor=factor)
    if added:
        return say("All but the added {name} is off by one and the same factor.", name=added)
    if factor:
        return say("Every number is {factor} times what it should be.", factor=factor)
    return say("Every number is off by one and the same factor.")


def offset(evidence: Evidence) -> Message | None:
    """Explain by an offset: a multiple of an argument (spread over the output), or by one number everywhere."""
    if not _real_pairs(evidence):
        return None
    gaps = [wide(sample.got) - wide(sample.want) for sample in evidence.every]
    largest = max(float(np.abs(sample.want).max(initial=0)) for sample in evidence.every)
    if not all((np.abs(gap) <= _FAR_OFF * largest).all() for gap in gaps):
        return None
    flat = np.concatenate([gap.reshape(-1) for gap in gaps])
    if flat.size and np.ptp(flat) <= min(_least(*pair) for pair in zip(evidence.every, gaps, strict=True)):
        if not _varied(evidence) or _alone(evidence.every):
            return None
        return _told_offset(structural(float(flat[0])))
    names = evidence.wrong[0].arrays
    return next((found for name in names if (found := _multiple(evidence, name, gaps)) is not None), None)


def _told_offset(by: str) -> Message:
    """Return how much too large the numbers are; "" is a number that is measured and may not be told."""
    if not by:
        return say("Every number is off by one and the same amount.")
    if by.startswith("-"):
        return say("Every number is too small by {by}.", by=by[1:])
    return say("Every number is too large by {by}.", by=by)


def elementwise(evidence: Evidence) -> Message | None:
    """Explain by a plain function of every expected element, one that tells numbers apart."""
    names = ("1 - x",) if _truth(evidence) else tuple(name for name in FUNCTIONS if name not in COARSE)
    return _applied(evidence, names, _image)


def elementwise_coarse(evidence: Evidence) -> Message | None:
    """Explain by a plain function that takes many different numbers to one."""
    names = COARSE if evidence.telling else [name for name in COARSE if name not in _BY_CHANCE]
    return None if _truth(evidence) else _applied(evidence, names, lambda one, each: one.fits(each(wide(one.want))))


def _applied(
    evidence: Evidence, names: Sequence[str], fit: Callable[[Sample, Callable[[Array], Array]], bool]
) -> Message | None:
    for name in names if _real_pairs(evidence) else ():
        if all(fit(sample, FUNCTIONS[name]) for sample in evidence.every):
            return perhaps(_told_function(name), unless=evidence.telling)
    return None


def _told_function(name: str) -> Message:
    if name == "max(x, 0)":
        return say("Negative numbers come back as 0; the others are right.")
    if name == "trunc(x)":
        return say(
            "Only the whole part of each number comes back; is an array of whole numbers (dtype int) filled, or int() "
            "called?"
        )
    return say(
        "What comes back is {function}, where x is the right answer; is a step missing, or one too many?",
        function=Bilingual(zh=name, en=name),  # this x is no name of the rubric
    )


def _image(sample: Sample, function: Callable[[Array], Array]) -> bool:
    """Return whether the answer is the function of an answer that the check would let pass."""
    want = wide(sample.want)
    off, predicted = sample.tolerance(sample.want), function(want)
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
        base = _spread(sample.arrays.get(added), want.shape)
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
    off = sample.tolerance(sample.want).reshape(-1)
    if not 1 / _FAR < abs(ratio) < _FAR or not agree(got, ratio * want, abs(ratio) * off):
        return None, 0.0
    return ratio, min(_EXACT, float(off[largest] / abs(want[largest])))


def _multiple(evidence: Evidence, name: str, gaps: Sequence[Array]) -> Message | None:
    """Explain by how often the argument `name` is in the `gaps` between answers and expected arrays."""
    known: list[tuple[Sample, float, float]] = []
    for sample, gap in zip(evidence.every, gaps, strict=True):
        spread = _spread(sample.arrays.get(name), gap.shape)
        if spread is None:
            return None
        weight = float(np.sum(np.abs(spread) ** 2))
        count = float(np.sum(gap * spread) / weight) if weight else 0.0
        if not agree(gap, count * spread, sample.tolerance(sample.want)):
            return None
        if weight:
            known.append((sample, count, _least(sample, gap) / float(np.abs(spread).max())))
    if not known:
        return None
    samples, sure = [sample for sample, _, _ in known], evidence.telling
    values, off = np.array([count for _, count, _ in known]), np.array([each for _, _, each in known])
    if np.ptp(values) <= off.min():
        if abs(values[0] + 1) <= off.min():
            return perhaps(
                say("{name} is missing; with it added, every number would be right.", name=name), unless=sure
            )
        times = structural(float(values[0]))
        if (not times and not _varied(evidence)) or _alone(samples):
            return None
        return perhaps(_told_multiple(name, times), unless=sure)
    repeated = name_products(values + 1, samples, np.minimum(_EXACT, off / np.abs(values + 1)))
    if not repeated:
        return None
    said = say("{name} is added {times} times instead of once; is it inside the sum?", name=name, times=repeated)
    return perhaps(said, unless=len(known) > 3)


def _told_multiple(name: str, times: str) -> Message:
    """Return how often `name` is added too often; "" is a number that is measured and may not be told."""
    if not times:
        return say("Every number is off by a multiple of {name}.", name=name)
    if times == "1":
        return say("{name} is added once too often.", name=name)
    if times == "-2":
        return say("{name} is subtracted where it should be added.", name=name)
    return say("Every number is off by {times} times {name}.", times=times, name=name)


def _spread(source: Array | None, shape: tuple[int, ...]) -> Array | None:
    """Return an argument broadcast to the output's shape, None where it does not go or is not there."""
    if source is None:
        return None
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
    return float(sample.tolerance(sample.want).min()) or LEAST * float(np.abs(gap).max())


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


def _alone(samples: Sequence[Sample]) -> bool:
    """Return whether a hidden case among these stands for all of them: all expect one and the same.

    A factor or an offset is measured on one case and borne out by the others. Of one alone, whoever knows what is
    expected but for its size (`s * [1, 2, 3]`) would read that size, or find it by asking how far away is too far.
    """
    first = samples[0].want
    return any(not one.public for one in samples) and all(np.array_equal(one.want, first) for one in samples)
