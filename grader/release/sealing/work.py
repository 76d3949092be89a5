"""What guessing would take: bits to try, and seconds for each try on this machine."""

from __future__ import annotations

import time
from collections.abc import Sequence

from grader.comparison.seals import digest
from grader.release.sealing.sealing import Work

YEAR = 365.25 * 24 * 3600
"""Seconds."""


def weakest(work: Sequence[Work]) -> tuple[Work, float, float]:
    """Return the digest that takes least work to guess, the seconds of one guess here, and the years of one core.

    On average half of the possibilities have to be tried.
    """
    seconds = {cost: _guess(cost) for cost in {one.cost for one in work}}
    least = min(work, key=lambda one: 2.0 ** min(one.bits, 1000.0) * seconds[one.cost])
    return least, seconds[least.cost], 2.0 ** min(least.bits - 1, 1000.0) * seconds[least.cost] / YEAR


def _guess(cost: int) -> float:
    """Return the shortest of three runs: others disturb a clock only in one direction."""
    taken = []
    for count in range(3):
        began = time.perf_counter()
        digest([bytes([count])], bytes(16), cost)
        taken.append(time.perf_counter() - began)
    return min(taken)
