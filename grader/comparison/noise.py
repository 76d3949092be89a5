"""Expected values that are zero, or rounding noise around zero.

What is exactly 0 in real numbers seldom is in floating point: `np.sin(np.pi)` is 1.2e-16. An answer that is reckoned
in another order, or exactly, is as right and agrees with it in no digit, so a relative tolerance means nothing there.
How small a number is does not tell noise from an answer that is tiny by right (a probability of 1e-12, a radius of
1e-15 m); how it answers to rounding does. So the reference is asked again with arguments that are spoilt a little:

- rounded to single precision, which makes rounding 2**29 times as large. An answer that is tiny by right hardly moves;
  noise grows as rounding does.
- moved by 2**-40 of themselves, for functions that turn their arguments into doubles. If an answer then changes by an
  eighth, the rounding of its arguments alone (2**-53) moves it by more than 1e-5 of itself, and nobody can be asked for
  1e-6 (N. J. Higham, Accuracy and Stability of Numerical Algorithms, sections 1.6 and 1.7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from grader.comparison.outputs import named_numbers
from grader.model import Outcome, Part, Returned, Task
from grader.values import compared_as, leaves, mapped
from grader.values.numbers import EPS, Number, is_double, largest, mask_of, number

if TYPE_CHECKING:
    from grader.model import Value

SUSPICIOUS = 2.0**14
"""Numbers below so many times the rounding of the case's largest number are looked at: the rounding of long sums."""
LARGE = 1e-4
"""Numbers above this are not: there would have to be arguments of 3e7."""
COARSER = 2.0**29
"""The rounding of single precision, in that of double precision."""
ALL_NOISE = 64.0
"""A number is noise if it is at most so many times what rounding does to it."""
CHANGED = 1 / 8
"""Or if it changes by this part of itself where its arguments, whole numbers aside, are moved by 2**-40."""
MOST = 1e8
"""A case's numbers count as no larger: an argument of 1e30 often only says that there is no bound."""
WAYS = tuple(
    (single, whole, seed) for single, whole in ((True, False), (True, True), (False, False)) for seed in range(9)
)
"""How arguments are spoilt, to single precision or by little, with whole numbers or without.

By little whole numbers are left alone: a count that is just below one jumps (`n // 10`). Each is done several times,
since one rounding may be lucky: a third of five whole numbers rounds to nothing half the time.
"""


def small(task: Task, returns: tuple[Part, ...]) -> dict[str, float]:
    """Return the expected numbers and arrays that are zero or may be noise, with their largest magnitudes, by name."""
    (want,) = task.want if len(task.want) == 1 else (None,)
    if not isinstance(want, Returned):
        return {}
    tops = {name: largest(one.array) for name, one in _doubles(want.value, returns)}
    tops = {name: top for name, top in tops.items() if top < LARGE}
    most = SUSPICIOUS * EPS * max(1.0, scale(task)) if tops else 0.0
    return {name: top for name, top in tops.items() if top <= most}


def scale(task: Task) -> float:
    """Return the largest finite magnitude among the numbers that a case's function is given and returns."""
    values: list[Value] = [call.arguments for call in task.case.calls]
    values += [one.value for one in task.want if isinstance(one, Returned)]
    found = (leaf for value in values for _, leaf in leaves(value) if compared_as(leaf) == "number")
    return min(MOST, max((largest(number(leaf).array) for leaf in found), default=0.0))


def probes() -> list[Callable[[Value], Value]]:
    """Return functions that spoil arguments; most of them leave whole numbers alone, which are often counts."""
    return [partial(_spoilt, *way) for way in WAYS]


def noisy(
    tops: Mapping[str, float], want: Value, probed: Sequence[Outcome], returns: tuple[Part, ...]
) -> tuple[str, ...]:
    """Return which of the small numbers of `want` are noise; `probed` is what came of each of the `probes`."""
    theirs = dict(_doubles(want, returns))
    found = set()
    for (single, _, _), outcome in zip(WAYS, probed, strict=True):
        inside = named_numbers(outcome.value, "", returns) if isinstance(outcome, Returned) else ()
        for name, one in inside:
            if tops.get(name, 0.0) and _moves(number(one), theirs[name], tops[name], single=single):
                found.add(name)
    return tuple(name for name in tops if name in found)


def _moves(probed: Number, want: Number, top: float, *, single: bool) -> bool:
    if probed.array.shape != want.array.shape or not np.isfinite(probed.array).all():
        return False
    moved = largest(np.subtract(probed.array, want.array, dtype=np.complex128))
    return top <= ALL_NOISE * moved / COARSER if single else moved >= CHANGED * top


def _doubles(value: Value, returns: tuple[Part, ...]) -> Iterator[tuple[str, Number]]:
    for name, one in named_numbers(value, "", returns):
        if is_double(found := number(one)):
            yield name, found


def _spoilt(single: bool, whole: bool, seed: int, value: Value) -> Value:
    random = np.random.default_rng(seed)

    def change(leaf: Value) -> Value:
        if compared_as(leaf) != "number" or mask_of(leaf) is not None:
            return leaf
        one = number(leaf)
        if one.kind == "bool" or (one.kind == "int" and not whole):
            return leaf
        wide = one.array.astype(np.complex128 if one.kind == "complex" else np.float64)
        moved = wide * (1 + (2.0**-21 if single else 2.0**-40) * random.uniform(-1, 1, wide.shape))
        if single:
            moved = moved.astype(np.complex64 if one.kind == "complex" else np.float32)
        return moved if isinstance(leaf, np.ndarray) else moved[()]

    with np.errstate(all="ignore"):
        return mapped(value, change)
