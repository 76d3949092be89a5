"""Which part of an input a wrong element is made of: found by asking the reference, so it holds for any function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from grader.execution import Session
from grader.grading.judging import Trial
from grader.model import Mismatch, Returned, Value

if TYPE_CHECKING:
    import numpy as np

MOST_CALLS = 96
"""Calls of the reference for one picture; an input with more rows than this along its axes gets none."""

Windows = Mapping[str, tuple[tuple[int, int], ...]]


def windows(session: Session, trial: Trial, parameters: tuple[str, ...], mismatch: Mismatch) -> Windows:
    """Return, for each array input, the box of elements (start, end by axis) that decide the element at the mismatch.

    Every slice along every axis is changed in turn, and the reference asked whether the element changes. Inputs that
    are small, or that decide the element everywhere, are left out.
    """
    import numpy as np

    call, index = trial.case.calls[0], mismatch.index
    want = trial.want[0]
    if index is None or not isinstance(want, Returned):
        return {}
    before = _element(want.value, index)
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    for place, (name, value) in enumerate(zip(parameters, call.arguments, strict=False)):
        if not isinstance(value, np.ndarray) or value.ndim < 2 or sum(value.shape) > MOST_CALLS or before is None:
            continue
        box = []
        for axis in range(value.ndim):
            moved = [
                at
                for at in range(value.shape[axis])
                if _element(_asked(session, call.function, call.arguments, place, _nudged(value, axis, at)), index)
                != before
            ]
            box.append((moved[0], moved[-1] + 1) if moved else (0, 0))
        if all(start < end for start, end in box) and box != [(0, size) for size in value.shape]:
            found[name] = tuple(box)
    return found


def _nudged(value: np.ndarray[Any, Any], axis: int, at: int) -> np.ndarray[Any, Any]:
    changed = value.copy()
    place = (slice(None),) * axis + (at,)
    changed[place] = changed[place] * 2 + 1
    return changed


def _asked(session: Session, function: str, arguments: tuple[Value, ...], place: int, value: Value) -> Value:
    outcome = session.call(function, (*arguments[:place], value, *arguments[place + 1 :]))
    return outcome.value if isinstance(outcome, Returned) else None


def _element(value: Value, index: tuple[int, ...]) -> float | None:
    """Return the number at `index` of the first output, `None` if there is none."""
    import numpy as np

    first = value[0] if isinstance(value, tuple | list) and value else value
    if not isinstance(first, np.ndarray) or first.ndim != len(index):
        return None
    try:
        return float(first[index])
    except (IndexError, TypeError):
        return None
