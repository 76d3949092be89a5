"""Measures in bits how hard an answer is to guess for somebody who knows the arguments and the answer's form.

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
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.checks.kind import kind_of
from grader.comparison.seals import COST, Unsealable, cells_of, digest, framed, grid_of, numbers, steps_of
from grader.model import Call, Case, Check, Outcome, Problem, Returned, Signature, Task
from grader.model.seal import Grid, Lock, Seal, Sealed
from grader.values import leaves, mapped

if TYPE_CHECKING:
    from grader.model import Value


SMALL = 16
"""Whole numbers up to this size are likely whatever the arguments are."""
MOST = 20.0
"""Bits that a single number may count for: more digits than a tolerance asks for are no further secret."""


class GivenAway(Struct, frozen=True, kw_only=True, eq=False):
    """What the arguments of a call give away: their numbers, sorted, their arrays, their texts."""

    numbers: np.ndarray
    arrays: frozenset[tuple[tuple[int, ...], bytes]]
    texts: frozenset[str]


def given_away(call: Call) -> GivenAway:
    """Return what a call's arguments give away."""
    found = [np.asarray(one) for one in numbers(call.arguments)]
    flat = [_floats(one) for one in found]
    known = np.concatenate([np.arange(-SMALL, SMALL + 1.0), *flat])
    return GivenAway(
        numbers=np.unique(known[np.isfinite(known)]),
        arrays=frozenset((one.shape, _floats(one).tobytes()) for one in found),
        texts=frozenset(_texts(call.arguments)),
    )


def bits_to_guess(value: Value, grids: Sequence[Grid], known: GivenAway) -> float:
    """Return how many bits there are to guess of an output."""
    told = sum(float(len(text)) for text in _texts(value) if text not in known.texts)
    return told + sum(_array(one, grid, known) for one, grid in zip(numbers(value), grids, strict=True))


def _array(value: Value, grid: Grid, known: GivenAway) -> float:
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


def _number(value: float, step: float, top: float, known: GivenAway) -> float:
    place = int(np.searchsorted(known.numbers, value))
    near = known.numbers[max(0, place - 1) : place + 2]
    likely = math.log2(len(known.numbers)) if (np.abs(near - value) <= step).any() else math.inf
    cells = 2 * abs(value) + 2 if value.is_integer() else 2 * top / step if step else math.inf
    return min(likely, math.log2(max(2.0, cells)), MOST)


def _arrangements(counts: Sequence[int]) -> float:
    """Return log2 of the number of orders of a row with so many of each kind."""
    return (math.lgamma(sum(counts) + 1) - sum(math.lgamma(count + 1) for count in counts)) / math.log(2)


def _floats(array: np.ndarray) -> np.ndarray:
    wide = np.ascontiguousarray(array, dtype=np.complex128).view(np.float64) if array.dtype.kind == "c" else array
    return wide.astype(np.float64).reshape(-1)


def _texts(value: Value) -> Iterator[str]:
    for path, leaf in leaves(value):
        yield from (each for each in (*path, leaf) if isinstance(each, str))


class Answer(Struct, frozen=True, kw_only=True, eq=False):
    """A case as it stands in the kit, its sealed answer, and for each output the cells and the bits to guess."""

    case: Case
    sealed: Sealed
    cells: tuple[bytes, ...]
    bits: tuple[float, ...]


def sealed_answer(
    problem: Problem, check: Check, task: Task, signature: Signature, random: Callable[[], float]
) -> Answer:
    """Return the answer of a task of values or gradients. Raises Unsealable for what cannot be sealed."""
    case = task.case
    values = [outcome.value for outcome in task.want if isinstance(outcome, Returned)]
    bare = without_names(case, signature)
    compared = kind_of(check).sealable(check, case, values)
    if compared is None:
        frame, locks, outputs = framed(values[0], problem.returns, check.compare, random)
    else:
        frame, (locks, outputs) = None, _locked(check, compared.outputs, random)
        bare = replace(bare, entries=compared.entries, names={**bare.names, **compared.names})
    cells = [cells_of(output, lock.grids, check.compare) for output, lock in zip(outputs, locks, strict=True)]
    known = given_away(case.calls[0])
    return Answer(
        case=bare,
        sealed=Sealed(frame=frame, locks=locks),
        cells=tuple(_made(one) for one in cells),
        bits=tuple(bits_to_guess(output, lock.grids, known) for output, lock in zip(outputs, locks, strict=True)),
    )


def without_names(case: Case, signature: Signature) -> Case:
    """Return a case with its arguments under their parameters' names and nothing else that was drawn."""
    arguments = case.calls[0].arguments if case.calls else ()
    names = dict(zip(signature.parameters, arguments, strict=False))
    return replace(case, names=names, seed=0, truth=())


def form_only(outcome: Outcome) -> Outcome:
    """Return an outcome that keeps only the containers and the first axis of each array.

    That is all a property asks of the reference: which outputs have one row a sample.
    """
    return Returned(value=_form_only(outcome.value)) if isinstance(outcome, Returned) else outcome


def _form_only(value: Value) -> Value:
    return mapped(value, _without_numbers)


def _without_numbers(leaf: Value) -> Value:
    if isinstance(leaf, np.ndarray):
        return np.zeros(leaf.shape[:1], dtype=np.uint8)
    return None if leaf is None else ""


def _locked(
    check: Check, compared: Sequence[tuple[str, Any, float]], random: Callable[[], float]
) -> tuple[tuple[Lock, ...], tuple[Value, ...]]:
    """Return a lock for each of the outputs, which are numbers with what they may be off by, and the outputs."""
    locks: list[Lock] = []
    for output, array, allowed in compared:
        top = float(np.abs(array).max())
        if top == 0.0:
            raise Unsealable(output)
        # Two digits of the ratio, rounded up: it holds the rounding of what was computed, and says no more of it.
        ratio = float(f"{allowed / top * 1.05:.1e}")
        locks.append(Lock(output=output, grids=(grid_of(array, check.compare, random, (0.0, ratio)),)))
    return tuple(locks), tuple(array for _, array, _ in compared)


def _made(cells: bytes | None) -> bytes:
    if cells is None:
        raise Unsealable("form")
    return cells


LEAST = 48.0
"""Bits that a digest must hold; at 50 ms a guess, half of them tried, some 200 000 years of one core."""
FAST = 96.0
"""From so many bits on, guesses need not be made slow."""

Place = tuple[int, int]
"""A case, by its place among the check's, and an output, by its lock."""


class DigestGroup(Struct, frozen=True, kw_only=True):
    """Outputs that share one digest, those among them that it decides, and the bits to guess."""

    covers: tuple[Place, ...]
    opens: tuple[Place, ...]
    bits: float


def groups(answers: Sequence[Answer]) -> tuple[DigestGroup, ...]:
    """Return how the outputs of a check's cases are digested; none if all of them together could be guessed.

    An output that holds enough bits has a digest of its own. A lesser one (a cache, a flag) shares a digest with those
    of its case, and so counts only where these are right. Where a whole case holds too little, it shares one with the
    cases after it: they are then right together or not at all.
    """
    found: list[DigestGroup] = []
    waiting: list[int] = []
    for index, one in enumerate(answers):
        if sum(one.bits) >= LEAST:
            found += _within(index, one)
        else:
            waiting.append(index)
            if _bits(answers, waiting) >= LEAST:
                found.append(_together(answers, waiting))
                waiting = []
    if not waiting:
        return tuple(found)
    return tuple(_with_the_rest(answers, found, waiting))


def seal_of(group: DigestGroup, cells: Sequence[bytes], salt: bytes, first: int) -> Seal:
    """Return the seal of a group; `first` is the place of the check's first case among all."""
    cost = 0 if group.bits >= FAST else COST
    return Seal(
        covers=tuple((first + case, lock) for case, lock in group.covers),
        opens=tuple((first + case, lock) for case, lock in group.opens),
        cost=cost,
        salt=salt.hex(),
        digest=digest(cells, salt, cost),
    )


def _within(index: int, one: Answer) -> Iterator[DigestGroup]:
    """Yield the groups of a case that is hard enough to guess by itself."""
    strong = [lock for lock, bits in enumerate(one.bits) if bits >= LEAST]
    weak = [lock for lock, bits in enumerate(one.bits) if bits < LEAST]
    for lock in strong:
        yield DigestGroup(covers=((index, lock),), opens=((index, lock),), bits=one.bits[lock])
    if not strong:
        yield DigestGroup(covers=_places(index, weak), opens=_places(index, weak), bits=sum(one.bits))
        return
    for lock in weak:
        together = [*strong, lock]
        yield DigestGroup(
            covers=_places(index, together),
            opens=((index, lock),),
            bits=sum(one.bits[each] for each in together),
        )


def _together(answers: Sequence[Answer], indices: Sequence[int]) -> DigestGroup:
    places = tuple(place for index in indices for place in _places(index, range(len(answers[index].bits))))
    return DigestGroup(covers=places, opens=places, bits=_bits(answers, indices))


def _with_the_rest(
    answers: Sequence[Answer], found: Sequence[DigestGroup], waiting: Sequence[int]
) -> Iterator[DigestGroup]:
    """Yield the groups, the last cases joined to another group: one of several cases if there is one."""
    if not found:
        return
    several = [group for group in found if len({case for case, _ in group.opens}) > 1]
    host = (several or [group for group in found if group.covers == group.opens])[-1]
    rest = _together(answers, waiting)
    if several:
        yield from (group for group in found if group is not host)
        yield DigestGroup(covers=host.covers + rest.covers, opens=host.opens + rest.opens, bits=host.bits + rest.bits)
        return
    yield from found
    yield DigestGroup(covers=host.covers + rest.covers, opens=rest.opens, bits=host.bits + rest.bits)


def _bits(answers: Sequence[Answer], indices: Sequence[int]) -> float:
    return sum(sum(answers[index].bits) for index in indices)


def _places(index: int, locks: Sequence[int]) -> tuple[Place, ...]:
    return tuple((index, lock) for lock in locks)
