"""Values in a few characters: kind, shape, and as many numbers as help.

Arrays are known by their own `dtype` and `shape`; numpy itself is not needed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from grader.language import inert

if TYPE_CHECKING:
    import numpy as np

    from grader.model.outcome import Value

SMALL = 24
"""Arrays of at most this many elements are shown whole."""

_DEPTH = 3
_ITEMS = 6


def is_array(value: object) -> TypeGuard[np.ndarray]:
    """Return whether `value` is an array."""
    return hasattr(value, "dtype") and hasattr(value, "shape")


def show_number(number: Any, digits: int = 6) -> str:
    """Return a bool, int, float or complex number with at most `digits` significant digits."""
    if hasattr(number, "item"):
        number = number.item()
    if isinstance(number, float):
        return f"{number + 0.0:.{digits}g}"  # + 0.0: a zero without its sign
    if isinstance(number, complex):
        return f"{number.real + 0.0:.{digits}g}{number.imag + 0.0:+.{digits}g}j"
    if isinstance(number, int) and not isinstance(number, bool) and abs(number) >= 10**18:
        return f"{number:.{digits}e}" if abs(number) < 10**300 else f"int ({number.bit_length()} bits)"
    return str(number)


def show_pair(first: Any, second: Any, digits: int = 6) -> tuple[str, str]:
    """Return two differing numbers with as many digits as it takes to see that they differ."""
    for more in (digits, 9, 12, 17):
        shown = show_number(first, more), show_number(second, more)
        if shown[0] != shown[1]:
            return shown
    return shown


def show_kind(value: Value) -> str:
    """Return what `value` is: `float64 (4, 3, 3, 2)` for arrays, `tuple (2)` for containers, `int` for the rest."""
    if is_array(value):
        return f"{value.dtype} {_shape(value)}"
    if isinstance(value, tuple | list | dict):
        return f"{type(value).__name__} ({len(value)})"
    return type(value).__name__


def show_value(value: Value, limit: int = 60, digits: int = 4) -> str:
    """Return `value` on one line of about `limit` characters: arrays with dtype, shape and their first numbers."""
    if is_array(value):
        return _array(value, limit, digits)
    text = _plain(value, digits, _DEPTH)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def show_outline(value: Value, limit: int = 60) -> str:
    """Return a value on one line; of a tuple or list that holds more than numbers only what each item is."""
    if isinstance(value, tuple | list) and any(
        is_array(item) or isinstance(item, tuple | list | dict) for item in value
    ):
        text = ", ".join(show_kind(item) for item in value)
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
    return rows if len(rows) <= _ITEMS and len(rows[0]) < limit else []


def _shape(value: np.ndarray) -> str:
    return "(" + ", ".join(str(size) for size in value.shape) + ("," if value.ndim == 1 else "") + ")"


def _array(value: np.ndarray, limit: int, digits: int) -> str:
    head = f"{value.dtype} {_shape(value)}"
    if value.size == 0:
        return head
    text = head + " "
    for count, item in enumerate(value.flat):
        shown = " " + show_number(item, digits)
        if len(text) + len(shown) > limit - 2 and count:
            return text + " …"
        text += shown
    return text


def _plain(value: Value, digits: int, depth: int) -> str:
    if is_array(value):
        return f"<{value.dtype} {_shape(value)}>" if value.size > 4 or depth < 2 else f"<{_array(value, 60, digits)}>"
    if isinstance(value, str):
        return inert(repr(value[:80]), 60)
    if isinstance(value, tuple | list | dict) and depth == 0:
        return "…"
    if isinstance(value, dict):
        pairs = [f"{_plain(key, digits, 0)}: {_plain(item, digits, depth - 1)}" for key, item in _first(value.items())]
        return "{" + ", ".join(pairs) + (", …" if len(value) > _ITEMS else "") + "}"
    if isinstance(value, tuple | list):
        items = [_plain(item, digits, depth - 1) for item in _first(value)]
        inside = ", ".join(items) + (", …" if len(value) > _ITEMS else "")
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return "None" if value is None else show_number(value, digits)


def _first(items: Any) -> list[Any]:
    return list(items)[:_ITEMS]
