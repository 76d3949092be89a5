"""A problem: the keys of one graded function, its named outputs and their shares."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from msgspec import Struct

from grader.language import say
from grader.model import Part
from grader.reading.log import Log, quoted
from grader.reading.nodes import Mapping, Node, Sequence
from grader.reading.scalars import IDENTIFIER, NAME_PATTERN, POINTS, SHARE, TRUTH, WORD, Type, Word, read_word
from grader.reading.settings import COMPARE_KEY, LIMITS_KEY
from grader.reading.tables import BILINGUAL, Entries, Key, list_of, table, unique
from grader.rubric.checks import CHECK


def percent(share: Fraction) -> str:
    """Return `share` as an author would write it: `80%`, or `1/3` where a percentage would not be exact."""
    hundred = share * 100
    places = next((places for places in range(4) if (hundred * 10**places).denominator == 1), None)
    return str(share) if places is None else f"{float(hundred):.{places}f}%"


def _returns(node: Node, log: Log) -> tuple[Part, ...] | None:
    if isinstance(node, Sequence) and node.items:
        names = [IDENTIFIER.read(item, log) for item in node.items]
        share = Fraction(1, len(names))
        return tuple(Part(name=name, share=share) for name in names if name is not None)
    parts = _parts(node, log, top=True)
    if parts is None:
        return None
    whole = sum((part.share for part in parts), Fraction(0))
    if whole != 1:
        log.add(node.at, say("The shares of the outputs add up to {whole}, not 100%.", whole=percent(whole)))
        return None
    return parts


def _parts(node: Node, log: Log, *, top: bool) -> tuple[Part, ...] | None:
    if not isinstance(node, Mapping) or not node.pairs:
        log.expected(say("a mapping from outputs to shares, like `{{Z: 80%, cache: 20%}}`"), node)
        return None
    parts: list[Part] = []
    for key, value in unique(node, log):
        name = IDENTIFIER.read(key, log) if top else key.text
        inner = _parts(value, log, top=False) if isinstance(value, Mapping) else ()
        share = SHARE.read(value, log) if inner == () else sum((part.share for part in inner or ()), Fraction(0))
        if name is not None and share is not None and inner is not None:
            parts.append(Part(name=name, share=share, parts=inner))
    return tuple(parts) if len(parts) == len(node.pairs) else None


_NESTED = {"anyOf": [SHARE, {"type": "object", "additionalProperties": {"$ref": "#/$defs/part"}, "minProperties": 1}]}
_PART = Type(read=SHARE.read, schema=_NESTED, name="part")

RETURNS = Type(
    read=_returns,
    schema={
        "anyOf": [
            {"type": "object", "additionalProperties": _PART, "minProperties": 1},
            {"type": "array", "items": IDENTIFIER, "minItems": 1},
        ]
    },
    name="returns",
)


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
