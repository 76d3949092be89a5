"""What the class's numbers are: of the whole, of each function and of each check, each with how many they are from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from grader.course.insight.gathering import UNTRIED, CheckOutline, ClassView, Member, Outline, shares
from grader.course.insight.statistics import (
    FEWEST,
    FEWEST_MEANS,
    Reliability,
    correlation,
    discrimination,
    groups,
    histogram,
    mean,
    means_by_group,
    median,
    reliability,
)
from grader.language import Bilingual, Message, say
from grader.model import Visibility

BINS = 10
MOST_BARS = 48


class ItemNumbers(Struct, frozen=True, kw_only=True):
    """The numbers of one function or check; `None` is what cannot be told from so few, or where nothing varies.

    `facility` is the mean share of its points, of all `students`. `discrimination` correlates it with the points of the
    other functions. `groups` are mean and size of five groups from the lowest to the highest total. `idle` says why it
    never decides anything.
    """

    title: Bilingual
    students: int
    untried: int
    facility: float | None
    discrimination: float | None
    groups: tuple[tuple[float | None, int], ...]
    kind: str = ""
    visibility: Visibility = "public"
    idle: Message | None = None


class FunctionNumbers(Struct, frozen=True, kw_only=True):
    """A function as an item, and its checks; `without` is alpha without it, `points` what it is worth."""

    function: str
    bonus: bool
    points: str
    item: ItemNumbers
    checks: tuple[ItemNumbers, ...]
    without: float | None = None


class TimeBar(Struct, frozen=True, kw_only=True):
    """How many hand-ins came in the time that begins at `start`."""

    start: datetime
    count: int


class ClassNumbers(Struct, frozen=True, kw_only=True):
    """All numbers of a class. `apart` is how many people's results are left out of what compares functions."""

    students: int
    compared: int
    apart: int
    scores: tuple[int, ...]
    mean: float | None
    median: float | None
    functions: tuple[FunctionNumbers, ...]
    reliability: Reliability | None
    bars: tuple[TimeBar, ...]
    step: timedelta
    attempts: tuple[tuple[int, int], ...]


def class_numbers(view: ClassView) -> ClassNumbers:
    """Return the numbers of a class; what a small class cannot tell is `None` or empty."""
    names = [each.function for each in view.of(max(view.members, key=lambda each: len(each.results)))]
    kept, rows = shares(view, names)
    percent = [float(100 * each.score / each.max_score) if each.max_score else 0.0 for each in view.members]
    enough = len(percent) >= FEWEST_MEANS
    whole = reliability(rows)
    bars, step = over_time(view.handed_in)
    return ClassNumbers(
        students=len(view.members),
        compared=len(kept),
        apart=len(view.members) - len(kept),
        scores=tuple(histogram(percent, 100.0, BINS)) if enough else (),
        mean=mean(percent) if enough else None,
        median=median(percent) if enough else None,
        functions=tuple(
            _function(view, kept, rows, place, whole.without[place] if whole else None) for place in range(len(names))
        ),
        reliability=whole,
        bars=bars,
        step=step,
        attempts=tuple(sorted(Counter(each.attempts for each in view.members).items())) if enough else (),
    )


def _function(
    view: ClassView, kept: Sequence[Member], rows: Sequence[Sequence[float]], place: int, without: float | None
) -> FunctionNumbers:
    outlines = [view.of(member)[place] for member in kept]
    first = outlines[0] if outlines else view.of(max(view.members, key=lambda each: len(each.results)))[place]
    rest = [sum(row) - row[place] for row in rows]
    group = groups([sum(row) for row in rows])
    item = _item(first.title, [float(each.share) for each in outlines], outlines, group)
    if len(kept) >= FEWEST:
        item = _replaced(item, discrimination(rows, place))
    return FunctionNumbers(
        function=first.function,
        bonus=first.bonus,
        points=f"{float(first.points):g}",
        item=item,
        checks=tuple(_checks(outlines, rest, group)) if _same_checks(outlines) else (),
        without=without,
    )


def _same_checks(outlines: Sequence[Outline]) -> bool:
    """Return whether everybody has the same checks: of a function that was never called there are none."""
    return len({len(each.checks) for each in outlines}) == 1


def _checks(outlines: Sequence[Outline], rest: Sequence[float], group: Sequence[int]) -> list[ItemNumbers]:
    found: list[ItemNumbers] = []
    columns = [[float(each.checks[place].share) for each in outlines] for place in range(len(outlines[0].checks))]
    tried = [at for at, each in enumerate(outlines) if each.status not in UNTRIED]
    decided = [tuple(column[at] for at in tried) for column in columns]
    for place, column in enumerate(columns):
        check: CheckOutline = outlines[0].checks[place]
        item = _item(check.name, column, outlines, group)
        if len(column) >= FEWEST:
            item = _replaced(item, correlation(column, rest))
        found.append(
            ItemNumbers(
                **{name: getattr(item, name) for name in ("title", "students", "untried", "facility", "groups")},
                discrimination=item.discrimination,
                kind=check.kind,
                visibility=check.visibility,
                idle=_idle(decided, place, outlines[0]) if len(tried) >= FEWEST_MEANS else None,
            )
        )
    return found


def _idle(decided: Sequence[tuple[float, ...]], place: int, outline: Outline) -> Message | None:
    """Return why a check never decided anything among those who wrote the function, `None` if it did."""
    own = decided[place]
    if min(own) == 1:
        return say("everybody passes it")
    if max(own) == 0:
        return say("nobody passes it")
    twin = next((at for at in range(place) if decided[at] == own), None)
    return say("always as “{check}”", check=outline.checks[twin].name) if twin is not None else None


def _item(title: Bilingual, column: Sequence[float], outlines: Sequence[Outline], group: Sequence[int]) -> ItemNumbers:
    return ItemNumbers(
        title=title,
        students=len(column),
        untried=sum(each.status in UNTRIED for each in outlines),
        facility=mean(column) if len(column) >= FEWEST_MEANS else None,
        discrimination=None,
        groups=tuple(means_by_group(column, group)) if len(column) >= FEWEST else (),
    )


def _replaced(item: ItemNumbers, found: float | None) -> ItemNumbers:
    from msgspec.structs import replace

    return replace(item, discrimination=found)


def over_time(times: Sequence[datetime]) -> tuple[tuple[TimeBar, ...], timedelta]:
    """Return how many hand-ins came in each hour, day or longer step, so that there are few bars, and the step."""
    steps = [timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7), timedelta(days=28)]
    if not times:
        return (), steps[0]
    span = times[-1] - times[0]
    step = next((each for each in steps if span / each < MOST_BARS), timedelta(days=span.days // MOST_BARS + 1))
    hours = min(24, step // timedelta(hours=1))
    start = times[0].replace(hour=times[0].hour // hours * hours, minute=0, second=0, microsecond=0)
    counted = Counter(int((each - start) / step) for each in times)
    return tuple(TimeBar(start=start + at * step, count=counted[at]) for at in range(max(counted) + 1)), step
