"""The keys `compare` and `limits` of a rubric, a problem or a check: how results are compared, what a call may use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from msgspec.structs import replace

from grader.language import Message, say
from grader.model import Comparison, Limits
from grader.model.rubric import Axis, Change, Order
from grader.reading import nodes
from grader.reading.draws import EXPRESSION
from grader.reading.nodes import Log, Node
from grader.reading.scalars import NAME_PATTERN, TRUTH, Type, choice, name_in, number, size
from grader.reading.tables import Entries, Key, list_of, table, unique

_DTYPES: Type[str] = choice(Literal["kind", "exact", "any", "truth"])
_SEQUENCES: Type[str] = choice(Literal["any", "same"])

_ORDERS: Type[Order] = choice(Order)
_CHANGES: Type[Change] = choice(Change)
_AXES: Type[Axis] = choice(Axis)

_COMPARE: tuple[Key[Any], ...] = (
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
    Key(
        name="order",
        type=_ORDERS,
        zh="same：次序要一样（默认）；any：元组、列表的各项，数组的各行，次序不限，不多不少；"
        "everywhere：各项之内的次序也不限（如无向边）",
        en="same: in the same order (default); any: the items of a tuple or list, the rows of an array, in any order, "
        "none missing and none twice; everywhere: what is in the items, too, as for undirected edges",
    ),
    Key(
        name="up_to",
        type=list_of(_CHANGES, say("one or several of sign, scale, permutation, rotation"), single=True),
        zh="答案可以差些什么：sign 正负号（复数差一个相位）；scale 非零倍数；permutation 次序；"
        "rotation 右乘一个正交矩阵；"
        "可以写几个，如 [sign, permutation]；默认一点也不能差",
        en="what an answer may differ by: sign (complex: a phase), scale (a factor other than 0), permutation (the "
        "order), rotation (times an orthogonal matrix); or several, like [sign, permutation]; nothing if left out",
    ),
    Key(
        name="axis",
        type=_AXES,
        zh="up_to 说的是什么。columns：每一列，一维数组算一个向量（默认）；rows：每一行；all：整个数组；"
        "labels：整数标签，可以一一改名",
        en="what up_to speaks of. columns: each of them, an array with one axis being one vector (default); rows; all: "
        "the whole array; labels: whole numbers that may be renamed one to one",
    ),
    Key(
        name="of",
        type=EXPRESSION,
        zh='比较一个表达式的值，而不是返回值本身，如 "V @ V.T"；可以用输出的名字、result 和抽到的名字',
        en='an expression that is compared in place of what is returned, like "V @ V.T", over the outputs\' names, '
        "result and the drawn names",
    ),
)
"""The keys that a single output may have, too."""


def _outputs(node: Node, log: Log) -> tuple[tuple[str, Given], ...] | None:
    if not isinstance(node, nodes.Mapping) or not node.pairs:
        log.expected(say("a mapping from outputs to how they are compared"), node)
        return None
    found: list[tuple[str, Given]] = []
    for key, value in unique(node, log):
        entries = _OUTPUT.read(value, log)
        if not all(name_in(part) for part in key.text.split(".")):
            log.expected(say("the name of an output"), key)
        elif entries is not None:
            found.append((key.text, entries.given()))
    return tuple(found) if len(found) == len(node.pairs) else None


_OUTPUT = table(*_COMPARE, name="compare_output")

COMPARE = table(
    *_COMPARE,
    Key(
        name="outputs",
        type=Type(
            read=_outputs,
            schema={
                "type": "object",
                "propertyNames": {"pattern": NAME_PATTERN.replace("$", r"(\.[^.]+)*$")},
                "additionalProperties": _OUTPUT,
                "minProperties": 1,
            },
        ),
        zh="returns 里某个输出自己的比较方式，如 {V: {up_to: sign}}",
        en="how single outputs of `returns` are compared, like {V: {up_to: sign}}",
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
    merged = _merged(written)
    outputs: dict[str, dict[str, Any]] = {}
    for settings in written:
        for name, own in settings.get("outputs", ()):
            outputs.setdefault(name, {}).update(own)
    merged.pop("outputs", None)
    whole = replace(Comparison(), **merged)
    plain = replace(whole, of=None)
    return replace(whole, outputs=tuple((name, replace(plain, **own)) for name, own in outputs.items()))


def contradictions(rule: Comparison, outputs: Collection[str]) -> Iterator[Message]:
    """Yield what is wrong with the keys of a comparison together; `outputs` are the names that it may speak of."""
    for each in (rule, *(own for _, own in rule.outputs)):
        if each.order != "same" and each.up_to:
            hint = "`up_to: [sign, permutation]`, `axis: rows`"
            yield say("`order` and `up_to` do not go together: write {example} for rows in any order.", example=hint)
        if "rotation" in each.up_to and len(each.up_to) > 1:
            yield say("`rotation` stands alone: it covers sign and permutation, and no length may change.")
        if "rotation" in each.up_to and each.axis == "all":
            yield say("`rotation` is of columns or rows.")
        if (each.axis == "labels") != (each.axis == "labels" and each.up_to == ("permutation",)):
            yield say("Labels may be renamed: write `up_to: permutation`, `axis: labels`.")
        if each.axis != "columns" and not each.up_to:
            yield say("`axis` says what `up_to` speaks of, and there is no `up_to`.")
    if rule.of is not None and rule.outputs:
        yield say("`of` replaces all that is returned: write it for one of the `outputs`, or leave these out.")
    for name, _ in rule.outputs:
        if name not in outputs:
            yield say("`outputs` names `{name}`, which `returns` does not divide into.", name=nodes.quoted(name))


def limits(*written: Given) -> Limits:
    """Return the limits that follow, in the same way; CPU seconds follow `seconds` where nobody set them."""
    merged = _merged(written)
    if "seconds" in merged:
        merged.setdefault("cpu_seconds", merged["seconds"])
    return replace(Limits(), **merged)


def _merged(written: tuple[Given, ...]) -> dict[str, Any]:
    return {name: value for settings in written for name, value in settings.items()}
