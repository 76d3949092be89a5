"""The keys of a check of efficiency: how long the function may take beside the reference."""

from __future__ import annotations

from grader.language import say
from grader.model import Efficiency
from grader.rubric.quantities import number, whole
from grader.rubric.scalars import IDENTIFIER
from grader.rubric.tables import Entries, Key, list_of

FEWEST_SIZES = 3
"""Sizes that a slope is taken from."""

AT_MOST = Key(
    name="at_most",
    type=number(1, 1e6, above=True),
    zh="最多用参考实现的多少倍时间，如 20；两者轮流运行，取各次比值的中位数；写了 sizes 时，每个规模都要满足",
    en="how many times as long as the reference it may take, at each size, like 20: the median over runs by turns",
)
GROWTH = Key(
    name="growth",
    type=number(0, 10, above=True),
    zh="时间随规模增长的最大指数：1 是线性，2 是平方；取对数坐标下的斜率，如 1.3；应与 at_most 一起写",
    en="the largest exponent of the time's growth with size, 1 for linear, 2 for quadratic: a log-log slope, like 1.3; "
    "`at_most` belongs beside it",
)
OVER = Key(
    name="over",
    type=IDENTIFIER,
    zh="抽取时决定规模的名字",
    en="the drawn name that sets the size",
)
SIZES = Key(
    name="sizes",
    type=list_of(whole(1, 10**9), say("a list of sizes, like `[200, 400, 800]`")),
    zh="它依次取的值，至少三个，由小到大",
    en="what it is drawn as, one after another: at least three, the smallest first",
)


def efficiency_plan(entries: Entries) -> Efficiency | None:
    """Return what is asked, None where a key could not be read."""
    if any(entries.has(key) and entries.get(key) is None for key in (AT_MOST, GROWTH, OVER, SIZES)):
        return None
    return Efficiency(
        at_most=entries.get(AT_MOST),
        growth=entries.get(GROWTH),
        over=entries.get(OVER, ""),
        sizes=entries.get(SIZES, ()),
    )
