"""The keys of a problem: one graded function."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from grader.language import say
from grader.rubric.kinds import CHECK
from grader.rubric.log import Log, quoted
from grader.rubric.nodes import Mapping, Node
from grader.rubric.quantities import POINTS
from grader.rubric.returns import RETURNS
from grader.rubric.scalars import NAME_PATTERN, TRUTH, WORD, Type, Word, read_word
from grader.rubric.settings import COMPARE_KEY, LIMITS_KEY
from grader.rubric.tables import Entries, Key, list_of, table, unique
from grader.rubric.texts import BILINGUAL

TITLE = Key(name="title", type=BILINGUAL, zh="函数的中文和英文叫法", en="what the function is called in prose")
POINTS_KEY = Key(name="points", type=POINTS, zh="分数，如 15 或 2.5", en="its points, like 15 or 2.5", required=True)
BONUS = Key(
    name="bonus",
    type=TRUTH,
    zh="true 表示加分题，另外计算",
    en="true for points that are counted apart from the required ones",
)
NEEDS = Key(
    name="needs",
    type=list_of(WORD, say("a list of functions, like `[zero_pad]`")),
    zh="它用到的、这份评分标准里的函数；不写则从参考实现中找出",
    en="the functions of this rubric that it builds on; found in the reference if left out",
)
RETURNS_KEY = Key(
    name="returns",
    type=RETURNS,
    zh="输出的名字和各占的份额，如 {Z: 80%, cache: 20%}",
    en="its outputs and their shares, like {Z: 80%, cache: 20%}",
)
CHECKS = Key(
    name="checks",
    type=list_of(CHECK, say("a list of checks, each with a `-`")),
    zh="怎样检查这个函数，一项一个检查",
    en="how the function is checked, one item a check",
    required=True,
)
HINTS = Key(
    name="hints",
    type=list_of(BILINGUAL, say("a list of hints")),
    zh="提示，从轻轻一点到几乎说破",
    en="hints, from a nudge to nearly the answer",
)

HINT_COST = Key(
    name="hint_cost",
    type=POINTS,
    zh="第一条之后，每多给一条提示扣的分；不写则不扣",
    en="what each hint beyond the first costs in points; nothing if left out",
)

KEYS: tuple[Key[Any], ...] = (
    TITLE, POINTS_KEY, BONUS, NEEDS, RETURNS_KEY, LIMITS_KEY, COMPARE_KEY, CHECKS, HINTS, HINT_COST,
)  # fmt: skip
PROBLEM = table(*KEYS, name="problem")


class WrittenProblem(Struct, frozen=True, kw_only=True):
    """A problem as it stands in the rubric; None where its name or all of it could not be read."""

    function: Word | None
    entries: Entries | None


def _problems(node: Node, log: Log) -> tuple[WrittenProblem, ...] | None:
    if not isinstance(node, Mapping) or not node.pairs:
        log.expected(say("a mapping from functions to how they are graded"), node)
        return None
    written = []
    for key, value in unique(node, log):
        if any(key.text == each.name for each in KEYS) and not isinstance(value, Mapping):
            message = say("`{name}` begins too far left: it belongs to the function above.", name=quoted(key.text))
            log.add(key.at, message, say("Begin it in the same column as that function's other lines."))
            continue
        written.append(WrittenProblem(function=read_word(key, log), entries=PROBLEM.read(value, log)))
    return tuple(written)


PROBLEMS = Type(
    read=_problems,
    schema={
        "type": "object",
        "propertyNames": {"pattern": NAME_PATTERN},
        "additionalProperties": PROBLEM,
        "minProperties": 1,
    },
)
