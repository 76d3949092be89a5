"""Generators: what a line of `draw` may call for random values, in families, each with examples.

A generator takes the source of random numbers, its own arguments, and perhaps the sizes of an array (`*shape`). In an
example, `>>>` stands before an expression and its value stands below, drawn with seed 1 in a case of its own (after
`legacy_seed: 1` for those that need it).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from grader.cases.evaluation import MOST_ELEMENTS, MOST_ITEMS, NUMBERS, elements, kind, shape_of, whole
from grader.cases.expression import Failure
from grader.cases.functions import generator, legacy_generator
from grader.language import say
from grader.values.functions import WrittenFunction

if TYPE_CHECKING:
    from grader.cases.randomness import Randomness

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MOST_ROWS = 500
_SPACING = 0.1
_JITTER = 0.05


@generator
def choice(source: Randomness, first: Any, *others: Any) -> Any:
    """Return one of the values; from case to case they take turns, so that none is left out.

    >>> choice("max", "average")
    average
    """
    return (first, *others)[source.turn(1 + len(others))]


@generator
def choices(source: Randomness, values: Any, count: int) -> list[Any]:
    """Return a list of `count` of the values, each drawn by itself: a column of a table, say.

    >>> choices(["u", "v"], 5)
    ['v', 'u', 'u', 'u', 'u']
    """
    known = values.tolist() if hasattr(values, "tolist") else values
    if not isinstance(known, list | tuple) or not known:
        raise Failure(say("Values to choose from are needed, not {kind}.", kind=kind(values)), word="TypeError")
    places: Any = source.integers(0, len(known) - 1, (whole(count, 0, MOST_ITEMS),))
    return [known[place] for place in places.tolist()]


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


@generator
def orthogonal(source: Randomness, rows: int) -> Any:
    """Return a matrix whose columns are orthonormal, float64 (`rows`, `rows`).

    >>> orthogonal(2)
    [[-0.99980797 -0.01959672]
     [ 0.01959672 -0.99980797]]
    """
    import numpy as np

    size = whole(rows, 1, _MOST_ROWS)
    q, r = np.linalg.qr(source.rng.standard_normal((size, size)))
    return q * np.where(np.diagonal(r) < 0, -1.0, 1.0)


@generator
def spd(source: Randomness, rows: int) -> Any:
    """Return a symmetric positive definite matrix with eigenvalues from 1 to 10, float64 (`rows`, `rows`).

    >>> spd(2)
    [[5.47056594 0.08821425]
     [0.08821425 9.96945277]]
    """
    turned = orthogonal(source, rows)
    matrix = (turned * source.rng.uniform(1.0, 10.0, rows)) @ turned.T
    return (matrix + matrix.T) / 2


@generator
def dominant(source: Randomness, rows: int) -> Any:
    """Return a diagonally dominant matrix, float64 (`rows`, `rows`): elimination needs no pivoting, Jacobi converges.

    >>> dominant(2)
    [[-1.74469319 -0.66771833]
     [ 0.50367662  2.47185923]]
    """
    import numpy as np

    size = whole(rows, 1, _MOST_ROWS)
    matrix = source.rng.uniform(-1.0, 1.0, (size, size))
    signs = np.where(source.rng.random(size) < 0.5, -1.0, 1.0)
    np.fill_diagonal(matrix, signs * (np.abs(matrix).sum(axis=1) + 1.0))
    return matrix


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


@generator
def text(source: Randomness, length: int, alphabet: str = _LETTERS) -> str:
    """Return a text of `length` characters of `alphabet` (small letters, if it is left out).

    >>> text(8)
    yljectna
    >>> text(1..5, "01")
    10
    """
    if not isinstance(alphabet, str) or not alphabet:
        raise Failure(say("Characters to choose from are needed, not {kind}.", kind=kind(alphabet)), word="TypeError")
    places = source.integers(0, len(alphabet) - 1, (whole(length, 0, MOST_ITEMS),))
    return "".join(alphabet[place] for place in places.tolist())


@generator
def words(source: Randomness, count: int) -> list[str]:
    """Return a list of `count` made-up words of one to eight small letters.

    >>> words(3)
    ['ectnaeme', 'zypb', 'kvc']
    """
    lengths: Any = source.integers(1, 8, (whole(count, 0, MOST_ITEMS // 8),))
    return [text(source, length) for length in lengths.tolist()]


@generator
def poly(source: Randomness, degree: int) -> Any:
    """Return a polynomial of `x` as a function, of this degree, with coefficients of one decimal.

    >>> poly(2)
    lambda x: -0.6*x**2 - 0.2*x + 1.7
    """
    count = whole(degree, 0, 50) + 1
    tenths = source.integers(-20, 20, (count,)).tolist()
    tenths[-1] = tenths[-1] or 1
    powers = ["", "*x", *(f"*x**{power}" for power in range(2, count))]
    terms = [f"{tenth / 10}{powers[power]}" for power, tenth in enumerate(tenths) if tenth or count == 1]
    text = " + ".join(reversed(terms)).replace("+ -", "- ")
    return WrittenFunction(f"lambda x: {text}", {})


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


# fmt: off
FAMILIES: dict[str, tuple[Callable[..., Any], ...]] = {
    "Real and whole numbers. Without sizes each gives one plain number, with sizes an array.":
        (normal, uniform, integers, constant),
    "Numbers whose order matters: for maxima, sorting, and gradients that must stay away from a kink.":
        (distinct, increasing, ties),
    "Choices, truth values, labels and orders.":
        (choice, choices, boolean, permutation, labels, one_hot, probabilities),
    "Square matrices with a property that numerical methods ask for, all well conditioned.":
        (orthogonal, spd, dominant),
    "Texts, for assignments that are not about numbers.": (text, words),
    "Functions, as text that is compiled beside the student's code.": (poly,),
    """For examples of existing handouts: the numbers of `numpy.random.randn` and its like after `numpy.random.seed`.

    They need `legacy_seed`. Other generators may stand beside them and then draw from the same stream: `normal(2, 3)`
    gives what `numpy.random.normal(size=(2, 3))` would, `uniform(0, 1, 4)` what `numpy.random.uniform(0, 1, 4)` would.
    """: (randn, rand, randint),
}
# fmt: on
"""What each family is for, and its generators, in the order in which they are best explained."""
