"""The student is right exactly where some simple fact of the input holds (or fails exactly there)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from grader.comparison.diagnosis.agreement import verdict
from grader.comparison.diagnosis.facts import columns, sides
from grader.comparison.diagnosis.samples import Evidence, Sample
from grader.model import Cause, Diagnosis

Truth = NDArray[np.bool_]

_FEW, _MANY = 30, 900
"""Ways to choose the right cases among all that must be exceeded: for a text, a 0 or 1 or a square; for an order of two
numbers, of which there are about ninety, so that one fits by chance in one of ten."""


def right_only_where(evidence: Evidence) -> Diagnosis | None:
    """Explain by a condition that separates wrong cases from right ones: on a text, a number, or two numbers.

    At most one case in eight may be right by luck where the condition says wrong, and none wrong where it says right.
    """
    every = evidence.every
    right = np.array([place >= len(evidence.wrong) for place in range(len(every))])
    ways = comb(len(right), int(right.sum()))
    best: tuple[int, str, bool] | None = None
    for text, holds, common in _conditions(every) if ways > _FEW else ():
        sides = ((holds, True), (~holds, False)) if common else ((holds, True),)
        for wanted, only_right in sides:
            lucky = int((right & ~wanted).sum())
            if (wanted & ~right).any() or not (wanted & right).any() or lucky * 8 > len(right):
                continue
            if (best is None or lucky < best[0]) and (common or (lucky == 0 and ways > _MANY)):
                best = (lucky, text, only_right)
    if best is None:
        return None
    lucky, text, only_right = best
    cause: Cause = "right_only_where" if only_right else "wrong_only_where"
    sure = lucky == 0 and ways > _MANY
    return verdict(cause, evidence.output, len(evidence.wrong), sure=sure, words={"condition": text})


def texts(evidence: Evidence) -> Iterator[tuple[str, Truth]]:
    """Yield conditions on drawn texts (`mode == "max"`) that hold in all wrong cases but not in all cases.

    A wrong case that leaves the argument to its default counts as one where they hold.
    """
    wrong = np.arange(len(evidence.every)) < len(evidence.wrong)
    for text, holds, left_out in _texts(evidence.every):
        known = holds | (left_out & wrong)
        if known[wrong].all() and not known.all():
            yield text, known


def _conditions(every: Sequence[Sample]) -> Iterator[tuple[str, Truth, bool]]:
    """Yield conditions and whether they are common, the likeliest slips first.

    These are a mode; a number at its least, 0 or 1, where a slip has nothing to spoil (no padding, one sample); two
    numbers that are equal, common where both are sides of one array (a square); two numbers in order.
    """
    for text, holds, _ in _texts(every):
        yield text, holds, True
    known = columns(every)
    for name, numbers in known.items():
        if numbers.min() in (0, 1):
            yield f"{name} == {numbers.min()}", numbers == numbers.min(), True
    alike = sides(every)
    for one, other in combinations(known, 2):
        yield f"{one} == {other}", known[one] == known[other], (one, other) in alike
    for one, other in combinations(known, 2):
        yield f"{one} >= {other}", known[one] >= known[other], False
        yield f"{other} >= {one}", known[other] >= known[one], False


def _texts(every: Sequence[Sample]) -> Iterator[tuple[str, Truth, Truth]]:
    """Yield each condition, where it holds, and where the argument was left out."""
    for name in dict.fromkeys(name for sample in every for name in sample.words):
        said = [sample.words.get(name) for sample in every]
        for text in dict.fromkeys(said):
            if text is not None:
                yield (
                    f'{name} == "{text}"',
                    np.array([each == text for each in said]),
                    np.array([not each for each in said]),
                )
