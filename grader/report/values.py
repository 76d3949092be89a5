"""Values in a few characters: kind, shape, and as many numbers as help.

Each family of `grader.values` shows its own; numpy itself is not needed where there is no array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from grader.language import inert
from grader.values import family_of, parts
from grader.values.family import Style
from grader.values.plain import show_number

if TYPE_CHECKING:
    import numpy as np

    from grader.model.outcome import Value

SMALL = 24
"""Arrays of at most this many elements are shown whole."""

_DEPTH = 3
_ROWS = 6


def is_array(value: object) -> TypeGuard[np.ndarray]:
    """Return whether `value` is an array."""
    return hasattr(value, "dtype") and hasattr(value, "shape")


def show_pair(first: Any, second: Any, digits: int = 6) -> tuple[str, str]:
    """Return two differing numbers with as many digits as it takes to see that they differ."""
    for more in (digits, 9, 12, 17):
        shown = show_number(first, more), show_number(second, more)
        if shown[0] != shown[1]:
            return shown
    return shown


def show_kind(value: Value) -> str:
    """Return what `value` is: `float64 (4, 3, 3, 2)` for arrays, `tuple (2)` for containers, `int` for the rest."""
    return family_of(value).kind(value)


def show_value(value: Value, limit: int = 60, digits: int = 4) -> str:
    """Return `value` on one line of about `limit` characters: arrays with dtype, shape and their first numbers."""
    if is_array(value):
        from grader.values.arrays import elements

        return elements(value, limit, digits)
    text = _shown(value, digits, _DEPTH)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def show_outline(value: Value, limit: int = 60) -> str:
    """Return a value on one line; of a tuple or list that holds more than numbers only what each item is."""
    if isinstance(value, tuple | list) and any(is_array(item) or family_of(item).container for item in value):
        text = ", ".join(show_kind(item) for _, item in parts(value))
        return text if len(text) <= limit else text[: limit - 1] + "…"
    return show_value(value, limit)


def show_rows(value: Value, limit: int = 60, digits: int = 5) -> list[str]:
    """Return a small array of one or two dimensions (at most 6 rows) as aligned rows of text, else no rows."""
    if not is_array(value) or not 0 < value.size <= SMALL or value.ndim not in (1, 2):
        return []
    table = [[show_number(item, digits) for item in row] for row in (value if value.ndim == 2 else [value])]
    wide = max(len(cell) for row in table for cell in row)
    rows = ["[" + " ".join(cell.rjust(wide) for cell in row) + "]" for row in table]
    if value.ndim == 2:
        rows = [("[" if number == 0 else " ") + row for number, row in enumerate(rows)]
        rows[-1] += "]"
    return rows if len(rows) <= _ROWS and len(rows[0]) < limit else []


def _shown(value: Value, digits: int, depth: int) -> str:
    style = Style(digits, depth, lambda text: inert(text, 60))
    return family_of(value).shown(value, style, lambda item: _shown(item, digits, max(0, depth - 1)))
