"""Another number of axes than expected: a sum not taken, or one taken too far."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from grader.comparison.diagnosis.agreement import agree, verdict, wide
from grader.comparison.diagnosis.samples import Evidence, Sample
from grader.model import Diagnosis


def dimensions(evidence: Evidence) -> Diagnosis | None:
    """Explain by axes that should have been summed away, or were and should not have been."""
    surplus = {sample.got.ndim - sample.want.ndim for sample in evidence.wrong}
    ranks = {(sample.got.ndim, sample.want.ndim) for sample in evidence.wrong}
    if len(ranks) > 1 or 0 in surplus:
        return None
    by, cases = surplus.pop(), len(evidence.wrong)
    longer = max(*ranks.pop())
    if longer > 6:
        return None
    for axes in combinations(range(longer), abs(by)):
        if all(_summed(sample, axes, over=by > 0) for sample in evidence.wrong):
            words = {"axes": ", ".join(str(axis) for axis in axes)}
            return verdict("unsummed" if by > 0 else "summed", evidence.output, cases, sure=cases > 1, words=words)
    if by > 0:
        return verdict("too_many_axes", evidence.output, cases, sure=cases > 1, by=by)
    return verdict("too_few_axes", evidence.output, cases, sure=cases > 1, by=-by)


def _summed(sample: Sample, axes: tuple[int, ...], *, over: bool) -> bool:
    long, short = (sample.got, sample.want) if over else (sample.want, sample.got)
    if not long.size or long.ndim < len(axes):
        return False
    return agree(short, np.asarray(np.sum(wide(long), axis=axes)), sample.rule.rtol)
