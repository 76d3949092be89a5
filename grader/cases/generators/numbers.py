"""Real and whole numbers. Without sizes each gives one plain number, with sizes an array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.cases.arithmetic import NUMBERS, kind, shape_of, whole
from grader.cases.failure import Failure
from grader.cases.registry import generator
from grader.language import say

if TYPE_CHECKING:
    from grader.cases.randomness import Randomness


@generator
def normal(source: Randomness, *shape: int) -> Any:
    """Return standard normal numbers, float64.

    >>> normal(2, 2)
    [[-1.26133563  0.7095372 ]
     [ 0.02472279 -0.10097172]]
    >>> normal()
    -1.2613356262979178
    """
    drawn = source.rng.standard_normal(shape_of(shape) or None)
    return drawn if shape else float(drawn)


@generator
def uniform(source: Randomness, low: float, high: float, *shape: int) -> Any:
    """Return numbers spread evenly from `low` to `high`, float64.

    >>> uniform(-1, 1, 3)
    [-0.07697486 -0.66771833  0.50367662]
    """
    first, last = _number(low), _number(high)
    drawn = source.rng.uniform(first, last, shape_of(shape) or None)
    return drawn if shape else float(drawn)


@generator
def integers(source: Randomness, low: int, high: int, *shape: int) -> Any:
    """Return whole numbers from `low` to `high`, both included, int64.

    For a single number a range is better: the values of `1..6` take turns from case to case.

    >>> integers(1, 6, 8)
    [6 3 3 1 1 5 4 1]
    """
    first, last = whole(low, -(2**62), 2**62), whole(high, -(2**62), 2**62)
    if first > last:
        raise Failure(say("No number is both at least {low} and at most {high}.", low=first, high=last))
    return source.integers(first, last, shape_of(shape))


@generator
def constant(source: Randomness, value: float, *shape: int) -> Any:
    """Return `value` everywhere, float64; a truth value makes an array of bool.

    >>> constant(-2.5, 2, 2)
    [[-2.5 -2.5]
     [-2.5 -2.5]]
    """
    import numpy as np

    filled = np.full(shape_of(shape), _number(value), bool if isinstance(value, bool) else np.float64)
    return filled if shape else filled.item()


def _number(value: Any) -> Any:
    if type(value) not in NUMBERS or isinstance(value, complex):
        raise Failure(say("A number is needed, not {kind}.", kind=kind(value)), word="TypeError")
    return value
