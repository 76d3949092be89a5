"""A property and its options, as written: `inputs_unchanged` or `samples_independent: {over: X}`."""

from __future__ import annotations

from grader.language import say
from grader.model import Property
from grader.rubric.draws import TEMPLATE, read_template
from grader.rubric.log import Log
from grader.rubric.nodes import Mapping, Node, Scalar
from grader.rubric.scalars import NAME_PATTERN, Type, name_in
from grader.rubric.tables import unique


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
