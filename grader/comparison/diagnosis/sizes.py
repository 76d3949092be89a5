"""The expected array with another size or sign: a factor, an offset, a function of every element."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from grader.comparison.diagnosis.agreement import agree, alone, bears, fits, structural, verdict, wide
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

_COARSE = ("max(x, 0)", "min(x, 0)", "trunc(x)", "floor(x)", "ceil(x)", "tanh(x)", "1/(1 + exp(-x))")
"""Those that take many different numbers to one, or nearly so."""

_FAR = 1e6
"""Answers so many times larger or smaller than the expected ones are no slip of size. In their last places, or among
the smallest numbers, sums and products are rounded so coarsely that much would agree with anything near it."""


def factor(evidence: Evidence) -> Diagnosis | None:
    """Explain by one factor for all elements: -1, a number common to all cases, or one made of drawn numbers."""
    if not _real_pairs(evidence):
        return None
    found = _factor(evidence, "")
    names = evidence.wrong[0].arrays if found is None else ()
    return next((each for name in names if (each := _factor(evidence, name)) is not None), found)


def _factor(evidence: Evidence, added: str) -> Diagnosis | None:
    """Return the factor left once the argument `added` (none: "") is taken from both answers."""
    known: list[tuple[Sample, float]] = []
    for sample in evidence.every:
        ratio = _ratio(sample, added)
        if ratio is None:
            return None
        if not math.isnan(ratio):
            known.append((sample, ratio))
    if not known:
        return None
    values, cases = np.array([ratio for _, ratio in known]), len(evidence.wrong)
    cause: Cause = "factor_but" if added else "factor"
    words = {"name": added} if added else {}
    if np.allclose(values, values[0], rtol=1e-6, atol=0):
        if abs(values[0] + 1) < 1e-9 and not added:
            return verdict("sign", evidence.output, cases, sure=_telling(evidence))
        if not _varied(evidence) or alone([sample for sample, _ in known]):
            return None
        words |= {"factor": told} if (told := structural(float(values[0]))) else {}
        return verdict(cause, evidence.output, cases, sure=True, words=words)
    name = name_products(values, [sample for sample, _ in known])
    if not name:
        return None
    return verdict(cause, evidence.output, cases, sure=len(known) > 3, words=words | {"factor": name})


def offset(evidence: Evidence) -> Diagnosis | None:
    """Explain by an offset: a multiple of an argument (spread over the output), or by one number everywhere."""
    if not _real_pairs(evidence):
        return None
    gaps = [wide(sample.got) - wide(sample.want) for sample in evidence.every]
    largest = max(float(np.abs(sample.want).max(initial=0)) for sample in evidence.every)
    if not all((np.abs(gap) <= _FAR * largest).all() for gap in gaps):
        return None
    flat = [gap.reshape(-1)[0] for gap in gaps if gap.size]
    if all(_near(gap, flat[0], sample) for gap, sample in zip(gaps, evidence.every, strict=True)):
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
    """Explain by a plain function of every expected element."""
    if not _real_pairs(evidence):
        return None
    truth = any(sample.want.dtype.kind == "b" for sample in evidence.every)
    for name, function in {"1 - x": FUNCTIONS["1 - x"]}.items() if truth else FUNCTIONS.items():
        predicted = [(sample, function(wide(sample.want))) for sample in evidence.every]
        if all(fits(sample, each) for sample, each in predicted) and (name not in _COARSE or bears(predicted)):
            sure = _telling(evidence)
            return verdict("elementwise", evidence.output, len(evidence.wrong), sure=sure, words={"function": name})
    return None


def _ratio(sample: Sample, added: str) -> float | None:
    """Return the factor between got and expected if there is one for all elements (NaN where both are zero)."""
    got, want = wide(sample.got), wide(sample.want)
    if added:
        base = _spread(sample.arrays[added], want.shape) if added in sample.arrays else None
        if base is None:
            return None
        got, want = got - base, want - base
    got, want = got.reshape(-1), want.reshape(-1)
    if got.shape != want.shape or not np.isfinite(got).all():
        return None
    largest = int(np.abs(want).argmax()) if want.size else 0
    if not want.size or want[largest] == 0:
        return math.nan if not got.any() else None
    ratio = float(got[largest] / want[largest])
    if not 1 / _FAR < abs(ratio) < _FAR:
        return None
    return ratio if agree(got, ratio * want, sample.rule.rtol) else None


def _multiple(evidence: Evidence, name: str, gaps: Sequence[Array]) -> Diagnosis | None:
    known: list[tuple[Sample, float]] = []
    for sample, gap in zip(evidence.every, gaps, strict=True):
        source = sample.arrays.get(name)
        spread = _spread(source, gap.shape) if source is not None else None
        if spread is None:
            return None
        weight = float(np.sum(np.abs(spread) ** 2))
        count = float(np.sum(gap * spread) / weight) if weight else 0.0
        if not _near(gap, count * spread, sample):
            return None
        if weight:
            known.append((sample, count))
    values, cases, words = np.array([count for _, count in known]), len(evidence.wrong), {"name": name}
    if np.allclose(values, values[0], rtol=1e-6, atol=0):
        if abs(values[0] + 1) < 1e-6:
            return verdict("bias_missing", evidence.output, cases, sure=_telling(evidence), words=words)
        told = structural(known[0][1])
        if (not told and not _varied(evidence)) or alone([sample for sample, _ in known]):
            return None
        numbers = {"times": float(told)} if told else {}
        return verdict("offset", evidence.output, cases, sure=_telling(evidence), words=words, **numbers)
    repeated = name_products(values + 1, [sample for sample, _ in known])
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


def _near(gap: Array, predicted: Array, sample: Sample) -> bool:
    """Return whether a difference is as predicted, measured against what is expected.

    Measured against the answer as well, it would be as coarse as a submission likes, and how coarse it must be tells
    how far apart the expected numbers are.
    """
    size = float(np.abs(sample.want).max(initial=0))
    return bool(np.all(np.abs(gap - predicted) <= 2 * max(sample.rule.rtol, 1e-9) * size))


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


def _telling(evidence: Evidence) -> bool:
    """Return whether more numbers agree than were fitted: one number of one case agrees with anything."""
    return sum(sample.want.size for sample in evidence.wrong) > 2
