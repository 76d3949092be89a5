"""Right or nearly right numbers in another form: precision, dtype, rounding, NaN, another number or order of axes."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
from msgspec.structs import replace

from grader.explain.values.samples import LEAST, Array, Evidence, Sample, agree, named_axes, perhaps, wide, within
from grader.language import Message, listed, say, say_count

_MOST = 6
"""More axes than these are not looked at."""
_LARGE = 30.0
"""Beyond this exp and its like leave the range in which anything else still counts."""
_BROKEN = 2
"""So many numbers with places behind the point may be narrow ones by chance."""


def precision(evidence: Evidence) -> Message | None:
    """Explain by single or half precision: of the dtype, or of every number, all of them nearly right."""
    for name in ("float32", "float16"):
        dtype = np.dtype(name)
        near = 64 * float(np.finfo(dtype).eps)
        nearly = all(
            _is_narrow(sample, dtype) and agree(sample.got, sample.want, within(sample.want, near))
            for sample in evidence.wrong
        )
        if nearly and _shows(evidence, dtype):
            return say(
                "The numbers are only as precise as {dtype}; is an array of that dtype made on the way?", dtype=name
            )
    return None


def _is_narrow(sample: Sample, dtype: np.dtype[np.floating]) -> bool:
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


def right_but_dtype(evidence: Evidence) -> Message | None:
    """Explain by the dtype alone: the numbers are right (whole numbers for floats, 0 and 1 for truth values)."""
    if any(sample.mismatch is None or sample.mismatch.category != "dtype" for sample in evidence.wrong):
        return None
    if not all(sample.fits(sample.want) for sample in evidence.wrong):
        return None
    return say("The numbers are right; only their dtype should not be {dtype}.", dtype=str(evidence.wrong[0].got.dtype))


def rounded(evidence: Evidence) -> Message | None:
    """Explain by rounding to a number of decimals (0: to whole numbers)."""
    if not all(_is_real(sample) for sample in evidence.wrong):
        return None
    sure = evidence.telling
    for decimals in range(9):
        predicted = [(one, np.round(wide(one.want), decimals)) for one in evidence.every]
        if not all(agree(one.got, each, within(each, LEAST)) for one, each in predicted):
            continue
        if decimals:
            said = say("The numbers are rounded to {decimals} decimals; return them as they are.", decimals=decimals)
            return perhaps(said, unless=sure)
        # A whole number or two may be anything.
        return say("The numbers are rounded to whole numbers.") if sure else None
    return None


def _is_real(sample: Sample) -> bool:
    return sample.got.shape == sample.want.shape and sample.want.dtype.kind == "f" and sample.got.dtype.kind in "fi"


def not_finite(evidence: Evidence) -> Message | None:
    """Explain NaN or infinity where numbers are expected by the numbers of an argument that stand there."""
    if any(sample.mismatch is None or sample.mismatch.category != "nan" for sample in evidence.wrong):
        return None
    odd = [~np.isfinite(sample.got) & np.isfinite(wide(sample.want)) for sample in evidence.wrong]
    if all(mask.all() for mask in odd):
        return say("Every number is NaN or infinite; is something divided by zero, or an array never filled?")
    # Where some are expected, the places of these could be found by what else stands for an argument's.
    regular = all(np.isfinite(wide(sample.want)).all() for sample in evidence.wrong)
    for where, said in _WHERE.items() if regular else ():
        for name in evidence.wrong[0].arrays:
            sources = [sample.arrays.get(name) for sample in evidence.wrong]
            if all(_stands(where, source, mask) for source, mask in zip(sources, odd, strict=True)):
                return replace(said, parameters={"name": name})
    return perhaps(say("Some numbers are NaN or infinite; is something divided by zero there?"))


_WHERE = {
    "zero": say("NaN or infinity stands exactly where {name} is 0; what is divided by it, or logged?"),
    "negative": say("NaN stands exactly where {name} is negative; is a root or a logarithm taken of it?"),
    "large": say("NaN or infinity stands exactly where {name} is large; does exp overflow?"),
}


def _stands(where: str, source: Array | None, mask: Array) -> bool:
    """Return whether an argument is zero (negative, large) exactly where the mask is set."""
    if source is None or source.shape != mask.shape or source.dtype.kind == "c":
        return False
    numbers = wide(source)
    tested = {"zero": numbers == 0, "negative": numbers < 0, "large": np.abs(numbers) > _LARGE}
    return np.array_equal(tested[where], mask)


def transposed(evidence: Evidence) -> Message | None:
    """Explain by axes in another order, in right cases too (where that changes nothing)."""
    dimensions = evidence.wrong[0].want.ndim
    if not 2 <= dimensions <= 4 or any(sample.want.ndim != dimensions for sample in evidence.every):
        return None
    for order in list(permutations(range(dimensions)))[1:]:
        if all(sample.fits(sample.want.transpose(order)) for sample in evidence.every):
            return say(
                "The axes are in another order; this is the right result with its axes as {order}.",
                order=listed([str(axis) for axis in order]),
            )
    return None


def reshaped(evidence: Evidence) -> Message | None:
    """Explain by the shape alone: the right numbers in the right order."""
    if not all(
        sample.got.shape != sample.want.shape
        and sample.got.size == sample.want.size
        and agree(sample.got.reshape(-1), sample.want.reshape(-1), sample.tolerance(sample.want).reshape(-1))
        for sample in evidence.wrong
    ):
        return None
    said = say("The numbers and their order are right, only the shape is not; look at reshape and keepdims.")
    return perhaps(said, unless=evidence.telling)


def summed(evidence: Evidence) -> Message | None:
    """Explain by axes that were summed and should not have been.

    A sum tells little of what was summed, so of a hidden case it would tell a part.
    """
    axes = _summed_over(evidence, -_surplus(evidence))
    if not axes:
        return None
    said = say("Summed too far; this is the right result summed over {axes}.", axes=named_axes(axes))
    return perhaps(said, unless=len(evidence.wrong) > 1)


def dimensions(evidence: Evidence) -> Message | None:
    """Explain by axes that should have been summed away, or by how many there are too many or too few."""
    by = _surplus(evidence)
    if not by:
        return None
    if axes := _summed_over(evidence, by):
        said = say("A sum is missing; summed over {axes}, this would be right.", axes=named_axes(axes))
    elif by > 0:
        said = say_count(
            "The result has {count} axis too many; is a sum or an index missing?",
            "The result has {count} axes too many; is a sum or an index missing?", by,
        )  # fmt: skip
    else:
        said = say_count(
            "The result has {count} axis too few; was something summed or indexed away?",
            "The result has {count} axes too few; was something summed or indexed away?", -by,
        )  # fmt: skip
    return perhaps(said, unless=len(evidence.wrong) > 1)


def _surplus(evidence: Evidence) -> int:
    """Return how many axes too many there are in every wrong case (too few: negative), 0 if that is not the same."""
    ranks = {(sample.got.ndim, sample.want.ndim) for sample in evidence.wrong}
    got, want = ranks.pop()
    return got - want if not ranks and max(got, want) <= _MOST else 0


def _summed_over(evidence: Evidence, count: int) -> tuple[int, ...]:
    """Return the `count` axes over which the longer of answer and expected array sums to the other, () for none."""
    if count <= 0:
        return ()
    long = max(evidence.wrong[0].got.ndim, evidence.wrong[0].want.ndim)
    fitting = (axes for axes in combinations(range(long), count) if all(_sums(one, axes) for one in evidence.wrong))
    return next(fitting, ())


def _sums(sample: Sample, axes: tuple[int, ...]) -> bool:
    over = sample.got.ndim > sample.want.ndim
    long, short = (sample.got, sample.want) if over else (sample.want, sample.got)
    if not long.size:
        return False
    total = np.asarray(np.sum(wide(long), axis=axes))
    return agree(short, total, sample.tolerance(sample.want if over else total))
