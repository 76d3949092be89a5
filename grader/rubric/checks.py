"""A check as it stands in a rubric: the keys that every kind has, and those of its own kind."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from msgspec import Struct

from grader.checks import OWN, all_kinds, installed, named, own_kinds
from grader.checks.kind import Kind
from grader.language import Bilingual, inert, say
from grader.model import Penalty, Visibility
from grader.reading.draws import DRAW, EXPRESSION, FILES
from grader.reading.nodes import Log, Mapping, Node, Scalar, did_you_mean, quoted
from grader.reading.scalars import IDENTIFIER, POINTS, SHARE, TEXT, TRUTH, Type, choice, points_in, whole
from grader.reading.settings import COMPARE_KEY
from grader.reading.tables import BILINGUAL, NAME, Entries, Key, table

_VISIBILITIES: Type[Visibility] = choice(Visibility)

SHARE_KEY = Key(
    name="share",
    type=SHARE,
    zh="占这道题分数的份额，如 20%；没有写的检查平分余下的",
    en="its share of the problem's points, like 20%; checks without one split the rest evenly",
)
_PUBLIC = [kind.kind for kind in own_kinds() if kind.visibility == "public"]
VISIBILITY = Key(
    name="visibility",
    type=_VISIBILITIES,
    zh=f"public（学生看得到输入和期望的输出）或 hidden；默认 {' 和 '.join(_PUBLIC)} 公开，其余隐藏",
    en=f"public (students see input and expected output) or hidden; by default {' and '.join(_PUBLIC)} are public",
)
_CASES = [f"{kind.kind} {kind.cases}" for kind in own_kinds() if kind.drawn]
CASES = Key(
    name="cases",
    type=whole(1, 1000),
    zh=f"抽取多少个用例；默认 {'，'.join(_CASES)}",
    en=f"how many cases are drawn; by default {', '.join(_CASES)}",
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
FILES_KEY = Key(
    name="files",
    type=FILES,
    zh='每个用例的工作文件夹里的文件：文件名: 内容，花括号里是表达式，如 {marks.csv: ["name,math", "{rows}"]}',
    en="files in the working folder of each case: name: content, with expressions in braces, "
    'like {marks.csv: ["name,math", "{rows}"]}',
)
HINT = Key(
    name="hint",
    type=BILINGUAL,
    zh="别的检查有通过的、最先没通过的是它时，给学生的提示",
    en="what a student is told whose function first fails here, and is right elsewhere",
)

ALL_OR_NOTHING = Key(
    name="all_or_nothing",
    type=TRUTH,
    zh="true 表示全部通过才得分，否则这一项 0 分",
    en="true: it earns its points if all of it passes, else none",
)
EACH = Key(name="each", type=POINTS, zh="每处扣的分", en="what each one costs in points", required=True)
AT_MOST = Key(name="at_most", type=POINTS, zh="总共最多扣的分", en="what all of them cost at most")
_PENALTY = table(EACH, AT_MOST, name="penalty")


def _penalty(node: Node, log: Log) -> Penalty | None:
    if not isinstance(node, Mapping):
        points = points_in(node.text) if isinstance(node, Scalar) else None
        if not points:
            log.expected(say("points above 0, or `{{each: 0.5, at_most: 2}}`"), node)
        return Penalty(each=points) if points else None
    entries = _PENALTY.read(node, log)
    each = None if entries is None else entries.get(EACH)
    if entries is None or each is None or (entries.has(AT_MOST) and entries.get(AT_MOST) is None):
        return None
    return Penalty(each=each, at_most=entries.get(AT_MOST))


PENALTY = Key(
    name="penalty",
    type=Type(read=_penalty, schema={"anyOf": [POINTS, _PENALTY]}),
    zh="不占份额：每处违反、每个没通过的用例，从函数的得分里扣这么多",
    en="in place of a share: what each violation or failing case takes off the function's score",
)

COMMON = (
    SHARE_KEY,
    ALL_OR_NOTHING,
    PENALTY,
    VISIBILITY,
    CASES,
    DRAW_KEY,
    WHERE,
    LIKE,
    LEGACY_SEED,
    GENERATOR,
    FILES_KEY,
    COMPARE_KEY,
    HINT,
)
"""The keys of every check whose cases are drawn."""

UNDRAWN = (SHARE_KEY, ALL_OR_NOTHING, PENALTY, VISIBILITY, HINT)
"""The keys of every check that has no cases."""

NAME_KEY = Key(name="name", type=NAME, zh="这个检查的名字", en="the check's name")
"""The name of a check whose kind's own key holds something else."""


class CheckTable(Struct, frozen=True, kw_only=True):
    """How a check of one kind is read: its table, and the key that its name stands behind."""

    table: Type[Entries]
    name: Key[Bilingual]


@cache
def check_table(kind: type[Kind]) -> CheckTable:
    """Return how a check of `kind` is read."""
    own = kind.own_keys()
    common = COMMON if kind.drawn else UNDRAWN
    if any(key.name == kind.kind for key in own):
        return CheckTable(table=table(*own, NAME_KEY, *common, name=kind.kind), name=NAME_KEY)
    name = Key(name=kind.kind, type=NAME, zh=kind.about.zh, en=kind.about.en, required=True)
    return CheckTable(table=table(name, *own, *common, name=kind.kind), name=name)


class Written(Struct, frozen=True, kw_only=True):
    """A check as it stands in the rubric: its kind and what stands behind its keys, `None` where it has no kind."""

    kind: type[Kind]
    entries: Entries | None


def _check(node: Node, log: Log) -> Written:
    kind = _kind(node, log)
    return (
        Written(kind=kind, entries=check_table(kind).table.read(node, log))
        if kind
        else Written(kind=Kind, entries=None)
    )


def _kind(node: Node, log: Log) -> type[Kind] | None:
    if not isinstance(node, Mapping):
        log.expected(say("a check: {kinds}", kinds=_KINDS), node)
        return None
    found = {key.text: key for key, _ in node.pairs if key.text in OWN} or {
        key.text: key for key, _ in node.pairs if key.text not in _ORDINARY and key.text in installed()
    }
    if len(found) > 1:
        found = {name: key for name, key in found.items() if not _is_key(name, found)}
    if len(found) > 1:
        first, second = list(found)[:2]
        message = say("A check is of one kind; this one is `{first}` and `{second}`.", first=first, second=second)
        log.add(found[second].at, message, say("Put a `-` before the second one."))
        return None
    for name, key in found.items():
        return _loaded(name, key, log)
    _unkind(node, log)
    return None


def _is_key(name: str, names: Collection[str]) -> bool:
    """Return whether a kind's name is a key of another kind's among these, as `steps` is of `methods`."""
    others = [named(other) for other in names if other != name and other in OWN]
    return any(key.name == name for other in others for key in other.own_keys())


def _loaded(name: str, key: Scalar, log: Log) -> type[Kind] | None:
    """Return the kind called `name`; record why an installed one cannot be loaded."""
    try:
        return named(name)
    except Exception as error:  # a package of someone else's: whatever it raises while it is imported
        what = inert(f"{type(error).__name__}: {error}", 200)
        log.add(key.at, say("The installed kind of check `{name}` cannot be loaded: {what}", name=name, what=what))
        return None


def _unkind(node: Mapping, log: Log) -> None:
    names = [*OWN, *installed()]
    for key, _ in node.pairs[:20]:
        near = log.nearest(key.text, names)
        if near:
            log.add(key.at, say("Unknown key `{key}`.", key=quoted(key.text)), did_you_mean(near))
            return
    log.add(node.at, say("A check must say its kind: {kinds}.", kinds=_KINDS))


_KINDS = ", ".join(f"`{kind}`" for kind in OWN)
_ORDINARY = frozenset(key.name for key in (*COMMON, NAME_KEY))

CHECK = Type(read=_check, schema={}, name="check")
"""Its schema is that of every kind there is, so `grader.rubric.schema` makes it when it is asked for."""


def choices() -> dict[str, object]:
    """Return the schema of a check: one of all kinds, the installed ones too."""
    return {"oneOf": [check_table(kind).table for kind in all_kinds()]}
