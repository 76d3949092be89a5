"""Grids: numbers to cells such that what is within tolerance shares a cell (see `grader.comparison.seals`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from grader.model import Comparison
from grader.model.seal import Grid
from grader.values.arrays import Number, columns, largest, number, same_dtype, scalar

if TYPE_CHECKING:
    from grader.model import Value


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
    shape = repr(mine.array.shape).encode()
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


def grid_of(value: Value, rule: Comparison, random: Callable[[], float], tolerance: tuple[float, float] | None) -> Grid:
    """Return the grid of an expected number or array; `random` gives numbers from 0 to 1.

    `tolerance` are atol and rtol, if not the rule's. Raises Unsealable.
    """
    theirs = number(value)
    flat = theirs.array
    if flat.dtype.kind in "fc" and np.isnan(flat).any() and not rule.nan_equal:
        raise Unsealable("nan")
    if theirs.kind == "int" and flat.dtype.kind == "f":
        raise Unsealable("beyond 64 bits")
    name = f"{flat.dtype.kind}{flat.dtype.itemsize}"
    atol, rtol = tolerance or _tolerance(rule)
    if rule.dtype == "truth" or atol == rtol == 0.0:
        return Grid(dtype=name, mode="exact")
    if theirs.kind in ("bool", "int") and (rule.atol is None or rule.atol < 0.5):
        return Grid(dtype=name, mode="whole")
    top = largest(flat)
    if rtol > LOOSEST or 0.0 < atol + rtol * top < TIGHTEST * top:
        raise Unsealable("tolerance")
    grid = Grid(dtype=name, atol=atol, rtol=rtol, phase=_phase(atol + rtol * top, rtol, random))
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
