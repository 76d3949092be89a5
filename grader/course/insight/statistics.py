"""The numbers of classical test theory, for scores of students (rows) on items (columns).

Discrimination and the coefficient of internal consistency (Cronbach's alpha) are those of Moodle's quiz report
(docs.moodle.org/dev/Quiz_statistics_calculations): an item is correlated with the sum of the *other* items, and
variances are those of a sample. What is not defined, since nothing varies or too few took part, is `None`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

FEWEST = 30
"""Students from which on correlations and reliability are shown: of fewer they tell more of chance than of items."""
FEWEST_MEANS = 5
"""Students from which on means and distributions are shown."""
GROUPS = 5

Row = Sequence[float]


class Reliability(Struct, frozen=True, kw_only=True):
    """How consistent the items are together: alpha, the standard error of a score, and alpha without each item.

    `error` is in points: of students with the same knowledge two thirds score within so many points of each other's
    mean. `students` is how many the numbers are from.
    """

    students: int
    alpha: float
    error: float
    deviation: float
    without: tuple[float | None, ...]


def mean(values: Row) -> float | None:
    """Return the mean."""
    return math.fsum(values) / len(values) if values else None


def covariance(first: Row, second: Row) -> float:
    """Return the covariance of a sample, 0 of fewer than two."""
    if len(first) < 2:
        return 0.0
    a, b = math.fsum(first) / len(first), math.fsum(second) / len(second)
    return math.fsum((x - a) * (y - b) for x, y in zip(first, second, strict=True)) / (len(first) - 1)


def correlation(first: Row, second: Row) -> float | None:
    """Return the correlation, `None` where one of both does not vary (but for rounding)."""
    spread = math.sqrt(covariance(first, first) * covariance(second, second))
    scale = max(map(abs, first), default=0.0) * max(map(abs, second), default=0.0)
    if spread <= 1e-12 * scale:
        return None
    return max(-1.0, min(1.0, covariance(first, second) / spread))


def median(values: Row) -> float | None:
    """Return the middle value, of an even number the mean of both in the middle."""
    row, half = sorted(values), len(values) // 2
    if not row:
        return None
    return row[half] if len(row) % 2 else (row[half - 1] + row[half]) / 2


def discrimination(scores: Sequence[Row], item: int, apart: Sequence[int] = ()) -> float | None:
    """Return the correlation of an item with the sum of all others, those `apart` left out."""
    out = {item, *apart}
    rest = [math.fsum(score for place, score in enumerate(row) if place not in out) for row in scores]
    return correlation([row[item] for row in scores], rest)


def alpha(scores: Sequence[Row]) -> float | None:
    """Return Cronbach's alpha: k/(k - 1) · (1 - sum of the items' variances / variance of the sums)."""
    items = len(scores[0]) if scores else 0
    totals = [math.fsum(row) for row in scores]
    whole = covariance(totals, totals)
    if items < 2 or whole <= 0:
        return None
    columns = list(zip(*scores, strict=True))
    return items / (items - 1) * (1 - math.fsum(covariance(column, column) for column in columns) / whole)


def reliability(scores: Sequence[Row]) -> Reliability | None:
    """Return how reliable the sum of the items is; `None` below 30 students, or where nothing varies."""
    whole = alpha(scores) if len(scores) >= FEWEST else None
    if whole is None:
        return None
    totals = [math.fsum(row) for row in scores]
    deviation = math.sqrt(covariance(totals, totals))
    without = [alpha([[*row[:item], *row[item + 1 :]] for row in scores]) for item in range(len(scores[0]))]
    return Reliability(
        students=len(scores),
        alpha=whole,
        error=deviation * math.sqrt(max(0.0, 1 - whole)),
        deviation=deviation,
        without=tuple(without),
    )


def groups(totals: Row, count: int = GROUPS) -> list[int]:
    """Return for each total its group, 0 the lowest; equal totals are in one group, by the middle of their ranks."""
    order = sorted(totals)
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for rank, value in enumerate(order):
        first.setdefault(value, rank)
        last[value] = rank
    size = len(order)
    return [min(count - 1, int(count * (first[each] + last[each] + 1) / (2 * size))) for each in totals]


def means_by_group(values: Row, group: Sequence[int], count: int = GROUPS) -> list[tuple[float | None, int]]:
    """Return each group's mean and how many are in it."""
    rows = [[value for value, one in zip(values, group, strict=True) if one == which] for which in range(count)]
    return [(mean(row), len(row)) for row in rows]


def histogram(values: Row, most: float, bins: int) -> list[int]:
    """Return how many values are in each of `bins` equal parts of 0 to `most`; `most` itself is in the last."""
    found = [0] * bins
    for value in values:
        found[max(0, min(bins - 1, int(bins * value / most) if most else 0))] += 1
    return found
