"""The keys that every kind of check has."""

from __future__ import annotations

from grader.model import Visibility
from grader.rubric.draws import DRAW, EXPRESSION
from grader.rubric.scalars import IDENTIFIER, SHARE, TEXT, Type, choice, whole
from grader.rubric.settings import COMPARE_KEY
from grader.rubric.tables import BILINGUAL, Key

_VISIBILITIES: Type[Visibility] = choice(Visibility)

SHARE_KEY = Key(
    name="share",
    type=SHARE,
    zh="占这道题分数的份额，如 20%；没有写的检查平分余下的",
    en="its share of the problem's points, like 20%; checks without one split the rest evenly",
)
VISIBILITY = Key(
    name="visibility",
    type=_VISIBILITIES,
    zh="public（学生看得到输入和期望的输出）或 hidden；默认 example 和 rules 公开，其余隐藏",
    en="public (students see input and expected output) or hidden; by default examples and rules are public",
)
CASES = Key(
    name="cases",
    type=whole(1, 1000),
    zh="抽取多少个用例；默认 example 1，values 5，gradient 2，properties 3，errors 3，efficiency 5",
    en="how many cases are drawn; by default example 1, values 5, gradient 2, properties 3, errors 3, efficiency 5",
)
DRAW_KEY = Key(
    name="draw",
    type=DRAW,
    zh="参数怎样抽取，一行一个名字，后面的行可以用前面的名字；1..3 是含两端的整数范围",
    en="how the arguments are drawn, a name a line; later lines may use earlier names; 1..3 is a range of integers",
)
WHERE = Key(
    name="where",
    type=EXPRESSION,
    zh="抽到的值要满足的条件，不满足就重抽",
    en="a condition the drawn values must meet, else they are drawn again",
)
LIKE = Key(
    name="like",
    type=TEXT,
    zh="和另一个检查用同样的抽取：检查名，或 函数.检查名；自己的 draw 替换同名的行",
    en="draws like another check: its name, or function.name; lines of its own draw replace those of the same name",
)
LEGACY_SEED = Key(
    name="legacy_seed",
    type=whole(0, 2**32 - 1),
    zh="每个用例之前用它调用 numpy.random.seed，与现有讲义一致",
    en="what numpy.random.seed is called with before each case, as an existing handout does",
)
GENERATOR = Key(
    name="generator",
    type=IDENTIFIER,
    zh="generators 文件里的函数名，f(seed, index) 返回 {名字: 值}",
    en="a function of the generators file; f(seed, index) returns {name: value}",
)
HINT = Key(name="hint", type=BILINGUAL, zh="没通过时给学生的提示", en="what a student who fails it is told")

COMMON = (SHARE_KEY, VISIBILITY, CASES, DRAW_KEY, WHERE, LIKE, LEGACY_SEED, GENERATOR, COMPARE_KEY, HINT)
