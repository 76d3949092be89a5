"""The part of an input that a wrong element depends on, found by asking the reference; so it works for any function.

Only the HTML page draws it, so only that asks for it, after grading.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeGuard

import numpy as np
from msgspec.structs import replace

from grader.execution import Engine, Session
from grader.model import (
    CheckResult,
    Exhibit,
    Limits,
    Mismatch,
    Part,
    Problem,
    Report,
    Returned,
    Source,
    Value,
    Withheld,
)

PICTURES = 6
"""Cases of one page that get windows at most: each takes some dozens of calls."""
LARGEST = 1 << 16
"""Inputs with more elements get none: the page draws only a small part of them."""
SOME_INPUTS = 3
"""Inputs of one case that get windows at most."""

Array: TypeAlias = np.ndarray[Any, Any]
Full: TypeAlias = "Exhibit | Withheld"
Piece: TypeAlias = tuple[slice, ...]
Windows: TypeAlias = "Mapping[str, tuple[tuple[int, int], ...]]"


def with_windows(
    report: Report[Full], problems: Sequence[Problem], engine: Engine, reference: Source, limits: Limits
) -> Report[Full]:
    """Return the report with `Exhibit.windows` in the first failing case of each public check, where there are any.

    Where nothing public went wrong in a number, it is returned as it is.
    """
    if not any(_first(check) for result in report.problems for check in result.checks):
        return report
    by_name = {problem.function: problem for problem in problems}
    left = iter(range(PICTURES))
    with engine.session(reference, limits) as session:

        def framed(problem: Problem, check: CheckResult[Full]) -> CheckResult[Full]:
            first = _first(check)
            if first is None or next(left, None) is None:
                return check
            place, exhibit = first
            case = replace(check.cases[place], exhibit=replace(exhibit, windows=windows(session, problem, exhibit)))
            return replace(check, cases=(*check.cases[:place], case, *check.cases[place + 1 :]))

        results = [
            replace(result, checks=tuple(framed(by_name[result.function], check) for check in result.checks))
            for result in report.problems
        ]
    return replace(report, problems=tuple(results))


def windows(session: Session, problem: Problem, exhibit: Exhibit) -> Windows:
    """Return by array input the box of elements, (start, end) for each axis, that the first wrong element depends on.

    It is found by bisection: parts of an input are changed, and the reference says whether the element changes. That
    takes a few calls an axis. Inputs that the element depends on as a whole, or not at all, are left out.
    """
    mismatch = exhibit.mismatches[0]
    before = _element(exhibit.want, problem.returns, mismatch)
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    if before is None:
        return found
    values = tuple(value for _, value in exhibit.inputs)
    for place, (name, value) in enumerate(exhibit.inputs):
        if not _frameable(value) or len(found) == SOME_INPUTS:
            continue

        def changes(part: Piece, place: int = place, value: Array = value) -> bool:
            for changed in _changed(value, part):
                outcome = session.call(problem.function, (*values[:place], changed, *values[place + 1 :]))
                after = outcome.value if isinstance(outcome, Returned) else None
                if _element(after, problem.returns, mismatch) != before:
                    return True
            return False

        box = _box(value.shape, changes)
        if box and box != tuple((0, size) for size in value.shape):
            found[name] = box
    return found


def _first(check: CheckResult[Full]) -> tuple[int, Exhibit] | None:
    """Return the check's first failing case with its place, if it is public and shows a number that differs."""
    place = next((place for place, case in enumerate(check.cases) if case.status != "passed"), None)
    exhibit = check.cases[place].exhibit if place is not None else None
    if place is None or check.visibility != "public" or not isinstance(exhibit, Exhibit) or not exhibit.mismatches:
        return None
    first = exhibit.mismatches[0]
    telling = (
        first.index and first.category in ("values", "nan") and exhibit.want is not None and exhibit.compared is None
    )
    return (place, exhibit) if telling else None


def _frameable(value: Value) -> TypeGuard[Array]:
    return isinstance(value, np.ndarray) and value.ndim > 1 and 0 < value.size <= LARGEST and value.dtype.kind == "f"


def _box(shape: Sequence[int], changes: Callable[[Piece], bool]) -> tuple[tuple[int, int], ...]:
    """Return (start, end) along each axis of the elements that matter, () if none does."""
    if not changes(()):
        return ()
    box = []
    for axis, size in enumerate(shape):
        rest = (slice(None),) * axis
        start = bisect_left([(*rest, slice(end)) for end in range(1, size)], True, key=changes)
        behind = bisect_left([(*rest, slice(-count, None)) for count in range(1, size)], True, key=changes)
        box.append((start, size - behind))
    return tuple(box)


def _changed(value: Array, piece: Piece) -> tuple[Array, Array]:
    """Return the input with a piece raised above all its numbers, and with the piece lowered below them.

    A maximum changes only with the first, a minimum only with the second.
    """
    far = 2 * np.abs(value[np.isfinite(value)]).max(initial=0.0) + 1
    raised, sunk = value.copy(), value.copy()
    raised[piece] += far
    sunk[piece] -= far
    return raised, sunk


def _element(value: Value, returns: Sequence[Part], mismatch: Mismatch) -> float | None:
    """Return the number that the mismatch is about, None if it is about something else."""
    names = [part.name for part in returns]
    if isinstance(value, tuple | list) and mismatch.output in names and len(value) == len(names):
        value = value[names.index(mismatch.output)]
    index = mismatch.index
    if not isinstance(value, np.ndarray) or index is None or value.ndim != len(index):
        return None
    try:
        return float(value[index])
    except (IndexError, TypeError):
        return None
