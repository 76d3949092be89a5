"""How hard an answer is to guess, in bits, for somebody who knows the arguments and the form of the answer.

Such a guesser is taken to know which numbers are likely: those among the arguments, small whole numbers, and that equal
numbers repeat. What is left to guess is then

- for each different number: which of the likely ones it is, or, if it is none, its place on the grid (a whole number n
  among the 2|n| + 2 up to its size);
- where each of them stands: log2 of the number of arrangements, n! / (n1! n2! …);

less what the grid tells: one bit an element where each has its own place in its cell, one bit a different number
where all share one offset. An output that is one of the arguments, whole,
is no secret at all. Nobody is taken to know the function: who does can compute the answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from grader.comparison.seals import numbers, steps_of
from grader.model import Call
from grader.model.seal import Grid

if TYPE_CHECKING:
    from grader.model import Value

SMALL = 16
"""Whole numbers up to this size are likely whatever the arguments are."""
MOST = 20.0
"""Bits that a single number may count for: more digits than a tolerance asks for are no further secret."""


class Given(Struct, frozen=True, kw_only=True, eq=False):
    """What the arguments of a call give away: their numbers, sorted, their arrays, their texts."""

    numbers: np.ndarray
    arrays: frozenset[tuple[tuple[int, ...], bytes]]
    texts: frozenset[str]


def given(call: Call) -> Given:
    """Return what a call's arguments give away."""
    found = [np.asarray(one) for one in numbers(call.arguments)]
    flat = [_floats(one) for one in found]
    known = np.concatenate([np.arange(-SMALL, SMALL + 1.0), *flat])
    return Given(
        numbers=np.unique(known[np.isfinite(known)]),
        arrays=frozenset((one.shape, _floats(one).tobytes()) for one in found),
        texts=frozenset(_texts(call.arguments)),
    )


def bits(value: Value, grids: Sequence[Grid], known: Given) -> float:
    """Return how many bits there are to guess of an output."""
    told = sum(float(len(text)) for text in _texts(value) if text not in known.texts)
    return told + sum(_array(one, grid, known) for one, grid in zip(numbers(value), grids, strict=True))


def _array(value: Value, grid: Grid, known: Given) -> float:
    array = np.asarray(value)
    flat = _floats(array)
    if (array.shape, flat.tobytes()) in known.arrays or not flat.size:
        return 0.0
    step = steps_of(value, grid) if grid.mode == "grid" else 0.0
    finite = np.where(np.isfinite(flat), flat, 0.0)
    places = np.round(finite / step) if step else finite
    _, first, counts = np.unique(places, return_index=True, return_counts=True)
    top = float(np.abs(finite).max())
    told = (flat.size if grid.shifted else len(first)) if step else 0
    each = (_number(float(finite[index]), step, top, known) for index in first)
    return max(0.0, sum(each) + _arrangements(counts.tolist()) - told)


def _number(value: float, step: float, top: float, known: Given) -> float:
    place = int(np.searchsorted(known.numbers, value))
    near = known.numbers[max(0, place - 1) : place + 2]
    likely = math.log2(len(known.numbers)) if (np.abs(near - value) <= step).any() else math.inf
    cells = 2 * abs(value) + 2 if value.is_integer() else 2 * top / step if step else math.inf
    return min(likely, math.log2(max(2.0, cells)), MOST)


def _arrangements(counts: Sequence[int]) -> float:
    """Return log2 of in how many orders so many of each kind can stand."""
    return (math.lgamma(sum(counts) + 1) - sum(math.lgamma(count + 1) for count in counts)) / math.log(2)


def _floats(array: np.ndarray) -> np.ndarray:
    wide = np.ascontiguousarray(array, dtype=np.complex128).view(np.float64) if array.dtype.kind == "c" else array
    return wide.astype(np.float64).reshape(-1)


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts(item)
