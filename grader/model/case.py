"""A case: drawn arguments and the calls that are made with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from grader.model.outcome import Call

if TYPE_CHECKING:
    import numpy as np

Value: TypeAlias = (
    "bool | int | float | complex | str | np.ndarray | tuple[Value, ...] | list[Value] | dict[str | int, Value] | None"
)
"""What can cross the wire: plain scalars, arrays of bool, int, float or complex, and containers of these."""


class Case(Struct, frozen=True, kw_only=True, eq=False):
    """One case of one check.

    `calls` are made on the student's function; `truth` on the reference (a gradient's truth is many forward
    calls). `names` holds all that was drawn, in order, for showing and explaining. What a property means by its
    calls is between the drawing and the judging of that property: `property` is its registered name.
    """

    function: str
    check: str
    index: int
    seed: int
    names: Mapping[str, Value]
    calls: tuple[Call, ...]
    truth: tuple[Call, ...]
    property: str = ""
