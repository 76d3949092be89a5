"""What the kinds of checks have of their own: their keys and what these come to."""

from __future__ import annotations

from typing import TypeAlias

from grader.language import Bilingual, say
from grader.model import Efficiency, Errors, Example, Expression, Gradient, Properties, Rules, Values
from grader.rubric.draws import EXPRESSION
from grader.rubric.log import Log
from grader.rubric.nodes import Mapping, Node
from grader.rubric.properties import PROPERTY
from grader.rubric.quantities import number, whole
from grader.rubric.scalars import IDENTIFIER, WORD, Type
from grader.rubric.tables import Entries, Key, list_of, mapping_of, unique
from grader.rubric.texts import NAME

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
