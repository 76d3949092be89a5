"""The student is right exactly where some simple fact of the input holds (or fails exactly there)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from grader.explain.values.agreement import fits, verdict
from grader.explain.values.samples import Evidence, Sample, columns, outputs, sides
from grader.model import Cause, Diagnosis

Truth = NDArray[np.bool_]

_CHANCES = (1 / 15, 1 / 100, 1 / 900)
"""How probable it may be, by rank, that the cases a condition picks are all right by chance: for a mode or a least
number; for one of the few pairs of an array's sides; for an order of two numbers, of which there are about ninety."""

_GIVEN = 3
"""Right cases that give an argument, at least: then leaving it out is what the wrong ones have in common."""


class Condition(Struct, frozen=True, kw_only=True, eq=False):
    """A condition in words and the cases where it holds.

    `rank` is 0 for what slips often hang on (a mode; a number at its least), which may also hold where the student is
    wrong and forgives a few cases right by luck; 1 for the two sides of one array being equal; 2 for any two numbers.
    """

    text: str
    holds: Truth
    rank: int


def right_only_where(evidence: Evidence) -> Diagnosis | None:
    """Explain by a condition that separates wrong cases from right ones: on a text, a number, or two numbers.

    No case is wrong where the condition says right; at most one in four is right by luck where it says wrong (`lucky`).
    """
    right = np.arange(len(evidence.every)) >= len(evidence.wrong)
    best: tuple[tuple[int, float], int, str, Cause] | None = None
    for condition in _conditions(evidence.every) if right.any() else ():
        causes: tuple[Cause, ...] = (
            ("right_only_where", "wrong_only_where") if not condition.rank else ("right_only_where",)
        )
        for cause in causes:
            wanted = condition.holds if cause == "right_only_where" else ~condition.holds
            lucky = int((right & ~wanted).sum())
            if (wanted & ~right).any() or not wanted.any() or lucky * 4 > (0 if condition.rank else len(right)):
                continue
            chance = comb(int(right.sum()), int(wanted.sum())) / comb(len(right), int(wanted.sum()))
            rank = (condition.rank, chance)
            if chance < _CHANCES[condition.rank] and (best is None or rank < best[0]):
                best = (rank, lucky, condition.text, cause)
    if best is None:
        return None
    (_, chance), lucky, text, cause = best
    sure = lucky == 0 and chance < min(_CHANCES)
    return verdict(cause, evidence.output, len(evidence.wrong), sure=sure, words={"condition": text}, lucky=lucky)


def left_out(evidence: Evidence) -> Diagnosis | None:
    """Explain by a default: wrong are the calls that leave an argument out, right those that give it."""
    given = {len(sample.case.calls[0].arguments) for sample in evidence.wrong}
    place = given.pop()
    if given or place >= len(evidence.parameters) or len(evidence.right) < _GIVEN:
        return None
    if any(len(sample.case.calls[0].arguments) <= place for sample in evidence.right):
        return None
    name = evidence.parameters[place]
    values = (text for text in sorted(evidence.said.get(name, ())) if _default(evidence, text))
    value = next(values, "")
    words = {"name": name} | ({"value": f'"{value}"'} if value else {})
    return verdict("left_out", evidence.output, len(evidence.wrong), sure=True, words=words)


def _default(evidence: Evidence, text: str) -> bool:
    """Return whether the reference gives the student's answers where the argument left out is `text`."""
    if evidence.reference is None:
        return False
    for sample in evidence.wrong:
        value = evidence.reference(sample.case.function, (*sample.case.calls[0].arguments, text))
        output = outputs(value, evidence.returns).get(evidence.output)
        if output is None or not fits(sample, output):
            return False
    return True


def texts(evidence: Evidence) -> Iterator[tuple[str, Truth]]:
    """Yield conditions on drawn texts (`mode == "max"`) that hold in all wrong cases but not in all cases.

    A wrong case that leaves the argument to its default counts as one where they hold.
    """
    wrong = np.arange(len(evidence.every)) < len(evidence.wrong)
    for text, holds, left_out in _texts(evidence.every):
        known = holds | (left_out & wrong)
        if known[wrong].all() and not known.all():
            yield text, known


def _conditions(every: Sequence[Sample]) -> Iterator[Condition]:
    """Yield conditions that might matter.

    A number at its least, 0 or 1, leaves a slip nothing to spoil: no padding, one sample.
    """
    for text, holds, _ in _texts(every):
        yield Condition(text=text, holds=holds, rank=0)
    known = columns(every)
    for name, numbers in known.items():
        if numbers.min() in (0, 1):
            yield Condition(text=f"{name} == {numbers.min()}", holds=numbers == numbers.min(), rank=0)
    alike = sides(every)
    for one, other in combinations(known, 2):
        mine, theirs = known[one], known[other]
        yield Condition(text=f"{one} == {other}", holds=mine == theirs, rank=1 if (one, other) in alike else 2)
        yield Condition(text=f"{one} >= {other}", holds=mine >= theirs, rank=2)
        yield Condition(text=f"{other} >= {one}", holds=theirs >= mine, rank=2)


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
