"""Whether an explanation's numbers are the student's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.explain.values.samples import Array, Sample
from grader.model import Cause, Diagnosis

LEAST = 1e-9
"""Relative tolerance below which an explanation is not asked to be exact: it takes another route to the numbers."""

_ROUTE = 1e-12
"""The same beside the largest number of a sample: what sums and products leave of those that cancel."""
_LARGEST = 100
"""Whole and half numbers up to this, and one over a whole one, may be told; others are measured."""


def agree(got: Array, predicted: Array, allowed: Array | float) -> bool:
    """Return whether every element is what was predicted, up to what is `allowed`; nothing is broadcast."""
    if got.shape != predicted.shape:
        return False
    one, other = _wide(got), _wide(predicted)
    return bool(np.all((np.abs(one - other) <= allowed) | (one == other)))


def within(predicted: Array, rtol: float) -> Array:
    """Return how far each element may be off: by rtol of it and of the largest."""
    size = _size(predicted)
    return np.asarray(rtol * (size + size.max(initial=0.0)))


def tolerance(sample: Sample, predicted: Array) -> Array:
    """Return how far each element of what is predicted may be off: as far as the check lets an answer be.

    Were it more, what is known of one element would let somebody find another by asking how far away is too far.
    """
    size, rule = _size(predicted), sample.rule
    whole = rule.dtype == "truth" or (sample.want.dtype.kind in "bui" and predicted.dtype.kind in "bui")
    rtol, largest = 0.0 if whole else rule.rtol, float(size.max(initial=0.0))
    absolute = rule.atol if rule.atol is not None else rtol * largest
    return np.asarray(max(rtol, LEAST) * size + max(absolute, _ROUTE * largest))


def fits(sample: Sample, predicted: Array) -> bool:
    """Return whether the student's answer in this sample is `predicted`."""
    return agree(sample.got, predicted, tolerance(sample, predicted))


def telling(samples: Sequence[Sample]) -> bool:
    """Return whether these hold more numbers than an explanation fits: one number of one case agrees with anything."""
    return sum(sample.want.size for sample in samples) > 2


def alone(samples: Sequence[Sample]) -> bool:
    """Return whether a hidden case among these stands for all of them: all expect one and the same.

    A factor or an offset is measured on one case and borne out by the others. Of one alone, whoever knows what is
    expected but for its size (`s * [1, 2, 3]`) would read that size, or find it by asking how far away is too far.
    """
    first = samples[0].want
    return any(not one.public for one in samples) and all(np.array_equal(one.want, first) for one in samples)


def structural(number: float) -> str:
    """Return a number as it is told: a small whole or half one, or one over a small one, else "".

    A submission may choose its answers so that a factor or an offset, where it is measured, spells what is expected.
    """
    if not 1 / (_LARGEST + 1) < abs(number) < _LARGEST + 1:
        return ""
    plain = round(2 * number) / 2 if abs(number) >= 1 else 1 / round(1 / number)
    return f"{plain:.6g}" if abs(number - plain) <= 1e-6 * abs(plain) else ""


def wide(array: Array) -> Array:
    """Return the array as float64 or complex128, fit for arithmetic."""
    return _wide(array)


def verdict(
    cause: Cause, output: str, cases: int, *, sure: bool, words: dict[str, str] | None = None, **numbers: float
) -> Diagnosis:
    """Return the diagnosis with its evidence."""
    return Diagnosis(
        cause=cause,
        certainty="certain" if sure else "likely",
        output=output,
        cases=cases,
        words=words or {},
        numbers=numbers,
    )


def _size(array: Array) -> Array:
    """Return how large each element is, 0 for one that is not finite."""
    one = _wide(array)
    return np.asarray(np.abs(np.where(np.isfinite(one), one, 0.0)))


def _wide(array: Array) -> Array:
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)
