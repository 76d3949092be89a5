"""Takes away from a report what students may not see, as `grader.model.audience` declares it field by field."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

from msgspec import Struct

from grader.model import CheckResult, Exhibit, Report, Withheld, audience

Full: TypeAlias = "Exhibit | Withheld"


def for_students(report: Report[Full]) -> Report[Exhibit]:
    """Return the report without hidden exhibits and what was measured on them, without the seed, its time in seconds.

    Raises KeyError for a field whose audience is not declared.
    """
    return cast("Report[Exhibit]", _seen(report, hidden=False))


def _seen(value: Any, *, hidden: bool) -> Any:
    """Return a value with only what students may see of the records in it; `hidden`: it belongs to a hidden check."""
    if isinstance(value, tuple):
        return tuple(_seen(item, hidden=hidden) for item in value)
    declared = audience.SEEN.get(type(value)) if isinstance(value, Struct) else None
    if declared is None:  # a number, a text, a sentence, a place: said of the field that holds it
        return value
    below = value.visibility == "hidden" if isinstance(value, CheckResult) else hidden
    return type(value)(
        **{
            name: _seen(declared[name].told(getattr(value, name), hidden=below), hidden=below)
            for name in value.__struct_fields__
        }
    )
