"""Seals: a student's answer compared with one that is not there.

Of a hidden case a student kit holds no expected value, only a salted digest of it after quantisation. So that rounding
noise cannot change the digest, values are not rounded blindly:

- The tolerance T of an array x is what the comparison grants its largest element, 2 * rtol * max|x| (or atol + rtol *
  max|x|). It is itself quantised, in quarter octaves, with borders laid so that the expected T is not near one; the
  step is four times the upper end of its cell. Nothing about the magnitude is stored: a right answer gives it.
- The cells of the values are one step wide. Their offset is chosen so that every expected value lies at least a quarter
  of a step from a border; where no common offset is found, those near one use the same grid half a step on (one bit an
  element is stored then, which tells where in its cell the value lies and nothing of the cell).

Hence, with T the tolerance of the output's largest element: an answer within T of the reference's everywhere always
fits; one that is off by more than 4 T somewhere never does (3/4 of a step of at most 4 * 2**0.25 T is 3.57 T); between
the two it depends on where in its cell the expected value lies. Whole numbers, truth values, texts, shapes, keys and
the places of NaN must be equal, as in the open comparison. Tolerances above 1 % (or finer than rounding) are refused.

A digest is SHA-256, or where the output could be guessed scrypt (RFC 7914), of the cells of one output or of several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from grader.comparison.grids import Unsealable, cells, grid_of, steps_of
from grader.comparison.shares import leaves, names_whole, score, verdict
from grader.model import Case, Check, Comparison, Mismatch, Outcome, Part, Returned, Verdict
from grader.model.seal import Containers, Grid, Lock, Seal, Sealed
from grader.values import family_of, form

if TYPE_CHECKING:
    from grader.model import Value


COST = 14
"""The binary logarithm of scrypt's N where guessing is made slow: 16 MiB and some 50 ms a guess."""
BLOCK = 8


def digest(cells: Iterable[bytes], salt: bytes, cost: int) -> str:
    """Return the digest of several outputs' cells in hexadecimal (SHA-256; scrypt with N = 2**cost where cost > 0)."""
    from hashlib import scrypt, sha256

    whole = sha256(salt)
    for each in cells:
        whole.update(sha256(each).digest())
    if not cost:
        return whole.hexdigest()
    memory = 128 * BLOCK * ((1 << cost) + 8)  # RFC 7914, section 2: N + p blocks of 128 r bytes, and a little more
    return scrypt(whole.digest(), salt=salt, n=1 << cost, r=BLOCK, p=1, maxmem=memory, dklen=32).hex()


def framed(
    want: Value, returns: tuple[Part, ...], rule: Comparison, random: Callable[[], float]
) -> tuple[Containers, tuple[Lock, ...], tuple[Value, ...]]:
    """Return an answer's frame, its locks, and the outputs that they lock. Raises Unsealable."""
    locks: list[Lock] = []
    outputs: list[Value] = []

    def leaf(value: Value, name: str) -> int:
        grids = tuple(grid_of(each, rule, random, None) for each in numbers(value))
        locks.append(Lock(output=name, grids=grids))
        outputs.append(value)
        return len(locks) - 1

    def frame(value: Value, parts: tuple[Part, ...], prefix: str) -> Containers:
        if not parts:
            return leaf(value, prefix.rstrip("."))
        if names_whole(parts, value):
            part = parts[0]
            return frame(value, part.parts, f"{prefix}{part.name}.")
        if isinstance(value, dict):
            known = {part.name: part for part in parts}
            return ["d", *([key, _named(key, item, known, prefix)] for key, item in value.items())]
        items = value if isinstance(value, tuple | list) else ()
        inner = [frame(item, part.parts, f"{prefix}{part.name}.") for item, part in zip(items, parts, strict=True)]
        return ["t" if isinstance(value, tuple) else "l", *inner]

    def _named(key: str | int, item: Value, known: dict[str, Part], prefix: str) -> Containers:
        part = known.get(key) if isinstance(key, str) else None
        return frame(item, part.parts, f"{prefix}{part.name}.") if part else None

    return frame(want, returns, ""), tuple(locks), tuple(outputs)


def unframed(frame: Containers, locks: tuple[Lock, ...]) -> Any:
    """Return a frame as Python's containers, with its locks in the places of the outputs."""
    if frame is None:
        return None
    if isinstance(frame, int):
        return locks[frame]
    if frame[0] == "d":
        return {key: unframed(inner, locks) for key, inner in frame[1:]}
    inner = [unframed(each, locks) for each in frame[1:]]
    return tuple(inner) if frame[0] == "t" else inner


def numbers(value: Value) -> Iterator[Value]:
    """Yield the numbers and arrays within a value, in the order of its cells."""
    kind = form(value)
    if kind == "number":
        yield value
    elif kind == "strange":
        raise Unsealable("kind")
    for item in family_of(value).in_order(value):
        yield from numbers(item)


def cells_of(value: Value, grids: tuple[Grid, ...], rule: Comparison) -> bytes | None:
    """Return the cells of an output, containers, texts and keys included; `None` if it cannot be right."""
    left = iter(grids)
    parts = list(_cells(value, left, rule))
    return (
        None
        if None in parts or next(left, None) is not None
        else b"\n".join(part for part in parts if part is not None)
    )


def _cells(value: Value, grids: Iterator[Grid], rule: Comparison) -> Iterator[bytes | None]:
    kind = form(value)
    if kind == "number":
        grid = next(grids, None)
        yield None if grid is None else cells(value, grid, rule)
    elif kind == "strange":
        yield None
    else:
        yield from family_of(value).cells(value, rule, lambda item: _cells(item, grids, rule))


__all__ = [
    "COST", "Closed", "Unsealable", "cells_of", "digest", "framed", "grid_of", "numbers", "steps_of", "unseal",
]  # fmt: skip


class Closed(Struct, frozen=True, kw_only=True, eq=False):
    """A case whose answer is sealed, and the student's outcomes."""

    check: Check
    returns: tuple[Part, ...]
    case: Case
    sealed: Sealed
    got: tuple[Outcome, ...]


def unseal(closed: Mapping[int, Closed], seals: Sequence[Seal]) -> dict[int, Verdict]:
    """Return the verdict of each sealed case by its place; `closed` are the cases by the places that seals name."""
    found = {place: _cells_of_judging(one) for place, one in closed.items()}
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


def _cells_of_judging(one: Closed) -> dict[int, bytes | None]:
    """Return the cells of each output that was handed in, by its lock."""
    outcome = one.got[0]
    if not isinstance(outcome, Returned):
        return {}
    return {
        one.sealed.locks.index(lock): cells_of(value, lock.grids, one.check.compare)
        for lock, value in _handed_in(one, outcome.value)
    }


def _handed_in(one: Closed, value: Value) -> Iterator[tuple[Lock, Value]]:
    taken = one.check.demand.taken(one.check, one.returns, one.case, value)
    if taken is not None:
        yield from ((lock, taken[lock.output]) for lock in one.sealed.locks if lock.output in taken)
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
    if (own := one.check.demand.opened(one.returns, outcome.value, right)) is not None:
        return own

    def differ(mine: Value, lock: Any, rule: Comparison, output: str) -> list[Mismatch]:
        return [] if lock.output in right else [Mismatch(category="sealed", output=output)]

    skeleton = unframed(one.sealed.frame, one.sealed.locks)
    scored = score(outcome.value, skeleton, one.returns, one.check.compare, differ=differ)
    return verdict(scored, named=bool(one.returns))
