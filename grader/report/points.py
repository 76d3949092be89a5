"""Exact points are rounded to cents once, here, so that the points that are shown add up to the sum that is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from msgspec import Struct

from grader.language import Bilingual, Message, say
from grader.model import Adjustment, Exhibit, ProblemResult, Report, Withheld
from grader.model.report import adjusted

CENTS = 100
REQUIRED = Bilingual("必做", "required")
"""What points are called that are no bonus; "required" is in the catalogue for an option that must be given."""
Amount = TypeVar("Amount", int, Fraction)


class Score(Struct, frozen=True):
    """Points as they are shown: both are whole cents. What is not `graded`, by us or by a person, has a dash."""

    score: Fraction
    max_score: Fraction
    graded: bool = True


class Points(Struct, frozen=True, kw_only=True):
    """All points of a report in whole cents; `checks` has a function's checks in their order.

    `manual` are the items that a person grades; `open` and `open_bonus` are the points of those that are open.
    """

    required: Score
    bonus: Score
    problems: Mapping[str, Score]
    checks: Mapping[str, tuple[Score, ...]]
    manual: Mapping[str, Score] = {}
    open: Fraction = Fraction(0)
    open_bonus: Fraction = Fraction(0)


def show_points(points: Fraction) -> str:
    """Return points as people write them: at most two decimals, halves up, no trailing zeros."""
    cents = _cents(points)
    text = f"{abs(cents) // CENTS}.{abs(cents) % CENTS:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if cents < 0 else text


def show_earned(shown: Score) -> str:
    """Return the points, or a dash where they are not graded: that is never a 0."""
    return show_points(shown.score) if shown.graded else "–"


def show_score(shown: Score) -> str:
    """Return `12.5 / 40`, or `– / 40` for what is not graded."""
    return f"{show_earned(shown)} / {show_points(shown.max_score)}"


def worth(shown: Score) -> Message | str:
    """Return the points of a function or an item, or that it has none and only informs."""
    return show_score(shown) if shown.max_score else say("info only")


def points_in_words(points: Fraction) -> Message:
    """Return `3 points`."""
    shown = show_points(points)
    return say("{points} point", points=shown) if shown == "1" else say("{points} points", points=shown)


def arithmetic(score: Fraction, adjustments: Sequence[Adjustment]) -> Message:
    """Return how adjustments change a score, in their order: `8 − 2 (2 hints after the first) = 6`."""
    said: Message | str = show_points(score)
    for each in adjustments:
        after, reason = adjusted(score, [each]), each.reason
        change = round_points(after) - round_points(score)  # so that what is shown adds up
        if score + each.points < 0:
            change, reason = each.points, say("{reason}; a score is never below 0", reason=reason)
        points = show_points(abs(change))
        if change < 0:
            said = say("{before} − {points} ({reason})", before=said, points=points, reason=reason)
        else:
            said = say("{before} + {points} ({reason})", before=said, points=points, reason=reason)
        score = after
    return say("{before} = {after}", before=said, after=show_points(score))


def round_points(points: Fraction) -> Fraction:
    """Return the nearest whole cents, halves up."""
    return Fraction(_cents(points), CENTS)


def apportion(parts: Sequence[Fraction], total: Fraction, caps: Sequence[Fraction] | None = None) -> list[Fraction]:
    """Return the parts in whole cents that add up to `total` (whole cents), by largest remainder (Hamilton's method).

    A part that is whole cents keeps its value; every other is rounded down or up. With `caps` (what the parts could
    at most be, in whole cents) a part that is full is shown as its cap, and none exceeds its cap unless the sum needs
    it. Parts that do not add up to `total` within their rounding (something was taken off it) add up to their own sum.
    """
    if abs(sum(parts) - total) * CENTS >= 1:
        total = round_points(sum(parts, Fraction(0)))
    floors = [part * CENTS // 1 for part in parts]
    remainders = [part * CENTS - floor for part, floor in zip(parts, floors, strict=True)]
    missing = _cents(total) - sum(floors)
    room = [1] * len(parts)
    if caps is not None:
        room = [_cents(cap) - floor for cap, floor in zip(caps, floors, strict=True)]
    order = sorted(
        (index for index, rest in enumerate(remainders) if rest),
        key=lambda index: (room[index] < 1, room[index] > 1, -remainders[index], index),
    )
    raised = set(order[:missing])
    return [Fraction(floor + (index in raised), CENTS) for index, floor in enumerate(floors)]


def shown_points(report: Report[Exhibit | Withheld]) -> Points:
    """Return every number of points in `report` as it is to be shown.

    What is not full is never shown as full, and what is not nothing never as nothing: rounding that would do so is
    moved by a cent, and with it the sums above.
    """
    problems: dict[str, Score] = {}
    sums: list[Score] = []
    checks: dict[str, tuple[Score, ...]] = {}
    manual: dict[str, Score] = {}
    left: list[Fraction] = []
    for bonus, score, max_score in (
        (False, report.score, report.max_score),
        (True, report.bonus, report.max_bonus),
    ):
        group = [problem for problem in report.problems if problem.bonus is bonus]
        total = Score(round_points(score), round_points(max_score))
        # What is adjusted is rounded by itself, so that its arithmetic ends in the number that is shown.
        exact = [(round_points(one.score) if one.adjustments else one.score, one.max_score) for one in group]
        items = [item for item in report.manual if item.bonus is bonus]
        shown = _pairs([*exact, *((item.score or Fraction(0), item.max_score) for item in items)], total)
        by_hand = {item.name: pair for item, pair in zip(items, shown[len(group) :], strict=True)}
        left.append(sum((by_hand[item.name].max_score for item in items if item.is_open), Fraction(0)))
        manual |= {item.name: _graded(by_hand[item.name], not item.is_open) for item in items}
        lost, is_set = not report.problems, report.is_set and not bonus
        moved = Fraction(0)
        for problem, pair in zip(group, shown[: len(group)], strict=True):
            checks[problem.function], by = _checks(problem, pair)
            one = _strict(_moved(pair, by), problem.score, problem.max_score)
            kept = problem.is_graded
            problems[problem.function] = _graded(one, kept)
            checks[problem.function] = tuple(_graded(each, kept) for each in checks[problem.function])
            lost = lost or not kept
            moved += one.score - pair.score
        whole = report.bonus_adjustments if bonus else report.adjustments
        sums.append(_graded(_strict(total if whole else _moved(total, moved), score, max_score), is_set or not lost))
    return Points(
        required=sums[0],
        bonus=sums[1],
        problems=problems,
        checks=checks,
        manual=manual,
        open=left[0],
        open_bonus=left[1],
    )


def _checks(problem: ProblemResult[Exhibit | Withheld], total: Score) -> tuple[tuple[Score, ...], Fraction]:
    """Return the checks' points, and by how much their sum was moved: 0 where it is not the problem's score."""
    exact = [(check.score, check.max_score) for check in problem.checks]
    rounded = _pairs(exact, total)
    shown = tuple(_strict(one, *its) for one, its in zip(rounded, exact, strict=True))
    moved = sum((one.score - other.score for one, other in zip(shown, rounded, strict=True)), Fraction(0))
    return shown, Fraction(0) if problem.adjustments else moved


def _graded(shown: Score, kept: bool) -> Score:
    return Score(shown.score, shown.max_score, kept)


def _moved(shown: Score, by: Fraction) -> Score:
    return Score(min(max(shown.score + by, Fraction(0)), shown.max_score), shown.max_score)


def _strict(shown: Score, score: Fraction, max_score: Fraction) -> Score:
    """Return what is shown of a score: full where it is, else a cent from full or from 0 where rounding led there."""
    if 0 < max_score <= score:
        return Score(shown.max_score, shown.max_score)
    least, most = Fraction(1, CENTS), shown.max_score - Fraction(1, CENTS)
    if not 0 < score < max_score or most < least:
        return shown
    return Score(min(max(shown.score, least), most), shown.max_score)


def _pairs(exact: Sequence[tuple[Fraction, Fraction]], total: Score) -> list[Score]:
    """Return scores and full scores in cents; a full score does not depend on what was earned."""
    full = apportion([most for _, most in exact], total.max_score)
    earned = apportion([score for score, _ in exact], total.score, full)
    return [Score(score, most) for score, most in zip(earned, full, strict=True)]


def _cents(points: Fraction) -> int:
    return (points * CENTS + Fraction(1, 2)) // 1


def less_from_the_last(scores: Sequence[Amount], total: Amount) -> list[Amount]:
    """Return scores that add up to `total`, if they were more: less from the last ones on."""
    left: list[Amount] = []
    more = sum(scores, -total)
    for score in reversed(scores):
        less = min(more, score) if more > 0 else more * 0
        more -= less
        left.append(score - less)
    return left[::-1]
