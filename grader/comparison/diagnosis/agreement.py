"""Whether an explanation's numbers are the student's."""

from __future__ import annotations

import numpy as np

from grader.comparison.diagnosis.samples import Array, Sample
from grader.model import Cause, Diagnosis

LEAST = 1e-9
"""Relative tolerance below which an explanation is not asked to be exact: it takes another route to the numbers."""


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
