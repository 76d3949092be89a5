"""Another number of axes than expected: a sum not taken, or one taken too far."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from grader.comparison.diagnosis.agreement import agree, tolerance, verdict, wide
from grader.comparison.diagnosis.samples import Evidence, Sample
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
