"""The keys at the top of a rubric."""

from __future__ import annotations

from typing import Any

from grader.language import Language, say
from grader.reading.scalars import POINTS, TEXT, WORD, Type, choice, whole
from grader.reading.settings import COMPARE_KEY, LIMITS_KEY
from grader.reading.tables import BILINGUAL, Key, list_of, table
from grader.rubric.problems import PROBLEMS

_LANGUAGES: Type[Language] = choice(Language)

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
    type=POINTS,
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
    type=list_of(WORD, say("a list of functions, like `[zero_pad]`")),
    zh="学生包里：课程评分时还会用这里没有的检查来评的函数，由 grade release 生成",
    en="in a student kit: functions that the course grades with checks that are not here, made by grade release",
)
MISTAKES = Key(name="mistakes", type=TEXT, zh="典型错误文件的路径", en="the file of known mistakes")
GENERATORS = Key(
    name="generators",
    type=TEXT,
    zh="自己写的生成函数（Python 文件）的路径",
    en="the Python file with generator functions of your own",
)
PYTHON = Key(
    name="python",
    type=TEXT,
    zh="运行代码的 Python 解释器：路径或命令名",
    en="the Python that runs sources: a path, or a command",
    required=True,
)
RUNTIME = Key(
    name="runtime",
    type=table(PYTHON, name="runtime"),
    zh="用课程自己的环境运行代码，如 {python: .venv/bin/python}",
    en="run sources in the course's own environment, like {python: .venv/bin/python}",
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
    TOTAL,
    SUBMISSION,
    REFERENCE,
    EXPECTED,
    ELSEWHERE,
    MISTAKES,
    GENERATORS,
    RUNTIME,
    LIMITS_KEY,
    COMPARE_KEY,
    PROBLEMS_KEY,
)
RUBRIC = table(*KEYS)
