"""Seals: a student's answer compared with an expected one that is not there.

Of a hidden case a student kit holds no expected value, only a salted digest of it after quantisation. Rounding noise
must not change the digest, so values are not simply rounded:

- The tolerance T of an array x is what the comparison grants its largest element, 2 * rtol * max|x| (or atol + rtol *
  max|x|). T itself is quantised, in cells of a quarter octave whose borders are laid so that the expected T is not near
  one. The step of the values' grid is four times the upper end of T's cell. Neither T nor max|x| is stored: both are
  computed from the answer that was handed in, and a right answer has the right ones.
- The cells of the values are one step wide. Their offset is chosen so that every expected value lies at least a quarter
  of a step from a border. Where no offset suits all values, those near a border use the same grid half a step on. One
  bit an element is stored then: it tells where in its cell the value lies, and nothing of which cell that is.

Hence, with T the tolerance of the output's largest element: an answer within T of the reference's everywhere always
fits; one that is off by more than 4 T somewhere never does (3/4 of a step of at most 4 * 2**0.25 T is 3.57 T); between
the two it depends on where in its cell the expected value lies. What is zero or noise around zero has the floor of the
open comparison as T, and the grid shows that; so nothing of it counts as secret. Whole numbers, truth values, texts,
shapes, keys and the places of NaN must be equal, as in the open comparison. Tolerances above 1 % (or finer than
rounding) are refused.

A digest is SHA-256, or where the output could be guessed scrypt (RFC 7914), of the cells of one output or of several.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.comparison.outputs import names_whole, output_shares, score, verdict
from grader.comparison.values import part_name
from grader.model import Case, Check, Comparison, Mismatch, Outcome, Part, Returned, Verdict
from grader.model.outcome import Containers, Grid, Lock, Seal, Sealed
from grader.values import compared_as, family_of, sealable
from grader.values.numbers import Number, columns, floor, largest, mask_of, number, same_dtype, scalar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from grader.model import Value

COST = 14
"""The binary logarithm of scrypt's N where guessing is made slow: 16 MiB and some 50 ms a guess."""
BLOCK = 8
"""scrypt's r."""
STEP = 4.0
"""Steps are this many times the tolerance."""
OCTAVES = 0.25
"""The width of a tolerance's cell: its upper end is at most 2**0.25 times the tolerance."""
LOOSEST, TIGHTEST = 0.02, 2.0**-45
"""Relative tolerances beyond which nothing is sealed: T moves by a ninth of its cell; steps are as fine as rounding."""
_TRIES = 64


class Unsealable(Exception):
    """What cannot be sealed; the text says why, for a test."""


def cells(value: Value, grid: Grid, rule: Comparison) -> bytes | None:
    """Return the cells of a number or array, shape and NaN's places included; `None` if its dtype cannot be right."""
    mine = number(value)
    if rule.size_one and mine.array.size == 1:
        mine = scalar(mine)
    if not same_dtype(mine, _like(grid), rule):
        return None
    mask = mask_of(value)
    masked = b"" if mask is None or not mask.any() else b"masked %b" % mask.tobytes()
    shape = repr(mine.array.shape).encode() + masked
    if grid.mode == "whole":
        whole = _whole(value, mine, rule)
        return None if whole is None else b"%b|%b" % (shape, whole)
    flat = columns(mine.array.reshape(-1), grid.dtype[0] == "c" or mine.kind == "complex")
    if flat.shape[1] > 1 and grid.dtype[0] != "c":
        if not (np.abs(flat[:, 1]) <= grid.atol + grid.rtol * largest(mine.array)).all():
            return None
        flat = flat[:, :1]
    odd = ~np.isfinite(flat)
    finite = np.where(odd, 0.0, flat)
    codes = _codes(flat) if odd.any() else b""
    if grid.mode == "exact":
        return b"%b|%b|%b" % (shape, codes, (finite + 0.0).tobytes())
    scale, step = _step(mine, grid)
    if step == 0.0:
        return b"%b|%b|zero" % (shape, codes)
    shift = 0.5 * _bits(grid.shifted, flat.size).reshape(flat.shape)
    places = np.floor(finite / step - grid.offset + shift)
    return b"%b|%b|%d|%b" % (shape, codes, scale, (places + 0.0).tobytes())


def grid_of(
    value: Value,
    rule: Comparison,
    random: Callable[[], float],
    tolerance: tuple[float, float] | None,
    name: str = "",
) -> Grid:
    """Return the grid of an expected number or array; `random` gives numbers from 0 to 1.

    `tolerance` are atol and rtol, if not the rule's; `name` is the value's. Raises Unsealable.
    """
    theirs = number(value)
    flat = theirs.array
    if flat.dtype.kind in "fc" and np.isnan(flat).any() and not rule.nan_equal:
        raise Unsealable("nan")
    if theirs.kind == "int" and flat.dtype.kind == "f":
        raise Unsealable("beyond 64 bits")
    dtype = f"{flat.dtype.kind}{flat.dtype.itemsize}"
    atol, rtol = tolerance or _tolerance(rule)
    if tolerance is None and (least := floor(theirs, largest(flat), rule, name)):
        atol, rtol = 2.0 ** math.ceil(math.log2(least)), 0.0  # else it would say what another answer is, exactly
    if rule.dtype == "truth" or atol == rtol == 0.0:
        return Grid(dtype=dtype, mode="exact")
    if theirs.kind in ("bool", "int") and (rule.atol is None or rule.atol < 0.5):
        return Grid(dtype=dtype, mode="whole")
    top = largest(flat)
    if rtol > LOOSEST or 0.0 < atol + rtol * top < TIGHTEST * top:
        raise Unsealable("tolerance")
    grid = Grid(dtype=dtype, atol=atol, rtol=rtol, phase=_phase(atol + rtol * top, rtol, random))
    return _laid(theirs, grid, random)


def steps_of(value: Value, grid: Grid) -> float:
    """Return the step of the grid that a value is laid on, 0.0 for one of zeros without tolerance."""
    return _step(number(value), grid)[1]


def _tolerance(rule: Comparison) -> tuple[float, float]:
    """Return atol and rtol such that atol + rtol * max|x| is the tolerance of the largest element of x."""
    return (0.0, 2 * rule.rtol) if rule.atol is None else (rule.atol, rule.rtol)


def _phase(tolerance: float, rtol: float, random: Callable[[], float]) -> float:
    """Return where the cells of log2 T begin, so that the expected T is not near a border."""
    margin = -1.25 * math.log2(1 - rtol) / OCTAVES + 1e-6
    for _ in range(_TRIES):
        phase = round(random(), 3)
        if tolerance == 0.0 or margin < _fraction(math.log2(tolerance) / OCTAVES - phase) < 1 - margin:
            return phase
    raise Unsealable("phase")


def _laid(theirs: Number, grid: Grid, random: Callable[[], float]) -> Grid:
    """Return the grid with an offset that keeps every value from the borders, shifted where none is found for all."""
    _, step = _step(theirs, grid)
    flat = columns(theirs.array.reshape(-1), theirs.kind == "complex").reshape(-1)
    fine = np.isfinite(flat)
    if step == 0.0 or not fine.any():
        return replace(grid, offset=round(random(), 3))
    for _ in range(_TRIES):
        offset = round(random(), 3)
        rest = np.where(fine, flat, 0.0) / step - offset
        near = fine & (np.abs(rest - np.floor(rest) - 0.5) > 0.25)
        if not near.any():
            return replace(grid, offset=offset)
    return replace(grid, offset=offset, shifted=_hexadecimal(near, random))


def _step(mine: Number, grid: Grid) -> tuple[int, float]:
    """Return the cell of an array's tolerance and the step that follows from it."""
    tolerance = grid.atol + grid.rtol * largest(mine.array)
    if tolerance == 0.0:
        return 0, 0.0
    scale = math.floor(math.log2(tolerance) / OCTAVES - grid.phase)
    return scale, STEP * 2.0 ** min((scale + 1 + grid.phase) * OCTAVES, 1000.0)


def _whole(value: Value, mine: Number, rule: Comparison) -> bytes | None:
    """Return whole numbers as text, truth values as 0 and 1; a float counts if it is within tolerance of one."""
    if isinstance(value, int):
        return repr([int(value)]).encode()
    if mine.kind in ("bool", "int"):
        return repr([int(one) for one in mine.array.reshape(-1).tolist()]).encode()
    flat = columns(mine.array.reshape(-1), mine.kind == "complex")
    if not np.isfinite(flat).all():
        return None
    near = np.rint(flat[:, 0])
    sizes = np.abs(near)
    atol = rule.rtol * float(sizes.max(initial=0.0)) if rule.atol is None else rule.atol
    if (np.hypot(flat[:, 0] - near, flat[:, 1:].sum(axis=1)) > atol + rule.rtol * sizes).any():
        return None
    return repr([int(one) for one in near]).encode()


def _like(grid: Grid) -> Number:
    return number(np.zeros((), dtype=np.dtype(grid.dtype)))


def _codes(flat: NDArray[np.float64]) -> bytes:
    codes = np.zeros(flat.shape, dtype=np.uint8)
    codes[np.isnan(flat)] = 1
    codes[flat == np.inf] = 2
    codes[flat == -np.inf] = 3
    return codes.tobytes()


def _bits(text: str, count: int) -> NDArray[np.float64]:
    """Return as many bits as there are values; those that a longer answer has too many are 0."""
    raw = np.frombuffer(int(text or "0", 16).to_bytes(len(text) // 2 + 1, "little"), dtype=np.uint8)
    bits = np.unpackbits(raw, bitorder="little")[:count]
    return np.pad(bits, (0, count - bits.size)).astype(np.float64)


def _hexadecimal(bits: NDArray[np.bool_], random: Callable[[], float]) -> str:
    """Return bits as a number, with idle ones up to a power of two, so that an answer's size is told but roughly."""
    whole = max(16, 1 << (bits.size - 1).bit_length())
    idle = np.array([random() < 0.5 for _ in range(whole - bits.size)], dtype=np.bool_)
    packed = np.packbits(np.concatenate([bits, idle]), bitorder="little")
    return f"{int.from_bytes(packed.tobytes(), 'little'):0{whole // 4}x}"


def _fraction(value: float) -> float:
    return value - math.floor(value)


def numbers_in(value: Value) -> Iterator[Value]:
    """Yield the numbers and arrays within a value, in the order of its cells."""
    return (one for _, one in _named(value, ""))


def _named(value: Value, name: str) -> Iterator[tuple[str, Value]]:
    kind = compared_as(value)
    if kind == "number":
        yield name, value
    elif kind == "strange":
        raise Unsealable("kind")
    for key, item in family_of(value).in_order(value):
        yield from _named(item, part_name(value, name, key))


def cells_of(value: Value, grids: tuple[Grid, ...], rule: Comparison) -> bytes | None:
    """Return the cells of an output, containers, texts and keys included; `None` if it cannot be right."""
    left = iter(grids)
    found = list(_cells(value, left, rule))
    right = [part for part in found if part is not None]
    return b"\n".join(right) if len(right) == len(found) and next(left, None) is None else None


def _cells(value: Value, grids: Iterator[Grid], rule: Comparison) -> Iterator[bytes | None]:
    kind = compared_as(value)
    if kind == "number":
        grid = next(grids, None)
        yield None if grid is None else cells(value, grid, rule)
    elif kind == "strange":
        yield None
    else:
        yield from family_of(value).cells(value, rule, lambda item: _cells(item, grids, rule))


def framed(
    want: Value, returns: tuple[Part, ...], rule: Comparison, random: Callable[[], float]
) -> tuple[Containers, tuple[Lock, ...], tuple[Value, ...]]:
    """Return an answer's frame, its locks, and the outputs that they lock. Raises Unsealable."""
    locks: list[Lock] = []
    outputs: list[Value] = []

    def lock(value: Value, name: str) -> int:
        if not sealable(value, rule):
            raise Unsealable("order")
        grids = tuple(grid_of(each, rule, random, None, at) for at, each in _named(value, name))
        locks.append(Lock(output=name, grids=grids))
        outputs.append(value)
        return len(locks) - 1

    def frame(value: Value, parts: tuple[Part, ...], prefix: str) -> Containers:
        def inner(item: Value, part: Part | None) -> Containers:
            return None if part is None else frame(item, part.parts, f"{prefix}{part.name}.")

        if not parts:
            return lock(value, prefix.rstrip("."))
        if names_whole(parts, value):
            return inner(value, parts[0])
        if isinstance(value, dict):
            known: dict[str | int, Part] = {part.name: part for part in parts}
            return ["d", *([key, inner(item, known.get(key))] for key, item in value.items())]
        items = value if isinstance(value, tuple | list) else ()
        tag = "t" if isinstance(value, tuple) else "l"
        return [tag, *(inner(item, part) for item, part in zip(items, parts, strict=True))]

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
    together = {place: len(seal.covers) for seal in seals for place in seal.opens}
    return {place: _untold(_verdict(place, one, opened), place, one, together) for place, one in closed.items()}


def _untold(verdict: Verdict, place: int, one: Closed, together: Mapping[tuple[int, int], int]) -> Verdict:
    """Return the verdict; the `total` of a mismatch is how many answers share its seal, of which one is wrong."""
    counts = {lock.output: together.get((place, index), 1) for index, lock in enumerate(one.sealed.locks)}
    told = (
        replace(each, total=counts.get(each.output, 1)) if each.category == "sealed" else each
        for each in verdict.mismatches
    )
    return replace(verdict, mismatches=tuple(told))


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
        return Verdict(share=Fraction(0), by_part=tuple((name, Fraction(0)) for name, _ in output_shares(one.returns)))
    if (own := one.check.demand.opened(one.returns, outcome.value, right)) is not None:
        return own

    def differ(mine: Value, lock: Any, rule: Comparison, output: str) -> list[Mismatch]:
        return [] if lock.output in right else [Mismatch(category="sealed", output=output)]

    skeleton = unframed(one.sealed.frame, one.sealed.locks)
    scored = score(outcome.value, skeleton, one.returns, one.check.compare, differ=differ)
    return verdict(scored, named=bool(one.returns))
