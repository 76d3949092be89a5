"""Choices, truth values, labels and orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.cases.arithmetic import MOST_ELEMENTS, elements, shape_of, whole
from grader.cases.registry import generator

if TYPE_CHECKING:
    from grader.cases.randomness import Randomness


@generator
def choice(source: Randomness, first: Any, *others: Any) -> Any:
    """Return one of the values; from case to case they take turns, so that none is left out.

    >>> choice("max", "average")
    average
    """
    return (first, *others)[source.turn(1 + len(others))]


@generator
def boolean(source: Randomness, *shape: int) -> Any:
    """Return truth values, True and False equally often on average: an array of bool, or one bool.

    >>> boolean(5)
    [ True  True False  True  True]
    """
    drawn = source.rng.random(shape_of(shape) or None) < 0.5
    return drawn if shape else bool(drawn)


@generator
def permutation(source: Randomness, count: int) -> Any:
    """Return the whole numbers from 0 to `count` - 1 in random order, int64.

    >>> permutation(6)
    [2 5 4 1 3 0]
    """
    return source.rng.permutation(whole(count, 0, MOST_ELEMENTS)).astype("int64")


@generator
def labels(source: Randomness, count: int, classes: int) -> Any:
    """Return `count` class numbers from 0 to `classes` - 1, int64, as evenly as can be and in random order.

    >>> labels(7, 3)
    [2 0 2 1 1 0 0]
    """
    import numpy as np

    sizes = shape_of((count,))
    return source.rng.permutation(np.arange(*sizes, dtype="int64") % whole(classes, 1, MOST_ELEMENTS))


@generator
def one_hot(source: Randomness, count: int, classes: int) -> Any:
    """Return `count` rows of `classes` numbers, float64: a single 1 in each, as evenly as can be, else 0.

    >>> one_hot(3, 3)
    [[0. 0. 1.]
     [0. 1. 0.]
     [1. 0. 0.]]
    """
    import numpy as np

    elements(shape_of((count, classes)))
    hot = np.zeros((count, classes))
    hot[np.arange(count), labels(source, count, classes)] = 1.0
    return hot


@generator
def probabilities(source: Randomness, *shape: int) -> Any:
    """Return positive numbers that add up to 1 along the last axis, float64: what a softmax gives.

    >>> probabilities(2, 3)
    [[0.33431533 0.16186822 0.50381644]
     [0.06893594 0.32978182 0.60128224]]
    """
    weights = source.rng.uniform(0.1, 1.0, shape_of(shape) or None)
    return weights / weights.sum(axis=-1, keepdims=True) if shape else 1.0
