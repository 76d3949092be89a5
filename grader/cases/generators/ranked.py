"""Numbers whose order matters: for maxima, sorting, and gradients that must stay away from a kink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.cases.arithmetic import elements, shape_of
from grader.cases.registry import generator

if TYPE_CHECKING:
    from grader.cases.randomness import Randomness

_SPACING = 0.1
_JITTER = 0.05


@generator
def distinct(source: Randomness, *shape: int) -> Any:
    """Return numbers that all differ, by 0.05 at least, of both signs and in random order.

    A maximum then stays where it is when one number moves a little, so its gradient can be differenced.

    >>> distinct(2, 3)
    [[-0.25192437  0.02579543 -0.03740808]
     [-0.16669296  0.2748399   0.14982687]]
    """
    count = elements(shape_of(shape))
    drawn = _steps(source, count)[source.rng.permutation(count)]
    return drawn.reshape(shape) if shape else float(drawn[0])


@generator
def increasing(source: Randomness, count: int) -> Any:
    """Return `count` numbers in rising order, 0.05 apart at least, of both signs: nodes, thresholds, times.

    >>> increasing(4)
    [-0.15192437 -0.06669296  0.06259192  0.12579543]
    """
    return _steps(source, elements(shape_of((count,))))


@generator
def ties(source: Randomness, *shape: int) -> Any:
    """Return numbers of few values, some of them negative, the largest of which comes up twice at least.

    >>> ties(2, 4)
    [[ 0.5  0.5  2.   2. ]
     [-1.   0.5 -2.5  2. ]]
    """
    count = elements(shape_of(shape))
    top = source.integers(-1, 2)
    drawn = top - 1.5 * source.integers(0, 2, (count,))
    order = source.rng.permutation(count)
    drawn[order[:2]] = top
    drawn[order[2:3]] = -2.5
    return drawn.reshape(shape) if shape else float(drawn[0])


def _steps(source: Randomness, count: int) -> Any:
    import numpy as np

    jitter = source.rng.uniform(-_JITTER / 2, _JITTER / 2, count)
    return (np.arange(count) - (count - 1) / 2) * _SPACING + jitter
