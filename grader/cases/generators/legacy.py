"""For examples of existing handouts: the numbers of `numpy.random.randn` and its like after `numpy.random.seed`.

They need `legacy_seed`. Other generators may stand beside them and then draw from the same stream: `normal(2, 3)` gives
what `numpy.random.normal(size=(2, 3))` would, `uniform(0, 1, 4)` what `numpy.random.uniform(0, 1, 4)` would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.cases.arithmetic import shape_of, whole
from grader.cases.failure import Failure
from grader.cases.registry import legacy_generator
from grader.language import say

if TYPE_CHECKING:
    from grader.cases.randomness import Randomness


@legacy_generator
def randn(source: Randomness, *shape: int) -> Any:
    """Return what `numpy.random.randn(*shape)` returns after `numpy.random.seed(legacy_seed)`.

    >>> randn(2, 3)
    [[ 1.62434536 -0.61175641 -0.52817175]
     [-1.07296862  0.86540763 -2.3015387 ]]
    """
    return source.rng.randn(*shape_of(shape))


@legacy_generator
def rand(source: Randomness, *shape: int) -> Any:
    """Return what `numpy.random.rand(*shape)` returns after `numpy.random.seed(legacy_seed)`.

    >>> rand(3)
    [4.17022005e-01 7.20324493e-01 1.14374817e-04]
    """
    return source.rng.rand(*shape_of(shape))


@legacy_generator
def randint(source: Randomness, low: int, high: int, *shape: int) -> Any:
    """Return what `numpy.random.randint(low, high, shape)` returns: whole numbers below `high`, int64.

    >>> randint(0, 10, 5)
    [5 8 9 5 0]
    """
    first, last = whole(low, -(2**62), 2**62), whole(high, -(2**62), 2**62)
    if first >= last:
        raise Failure(say("No number is both at least {low} and below {high}.", low=first, high=last))
    return source.integers(first, last - 1, shape_of(shape))
