"""Judges answers by their seals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from grader.comparison import gradients
from grader.comparison.seals.digests import digest
from grader.comparison.seals.frames import cells_of, unframed
from grader.comparison.shares import leaves, score, verdict
from grader.model import Case, Check, Comparison, Gradient, Mismatch, Outcome, Part, Returned, Verdict
from grader.model.seal import Lock, Seal, Sealed

if TYPE_CHECKING:
    from grader.model import Value


class Closed(Struct, frozen=True, kw_only=True, eq=False):
    """A case whose answer is sealed, and the student's outcomes."""

    check: Check
    returns: tuple[Part, ...]
    case: Case
    sealed: Sealed
    got: tuple[Outcome, ...]


def unseal(closed: Mapping[int, Closed], seals: Sequence[Seal]) -> dict[int, Verdict]:
    """Return the verdict of each sealed case by its place; `closed` are the cases by the places that seals name."""
    found = {place: _cells(one) for place, one in closed.items()}
    tried = [(seal, [found.get(place, {}).get(lock) for place, lock in seal.covers]) for seal in seals]
    complete = [(seal, [each for each in cells if each is not None]) for seal, cells in tried if None not in cells]
    opened = {
        place for (seal, _), fits in zip(complete, _fitting(complete), strict=True) if fits for place in seal.opens
    }
    return {place: _verdict(place, one, opened) for place, one in closed.items()}


def _fitting(tried: Sequence[tuple[Seal, Sequence[bytes]]]) -> list[bool]:
    """Return which seals fit; the slow ones on all cores, for scrypt lets go of Python's lock."""

    def fits(one: tuple[Seal, Sequence[bytes]]) -> bool:
        seal, cells = one
        return digest(cells, bytes.fromhex(seal.salt), seal.cost) == seal.digest

    if not any(seal.cost for seal, _ in tried):
        return list(map(fits, tried))
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        return list(pool.map(fits, tried))


def _cells(one: Closed) -> dict[int, bytes | None]:
    """Return the cells of each output that was handed in, by its lock."""
    outcome = one.got[0]
    if not isinstance(outcome, Returned):
        return {}
    return {
        one.sealed.locks.index(lock): cells_of(value, lock.grids, one.check.compare)
        for lock, value in _handed_in(one, outcome.value)
    }


def _handed_in(one: Closed, value: Value) -> Iterator[tuple[Lock, Value]]:
    if isinstance(one.check.plan, Gradient):
        for lock in one.sealed.locks:
            taken = gradients.taken(one.check, one.returns, one.case, value, lock.output)
            if taken is not None:
                yield lock, taken
        return
    pairs: list[tuple[Lock, Value]] = []

    def note(mine: Value, lock: Any, rule: Comparison, output: str) -> list[Mismatch]:
        pairs.append((lock, mine))
        return []

    score(value, unframed(one.sealed.frame, one.sealed.locks), one.returns, one.check.compare, differ=note)
    yield from pairs


def _verdict(place: int, one: Closed, opened: set[tuple[int, int]]) -> Verdict:
    outcome = one.got[0]
    right = {lock.output for index, lock in enumerate(one.sealed.locks) if (place, index) in opened}
    if not isinstance(outcome, Returned):
        return Verdict(share=Fraction(0), by_part=tuple((name, Fraction(0)) for name, _ in leaves(one.returns)))
    if isinstance(one.check.plan, Gradient):
        return gradients.sealed(one.check.plan, one.returns, outcome.value, right)

    def differ(mine: Value, lock: Any, rule: Comparison, output: str) -> list[Mismatch]:
        return [] if lock.output in right else [Mismatch(category="sealed", output=output)]

    skeleton = unframed(one.sealed.frame, one.sealed.locks)
    scored = score(outcome.value, skeleton, one.returns, one.check.compare, differ=differ)
    return verdict(scored, named=bool(one.returns))
