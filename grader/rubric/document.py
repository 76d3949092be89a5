"""The keys of a rubric and of its problems: how each is read, and what an editor shows about it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from msgspec import Struct

from grader.language import Language, say
from grader.model import Part
from grader.model.rubric import Varying
from grader.reading.nodes import Log, Mapping, Node, Sequence, quoted
from grader.reading.scalars import (
    ANY_POINTS,
    IDENTIFIER,
    NAME_PATTERN,
    POINTS,
    SHARE,
    TEXT,
    TRUTH,
    Type,
    Word,
    choice,
    read_word,
    whole,
)
from grader.reading.settings import COMPARE_KEY, LIMITS_KEY
from grader.reading.tables import BILINGUAL, Entries, Key, list_of, table, unique
from grader.rubric.application import APPLICATION_KEY, FUNCTIONS
from grader.rubric.checks import CHECK
from grader.rubric.files import DATA_FILES
from grader.rubric.manual import MANUAL_KEY
from grader.rubric.policies import POLICIES_KEY


def percent(share: Fraction) -> str:
    """Return `share` to the last digit: `80%`, or `1/3` where a percentage would be rounded."""
    from grader.reading.writing import decimal  # only faults need it

    hundred = decimal(share * 100)
    return f"{hundred}%" if Fraction(hundred) == share * 100 else str(share)


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


PROBLEM_TITLE = Key(name="title", type=BILINGUAL, zh="函数的中文和英文叫法", en="what the function is called in prose")
POINTS_KEY = Key(
    name="points",
    type=ANY_POINTS,
    zh="分数，如 15 或 2.5；0 分的只供参考，不计分",
    en="its points, like 15 or 2.5; with 0 it only informs and changes no score",
    required=True,
)
BONUS = Key(
    name="bonus",
    type=TRUTH,
    zh="true 表示选做题，另外计分",
    en="true for points that are counted apart from the required ones",
)
ALL_OR_NOTHING = Key(
    name="all_or_nothing",
    type=TRUTH,
    zh="true 表示全对才得分，否则 0 分",
    en="true: it scores all of its points or none",
)
NEEDS = Key(
    name="needs",
    type=FUNCTIONS,
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

PROBLEM_KEYS: tuple[Key[Any], ...] = (
    PROBLEM_TITLE, POINTS_KEY, BONUS, ALL_OR_NOTHING, NEEDS, RETURNS_KEY, LIMITS_KEY, COMPARE_KEY, CHECKS,
    HINTS, HINT_COST,
)  # fmt: skip
PROBLEM = table(*PROBLEM_KEYS, name="problem")


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
        if any(key.text == each.name for each in PROBLEM_KEYS) and not isinstance(value, Mapping):
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


_LANGUAGES: Type[Language] = choice(Language)
_VARYING: Type[Varying] = choice(Varying)

TITLE = Key(name="title", type=BILINGUAL, zh="作业的名字", en="the assignment's name", required=True)
LANGUAGE = Key(
    name="language", type=_LANGUAGES, zh="报告的语言：zh 或 en", en="the reports' language: zh or en", required=True
)
SEED = Key(
    name="seed",
    type=whole(0, 2**63 - 1),
    zh="一个整数，所有隐藏用例都由它决定",
    en="a number that all hidden cases follow from",
    required=True,
    unless="expected",
)
TOTAL = Key(
    name="total",
    type=ANY_POINTS,
    zh="必做题的总分；写了就会核对",
    en="what the required points come to; checked if written",
)
SUBMISSION = Key(
    name="submission",
    type=TEXT,
    zh="学生文件的路径，相对于这份评分标准",
    en="the student's file, relative to this rubric",
    required=True,
)
REFERENCE = Key(
    name="reference",
    type=TEXT,
    zh="参考实现的路径，相对于这份评分标准",
    en="the reference's file, relative to this rubric",
    required=True,
    unless="expected",
)
EXPECTED = Key(
    name="expected",
    type=TEXT,
    zh="学生包里代替参考实现的文件：用例和它们的期望结果（隐藏的只有校验码），由 grade release 生成",
    en="in a student kit, in place of the reference: cases and what is expected of them (of hidden ones only a seal), "
    "made by grade release",
)
ELSEWHERE = Key(
    name="elsewhere",
    type=FUNCTIONS,
    zh="学生包里：课程评分时还会用这里没有的检查来评的函数，由 grade release 生成",
    en="in a student kit: functions that the course grades with checks that are not here, made by grade release",
)
FILES = Key(
    name="files",
    type=DATA_FILES,
    zh="学生的代码、参考实现和生成函数都能读到的数据文件：路径的列表，或 {代码里的文件名: 路径}",
    en="data files that submissions, the reference and the generators find: a list of paths, or "
    "{name in the code: path}",
)
MISTAKES = Key(name="mistakes", type=TEXT, zh="典型错误文件的路径", en="the file of known mistakes")
GENERATORS = Key(
    name="generators",
    type=TEXT,
    zh="自己写的生成函数（Python 文件）的路径",
    en="the Python file with generator functions of your own",
)
OWN = "own"
"""The Python that runs the grader itself, with all that is installed for it."""
PYTHON = Key(
    name="python",
    type=TEXT,
    zh="运行代码的 Python 解释器：路径、命令名，或 own（运行 grade 的那个 Python，连同装在里面的全部）",
    en="the Python that runs sources: a path, a command, or own (the one that runs grade, with all that it has)",
    required=True,
)
RUNTIME = Key(
    name="runtime",
    type=table(PYTHON, name="runtime"),
    zh="用课程自己的环境运行代码，如 {python: .venv/bin/python}",
    en="run sources in the course's own environment, like {python: .venv/bin/python}",
)
VARIANTS = Key(
    name="variants",
    type=_VARYING,
    zh="per_student：每个学生的隐藏用例都不同，由课程的密钥和学号决定；公开用例人人一样",
    en="per_student: every student gets other hidden cases, which follow from the course's secret and the student's "
    "id; public cases are the same for all",
)
PROBLEMS_KEY = Key(
    name="problems",
    type=PROBLEMS,
    zh="要评分的函数，按报告里的次序",
    en="the functions to grade, in the report's order",
    required=True,
)

KEYS: tuple[Key[Any], ...] = (
    TITLE,
    LANGUAGE,
    SEED,
    VARIANTS,
    TOTAL,
    SUBMISSION,
    REFERENCE,
    EXPECTED,
    ELSEWHERE,
    MISTAKES,
    GENERATORS,
    FILES,
    RUNTIME,
    LIMITS_KEY,
    COMPARE_KEY,
    PROBLEMS_KEY,
    MANUAL_KEY,
    POLICIES_KEY,
    APPLICATION_KEY,
)
RUBRIC = table(*KEYS)
