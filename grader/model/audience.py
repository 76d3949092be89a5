"""Who may see each field of a report: one table, which `for_students` follows.

A field that is added to a report without a line here fails a test, and would fail grading: it is never shown by chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, cast

from msgspec import Struct

from grader.model.outcome import Mismatch
from grader.model.report import (
    Adjustment,
    CaseResult,
    CheckResult,
    Exhibit,
    Listing,
    Note,
    ProblemResult,
    Report,
    Withheld,
)

Audience: TypeAlias = Literal["student", "instructor"]


class Seen(Struct, frozen=True):
    """Who sees a field as it is, and what a student gets of it: `of` a public check, `hidden` of a hidden one.

    Without `hidden` both are alike.
    """

    audience: Audience
    of: Callable[[Any], Any]
    hidden: Callable[[Any], Any] | None = None

    def told(self, value: Any, *, hidden: bool) -> Any:
        """Return what a student gets of the field's `value`."""
        return self.hidden(value) if hidden and self.hidden is not None else self.of(value)


def _same(value: Any) -> Any:
    return value


def _nothing(value: Any) -> None:
    return None


def _no_text(value: Any) -> str:
    return ""


def _zero(value: Any) -> int:
    return 0


def _whole_seconds(value: float) -> float:
    """Return whole seconds: the duration of a call can carry a hidden input out."""
    return float(math.ceil(value))


def _public(value: Any) -> Exhibit | None:
    return value if isinstance(value, Exhibit) else None


PUBLIC = Seen("student", _same)
"""Public, or hidden-safe: coarse enough to tell of a hidden case."""
SECRET = Seen("instructor", _nothing)
COUNTED = Seen("student", _same, hidden=_zero)
"""A number that falls as the answer comes nearer: with it a student could search for what a hidden case expects, run by
run."""
MEASURED = Seen("student", _same, hidden=_nothing)


SEEN: Mapping[type[Struct], Mapping[str, Seen]] = {
    Report: {
        "assignment": PUBLIC,
        "language": PUBLIC,
        "submission": PUBLIC,
        "score": PUBLIC,
        "max_score": PUBLIC,
        "bonus": PUBLIC,
        "max_bonus": PUBLIC,
        "adjustments": PUBLIC,
        "problems": PUBLIC,
        "notes": PUBLIC,
        "seed": SECRET,
        "rubric_digest": PUBLIC,
        "rubric_file_digest": Seen("instructor", _no_text),
        "submission_digest": PUBLIC,
        "versions": PUBLIC,
        "tier": PUBLIC,
        "self_check": PUBLIC,
        "elsewhere": PUBLIC,
        "seconds": Seen("instructor", _whole_seconds),
    },
    ProblemResult: {
        "function": PUBLIC,
        "title": PUBLIC,
        "status": PUBLIC,
        "score": PUBLIC,
        "max_score": PUBLIC,
        "bonus": PUBLIC,
        "message": PUBLIC,
        "checks": PUBLIC,
        "at": PUBLIC,
        "listing": PUBLIC,
        "blames": PUBLIC,
        "diagnosis": PUBLIC,
        "mistake": Seen("instructor", _no_text),
        "hints": PUBLIC,
        "more_hints": PUBLIC,
        "adjustments": PUBLIC,
    },
    CheckResult: {
        "name": PUBLIC,
        "kind": PUBLIC,
        "visibility": PUBLIC,
        "status": PUBLIC,
        "score": PUBLIC,
        "max_score": PUBLIC,
        "message": PUBLIC,
        "hint": PUBLIC,
        "cases": PUBLIC,
    },
    CaseResult: {
        "index": PUBLIC,
        "status": PUBLIC,
        "share": PUBLIC,
        "category": PUBLIC,
        "output": PUBLIC,
        "differing": COUNTED,
        "total": COUNTED,
        "magnitude": MEASURED,
        "error": PUBLIC,
        "at": PUBLIC,
        "message": PUBLIC,
        "exhibit": Seen("instructor", _public),
    },
    Exhibit: {
        "inputs": PUBLIC,
        "want": PUBLIC,
        "got": PUBLIC,
        "returned": PUBLIC,
        "mismatches": PUBLIC,
        "shown": PUBLIC,
        "stdout": PUBLIC,
        "error": PUBLIC,
        "frames": PUBLIC,
        "windows": PUBLIC,
    },
    Withheld: {"exhibit": SECRET, "seed": SECRET, "seconds": SECRET},
    Mismatch: {
        "category": PUBLIC,
        "output": PUBLIC,
        "index": PUBLIC,
        "got": PUBLIC,
        "want": PUBLIC,
        "differing": PUBLIC,
        "total": PUBLIC,
        "worst_absolute": PUBLIC,
        "worst_relative": PUBLIC,
        "property": PUBLIC,
    },
    Adjustment: {"policy": PUBLIC, "reason": PUBLIC, "points": PUBLIC},
    Note: {"message": PUBLIC, "at": PUBLIC},
    Listing: {"at": PUBLIC, "lines": PUBLIC, "caret": PUBLIC},
}
"""By type and field. An `Exhibit` and its `Mismatch` are of a public case, or stand in a `Withheld`."""


def for_students(report: Report[Exhibit | Withheld]) -> Report[Exhibit]:
    """Return the report without hidden exhibits and what was measured on them, without the seed, its time in seconds.

    Raises KeyError for a field whose audience is not declared.
    """
    return cast("Report[Exhibit]", _seen(report, hidden=False))


def _seen(value: Any, *, hidden: bool) -> Any:
    """Return a value with only what students may see of the records in it; `hidden`: it belongs to a hidden check."""
    if isinstance(value, tuple):
        return tuple(_seen(item, hidden=hidden) for item in value)
    declared = SEEN.get(type(value)) if isinstance(value, Struct) else None
    if declared is None:  # a number, a text, a sentence, a place: said of the field that holds it
        return value
    below = value.visibility == "hidden" if isinstance(value, CheckResult) else hidden
    return type(value)(
        **{
            name: _seen(declared[name].told(getattr(value, name), hidden=below), hidden=below)
            for name in value.__struct_fields__
        }
    )
