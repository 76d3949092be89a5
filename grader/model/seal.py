"""Sealed answers: what a student kit holds of a hidden case in place of what is expected of it.

An answer is cut into numbers and arrays; each is quantised on a grid (`Grid`), and digests of the cells (`Seal`) are
compared. How the grids are laid, and what that promises, is said at `grader.comparison.seals`.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from msgspec import Struct

Containers: TypeAlias = Any
"""The containers around an answer's outputs, as JSON: a lock's index, null for what no output is, or a list that begins
with "t" (tuple), "l" (list) or "d" (dict, then [key, frame] pairs)."""


class Grid(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one number or array of an answer is quantised.

    `dtype` is the reference's (`f8`). The tolerance of an array x is `atol` + `rtol` * max|x|. `phase` says where the
    cells of its logarithm begin, `offset` where those of the values do, in steps; `shifted` are the elements that lie
    half a step on, as bits in hexadecimal, the first element lowest ("": none). `mode` "whole" is for whole numbers
    and truth values, "exact" for numbers without tolerance.
    """

    dtype: str
    mode: Literal["grid", "whole", "exact"] = "grid"
    atol: float = 0.0
    rtol: float = 0.0
    phase: float = 0.0
    offset: float = 0.0
    shifted: str = ""


class Lock(Struct, frozen=True, kw_only=True):
    """One undivided output and the grids of the numbers and arrays within it, in order."""

    output: str
    grids: tuple[Grid, ...]


class Sealed(Struct, frozen=True, kw_only=True):
    """What stands for the expected answer of one case: its outermost containers, and a lock for each output."""

    frame: Containers
    locks: tuple[Lock, ...]


class Seal(Struct, frozen=True, kw_only=True):
    """A salted digest of quantised outputs, which are named by their case's place and their lock's.

    It fits only if all that it `covers` are right, and then those that it `opens` are known to be. `cost` is the binary
    logarithm of scrypt's N (0: SHA-256 alone, for outputs that nobody could guess).
    """

    covers: tuple[tuple[int, int], ...]
    opens: tuple[tuple[int, int], ...]
    cost: int
    salt: str
    digest: str
