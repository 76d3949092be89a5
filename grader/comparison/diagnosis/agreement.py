"""Whether an explanation's numbers are the student's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from grader.comparison.diagnosis.samples import Array, Sample
from grader.model import Cause, Diagnosis

LEAST = 1e-9
"""Relative tolerance below which an explanation is not asked to be exact: it takes another route to the numbers."""

APART = 5
"""Different numbers that a coarse explanation must get right at once in hidden cases: with fewer, somebody who does not
know them could find their size first and then digit by digit, asking with one answer after the other."""
_LARGEST = 100
"""Whole and half numbers up to this, and one over a whole one, may be told; others are measured."""


def agree(got: Array, predicted: Array, rtol: float) -> bool:
    """Return whether every element is what was predicted, up to rtol of it and of the largest; nothing is broadcast."""
    if got.shape != predicted.shape:
        return False
    one, other = _wide(got), _wide(predicted)
    size = np.abs(np.where(np.isfinite(other), other, 0.0))
    allowed = max(rtol, LEAST) * (size + size.max(initial=0.0))
    return bool(np.all((np.abs(one - other) <= allowed) | (one == other)))


def fits(sample: Sample, predicted: Array) -> bool:
    """Return whether the student's answer in this sample is `predicted`."""
    return agree(sample.got, predicted, sample.rule.rtol)


def bears(predicted: Iterable[tuple[Sample, Array]], gap: float = 0.0) -> bool:
    """Return whether the hidden cases among these hold `APART` predicted numbers, each more than `gap` from the next.

    Where all are public there is nothing to find out, and any will do. What an explanation has to predict is coarse if
    many numbers would lead to it: rounded ones, a sign. Nobody hits several of these by chance.
    """
    hidden = [_wide(each).reshape(-1) for sample, each in predicted if not sample.public]
    if not hidden:
        return True
    numbers = np.sort(np.concatenate(hidden).real)
    count, last = 0, -np.inf
    while count < APART and (place := int(np.searchsorted(numbers, last + gap, side="right"))) < numbers.size:
        count, last = count + 1, float(numbers[place])
    return count >= APART


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


def _wide(array: Array) -> Array:
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)
