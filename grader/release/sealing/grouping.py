"""Which outputs go into one digest: so many that nobody can guess them together, and no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from grader.comparison.seals import COST, digest
from grader.model.seal import Seal
from grader.release.sealing.answers import Answer

LEAST = 48.0
"""Bits that a digest must hold; at 50 ms a guess, half of them tried, some 200 000 years of one core."""
FAST = 96.0
"""From so many bits on, guesses need not be made slow."""

Place = tuple[int, int]
"""A case, by its place among the check's, and an output, by its lock."""


class Group(Struct, frozen=True, kw_only=True):
    """Outputs to be digested together, those of them that are decided by it, and the bits to guess."""

    covers: tuple[Place, ...]
    opens: tuple[Place, ...]
    bits: float


def groups(answers: Sequence[Answer]) -> tuple[Group, ...]:
    """Return how the outputs of a check's cases are digested; none if all of them together could be guessed.

    An output that holds enough bits has a digest of its own. A lesser one (a cache, a flag) shares a digest with those
    of its case, and so counts only where these are right. Where a whole case holds too little, it shares one with the
    cases after it: they are then right together or not at all.
    """
    found: list[Group] = []
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


def sealed(group: Group, cells: Sequence[bytes], salt: bytes, first: int) -> Seal:
    """Return the seal of a group; `first` is the place of the check's first case among all."""
    cost = 0 if group.bits >= FAST else COST
    return Seal(
        covers=tuple((first + case, lock) for case, lock in group.covers),
        opens=tuple((first + case, lock) for case, lock in group.opens),
        cost=cost,
        salt=salt.hex(),
        digest=digest(cells, salt, cost),
    )


def _within(index: int, one: Answer) -> Iterator[Group]:
    """Yield the groups of a case that is hard enough to guess by itself."""
    strong = [lock for lock, bits in enumerate(one.bits) if bits >= LEAST]
    weak = [lock for lock, bits in enumerate(one.bits) if bits < LEAST]
    for lock in strong:
        yield Group(covers=((index, lock),), opens=((index, lock),), bits=one.bits[lock])
    if not strong:
        yield Group(covers=_places(index, weak), opens=_places(index, weak), bits=sum(one.bits))
        return
    for lock in weak:
        together = [*strong, lock]
        yield Group(
            covers=_places(index, together),
            opens=((index, lock),),
            bits=sum(one.bits[each] for each in together),
        )


def _together(answers: Sequence[Answer], indices: Sequence[int]) -> Group:
    places = tuple(place for index in indices for place in _places(index, range(len(answers[index].bits))))
    return Group(covers=places, opens=places, bits=_bits(answers, indices))


def _with_the_rest(answers: Sequence[Answer], found: Sequence[Group], waiting: Sequence[int]) -> Iterator[Group]:
    """Yield the groups, the last cases joined to another group: one of several cases if there is one."""
    if not found:
        return
    several = [group for group in found if len({case for case, _ in group.opens}) > 1]
    host = (several or [group for group in found if group.covers == group.opens])[-1]
    rest = _together(answers, waiting)
    if several:
        yield from (group for group in found if group is not host)
        yield Group(covers=host.covers + rest.covers, opens=host.opens + rest.opens, bits=host.bits + rest.bits)
        return
    yield from found
    yield Group(covers=host.covers + rest.covers, opens=rest.opens, bits=host.bits + rest.bits)


def _bits(answers: Sequence[Answer], indices: Sequence[int]) -> float:
    return sum(sum(answers[index].bits) for index in indices)


def _places(index: int, locks: Sequence[int]) -> tuple[Place, ...]:
    return tuple((index, lock) for lock in locks)
