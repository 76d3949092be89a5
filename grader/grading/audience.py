"""Takes away from a report what students may not see, as `grader.model.audience` declares it field by field."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

from msgspec import Struct

from grader.model import Exhibit, Report, Withheld, audience

Full: TypeAlias = "Exhibit | Withheld"


def for_students(report: Report[Full]) -> Report[Exhibit]:
    """Return the report without hidden exhibits, without the seed, and with its time in whole seconds.

    Raises KeyError for a field whose audience is not declared.
    """
    return cast("Report[Exhibit]", _seen(report))


def _seen(value: Any) -> Any:
    """Return a value with only what students may see of the records in it."""
    if isinstance(value, tuple):
        return tuple(_seen(item) for item in value)
    declared = audience.SEEN.get(type(value)) if isinstance(value, Struct) else None
    if declared is None:  # a number, a text, a sentence, a place: said of the field that holds it
        return value
    return type(value)(**{name: _seen(declared[name].of(getattr(value, name))) for name in value.__struct_fields__})
