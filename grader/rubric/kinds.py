"""The kinds of checks: which keys each has and how often it is tried by default."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from grader.language import Bilingual, say
from grader.model import Example, Kind, Values
from grader.rubric.checks import COMMON, HINT, SHARE_KEY, VISIBILITY
from grader.rubric.log import Log, did_you_mean, quoted
from grader.rubric.nodes import Mapping, Node
from grader.rubric.plans import (
    AT_MOST,
    EACH,
    ENTRIES,
    FORBID,
    GROWTH,
    NAME_KEY,
    NO_LOOPS,
    OF,
    OVER,
    PROPERTIES,
    RAISES,
    REQUIRE,
    SHOW,
    SIZES,
    STEP,
    UPSTREAM,
    WRT,
    Plan,
    efficiency_plan,
    errors_plan,
    gradient_plan,
    properties_plan,
    rules_plan,
)
from grader.rubric.scalars import Type
from grader.rubric.tables import NAME, Entries, Key, table


class Form(Struct, frozen=True, kw_only=True):
    """One kind: its table, the key its name stands behind, its default number of cases, what its entries come to.

    `plan` gives None where a key it needs could not be read.
    """

    table: Type[Entries]
    name: Key[Bilingual]
    cases: int
    plan: Callable[[Entries], Plan | None]


def _named(kind: Kind, zh: str, en: str) -> Key[Bilingual]:
    return Key(name=kind, type=NAME, zh=zh, en=en, required=True)


_EXAMPLE = _named("example", "公开示例：检查名", "a public example: its name")
_VALUES = _named("values", "与参考实现比较的隐藏用例：检查名", "hidden cases against the reference: the check's name")
_GRADIENT = _named("gradient", "与数值梯度比较：检查名", "against numerical gradients: the check's name")
_ERRORS = _named("errors", "应当报错的输入：检查名", "inputs that must raise an error: the check's name")
_RULES = _named("rules", "写法上的规定，只看源代码：检查名", "how it may be written: the check's name")
_EFFICIENCY = _named("efficiency", "与参考实现比较快慢：检查名", "how long it may take: the check's name")


FORMS: dict[Kind, Form] = {
    "example": Form(
        table=table(_EXAMPLE, SHOW, *COMMON, name="example"),
        name=_EXAMPLE,
        cases=1,
        plan=lambda entries: Example(show=entries.get(SHOW, ())),
    ),
    "values": Form(table=table(_VALUES, *COMMON, name="values"), name=_VALUES, cases=5, plan=lambda entries: Values()),
    "gradient": Form(
        table=table(_GRADIENT, OF, WRT, UPSTREAM, STEP, ENTRIES, *COMMON, name="gradient"),
        name=_GRADIENT,
        cases=2,
        plan=gradient_plan,
    ),
    "properties": Form(
        table=table(PROPERTIES, NAME_KEY, *COMMON, name="properties"), name=NAME_KEY, cases=3, plan=properties_plan
    ),
    "errors": Form(table=table(_ERRORS, RAISES, *COMMON, name="errors"), name=_ERRORS, cases=3, plan=errors_plan),
    "rules": Form(
        table=table(_RULES, FORBID, REQUIRE, NO_LOOPS, EACH, SHARE_KEY, VISIBILITY, HINT, name="rules"),
        name=_RULES,
        cases=0,
        plan=rules_plan,
    ),
    "efficiency": Form(
        table=table(_EFFICIENCY, AT_MOST, GROWTH, OVER, SIZES, *COMMON, name="efficiency"),
        name=_EFFICIENCY,
        cases=5,
        plan=efficiency_plan,
    ),
}


class Written(Struct, frozen=True, kw_only=True):
    """A check as it stands in the rubric; `entries` is None where its kind is not known or it is no mapping."""

    kind: Kind
    entries: Entries | None


def _check(node: Node, log: Log) -> Written:
    if not isinstance(node, Mapping):
        log.expected(say("a check: {kinds}", kinds=_KINDS), node)
        return Written(kind="values", entries=None)
    kinds = {key.text: key for key, _ in node.pairs if key.text in FORMS}
    if len(kinds) == 1:
        kind = next(kind for kind in FORMS if kind in kinds)
        return Written(kind=kind, entries=FORMS[kind].table.read(node, log))
    if kinds:
        first, second = list(kinds)[:2]
        message = say("A check is of one kind; this one is `{first}` and `{second}`.", first=first, second=second)
        log.add(kinds[second].at, message, say("Put a `-` before the second one."))
    else:
        _unkind(node, log)
    return Written(kind="values", entries=None)


def _unkind(node: Mapping, log: Log) -> None:
    for key, _ in node.pairs[:20]:
        near = log.nearest(key.text, FORMS)
        if near:
            log.add(key.at, say("Unknown key `{key}`.", key=quoted(key.text)), did_you_mean(near))
            return
    log.add(node.at, say("A check says its kind: {kinds}.", kinds=_KINDS))


_KINDS = ", ".join(f"`{kind}`" for kind in FORMS)

CHECK = Type(read=_check, schema={"oneOf": [form.table for form in FORMS.values()]}, name="check")
