"""The keys `compare` and `limits` of a rubric, a problem or a check: how results are compared, what a call may use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec.structs import replace

from grader.model import Comparison, Limits
from grader.reading.scalars import TRUTH, Type, choice, number, size
from grader.reading.tables import Entries, Key, table

_DTYPES: Type[str] = choice(Literal["kind", "exact", "any", "truth"])
_SEQUENCES: Type[str] = choice(Literal["any", "same"])

COMPARE = table(
    Key(
        name="rtol",
        type=number(0, 1),
        zh="相对容差，逐个元素计算；默认 1e-6",
        en="relative tolerance, element by element; 1e-6 if left out",
    ),
    Key(
        name="atol",
        type=number(0, 1e300),
        zh="绝对容差；默认是 rtol 乘以参考结果中最大的绝对值；结果是 0 或舍入噪声时见下文",
        en="absolute tolerance; if left out, rtol times the largest magnitude that is expected; for 0 see below",
    ),
    Key(
        name="dtype",
        type=_DTYPES,
        zh="kind：同一类数，精度不低于参考结果（默认）；exact：完全相同的 dtype；any：数值相等即可；"
        "truth：布尔或 0/1 都可以",
        en="kind: the same kind of number, at least as precise (default); exact: the same dtype; any: equal numbers; "
        "truth: bool or 0/1",
    ),
    Key(
        name="size_one",
        type=TRUTH,
        zh="标量、0 维数组和只有一个元素的数组可以互相代替；默认 false",
        en="a scalar, a 0-d array and an array of one element stand for each other; false if left out",
    ),
    Key(
        name="sequence",
        type=_SEQUENCES,
        zh="any：元组和列表可以互相代替（默认）；same：不可以",
        en="any: tuple and list stand for each other (default); same: they do not",
    ),
    Key(
        name="nan_equal",
        type=TRUTH,
        zh="参考结果是 NaN 的位置，NaN 算对；默认 true",
        en="NaN agrees where the reference has NaN; true if left out",
    ),
    name="compare",
)

LIMITS = table(
    Key(
        name="seconds",
        type=number(0, 3600, above=True),
        zh="每个用例最多用多少秒；默认 10",
        en="seconds a case may take by the clock; 10 if left out",
    ),
    Key(
        name="cpu_seconds",
        type=number(0, 3600, above=True),
        zh="每个用例最多用多少秒 CPU 时间；默认与 seconds 相同",
        en="CPU seconds a case may take; the same as seconds if left out",
    ),
    Key(
        name="memory",
        type=size(16 << 20, 1 << 40),
        zh="内存上限，如 1 GiB；默认 1 GiB",
        en="most memory, like 1 GiB; 1 GiB if left out",
    ),
    Key(
        name="output",
        type=size(0, 1 << 30),
        zh="打印输出的上限，如 64 KiB；默认 64 KiB",
        en="most printed output, like 64 KiB; 64 KiB if left out",
    ),
    Key(
        name="result",
        type=size(1, 1 << 33),
        zh="返回值大小的上限，如 64 MiB；默认 64 MiB",
        en="largest returned value, like 64 MiB; 64 MiB if left out",
    ),
    Key(
        name="load_seconds",
        type=number(0, 3600, above=True),
        zh="函数以外的语句总共最多用多少秒；默认 10",
        en="seconds the statements outside functions may take together; 10 if left out",
    ),
    name="limits",
)

COMPARE_KEY = Key(name="compare", type=COMPARE, zh="怎样比较结果", en="how results are compared")
LIMITS_KEY = Key(name="limits", type=LIMITS, zh="一次调用可以用多少资源", en="what one call may use")

Given = Mapping[str, Any]
"""Settings by name, as far as they were written."""


def given(entries: Entries, key: Key[Entries]) -> Given:
    """Return the settings written behind `key`."""
    inner = entries.get(key)
    return inner.given() if inner is not None else {}


def comparison(*written: Given) -> Comparison:
    """Return the comparison that follows from what the rubric, the problem and the check say, in this order."""
    return replace(Comparison(), **_merged(written))


def limits(*written: Given) -> Limits:
    """Return the limits that follow, in the same way; CPU seconds follow `seconds` where nobody set them."""
    merged = _merged(written)
    if "seconds" in merged:
        merged.setdefault("cpu_seconds", merged["seconds"])
    return replace(Limits(), **merged)


def _merged(written: tuple[Given, ...]) -> dict[str, Any]:
    return {name: value for settings in written for name, value in settings.items()}
