"""How the keys of a check of methods are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.checks.methods import MOST_STEPS, Another, CalledMethod, Methods
from grader.language import Message, say
from grader.reading.draws import DRAW, EXPRESSION
from grader.reading.nodes import Log, Mapping, Node, Scalar, quoted
from grader.reading.scalars import IDENTIFIER, Type, choice, whole
from grader.reading.tables import Key, list_of, table, unique

if TYPE_CHECKING:
    from grader.errors import Span
    from grader.model import Part

_DRAW = Key(
    name="draw",
    type=DRAW,
    zh="这个方法的参数怎样抽取；可以用 state（参考对象此刻的属性）",
    en="how its arguments are drawn; `state` has the attributes that the reference's object has at that moment",
)
_WEIGHT = Key(
    name="weight", type=whole(1, 1000), zh="多久被抽中一次，默认 1", en="how often it comes up; 1 if left out"
)
_WHEN = Key(
    name="when",
    type=EXPRESSION,
    zh='什么时候可以调用，如 len(state["items"]) > 0',
    en='when it may be called, like len(state["items"]) > 0',
)
_ANOTHER: Key[Another] = Key(
    name="another",
    type=choice(Another),
    zh="最后一个参数是这个类的另一个对象：new 刚造出来的，alike 状态相同的，either 两者之一，"
    "如 __eq__: {another: either}",
    en="its last argument is another object of the class: new, just made; alike, in the same state; or either, like "
    "__eq__: {another: either}",
)
_METHOD = table(_DRAW, _WEIGHT, _WHEN, _ANOTHER, name="method")


def _calls(node: Node, log: Log) -> tuple[CalledMethod, ...] | None:
    if not isinstance(node, Mapping) or not node.pairs:
        log.expected(say("a mapping from methods to how they are called"), node, _example())
        return None
    found = []
    for key, value in unique(node, log):
        name = IDENTIFIER.read(key, log)
        empty = (isinstance(value, Scalar) and value.is_null) or (isinstance(value, Mapping) and not value.pairs)
        entries = None if empty else _METHOD.read(value, log)
        if name is None or (entries is None and not empty):
            return None
        found.append(
            CalledMethod(name=name)
            if entries is None
            else CalledMethod(
                name=name,
                draw=entries.get(_DRAW, ()),
                weight=entries.get(_WEIGHT, 1),
                when=entries.get(_WHEN),
                another=entries.get(_ANOTHER),
            )
        )
    return tuple(found)


def _example() -> Message:
    return say('For example: calls: {{put: {{draw: {{key: "choice(1, 2)"}}}}, get: {{}}}}')


def _steps(node: Node, log: Log) -> tuple[int, int] | None:
    text = node.text.replace(" ", "") if isinstance(node, Scalar) else ""
    low, _, high = text.partition("..")
    if low.isdecimal() and (high.isdecimal() or ".." not in text):
        least, most = int(low), int(high or low)
        if 1 <= least <= most <= MOST_STEPS:
            return least, most
    log.expected(say("a number of calls from 1 to {most}, or a range like `4..12`", most=MOST_STEPS), node)
    return None


CALLS = Key(
    name="calls",
    type=Type(read=_calls, schema={"type": "object", "additionalProperties": _METHOD, "minProperties": 1}),
    zh="可以调用的方法，各自的参数怎样抽取，如 {put: {draw: {key: 1..3}}, get: {}}",
    en="the methods that may be called and how their arguments are drawn, like {put: {draw: {key: 1..3}}, get: {}}",
    required=True,
)
STEPS = Key(
    name="steps",
    type=Type(read=_steps, schema={"type": ["integer", "string"]}),
    zh="每个用例调用多少次，如 4..12（默认）",
    en="how many calls a case makes, like 4..12 (default)",
)
OBSERVE = Key(
    name="observe",
    type=list_of(IDENTIFIER, say("a list of methods, like `[keys, __len__]`")),
    zh="每一步之后都调用、用来看状态的方法，如 [keys, __len__]；这样出错的是哪个方法一看就知道",
    en="methods that only look, called after each step, like [keys, __len__]: so the method that is wrong is known",
)


def disagreeing(demand: Methods, at: Span, returns: tuple[Part, ...], log: Log) -> None:
    """Record outputs in `returns` that are no methods that are called, and methods that have no share there."""
    called = {each.name for each in demand.calls} | {*demand.observe, "__init__"}
    if not returns:
        return
    for part in returns:
        if part.name not in called:
            log.add(at, say("`returns` names {name}, which this check never calls.", name=quoted(part.name)))
    named = {part.name for part in returns}
    for each in demand.calls:
        if each.name not in named:
            log.add(at, say("{name} has no share in `returns`.", name=quoted(each.name)))
