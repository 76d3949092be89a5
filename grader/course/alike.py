"""Which changes of scores are told together: those with the same causes, where lateness may differ in its minutes."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from msgspec import Struct

from grader.course.changes import ChangeCause, ScoreChange
from grader.language import Message, say
from grader.report.terms import minutes_in, show_minutes

MOST_SHARES = 5
"""Shares that lateness takes and that are told apart; where there are more, as by a slope, they are told as a range."""


class LateCause(Struct, frozen=True):
    """What a cause says of lateness: the minutes, the share that it takes ("": all) of what, and whether it ended."""

    minutes: int
    share: str
    whole: Message | None
    ended: bool


def alike(found: Sequence[ScoreChange]) -> list[list[ScoreChange]]:
    """Return the changes in groups that are told together, the largest change and then the largest group first."""
    shares: dict[Hashable, set[Hashable]] = {}
    for each in found:
        shares.setdefault(_key(each, apart=False), set()).add(_key(each, apart=True))
    groups: dict[Hashable, list[ScoreChange]] = {}
    for each in found:
        broad = _key(each, apart=False)
        groups.setdefault(_key(each, apart=len(shares[broad]) <= MOST_SHARES), []).append(each)
    return sorted(groups.values(), key=lambda group: (-max(abs(each.points) for each in group), -len(group)))


def _key(change: ScoreChange, *, apart: bool) -> Hashable:
    """Return by what changes are alike; with `apart` the share that lateness takes is the same, too."""
    return tuple([_cause_key(cause, apart=apart) for cause in change.causes])


def _cause_key(cause: ChangeCause, *, apart: bool) -> Hashable:
    late = late_cause(cause.said)
    what: Hashable = (cause.points, cause.said.text("en"))
    if late is not None:
        what = (late.ended, late.share if apart else bool(late.share))
    return cause.of, cause.origins, cause.helpers, what


def together(causes: Sequence[ChangeCause]) -> Message:
    """Return what one cause of several changes that are alike says: lateness from the shortest to the longest."""
    found = sorted((each for cause in causes if (each := late_cause(cause.said))), key=lambda late: late.minutes)
    if all(each.said == causes[0].said for each in causes) or not found:
        return causes[0].said
    first, last = found[0], found[-1]
    late = say("late by {first} to {then}", first=show_minutes(first.minutes), then=show_minutes(last.minutes))
    if first.minutes == last.minutes:
        late = say("late by {time}", time=show_minutes(first.minutes))
    share: Message | str = first.share
    if first.share != last.share:
        share = say("{first} to {then}", first=first.share, then=last.share)
    if not first.share:
        reason = say("{late}: no points", late=late)
    elif first.whole is not None and all(each.whole == first.whole for each in found):
        reason = say("{late}: {share} of {points}", late=late, share=share, points=first.whole)
    else:
        reason = say("{late}: {share}", late=late, share=share)
    return say("no longer: {reason}", reason=reason) if first.ended else reason


def late_cause(said: Message) -> LateCause | None:
    """Return what a cause says of lateness, `None` if it says something else."""
    ended = said.template == "no longer: {reason}"
    reason = said.parameters["reason"] if ended else said
    late = reason.parameters.get("late") if isinstance(reason, Message) else None
    if not isinstance(reason, Message) or not isinstance(late, Message):
        return None
    whole = reason.parameters.get("points")
    return LateCause(
        minutes=minutes_in(late.parameters["time"]),
        share=str(reason.parameters.get("share", "")),
        whole=whole if isinstance(whole, Message) else None,
        ended=ended,
    )
