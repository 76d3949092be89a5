"""`returns`: the named outputs of a function and their shares of a case."""

from __future__ import annotations

from fractions import Fraction

from grader.language import say
from grader.model import Part
from grader.rubric.log import Log
from grader.rubric.nodes import Mapping, Node, Sequence
from grader.rubric.quantities import SHARE
from grader.rubric.scalars import IDENTIFIER, Type
from grader.rubric.tables import unique


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
