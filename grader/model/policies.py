"""What a course asks of work that is handed in, and what lateness costs: times are whole minutes, shares are exact."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from grader.errors import Span

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

DAY = 24 * 60
"""Minutes of a late day, whatever clocks are put forward or back in it."""


class Instant(Struct, frozen=True, kw_only=True):
    """A minute, counted from 1970-01-01 00:00 UTC, as clocks show it that are `offset` minutes ahead of UTC.

    `zone` is the zone of these clocks as IANA names it, "" where only the offset is known.
    """

    minute: int
    offset: int
    zone: str = ""

    def __str__(self) -> str:
        """Return `2026-10-10 23:59 Asia/Shanghai`, or with the offset, `+08:00`, where there is no name."""
        return f"{self.local:%Y-%m-%d %H:%M} {self.zone or self.offset_text}"

    @property
    def local(self) -> datetime:
        """The beginning of the minute on these clocks."""
        from datetime import UTC, datetime, timedelta  # a rubric mostly has no deadline

        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=self.minute)).astimezone(self.clocks)

    @property
    def clocks(self) -> tzinfo:
        """The zone of these clocks, as its offset at this instant."""
        from datetime import timedelta, timezone

        return timezone(timedelta(minutes=self.offset))

    def shown_here(self, moment: datetime) -> datetime:
        """Return another instant as clocks show it in this zone, or with this offset where the zone is not known."""
        from zoneinfo import ZoneInfo

        try:
            return moment.astimezone(ZoneInfo(self.zone))
        except (KeyError, ValueError, OSError):  # no name, or this machine has no table of zones
            return moment.astimezone(self.clocks)

    @property
    def offset_text(self) -> str:
        """The offset as it is written: `+08:00`."""
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02d}:{minutes:02d}"


Whole: TypeAlias = Literal["maximum", "score"]
"""What a share of lateness is a share of: the required points that there are, or those that were earned."""


class LateRule(Struct, frozen=True, kw_only=True):
    """What lateness takes: the share `take` for each `each` minutes that have begun, or once where `each` is 0.

    With `steady` it grows from minute to minute instead. `steps` are shares by the minutes up to which they hold, and
    what is later than the last gets no points. No more than `at_most` is taken, but later than `until` minutes nothing
    counts. Shares of the required points are `of` the maximum or the score; of bonus points they are of what was
    earned.
    """

    take: Fraction = Fraction(0)
    each: int = 0
    steady: bool = False
    steps: tuple[tuple[int, Fraction], ...] = ()
    at_most: Fraction = Fraction(1)
    until: int | None = None
    of: Whole = "maximum"

    def share(self, minutes: int) -> Fraction:
        """Return the share that is taken from work so many minutes late, from 0 to 1; it never falls with them."""
        if minutes <= 0:
            return Fraction(0)
        if self.until is not None and minutes > self.until:
            return Fraction(1)
        if self.steps:
            return next((share for most, share in self.steps if minutes <= most), Fraction(1))
        times = Fraction(minutes, self.each) if self.each else Fraction(1)
        return min(self.at_most, self.take * (times if self.steady else -(-times // 1)))


class LateDays(Struct, frozen=True, kw_only=True):
    """A student's `budget` of late days, and how many of them this assignment takes `at_most`.

    Each moves the student's deadline by 24 hours; they are used before points are taken.
    """

    budget: int
    at_most: int | None = None


Chosen: TypeAlias = Literal["best", "last"]


class AttemptRule(Struct, frozen=True, kw_only=True):
    """Which attempt counts, how many are taken, and how many minutes have to be between two."""

    count: Chosen = "last"
    at_most: int | None = None
    cool_down: int = 0


class Policies(Struct, frozen=True, kw_only=True):
    """All that a course asks of work that is handed in.

    Within `grace` minutes of the deadline nothing is late. `cap` is the share of the required points up to which
    required and bonus points count together; what is above it is dropped from the bonus.
    """

    deadline: Instant | None = None
    grace: int = 0
    late: LateRule | None = None
    late_days: LateDays | None = None
    attempts: AttemptRule = AttemptRule()
    cap: Fraction | None = None
    at: Span = Span(path="")
