"""Pictures of the class as places in a drawing; the templates write them as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from grader.course.insight.gathering import UNREAD, UNTRIED, Outline
from grader.course.insight.numbers import TimeBar

WIDTH, HEIGHT = 360, 180
LEFT, TOP, BOTTOM = 8, 18, 24
MOST_LABELS = 6


class ChartColumn(Struct, frozen=True):
    """A column of a chart: its place, and what stands over it."""

    x: float
    y: float
    width: float
    height: float
    count: int


class Chart(Struct, frozen=True, kw_only=True):
    """Columns over labels; `labels` are places and texts."""

    columns: list[ChartColumn]
    labels: list[tuple[float, str, str]]


def columns(counts: Sequence[int], labels: Sequence[str], *, between: bool = False) -> Chart:
    """Return a chart of counts; the labels stand below the columns, or between them with one more at the end."""
    step = (WIDTH - 2 * LEFT) / len(counts)
    most = max(*counts, 1)
    room = HEIGHT - TOP - BOTTOM
    made = [
        ChartColumn(
            round(LEFT + at * step + step * 0.08, 1), round(TOP + room * (1 - count / most), 1),
            round(step * 0.84, 1), round(room * count / most, 1), count,
        )
        for at, count in enumerate(counts)
    ]  # fmt: skip
    every = -(-len(labels) // MOST_LABELS) if not between and len(labels) > 2 * MOST_LABELS else 1
    places = [(LEFT + step * (at if between else at + 0.5), text) for at, text in enumerate(labels)]
    shown = [
        (round(x, 1), text, "start" if x < 2 * LEFT else "end" if x > WIDTH - 2 * LEFT else "middle")
        for x, text in places[::every]
    ]
    return Chart(columns=made, labels=shown)


def by_time(bars: Sequence[TimeBar], step: timedelta) -> Chart | None:
    """Return a chart of hand-ins over time, `None` where no time is known."""
    if not bars:
        return None
    form = "%m-%d %H:00" if step < timedelta(days=1) else "%Y-%m-%d" if step > timedelta(days=7) else "%m-%d"
    return columns([bar.count for bar in bars], [bar.start.strftime(form) for bar in bars])


class Stack(Struct, frozen=True, kw_only=True):
    """A bar of one function's students: what part of it each group is, from 0 to 100, and how many.

    `parts` are kind, start, width and count: right, each cluster, those alone, other reasons, not tried.
    """

    parts: list[tuple[str, float, float, int]]


def stacks(outlines: Sequence[Outline], clusters: Sequence[int], alone: int) -> Stack:
    """Return how one function's students divide into right, clusters of several, alone, other reasons and untried."""
    right = sum(not each.wrong and each.status == "passed" for each in outlines)
    untried = sum(each.status in UNTRIED for each in outlines)
    unread = sum(each.status in UNREAD or each.caused for each in outlines if each.status not in UNTRIED)
    other = len(outlines) - right - untried - unread - alone - sum(clusters)
    counted = [("right", right), *(("cluster", each) for each in clusters), ("alone", alone),
               ("other", max(0, other) + unread), ("untried", untried)]  # fmt: skip
    parts, at = [], 0.0
    for kind, count in counted:
        width = 100 * count / len(outlines)
        if count:
            parts.append((kind, round(at, 2), round(width, 2), count))
        at += width
    return Stack(parts=parts)
