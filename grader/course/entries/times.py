"""When something was handed in, as the platforms write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ISO = re.compile(
    r"(\d{4})[-_](\d\d?)[-_](\d\d?)(?:(?:[T\s_-]|_T_)+(\d\d?)[:_.-](\d\d)(?:[:_.-](\d\d)(?:[.,](\d{1,9}))?)?"
    r"\s*([+-]\d\d:?\d\d|[A-Za-z][A-Za-z_/+-]{0,40})?)?"
)
"""`2026-10-01T12:00:00Z`, Ruby's `2026-10-01 12:00:00.123456789 -07:00`, nbgrader's `2026-10-01 12:00:00.123 UTC`, and
what a folder may be called: `2026-10-01T12-00`, `2026_10_01_T_12_00_00`."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(r"(\d\d?)\s+([A-Za-z]{3})[a-z]*\.?,?\s+(\d{4}),?\s+(\d\d?):(\d\d)(?::(\d\d))?\s*([AaPp][Mm])?")
_CHINESE = re.compile(
    r"(\d{4})\s*年\s*(\d\d?)\s*月\s*(\d\d?)\s*日[^\d:]*?([上下]午)?\s*(\d\d?):(\d\d)(?::(\d\d))?\s*([AaPp][Mm])?"
)
"""Moodle's long dates (`strftimedatetime` of its language packs): `Thursday, 1 October 2026, 10:30 PM`,
`2026年10月1日 星期四 22:30`."""


class Unzoned(datetime):
    """A time that was written without a zone: what instant is meant follows from the course's zone."""


def moment(text: str, zone: tzinfo | None = None) -> datetime | None:
    """Return the time that `text` says, `None` where it says none; without an offset it is meant in `zone`.

    A `zone` of `None` is this machine's; such a time is Unzoned. A text may say no more than a time: what stands beside
    it makes it another's.
    """
    text = text.strip()
    if found := _ISO.fullmatch(text):
        year, month, day, hour, minute, second, fraction, offset = found.groups()
        own = _offset(offset) if offset else zone
        if offset and own is None:
            return None
        parts = [int(part or 0) for part in (year, month, day, hour, minute, second)]
        return _aware(parts, own, int((fraction or "0")[:6].ljust(6, "0")), datetime if offset else Unzoned)
    if found := _ENGLISH.search(text):
        day, name, year, hour, minute, second, half = found.groups()
        if name.lower() not in _MONTHS:
            return None
        month = str(_MONTHS.index(name.lower()) + 1)
    elif found := _CHINESE.search(text):
        year, month, day, half, hour, minute, second, latin = found.groups()
        half = latin or {"上午": "am", "下午": "pm"}.get(half or "", "")
    else:
        return None
    hours = int(hour) % 12 + 12 * (half.lower() == "pm") if half else int(hour)
    return _aware([int(year), int(month), int(day), hours, int(minute), int(second or 0)], zone)


def _aware(
    parts: list[int], zone: tzinfo | None, microsecond: int = 0, kind: type[datetime] = Unzoned
) -> datetime | None:
    try:
        year, month, day, hour, minute, second = parts
        naive = kind(year, month, day, hour, minute, second, microsecond)
        return plausible(naive.astimezone() if zone is None else naive.replace(tzinfo=zone))
    except (ValueError, OverflowError, OSError):
        return None


def plausible(at: datetime) -> datetime | None:
    """Return a time that somebody can have handed something in at, whatever a machine or a student wrote; else `None`.

    At the ends of the calendar a time cannot be told in another zone.
    """
    return at if 1990 <= at.year <= 2200 else None


def _offset(text: str) -> tzinfo | None:
    if text in ("Z", "z") or text.upper() in ("UTC", "GMT"):
        return UTC
    if text[0] in "+-":
        minutes = int(text[1:3]) * 60 + int(text[-2:])
        return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes)) if minutes < 24 * 60 else None
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
