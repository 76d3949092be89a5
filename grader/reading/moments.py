"""Times as people write them: `2026-10-10 23:59 Asia/Shanghai`, and how long something takes, `1 day 12 h`.

A deadline is an instant, so a time without a zone is none, and neither is one that a zone's clocks leave out or show
twice, when they are put forward or back.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from msgspec import Struct

from grader.language import Message, inert, say
from grader.model.policies import DAY, Instant

_MINUTES = {
    1: ("min", "mins", "minute", "minutes", "分钟", "分"),
    60: ("h", "hour", "hours", "小时"),
    DAY: ("d", "day", "days", "天", "日"),
    7 * DAY: ("week", "weeks", "周"),
}
_UNITS = {name: minutes for minutes, names in _MINUTES.items() for name in names}
_PART = f"([0-9]{{1,5}}) ?({'|'.join(sorted(_UNITS, key=len, reverse=True))})"
DURATION = f"{_PART}(,? {_PART}){{0,3}}"
"""What `minutes_in` reads, as a pattern."""
LONGEST = 3660 * DAY

_MOMENT = (
    r"(?P<year>[12][0-9]{3})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})"
    r"(?:T| {1,2})(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?: ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2}|[A-Za-z][A-Za-z0-9_+/-]{0,60}))?"
)
_EXAMPLE = "Asia/Shanghai"
_NO_PLACE = {"UTC", "GMT", "PRC", "Z"}
"""Names of three letters that mean one zone; others, as CST, mean several."""


class Unclear(Struct, frozen=True, kw_only=True):
    """Why a time that was written is no instant, and the way out."""

    message: Message
    hint: Message | None = None


def minutes_in(text: str) -> int | None:
    """Return the whole minutes of a text like `15 min` or `1 day 12 h`, above 0 and up to 10 years; else None."""
    if not re.fullmatch(DURATION, text):
        return None
    minutes = sum(int(count) * _UNITS[unit] for count, unit in re.findall(_PART, text))
    return minutes if 0 < minutes <= LONGEST else None


def moment_in(text: str, zone: str = "") -> Instant | Unclear | None:
    """Return the moment that `text` says, in `zone` (a name or an offset) where it says no zone itself.

    None if it is no date with a time. Seconds are passed over: a deadline is a whole minute.
    """
    found = re.fullmatch(_MOMENT, text)
    if found is None:
        return None
    year, month, day, hour, minute = (int(found[part]) for part in ("year", "month", "day", "hour", "minute"))
    try:
        wall = datetime(year, month, day, hour, minute)
    except ValueError:
        hint = say("The last minute of a day is 23:59.") if hour == 24 else None
        return Unclear(message=say("There is no such day or time: `{text}`.", text=inert(text, 60)), hint=hint)
    name = found["zone"] or zone
    if not name:
        return Unclear(
            message=say("`{text}` says no time zone.", text=inert(text, 60)),
            hint=say("Write it behind the time: `{moment} {zone}`, or an offset, `+08:00`.",
                     moment=f"{wall:%Y-%m-%d %H:%M}", zone=_EXAMPLE),
        )  # fmt: skip
    clocks = _offset(name) or _zone(name)
    if isinstance(clocks, Unclear):
        return clocks
    called = {"Z": "UTC"}.get(name, name.upper() if name.upper() in _NO_PLACE else name)
    return _instant(wall, clocks, called if called in _NO_PLACE or not isinstance(clocks, timezone) else "")


def _offset(text: str) -> timezone | None:
    if text == "Z":
        return UTC
    found = re.fullmatch(r"([+-])([0-9]{2}):?([0-9]{2})", text)
    minutes = int(found[2]) * 60 + int(found[3]) if found else DAY
    return timezone(timedelta(minutes=-minutes if found and found[1] == "-" else minutes)) if minutes < DAY else None


def _zone(name: str) -> tzinfo | Unclear:
    """Return the zone of this name, or why there is none."""
    from zoneinfo import ZoneInfo, available_timezones  # 5 ms, and only a rubric with a deadline needs it

    if re.fullmatch("[A-Z]{1,4}", name) and name not in _NO_PLACE:
        message = say("`{zone}` can mean several time zones.", zone=name)
        return Unclear(message=message, hint=say("Write a place, as `{zone}`, or an offset, `+08:00`.", zone=_EXAMPLE))
    try:
        return ZoneInfo(name.upper() if name.upper() in _NO_PLACE else name)
    except (KeyError, ValueError, OSError):
        known = available_timezones()
    if not known:
        message = say("This machine knows no time zones, so `{zone}` is none to it.", zone=inert(name, 60))
        return Unclear(message=message, hint=say("Write an offset, `+08:00`, or `pip install tzdata`."))
    from difflib import get_close_matches

    by_folded = {each.casefold(): each for each in sorted(known)}
    near = get_close_matches(name.casefold(), by_folded, n=1)
    hint = say("Did you mean `{name}`?", name=by_folded[near[0]]) if near else None
    return Unclear(message=say("There is no time zone `{zone}`.", zone=inert(name, 60)), hint=hint)


def _instant(wall: datetime, clocks: tzinfo, name: str) -> Instant | Unclear:
    """Return the moment at which `clocks` show `wall`."""
    ways = [wall.replace(tzinfo=clocks, fold=fold) for fold in (0, 1)]
    real = {way.utcoffset(): way for way in ways if _shown(way.astimezone(UTC).astimezone(clocks)) == _shown(way)}
    shown = f"{wall:%Y-%m-%d %H:%M}"
    moments = [
        Instant(minute=int(way.timestamp()) // 60, offset=(offset or timedelta()) // timedelta(minutes=1), zone=name)
        for offset, way in real.items()
    ]
    if not moments:
        message = say("`{moment}` is left out in {zone}: clocks are put forward then.", moment=shown, zone=name)
        return Unclear(message=message, hint=say("Write a time that clocks there show."))
    if len(moments) > 1:
        first, second = (f"{shown} {each.offset_text}" for each in moments)
        message = say("`{moment}` comes twice in {zone}: clocks are put back then.", moment=shown, zone=name)
        hint = say("Write `{first}` or, later, `{second}`.", first=first, second=second)
        return Unclear(message=message, hint=hint)
    return moments[0]


def _shown(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None, fold=0)
