"""What a course asks of work that is handed in, in sentences; lengths of time and shares, in words."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from grader.language import Message, Parameter, say, say_count
from grader.model import Rubric
from grader.model.policies import DAY, AttemptRule, Instant, LateDays, LateRule, Policies
from grader.report.points import show_points


def show_minutes(minutes: int) -> Message:
    """Return `1 day 2 h`; every unit of which there is any."""
    days, rest = divmod(minutes, DAY)
    hours, left = divmod(rest, 60)
    parts = [
        *([say_count("{count} day", "{count} days", days)] if days else []),
        *([say("{hours} h", hours=hours)] if hours else []),
        *([say("{minutes} min", minutes=left)] if left or not minutes else []),
    ]
    whole = parts[0]
    for part in parts[1:]:
        whole = say("{large} {small}", large=whole, small=part)
    return whole


def minutes_in(shown: Parameter) -> int:
    """Return the minutes that `show_minutes` made this of; it is all that a report keeps of them."""
    if not isinstance(shown, Message):
        return 0
    of = {"{count} day": DAY * shown.count, "{hours} h": 60 * _number(shown, "hours")}
    own = of.get(shown.template, _number(shown, "minutes"))
    return own + sum(minutes_in(part) for part in shown.parameters.values())


def _number(shown: Message, name: str) -> int:
    found = shown.parameters.get(name, 0)
    return found if isinstance(found, int) else 0


def show_share(share: Fraction) -> str:
    """Return a share in percent, with at most two decimals."""
    return f"{show_points(share * 100)}%"


def show_moment(moment: Instant) -> Message:
    """Return `2026-10-10 23:59 (Asia/Shanghai)`, with the offset where the zone has no name."""
    clocks = moment.zone or f"UTC{moment.offset_text}"
    return say("{moment} ({zone})", moment=f"{moment.local:%Y-%m-%d %H:%M}", zone=clocks)


def has_bonus(rubric: Rubric) -> bool:
    """Return whether there are points beside the required ones."""
    return any(one.bonus for one in rubric.problems) or any(item.bonus for item in rubric.manual)


def rules(policies: Policies, *, bonus: bool = False) -> tuple[Message, ...]:
    """Return what a student should know, a sentence each; `bonus`: there are bonus points."""
    return tuple(_rules(policies, bonus=bonus))


def _rules(policies: Policies, *, bonus: bool) -> Iterator[Message]:
    if policies.deadline is not None:
        yield say("Deadline: {moment}.", moment=show_moment(policies.deadline))
        if policies.grace:
            yield say("Up to {time} late costs no points.", time=show_minutes(policies.grace))
        if policies.late is None:
            yield say("What comes later is marked as late and loses no points.")
        else:
            yield from _late(policies.late)
            if bonus:
                yield say("Bonus points lose the same share of what was earned.")
        if policies.late_days is not None:
            yield from _late_days(policies.late_days)
    if policies.attempts != AttemptRule():
        yield from _attempts(policies.attempts)
    if policies.cap is not None:
        share = show_share(policies.cap)
        yield say("Required and bonus points together count up to {share} of the required points.", share=share)


def whole_of(late: LateRule) -> Message:
    """Return what the shares of lateness are of."""
    return say("all required points") if late.of == "maximum" else say("the points earned")


def _late(late: LateRule) -> Iterator[Message]:
    share, whole = show_share(late.take), whole_of(late)
    if late.steps:
        for most, part in late.steps:
            yield say("Up to {time} late: {share} of {whole} is taken off.", time=show_minutes(most),
                      share=show_share(part), whole=whole)  # fmt: skip
    elif late.steady:
        yield say("Lateness takes {share} of {whole} per {time}, in proportion to the minutes.",
                  share=share, whole=whole, time=show_minutes(late.each))  # fmt: skip
    elif late.each:
        yield say("Lateness takes {share} of {whole} per {time}, or part of it.", time=show_minutes(late.each),
                  share=share, whole=whole)  # fmt: skip
    elif late.take == 1:
        yield say("Late work gets no points.")
    elif late.take:
        yield say("Late work loses {share} of {whole}.", share=share, whole=whole)
    if late.at_most < 1:
        yield say("At most {share} is taken off.", share=show_share(late.at_most))
    last = late.steps[-1][0] if late.steps else None
    until = min((each for each in (late.until, last) if each is not None), default=None)
    if until is not None:
        yield say("What is more than {time} late gets no points.", time=show_minutes(until))


def _late_days(days: LateDays) -> Iterator[Message]:
    yield say_count(
        "You have {count} late day; it moves your deadline by 24 h, and is used before points are taken off.",
        "You have {count} late days; each moves your deadline by 24 h, and they are used before points are taken off.",
        days.budget,
    )
    if days.at_most is not None and days.at_most < days.budget:
        yield say_count("{count} of them may be used here.", "Up to {count} of them may be used here.", days.at_most)


def _attempts(attempts: AttemptRule) -> Iterator[Message]:
    yield (
        say("Of several attempts the best counts.")
        if attempts.count == "best"
        else say("Of several attempts the last counts.")
    )
    if attempts.at_most is not None:
        yield say_count("Only {count} attempt counts.", "Only the first {count} attempts count.", attempts.at_most)
    if attempts.cool_down:
        yield say("An attempt that comes within {time} of the one before does not count.",
                  time=show_minutes(attempts.cool_down))  # fmt: skip
    if attempts.at_most is not None or attempts.cool_down:
        yield say("What cannot be read costs no attempt.")
