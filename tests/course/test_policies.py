"""What counts of a person's attempts, and what lateness, late days, extensions and a cap make of it."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.extensions import Extension
from grader.course.policies import GradedAttempt, counted
from grader.language import Bilingual, inert
from grader.model import (
    AttemptRule,
    CheckResult,
    Instant,
    LateDays,
    LateRule,
    Policies,
    ProblemResult,
    Report,
)
from grader.model.report import adjusted
from grader.report.terms import rules
from grader.report.wording import adjusted_total

DAY = 24 * 60
DUE = Instant(minute=29_000_000, offset=480, zone="Asia/Shanghai")


def problem(name, score, most, *, bonus=False, status=None):
    text = Bilingual(name, name)
    state = status or ("passed" if score == most else "partial" if score else "failed")
    one = CheckResult(name=text, kind="values", visibility="public", status=state, score=F(score), max_score=F(most),
                      message=None, cases=())  # fmt: skip
    return ProblemResult(function=name, title=text, status=state, score=F(score), max_score=F(most), bonus=bonus,
                         message=None, checks=(one,))  # fmt: skip


def graded(score=60, most=100, extra=0, most_extra=0, status=None):
    problems = [problem("f", score, most, status=status)]
    if most_extra:
        problems.append(problem("g", extra, most_extra, bonus=True, status=status))
    return Report(
        assignment=Bilingual("作业", "Homework"), language="en", submission=inert("work.py"), score=F(score),
        max_score=F(most), bonus=F(extra), max_bonus=F(most_extra), problems=tuple(problems), notes=(), seed=None,
        rubric_digest="", submission_digest="", versions={}, tier="test", self_check=False, seconds=1.0,
    )  # fmt: skip


def handed_in(late=0, number=1, report=None, **points):
    """Return an attempt handed in so many minutes after the deadline (before it: below 0)."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=DUE.minute + late)
    return GradedAttempt(report=report or graded(**points), at=at, number=number, id=str(number))


def asked(**keys):
    return Policies(deadline=DUE, **keys)


BY_DAY = LateRule(take=F(1, 10), each=DAY, at_most=F(1, 2))


def arithmetic(result, language="en"):
    return [said.text(language) for said in adjusted_total(result.report)]


def notes(result, language="en"):
    return [note.message.text(language) for note in result.report.notes]


# --- lateness


@pytest.mark.parametrize(
    ("late", "score"),
    [(-5, 60), (0, 60), (1, 50), (DAY, 50), (DAY + 1, 40), (5 * DAY, 10), (100 * DAY, 10)],
)
def test_each_day_that_has_begun_takes_its_share_of_the_maximum(late, score):
    assert counted(asked(late=BY_DAY), [handed_in(late)]).report.score == score


def test_the_minute_of_the_deadline_is_in_time_to_its_last_second():
    last = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=DUE.minute, seconds=59, milliseconds=999)
    assert counted(asked(late=BY_DAY), [GradedAttempt(report=graded(), at=last, number=1)]).late == 0
    elsewhere = (last + timedelta(milliseconds=1)).astimezone(timezone(timedelta(hours=-7)))
    assert counted(asked(late=BY_DAY), [GradedAttempt(report=graded(), at=elsewhere, number=1)]).late == 1


def test_grace_forgives_and_once_it_is_over_lateness_counts_from_the_deadline():
    policies = asked(late=LateRule(take=F(1), each=DAY, steady=True), grace=15)
    assert counted(policies, [handed_in(15)]).report.score == 60
    assert counted(policies, [handed_in(16, score=100)]).report.score == 100 - F(100 * 16, DAY)


def test_a_report_says_it_as_arithmetic_in_both_languages():
    result = counted(asked(late=BY_DAY), [handed_in(26 * 60)])
    assert arithmetic(result) == ["Required points: 60 − 20 (late by 1 day 2 h: 20% of 100 points) = 40"]
    assert arithmetic(result, "zh") == ["必做题得分：60 − 20（迟交 1 天 2 小时，扣 100 分的 20%）= 40"]


def test_of_the_score_and_a_slope():
    late = LateRule(take=F(1, 10), each=DAY, steady=True, of="score")
    result = counted(asked(late=late), [handed_in(36 * 60)])
    assert result.report.score == 51
    assert arithmetic(result) == ["Required points: 60 − 9 (late by 1 day 12 h: 15% of 60 points) = 51"]


def test_steps_and_what_is_later_than_the_last_of_them():
    policies = asked(late=LateRule(steps=((DAY, F(1, 10)), (3 * DAY, F(3, 10)))))
    scores = [counted(policies, [handed_in(late)]).report.score for late in (DAY, DAY + 1, 3 * DAY, 3 * DAY + 1)]
    assert scores == [50, 30, 30, 0]


def test_until_leaves_nothing_later_not_even_of_what_was_raised_above_the_maximum():
    policies = asked(late=LateRule(until=2 * DAY))
    assert counted(policies, [handed_in(2 * DAY)]).report.score == 60
    report = graded(score=120, extra=5, most_extra=10)
    result = counted(policies, [handed_in(2 * DAY + 1, report=report)])
    assert (result.report.score, result.report.bonus) == (0, 0)
    assert arithmetic(result) == [
        "Required points: 120 − 120 (late by 2 days 1 min: no points) = 0",
        "Bonus points: 5 − 5 (late by 2 days 1 min: no points) = 0",
    ]


def test_bonus_points_lose_the_share_of_what_was_earned():
    result = counted(asked(late=BY_DAY), [handed_in(1, extra=8, most_extra=20)])
    assert (result.report.score, result.report.bonus) == (50, F(72, 10))
    assert arithmetic(result)[1] == "Bonus points: 8 − 0.8 (late by 1 min: 10% of 8 points) = 7.2"


def test_a_score_never_falls_below_0_and_that_is_said():
    result = counted(asked(late=BY_DAY), [handed_in(1, score=4)])
    assert result.report.score == 0
    assert arithmetic(result)[0].endswith("10% of 100 points; a score is never below 0) = 0")


def test_lateness_that_takes_nothing_is_told():
    assert notes(counted(asked(), [handed_in(61)])) == ["Handed in 1 h 1 min late; this takes no points."]
    assert notes(counted(asked(late=BY_DAY), [handed_in(61, score=0)])) == [
        "Handed in 1 h 1 min late; this takes no points."
    ]
    assert notes(counted(asked(late=BY_DAY), [handed_in(-61)])) == []


def test_what_nobody_dated_is_in_time_and_a_time_without_a_zone_is_refused():
    result = counted(asked(late=BY_DAY), [GradedAttempt(report=graded(), at=None, number=1)])
    assert result.report.score == 60 and "not known" in notes(result)[0]
    with pytest.raises(ValueError, match="zone"):
        counted(asked(), [GradedAttempt(report=graded(), at=datetime(2026, 1, 1), number=1)])


# --- late days and extensions


def test_late_days_are_used_before_points_are_taken():
    policies = asked(late=BY_DAY, late_days=LateDays(budget=3))
    result = counted(policies, [handed_in(2 * DAY)])
    assert (result.report.score, result.late_days_used) == (60, 2)
    assert notes(result)[0] == "2 late days were used for this assignment."
    result = counted(policies, [handed_in(2 * DAY)], late_days_left=1)
    assert (result.report.score, result.late_days_used) == (50, 1)
    assert "late by 1 day:" in arithmetic(result)[0]
    assert counted(policies, [handed_in(2 * DAY)], late_days_left=0).report.score == 40
    here = asked(late=BY_DAY, late_days=LateDays(budget=3, at_most=1))
    assert counted(here, [handed_in(2 * DAY)]).late_days_used == 1


def test_grace_holds_beyond_the_late_days_too():
    policies = asked(late=BY_DAY, late_days=LateDays(budget=1), grace=15)
    late = [counted(policies, [handed_in(DAY + more)]) for more in (15, 16)]
    assert [(each.report.score, each.late_days_used) for each in late] == [(60, 1), (50, 1)]


def test_late_days_that_would_save_nothing_are_kept():
    policies = asked(late=LateRule(take=F(1, 10), until=2 * DAY), late_days=LateDays(budget=3))
    assert counted(policies, [handed_in(30 * DAY)]).late_days_used == 0
    assert counted(policies, [handed_in(4 * DAY)], late_days_left=3).late_days_used == 2
    assert counted(policies, [handed_in(DAY, score=0)]).late_days_used == 0
    few = asked(late=BY_DAY, late_days=LateDays(budget=1))
    assert counted(few, [handed_in(2 * DAY, score=5)]).late_days_used == 0, "5 points are lost with it and without"


def test_an_extension_moves_the_deadline_and_the_most_generous_counts():
    policies = asked(late=BY_DAY)
    two = Extension(who="ann", extra=2 * DAY)
    three = Extension(who="red", is_group=True, until=Instant(minute=DUE.minute + 3 * DAY, offset=0))
    earlier = Extension(who="ann", until=Instant(minute=DUE.minute - DAY, offset=0))
    late = [handed_in(3 * DAY)]
    assert [counted(policies, late, own).report.score for own in ([], [two], [two, three], [earlier])] == [
        30,
        50,
        60,
        30,
    ]
    result = counted(policies, late, [two])
    assert (result.deadline.minute, result.late) == (DUE.minute + 2 * DAY, DAY)
    assert notes(result)[0].startswith("Your deadline was extended to 2025-")


# --- attempts


def test_the_last_or_the_best_counts_and_best_compares_after_lateness():
    attempts = [handed_in(1, 2, score=75), handed_in(-9, 1, score=70), handed_in(2, 3, score=20)]
    last, best = (
        counted(asked(late=BY_DAY, attempts=AttemptRule(count=count)), attempts) for count in ("last", "best")
    )
    assert (last.which.number, best.which.number, last.attempts) == (3, 1, 3)
    assert notes(best) == ["Attempt 1 counts, the best of 3."]


def test_the_best_has_the_most_points_bonus_included():
    attempts = [handed_in(-9, 1, score=70), handed_in(-8, 2, score=65, extra=9, most_extra=10)]
    assert counted(asked(attempts=AttemptRule(count="best")), attempts).which.number == 2


def test_of_equal_attempts_the_one_without_late_days_counts():
    policies = asked(late=BY_DAY, late_days=LateDays(budget=3), attempts=AttemptRule(count="best"))
    result = counted(policies, [handed_in(5, 1), handed_in(-1, 2), handed_in(-1, 3)])
    assert (result.which.number, result.late_days_used) == (2, 0)


def test_what_cannot_be_read_or_graded_costs_no_attempt():
    attempts = [
        handed_in(-9, 1, score=0, status="ungradable"),
        handed_in(-8, 2, score=0, status="not_graded"),
        handed_in(-7, 3, score=50),
        handed_in(-6, 4, score=0, status="not_graded"),
        handed_in(-5, 5, score=90),
    ]
    result = counted(asked(attempts=AttemptRule(at_most=1)), attempts)
    assert (result.which.number, result.attempts, len(result.set_aside)) == (3, 1, 4)
    assert "through no fault of yours" in result.set_aside[1][1].text("en")
    assert result.set_aside[3][1].text("en") == "Attempt 5 does not count: only 1 attempt is taken."


def test_where_nothing_could_be_graded_our_fault_is_no_zero():
    unread = handed_in(-9, 2, score=0, status="ungradable")
    failed = handed_in(-9, 1, score=0, status="not_graded")
    assert counted(asked(), [failed, unread]).which is failed
    assert counted(asked(), [unread]).which is unread
    nothing = counted(asked(), [])
    assert (nothing.which, nothing.report, nothing.deadline) == (None, None, DUE)


def test_an_attempt_that_comes_too_soon_is_set_aside_and_starts_no_wait():
    policies = asked(attempts=AttemptRule(cool_down=60, at_most=2))
    result = counted(policies, [handed_in(-90, 1), handed_in(-50, 2), handed_in(-30, 3), handed_in(-20, 4)])
    assert (result.which.number, result.attempts) == (3, 2)
    assert [one.number for one, _ in result.set_aside] == [2, 4]
    assert notes(result)[1].startswith("Attempt 2 came 40 min after attempt 1 and does not count: 1 h have")


# --- the cap


def test_the_cap_drops_bonus_points_alone_and_after_lateness():
    policies = asked(cap=F(11, 10), late=BY_DAY)
    result = counted(policies, [handed_in(score=100, extra=15, most_extra=20)])
    assert (result.report.score, result.report.bonus) == (100, 10)
    assert arithmetic(result) == [
        "Bonus points: 15 − 5 (required and bonus points together count up to 110 points) = 10"
    ]
    late = counted(policies, [handed_in(1, score=100, extra=15, most_extra=20)])
    assert (late.report.score, late.report.bonus) == (90, F(135, 10))
    assert counted(asked(cap=F(1)), [handed_in(score=130)]).report.score == 130
    over = counted(asked(cap=F(1)), [handed_in(score=130, extra=10, most_extra=20)])
    assert arithmetic(over) == ["Bonus points: 10 − 10 (required and bonus points together count up to 100 points) = 0"]


# --- what holds whatever is asked

SHARES = st.fractions(0, 1, max_denominator=40).filter(bool)
MINUTES = st.integers(1, 20 * DAY)


@st.composite
def lates(draw):
    way = draw(st.sampled_from(["once", "each", "slope", "steps", "until"]))
    until = draw(st.none() | MINUTES) if way != "until" else draw(MINUTES)
    of = draw(st.sampled_from(["maximum", "score"]))
    if way == "steps":
        bounds = sorted(draw(st.sets(MINUTES, min_size=1, max_size=4)))
        shares = sorted(draw(st.lists(SHARES, min_size=len(bounds), max_size=len(bounds))))
        return LateRule(steps=tuple(zip(bounds, shares, strict=True)), until=until, of=of)
    take = draw(SHARES) if way != "until" else F(0)
    each = draw(st.sampled_from([1, 60, DAY])) if way in ("each", "slope") else 0
    return LateRule(
        take=take, each=each, steady=way == "slope", at_most=draw(SHARES) if each else F(1), until=until, of=of
    )


policies = st.builds(
    Policies,
    deadline=st.just(DUE),
    grace=st.integers(0, 2 * DAY),
    late=st.none() | lates(),
    late_days=st.none() | st.builds(LateDays, budget=st.integers(1, 5), at_most=st.none() | st.integers(1, 5)),
    attempts=st.builds(AttemptRule, count=st.sampled_from(["best", "last"])),
    cap=st.none() | st.fractions(1, 2, max_denominator=20),
)
points = st.builds(
    lambda score, extra: {"score": score, "extra": extra, "most_extra": 20},
    st.fractions(0, 110, max_denominator=9), st.fractions(0, 20, max_denominator=9),
)  # fmt: skip
minutes = st.integers(-DAY, 30 * DAY)
left = st.none() | st.integers(0, 4)


def total(result):
    return result.report.score + result.report.bonus


@given(policies, points, minutes, minutes, left)
def test_later_never_gives_more(asked_for, earned, one, other, days):
    early, late = sorted((one, other))
    first = counted(asked_for, [handed_in(early, **earned)], late_days_left=days)
    second = counted(asked_for, [handed_in(late, **earned)], late_days_left=days)
    assert second.report.score <= first.report.score
    assert total(second) <= total(first)


@given(policies, st.lists(st.tuples(points, minutes), min_size=1, max_size=4), st.integers(0, 9 * DAY), left)
def test_more_time_never_lowers_anybody(asked_for, attempts, more, days):
    """An extension, and a deadline that is moved for all, are the same for one person."""
    ordered = sorted(attempts, key=lambda each: each[1])
    all_ = [handed_in(late, number, **earned) for number, (earned, late) in enumerate(ordered, 1)]
    before = counted(asked_for, all_, late_days_left=days)
    extended = counted(asked_for, all_, [Extension(who="ann", extra=more)], days)
    later = Instant(minute=DUE.minute + more, offset=0)
    moved = counted(Policies(**{name: getattr(asked_for, name) for name in asked_for.__struct_fields__}
                               | {"deadline": later}), all_, late_days_left=days)  # fmt: skip
    assert total(extended) >= total(before)
    assert (total(moved), moved.late_days_used) == (total(extended), extended.late_days_used)


@given(policies, points, minutes, left)
def test_the_arithmetic_of_a_report_is_exact(asked_for, earned, late, days):
    result = counted(asked_for, [handed_in(late, **earned)], late_days_left=days)
    report = result.report
    assert adjusted(earned["score"], report.adjustments) == report.score >= 0
    assert adjusted(earned["extra"], report.bonus_adjustments) == report.bonus >= 0
    assert report.score <= earned["score"] and report.bonus <= earned["extra"]
    if asked_for.cap is not None and report.bonus:
        assert total(result) <= max(report.score, asked_for.cap * report.max_score)


@given(policies)
def test_what_is_asked_can_be_said_in_both_languages(asked_for):
    for said in rules(asked_for, bonus=True):
        for language in ("en", "zh"):
            assert "{" not in said.text(language)
        assert said.text("en") != said.text("zh")
