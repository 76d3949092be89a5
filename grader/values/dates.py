"""Python's dates and times, equal or not: date, datetime, time and timedelta.

On the wire: ["T", "date", year, month, day], ["T", "datetime", year, …, microsecond, offset], ["T", "time", hour, …,
microsecond, offset], ["T", "timedelta", days, seconds, microseconds]. `offset` is that from UTC in microseconds, or
null. Fields are read by the base types' own descriptors, so that a subclass runs nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from .family import Differences, Family, Forged, Node, Pack, Packer, Refused, Rule, Style, Unpack, Unpacker, Value

_DATE = ("year", "month", "day")
_TIME = ("hour", "minute", "second", "microsecond")
_SPAN = ("days", "seconds", "microseconds")
_DAY = 86_400_000_000


def _real() -> Any:
    """Return the module with Python's own types, whatever a source has put into `datetime`."""
    return sys.modules.get("_datetime") or sys.modules["datetime"]


def _fields(value: Value, kind: type, names: tuple[str, ...]) -> list[int]:
    return [kind.__dict__[name].__get__(value) for name in names]


def _pack_date(_: Packer, value: Value, __: int) -> Node:
    return ["T", "date", *_fields(value, _real().date, _DATE)]


def pack_datetime(_: Packer, value: Value, __: int) -> Node:
    """Pack a datetime, or one of a subclass as what it is of its base."""
    module = _real()
    kind = module.datetime
    fields = [*_fields(value, module.date, _DATE), *_fields(value, kind, _TIME)]
    return ["T", "datetime", *fields, _offset(kind.__dict__["tzinfo"].__get__(value), fields)]


def _pack_time(_: Packer, value: Value, __: int) -> Node:
    kind = _real().time
    return ["T", "time", *_fields(value, kind, _TIME), _offset(kind.__dict__["tzinfo"].__get__(value), None)]


def pack_span(_: Packer, value: Value, __: int) -> Node:
    """Pack a timedelta."""
    return ["T", "timedelta", *_fields(value, _real().timedelta, _SPAN)]


def _offset(zone: Value, fields: list[int] | None) -> int | None:
    """Return a time zone's offset in microseconds. Raises Refused for a zone that is not one of Python's own."""
    if zone is None:
        return None
    module = _real()
    zones = getattr(sys.modules.get("zoneinfo"), "ZoneInfo", None)
    if type(zone) is module.timezone:
        offset = module.timezone.utcoffset(zone, None)
    elif zones is not None and type(zone) is zones and fields is not None:
        offset = zones.utcoffset(zone, module.datetime(*fields, zone))
    else:
        raise Refused("time in a zone of its own")
    days, seconds, micro = _fields(offset, module.timedelta, _SPAN)
    return days * _DAY + seconds * 1_000_000 + micro


def _make(_: Unpacker, node: list[Node], __: int) -> Value:
    if len(node) < 5 or type(node[1]) is not str or node[1] not in _MAKES:
        raise Forged("no date")
    if not all(type(each) is int or (each is None and place == len(node) - 3) for place, each in enumerate(node[2:])):
        raise Forged("no date")
    import datetime  # noqa: F401 - so that its own types are there

    module = _real()
    count, zoned = _MAKES[node[1]]
    fields = node[2:]
    if len(fields) != count + zoned or None in fields[:count]:
        raise Forged("no date")
    try:
        zone = None
        if zoned and fields[-1] is not None:
            zone = module.timezone(module.timedelta(microseconds=fields[-1]))
        kind = getattr(module, node[1])
        value = kind(*fields[:count], *([zone] if zoned else []))
    except (ValueError, OverflowError):
        raise Forged("no date") from None
    if node[1] == "timedelta" and _fields(value, module.timedelta, _SPAN) != fields:
        raise Forged("no date")
    return value


_MAKES = {"date": (3, False), "datetime": (7, True), "time": (4, True), "timedelta": (3, False)}


class Moment(Family):
    """Dates, times and spans of time. They are equal as Python says, and of one type."""

    compared_as = "date"
    tags: Mapping[str, Unpack] = {"T": _make}

    def alike(self, got: Value, want: Value, rule: Rule) -> bool:
        return type(got) is type(want)

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        if got != want:
            found.add("values", output, got=got, want=want, differing=1, total=1)

    def zero(self, value: Value) -> Value:
        import datetime

        if isinstance(value, datetime.timedelta):
            return datetime.timedelta()
        return datetime.time() if isinstance(value, datetime.time) else type(value)(1970, 1, 1)

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        return str(value)

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        return repr(value).replace("datetime.", '__import__("datetime").')

    def cells(self, value: Value, rule: Rule, inner: Any) -> Any:
        offset = getattr(value, "utcoffset", lambda: None)()
        if offset is None or not hasattr(value, "year"):
            yield f"{type(value).__name__} {value!r}".encode()
            return
        import datetime

        since = value.replace(tzinfo=None) - datetime.datetime(1, 1, 1)
        yield f"moment {since - offset!r}".encode()


def with_dates() -> tuple[Family, ...]:
    """Return the family of dates; their module was imported."""
    module = _real()
    packs: dict[type, Pack] = {
        module.date: _pack_date,
        module.datetime: pack_datetime,
        module.time: _pack_time,
        module.timedelta: pack_span,
    }
    _MOMENT.packs = packs
    return (_MOMENT,)


_MOMENT = Moment()
FAMILIES = (_MOMENT,)
LATE = {"datetime": with_dates}
