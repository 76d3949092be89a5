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

_CHANCE, _SMALL_CHANCE = 1 / 15, 1 / 900
"""How probable it may be that the cases a condition picks are all right by chance: for a mode, a least number or a
square; and for an order of two numbers, of which there are about ninety."""


def right_only_where(evidence: Evidence) -> Diagnosis | None:
    """Explain by a condition that separates wrong cases from right ones: on a text, a number, or two numbers.

    No case is wrong where the condition says right; at most one in four is right by luck where it says wrong (`lucky`).
    """
    every = evidence.every
    right = np.arange(len(every)) >= len(evidence.wrong)
    best: tuple[float, int, str, bool] | None = None
    for text, holds, common in _conditions(every) if right.any() else ():
        for wanted, only_right in ((holds, True), (~holds, False)) if common else ((holds, True),):
            lucky = int((right & ~wanted).sum())
            if (wanted & ~right).any() or not wanted.any() or lucky * 4 > len(every) or (lucky and not common):
                continue
            chance = comb(int(right.sum()), int(wanted.sum())) / comb(len(every), int(wanted.sum()))
            if chance < (_CHANCE if common else _SMALL_CHANCE) and (best is None or chance < best[0]):
                best = (chance, lucky, text, only_right)
    if best is None:
        return None
    chance, lucky, text, only_right = best
    cause: Cause = "right_only_where" if only_right else "wrong_only_where"
    sure = lucky == 0 and chance < _SMALL_CHANCE
    words = {"condition": text}
    return verdict(cause, evidence.output, len(evidence.wrong), sure=sure, words=words, lucky=lucky)


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
