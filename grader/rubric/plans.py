"""What the kinds of checks have of their own: their keys and what these come to."""

from __future__ import annotations

import re
from typing import TypeAlias

from grader.language import Bilingual, say
from grader.model import (
    KEYWORDS,
    Efficiency,
    Errors,
    Example,
    Expression,
    Gradient,
    Properties,
    Property,
    Rules,
    Values,
)
from grader.rubric.draws import EXPRESSION, TEMPLATE, read_template
from grader.rubric.log import Log
from grader.rubric.nodes import Mapping, Node, Scalar
from grader.rubric.scalars import IDENTIFIER, NAME_PATTERN, SHARE, TRUTH, WORD, Type, name_in, number, whole
from grader.rubric.tables import NAME, Entries, Key, list_of, mapping_of, unique


def _property(node: Node, log: Log) -> Property | None:
    wanted = say("a property, or one with options: `samples_independent: {{over: X}}`")
    inside: Node | None
    if isinstance(node, Mapping) and len(node.pairs) == 1:
        word, inside = node.pairs[0]
    elif isinstance(node, Scalar):
        word, inside = node, None
    else:
        log.expected(wanted, node)
        return None
    name = name_in(word.text)
    if name is None:
        log.expected(wanted, word)
        return None
    if inside is None:
        return Property(name=name, at=word.at)
    if not isinstance(inside, Mapping):
        log.expected(say("a mapping from options to their values"), inside)
        return None
    options = [(key.text, read_template(value, log)) for key, value in unique(inside, log)]
    return Property(name=name, options=tuple((key, value) for key, value in options if value is not None), at=word.at)


_OPTIONS = {"type": "object", "additionalProperties": TEMPLATE}
PROPERTY = Type(
    read=_property,
    schema={
        "anyOf": [
            {"type": "string", "pattern": NAME_PATTERN},
            {"type": "object", "additionalProperties": _OPTIONS, "minProperties": 1, "maxProperties": 1},
        ]
    },
    name="property",
)


FEWEST_SIZES = 3
"""Sizes that a slope is taken from."""

AT_MOST = Key(
    name="at_most",
    type=number(1, 1e6, above=True),
    zh="最多用参考实现的多少倍时间，如 20；两者轮流运行，取各次比值的中位数；写了 sizes 时，每个规模都要满足",
    en="how many times as long as the reference it may take, at each size, like 20: the median over runs by turns",
)
GROWTH = Key(
    name="growth",
    type=number(0, 10, above=True),
    zh="时间随规模增长的最大指数：1 是线性，2 是平方；取对数坐标下的斜率，如 1.3；应与 at_most 一起写",
    en="the largest exponent of the time's growth with size, 1 for linear, 2 for quadratic: a log-log slope, like 1.3; "
    "`at_most` belongs beside it",
)
OVER = Key(
    name="over",
    type=IDENTIFIER,
    zh="抽取时决定规模的名字",
    en="the drawn name that sets the size",
)
SIZES = Key(
    name="sizes",
    type=list_of(whole(1, 10**9), say("a list of sizes, like `[200, 400, 800]`")),
    zh="它依次取的值，至少三个，由小到大",
    en="what it is drawn as, one after another: at least three, the smallest first",
)


def efficiency_plan(entries: Entries) -> Efficiency | None:
    """Return what is asked, None where a key could not be read."""
    if any(entries.has(key) and entries.get(key) is None for key in (AT_MOST, GROWTH, OVER, SIZES)):
        return None
    return Efficiency(
        at_most=entries.get(AT_MOST),
        growth=entries.get(GROWTH),
        over=entries.get(OVER, ""),
        sizes=entries.get(SIZES, ()),
    )


_CONSTRUCT = r"\.?[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*(\.[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)*|@"
_ALTERNATIVES = rf"({_CONSTRUCT})( *\| *({_CONSTRUCT}))*"
_WANTED = say("a dotted name like `np.pad`, an attribute like `.dot`, a keyword like `for`, or `@`")


def _constructs(node: Node, log: Log) -> tuple[str, ...] | None:
    from keyword import iskeyword

    if not isinstance(node, Scalar):
        log.expected(_WANTED, node)
        return None
    texts = tuple(part.strip() for part in node.text.split("|"))
    for text in texts:
        if not re.fullmatch(_CONSTRUCT, text) or (iskeyword(text) and text not in KEYWORDS):
            hint = say("Keywords: {words}.", words=", ".join(sorted(KEYWORDS))) if iskeyword(text) else None
            log.expected(_WANTED, node, hint)
            return None
    return texts


def _construct(node: Node, log: Log) -> str | None:
    texts = _constructs(node, log)
    if texts is not None and len(texts) > 1:
        log.expected(_WANTED, node)
        return None
    return None if texts is None else texts[0]


CONSTRUCT = Type(read=_construct, schema={"type": "string", "pattern": f"^({_CONSTRUCT})$"})
ALTERNATIVES = Type(read=_constructs, schema={"type": "string", "pattern": f"^{_ALTERNATIVES}$"})

FORBID = Key(
    name="forbid",
    type=list_of(CONSTRUCT, say("a list like `[np.pad, scipy.signal, eval]`"), single=True),
    zh="不许用的：点号名（连同它下面的一切）、任何对象的属性（.dot）、关键字或 @；经别名来的也算，跟踪不了的算违反",
    en="what may not be used: dotted names with all that is in them, attributes of anything (.dot), keywords or @; "
    "by whatever name it comes, and what cannot be followed counts",
)
REQUIRE = Key(
    name="require",
    type=list_of(ALTERNATIVES, say("a list like `[np.pad, for | while]`"), single=True),
    zh="必须用的，每项至少用到一处；「np.pad | np.zeros」是两者之一",
    en="what must be used, each of them somewhere; `np.pad | np.zeros` is either",
)
NO_LOOPS = Key(
    name="no_loops",
    type=TRUTH,
    zh="true 表示不许有 Python 循环：for、while、推导式、递归、map、np.vectorize、交给别的函数去调用的函数等",
    en="true for no loop in Python: for, while, comprehensions, recursion, map, np.vectorize, own functions that are "
    "handed to others to be called, and the like",
)
EACH = Key(
    name="each",
    type=SHARE,
    zh="每处违反扣掉这个检查的多少，如 25%；不写则一处就扣完",
    en="what each violation costs of this check, like 25%; all of it if left out",
)


def rules_plan(entries: Entries) -> Rules | None:
    """Return the rules, None where a key could not be read."""
    if any(entries.has(key) and entries.get(key) is None for key in (FORBID, REQUIRE, NO_LOOPS, EACH)):
        return None
    whole = Rules()
    return Rules(
        forbid=entries.get(FORBID, ()),
        require=entries.get(REQUIRE, ()),
        no_loops=entries.get(NO_LOOPS, False),
        each=entries.get(EACH, whole.each),
    )


Plan: TypeAlias = Example | Values | Gradient | Properties | Errors | Rules | Efficiency


def _show(node: Node, log: Log) -> tuple[tuple[str, Expression], ...] | None:
    if not isinstance(node, Mapping):
        log.expected(say("a mapping from labels to expressions"), node)
        return None
    lines = [(label.text, EXPRESSION.read(value, log)) for label, value in unique(node, log)]
    return tuple((label, value) for label, value in lines if value is not None)


SHOW = Key(
    name="show",
    type=Type(read=_show, schema={"type": "object", "additionalProperties": EXPRESSION}),
    zh="像讲义那样打印的行：名称: 表达式；可以用抽到的名字、输出的名字和 result",
    en="lines as the handout prints them, label: expression, over the drawn names, the outputs' names and result",
)
OF = Key(
    name="of",
    type=EXPRESSION,
    zh="参考实现的前向调用，如 conv_forward(A_prev, W, b)",
    en="the reference's forward call, like conv_forward(A_prev, W, b)",
    required=True,
)
WRT = Key(
    name="wrt",
    type=mapping_of(WORD, say("a mapping from outputs to inputs, like `{{dW: W}}`")),
    zh="反向函数的哪个输出是对哪个输入的梯度",
    en="which output of the backward function is the gradient with respect to which input",
    required=True,
)
UPSTREAM = Key(
    name="upstream",
    type=IDENTIFIER,
    zh="上游梯度（损失对前向输出的导数）抽取时的名字；不写则前向输出本身就是标量损失",
    en="the drawn name of the upstream gradient, dL/d(output); left out where the forward output is the loss itself",
)
STEP = Key(
    name="step",
    type=number(0, 1, above=True),
    zh="差分步长；默认 1e-5",
    en="step of the differences; 1e-5 if left out",
)
ENTRIES = Key(
    name="entries",
    type=whole(1, 10_000),
    zh="每个梯度最多检验多少个元素；默认 24",
    en="most entries of each gradient that are differenced; 24 if left out",
)
RAISES = Key(
    name="raises",
    type=list_of(IDENTIFIER, say("the name of an exception, or a list of names"), single=True),
    zh="应当抛出的异常名，子类也算",
    en="the exceptions that may be raised, by name; subclasses count",
    required=True,
)
PROPERTIES = Key(
    name="properties",
    type=list_of(PROPERTY, say("a list of properties"), single=True),
    zh="不需要期望值就能检查的性质",
    en="properties that need no expected value",
    required=True,
)
NAME_KEY = Key(name="name", type=NAME, zh="这个检查的名字", en="the check's name")

DEFAULT_PROPERTIES_NAME = Bilingual("性质", "properties")


def gradient_plan(entries: Entries) -> Gradient | None:
    """Return the gradient check, None where a key it needs could not be read."""
    forward, wrt, upstream = entries.get(OF), entries.get(WRT), entries.get(UPSTREAM)
    if forward is None or wrt is None or (upstream is None and entries.has(UPSTREAM)):
        return None
    return Gradient(
        forward=forward,
        upstream=upstream or "",
        wrt=tuple((output.text, given.text) for output, given in wrt),
        step=entries.get(STEP, 1e-5),
        entries=entries.get(ENTRIES, 24),
    )


def properties_plan(entries: Entries) -> Properties | None:
    """Return the properties to check, None where none could be read."""
    found = entries.get(PROPERTIES)
    return Properties(properties=found) if found else None


def errors_plan(entries: Entries) -> Errors | None:
    """Return what must be raised, None where no name could be read."""
    raises = entries.get(RAISES)
    return Errors(raises=raises) if raises else None
