"""The expected array with another size or sign: a factor, an offset, a function of every element."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from grader.comparison.diagnosis.agreement import (
    LEAST,
    agree,
    alone,
    fits,
    structural,
    telling,
    tolerance,
    verdict,
    wide,
)
from grader.comparison.diagnosis.products import name_products
from grader.comparison.diagnosis.samples import Array, Evidence, Sample
from grader.model import Cause, Diagnosis

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
