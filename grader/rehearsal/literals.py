"""Values as Python source that makes them again, to the last bit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from grader.model import Value

READABLE = 2000
"""Elements of an array that is written as numbers; a larger one is written as its bytes, in base64."""


def literal(value: Value, known: Mapping[int, str] = {}) -> str:
    """Return an expression over `np`, `nan`, `inf` and `b64decode` that has this value.

    What is one of the `known` values, by identity, is called by its name.
    """
    if id(value) in known:
        return known[id(value)]
    if isinstance(value, bool | int | float | str) or value is None:
        return repr(value)
    if isinstance(value, complex):
        return f"complex({value.real!r}, {value.imag!r})"
    if isinstance(value, tuple):
        inside = ", ".join(literal(each, known) for each in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, list):
        return "[" + ", ".join(literal(each, known) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {literal(each, known)}" for key, each in value.items()) + "}"
    return _array(value)


def _array(value: np.ndarray) -> str:
    import numpy as np

    if value.dtype.kind == "c":
        pairs = value.reshape(-1).view(value.real.dtype)
        return f'{_array(pairs)}.view("{value.dtype}").reshape({value.shape})'
    dtype = f'dtype="{value.dtype}"'
    if value.size == 0:
        return f"np.zeros({value.shape}, {dtype})"
    if value.size > READABLE:
        from base64 import b64encode

        data = b64encode(value.tobytes()).decode("ascii")
        return f'np.frombuffer(b64decode("{data}"), {dtype}).reshape({value.shape}).copy()'
    text = np.array2string(
        value, floatmode="unique", separator=", ", threshold=math.inf, max_line_width=100, legacy=False
    )  # type: ignore[call-overload]
    return f"np.array({text}, {dtype})"
