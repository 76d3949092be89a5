"""Which of a person's attempts counts, and what the course's policies make of its points: one function a policy.

A report comes here as it was graded, and leaves with an `Adjustment` for each policy that changed its points. So what a
deadline that was moved, or an extension, does is found by asking again. All of it is exact arithmetic on whole minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.course.extensions import Extension
from grader.grading.adjusting import FullReport, adjust_report
from grader.language import Message, say, say_count
from grader.model import Adjustment, AttemptRule, Instant, Note, Policies
from grader.model.policies import DAY
from grader.report.points import points_in_words
from grader.report.terms import show_minutes, show_moment, show_share
from grader.report.wording import is_graded


class GradedAttempt(Struct, frozen=True, kw_only=True, eq=False):
    """One attempt: its report as graded, when it was handed in (`None`: not known), and its number in order of time.

    `at` has a time zone. `id` is the caller's own name for it. `late` is what the platform says.
    """

    report: FullReport
    at: datetime | None
    number: int
    id: str = ""
    late: bool = False


class CountedWork(Struct, frozen=True, kw_only=True, eq=False):
    """What counts for one person: the attempt and its report after the policies; neither if nothing was handed in.

    The report's notes say what a student should know of it. `set_aside` are the attempts that do not count, and why.
    `deadline` is the person's own, with extensions and without late days. `late` is by how many minutes the attempt
    missed it, 0 within the grace; `late_days_used` says how many late days were used for that. `attempts` is how many
    attempts it cost.
    """

    which: GradedAttempt | None = None
    report: FullReport | None = None
    set_aside: tuple[tuple[GradedAttempt, Message], ...] = ()
    deadline: Instant | None = None
    late: int = 0
    late_days_used: int = 0
    attempts: int = 0


Change: TypeAlias = "tuple[Adjustment | None, Adjustment | None]"
"""What a policy does to the required points, and to the bonus points."""


def lateness(policies: Policies, minutes: int, report: FullReport) -> Change:
    """Take off what it costs to be so many `minutes` late: of the maximum or the score, and of the bonus earned."""
    rule = policies.late
    share = rule.share(minutes) if rule is not None else Fraction(0)
    if rule is None or not share:
        return None, None
    whole = report.max_score if rule.of == "maximum" else report.score
    return _taken(minutes, share, whole, report.score), _taken(minutes, share, report.bonus, report.bonus)


def _taken(minutes: int, share: Fraction, whole: Fraction, earned: Fraction) -> Adjustment:
    late = say("late by {time}", time=show_minutes(minutes))
    if share == 1:  # of points that were raised above the maximum nothing is left either
        return Adjustment(policy="late", reason=say("{late}: no points", late=late), points=-earned)
    reason = say("{late}: {share} of {points}", late=late, share=show_share(share), points=points_in_words(whole))
    return Adjustment(policy="late", reason=reason, points=-share * whole)


def cap(policies: Policies, minutes: int, report: FullReport) -> Change:
    """Drop what bonus points would lift the sum above the cap."""
    if policies.cap is None:
        return None, None
    most = policies.cap * report.max_score
    over = max(Fraction(0), report.score + report.bonus - most)
    reason = say("required and bonus points together count up to {points}", points=points_in_words(most))
    return None, Adjustment(policy="cap", reason=reason, points=-min(over, report.bonus))


OF_A_CLASS: list[Callable[[Policies, int, FullReport], Change]] = [lateness, cap]
"""Policies of a whole report, in the order in which they are applied; each is told how many minutes it is late."""


def counted(
    policies: Policies,
    attempts: Sequence[GradedAttempt],
    extensions: Sequence[Extension] = (),
    late_days_left: int | None = None,
) -> CountedWork:
    """Return what counts of one person's `attempts`, given in any order, with the `extensions` that are the person's.

    `late_days_left` is what is left of the person's late days, by default the whole budget. Raises ValueError for an
    attempt whose time has no zone.
    """
    due = own_deadline(policies.deadline, extensions)
    taking, set_aside = _sifted(policies.attempts, sorted(attempts, key=lambda one: one.number))
    if taking:
        priced = [_priced(policies, one, due, late_days_left) for one in taking]
        chosen = max(priced, key=_worth) if policies.attempts.count == "best" else priced[-1]
    elif set_aside:
        # Where nothing could be graded, our own fault is no zero of the student's: somebody has to look at it.
        failed = [one for one, _ in set_aside if not is_graded(one.report)]
        which = (failed or [one for one, _ in set_aside])[-1]
        chosen = _Priced(which, which.report, 0, 0)
    else:
        return CountedWork(deadline=due)
    aside = tuple((one, why) for one, why in set_aside if one is not chosen.which)
    notes = [Note(message=said) for said in (*_said(policies, chosen, due, taking), *(why for _, why in aside))]
    return CountedWork(
        which=chosen.which,
        report=replace(chosen.report, notes=(*chosen.report.notes, *notes)),
        set_aside=aside,
        deadline=due,
        late=chosen.late,
        late_days_used=chosen.days,
        attempts=len(taking),
    )


def own_deadline(deadline: Instant | None, extensions: Iterable[Extension]) -> Instant | None:
    """Return the latest deadline that the extensions give; none makes it earlier."""
    if deadline is None:
        return None
    moved = [replace(deadline, minute=deadline.minute + each.extra) for each in extensions if each.until is None]
    until = [each.until for each in extensions if each.until is not None]
    return max((deadline, *moved, *until), key=lambda moment: moment.minute)


class _Priced(Struct, frozen=True):
    """An attempt with its report after the policies, its minutes of lateness, and the late days used for it."""

    which: GradedAttempt
    report: FullReport
    late: int
    days: int


def _worth(one: _Priced) -> tuple[Fraction, int, int]:
    """Return by what attempts are compared: of equal ones the one with the fewest late days, then the first."""
    return one.report.score + one.report.bonus, -one.days, -one.which.number


def _sifted(
    rule: AttemptRule, attempts: Iterable[GradedAttempt]
) -> tuple[list[GradedAttempt], list[tuple[GradedAttempt, Message]]]:
    """Return the attempts that are taken, and the others with the reason why not."""
    taking: list[GradedAttempt] = []
    aside: list[tuple[GradedAttempt, Message]] = []
    for one in attempts:
        why = _refused(rule, one, taking)
        if why is None:
            taking.append(one)
        else:
            aside.append((one, why))
    return taking, aside


def _refused(rule: AttemptRule, one: GradedAttempt, taking: Sequence[GradedAttempt]) -> Message | None:
    """Return why an attempt does not count, given those before it that do."""
    if not is_graded(one.report):
        return say("Attempt {number} could not be graded, through no fault of yours; it costs no attempt.",
                   number=one.number)  # fmt: skip
    if all(problem.status == "ungradable" for problem in one.report.problems):
        return say("Attempt {number} could not be read; it costs no attempt.", number=one.number)
    before = next((each for each in reversed(taking) if each.at is not None), None)
    if rule.cool_down and before is not None and one.at is not None:
        gap = _minute(one.at) - _minute(before.at)
        if gap < rule.cool_down:
            return say("Attempt {number} came {time} after attempt {before} and does not count: {wait} have to be "
                       "between two.", number=one.number, time=show_minutes(max(0, gap)), before=before.number,
                       wait=show_minutes(rule.cool_down))  # fmt: skip
    if rule.at_most is not None and len(taking) >= rule.at_most:
        return say_count(
            "Attempt {number} does not count: only {count} attempt is taken.",
            "Attempt {number} does not count: only {count} attempts are taken.",
            rule.at_most,
            number=one.number,
        )
    return None


def _minute(at: datetime | None) -> int:
    """Return the minute of a moment, from 1970-01-01 UTC. Raises ValueError where its zone is not known."""
    if at is None or at.utcoffset() is None:
        raise ValueError("a time without a zone is no moment")
    return int(at.timestamp() // 60)


def _priced(policies: Policies, one: GradedAttempt, due: Instant | None, left: int | None) -> _Priced:
    """Return an attempt after the policies, with as many late days as save points, and none that would save nothing."""
    minutes = _minute(one.at) - due.minute if due is not None and one.at is not None else 0
    if minutes <= policies.grace:
        minutes = 0
    ways = [
        _Priced(one, _after(policies, minutes - days * DAY, one.report), minutes, days)
        for days in range(_most_days(policies, minutes, left) + 1)
    ]
    return max(ways, key=_worth)


def _after(policies: Policies, minutes: int, report: FullReport) -> FullReport:
    """Return the report after the policies, so many minutes late; within the grace it is not late."""
    for policy in OF_A_CLASS:
        report = adjust_report(report, *policy(policies, minutes if minutes > policies.grace else 0, report))
    return report


def _most_days(policies: Policies, minutes: int, left: int | None) -> int:
    """Return how many late days could be used for work so many minutes late."""
    rule = policies.late_days
    if rule is None or not minutes:
        return 0
    budget = rule.budget if left is None else max(0, left)
    needed = -(-(minutes - policies.grace) // DAY)
    return min(budget, needed, budget if rule.at_most is None else rule.at_most)


def _said(
    policies: Policies, chosen: _Priced, due: Instant | None, taking: Sequence[GradedAttempt]
) -> Iterable[Message]:
    """Yield what a student should know beside the arithmetic."""
    if len(taking) > 1:
        best = policies.attempts.count == "best"
        said = say("the best of {count}", count=len(taking)) if best else say("the last of {count}", count=len(taking))
        yield say("Attempt {number} counts, {which}.", number=chosen.which.number, which=said)
    if due is None:
        return
    if due != policies.deadline:
        yield say("Your deadline was extended to {moment}.", moment=show_moment(due))
    if chosen.which.at is None and chosen.which.late:
        yield say("The course system says that this is late, and not by how much; it counts as in time.")
    elif chosen.which.at is None:
        yield say("When this was handed in is not known; it counts as in time.")
    if chosen.days:
        yield say_count("{count} late day was used for this assignment.",
                        "{count} late days were used for this assignment.", chosen.days)  # fmt: skip
    taken = (*chosen.report.adjustments, *chosen.report.bonus_adjustments)
    if chosen.late and not any(each.policy == "late" for each in taken):
        yield say("Handed in {time} late; this takes no points.", time=show_minutes(chosen.late))
