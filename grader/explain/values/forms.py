"""Right or nearly right numbers in another form: precision, dtype, rounding, NaN, another number of axes."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np

from grader.explain.values.agreement import LEAST, agree, fits, telling, tolerance, verdict, wide, within
from grader.explain.values.samples import Array, Evidence, Sample
from grader.model import Cause, Diagnosis

_MOST = 6


def dimensions(evidence: Evidence) -> Diagnosis | None:
    """Explain by axes that should have been summed away, or by how many there are too many or too few."""
    by = _surplus(evidence)
    if by > 0:
        return _over(evidence, by, "unsummed") or _counted(evidence, "too_many_axes", by)
    return _counted(evidence, "too_few_axes", -by) if by else None


def summed(evidence: Evidence) -> Diagnosis | None:
    """Explain by axes that were summed and should not have been.

    A sum tells little of what was summed, so of a hidden case it would tell a part.
    """
    by = _surplus(evidence)
    return _over(evidence, -by, "summed") if by < 0 else None


def _surplus(evidence: Evidence) -> int:
    """Return how many axes too many there are in every wrong case (too few: negative), 0 if that is not the same."""
    ranks = {(sample.got.ndim, sample.want.ndim) for sample in evidence.wrong}
    got, want = ranks.pop()
    return got - want if not ranks and max(got, want) <= _MOST else 0


def _over(evidence: Evidence, count: int, cause: Cause) -> Diagnosis | None:
    long = max(evidence.wrong[0].got.ndim, evidence.wrong[0].want.ndim)
    for axes in combinations(range(long), count):
        if all(_summed(sample, axes, over=cause == "unsummed") for sample in evidence.wrong):
            words, cases = {"axes": ", ".join(str(axis) for axis in axes)}, len(evidence.wrong)
            return verdict(cause, evidence.output, cases, sure=cases > 1, words=words)
    return None


def _counted(evidence: Evidence, cause: Cause, by: int) -> Diagnosis:
    return verdict(cause, evidence.output, len(evidence.wrong), sure=len(evidence.wrong) > 1, by=by)


def _summed(sample: Sample, axes: tuple[int, ...], *, over: bool) -> bool:
    long, short = (sample.got, sample.want) if over else (sample.want, sample.got)
    if not long.size or long.ndim < len(axes):
        return False
    total = np.asarray(np.sum(wide(long), axis=axes))
    return agree(short, total, tolerance(sample, sample.want if over else total))


_LARGE = 30.0
"""Beyond this exp and its like leave the range in which anything else still counts."""
_NARROW = ("float32", "float16")
_BROKEN = 2
"""So many numbers with places behind the point may be narrow ones by chance."""


def precision(evidence: Evidence) -> Diagnosis | None:
    """Explain by single or half precision: of the dtype, or of every number, all of them nearly right."""
    for name in _NARROW:
        dtype = np.dtype(name)
        near = 64 * float(np.finfo(dtype).eps)
        nearly = all(
            _narrow(sample, dtype) and agree(sample.got, sample.want, within(sample.want, near))
            for sample in evidence.wrong
        )
        if nearly and _shows(evidence, dtype):
            return verdict("precision", evidence.output, len(evidence.wrong), sure=True, words={"dtype": name})
    return None


def right_but_dtype(evidence: Evidence) -> Diagnosis | None:
    """Explain by the dtype alone: the numbers are right (whole numbers for floats, 0 and 1 for truth values)."""
    if any(sample.mismatch is None or sample.mismatch.category != "dtype" for sample in evidence.wrong):
        return None
    if all(fits(sample, sample.want) for sample in evidence.wrong):
        words = {"dtype": str(evidence.wrong[0].got.dtype)}
        return verdict("right_but_dtype", evidence.output, len(evidence.wrong), sure=True, words=words)
    return None


def rounded(evidence: Evidence) -> Diagnosis | None:
    """Explain by rounding to a number of decimals (0: to whole numbers)."""
    if not all(_real(sample) for sample in evidence.wrong):
        return None
    sure = telling(evidence.wrong)
    for decimals in range(9):
        predicted = [(one, np.round(wide(one.want), decimals)) for one in evidence.every]
        if all(agree(one.got, each, within(each, LEAST)) for one, each in predicted):
            if not decimals and not sure:  # a whole number or two may be anything
                return None
            return verdict("rounded", evidence.output, len(evidence.wrong), sure=sure, decimals=decimals)
    return None


def not_finite(evidence: Evidence) -> Diagnosis | None:
    """Explain NaN or infinity where numbers are expected by the numbers of an argument that stand there."""
    if any(sample.mismatch is None or sample.mismatch.category != "nan" for sample in evidence.wrong):
        return None
    odd = [~np.isfinite(sample.got) & np.isfinite(wide(sample.want)) for sample in evidence.wrong]
    if all(mask.all() for mask in odd):
        return verdict("not_finite", evidence.output, len(odd), sure=True, words={"where": "everywhere"})
    # Where some are expected, the places of these could be found by what else stands for an argument's.
    regular = all(np.isfinite(wide(sample.want)).all() for sample in evidence.wrong)
    for where in ("zero", "negative", "large") if regular else ():
        for name in evidence.wrong[0].arrays:
            sources = [sample.arrays.get(name) for sample in evidence.wrong]
            if all(_stands(where, source, mask) for source, mask in zip(sources, odd, strict=True)):
                words = {"where": where, "name": name}
                return verdict("not_finite", evidence.output, len(odd), sure=True, words=words)
    return verdict("not_finite", evidence.output, len(odd), sure=False, words={"where": "some"})


def reshaped(evidence: Evidence) -> Diagnosis | None:
    """Explain by the shape alone: the right numbers in the right order."""
    if all(
        sample.got.shape != sample.want.shape
        and sample.got.size == sample.want.size
        and agree(sample.got.reshape(-1), sample.want.reshape(-1), tolerance(sample, sample.want).reshape(-1))
        for sample in evidence.wrong
    ):
        sure = sum(sample.got.size for sample in evidence.wrong) > 2
        return verdict("reshaped", evidence.output, len(evidence.wrong), sure=sure)
    return None


def transposed(evidence: Evidence) -> Diagnosis | None:
    """Explain by axes in another order, in right cases too (where that changes nothing)."""
    dimensions = evidence.wrong[0].want.ndim
    if not 2 <= dimensions <= 4 or any(sample.want.ndim != dimensions for sample in evidence.every):
        return None
    for order in list(permutations(range(dimensions)))[1:]:
        if all(fits(sample, sample.want.transpose(order)) for sample in evidence.every):
            words = {"axes": ", ".join(str(axis) for axis in order)}
            return verdict("transposed", evidence.output, len(evidence.wrong), sure=True, words=words)
    return None


def _narrow(sample: Sample, dtype: np.dtype[np.floating]) -> bool:
    """Return whether the answer's numbers are all of `dtype`, and those expected of a wider one."""
    got, want = sample.got, sample.want
    if got.dtype.kind != "f" or want.dtype.kind not in "fc" or want.dtype.itemsize <= dtype.itemsize:
        return False
    return got.dtype == dtype or np.array_equal(got, got.astype(dtype), equal_nan=True)


def _shows(evidence: Evidence, dtype: np.dtype[np.floating]) -> bool:
    """Return whether the answers are of this dtype, or hold numbers enough with places behind the point.

    Whole numbers are alike in any precision, and a wrong one may be near the right one.
    """
    if all(sample.got.dtype == dtype for sample in evidence.wrong):
        return True
    return sum(int(np.count_nonzero(sample.got != np.trunc(sample.got))) for sample in evidence.wrong) > _BROKEN


def _real(sample: Sample) -> bool:
    return sample.got.shape == sample.want.shape and sample.want.dtype.kind == "f" and sample.got.dtype.kind in "fi"


def _stands(where: str, source: Array | None, mask: Array) -> bool:
    """Return whether an argument is zero (negative, large) exactly where the mask is set."""
    if source is None or source.shape != mask.shape or source.dtype.kind == "c":
        return False
    numbers = wide(source)
    tested = {"zero": numbers == 0, "negative": numbers < 0, "large": np.abs(numbers) > _LARGE}
    return np.array_equal(tested[where], mask)
