"""`grade/audit/v1`: the audit as JSON to build on."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec

from grader.author.audit.findings import Audit, Survivor
from grader.author.audit.text import near
from grader.errors import Span
from grader.language import Bilingual

SCHEMA = "grade/audit/v1"


def render(audit: Audit) -> str:
    """Return the audit as one JSON object, every survivor and every check in it."""
    told = {
        "schema": SCHEMA,
        "title": audit.title,
        "score": float(audit.score),
        "killed": audit.killed,
        "survived": audit.survived,
        "functions": audit.functions,
        "checks": audit.checks,
        "decide_nothing": [{"function": check.function, "key": check.key} for check in audit.idle],
        "survivors": [_survivor(each) for each in audit.survivors],
        "equivalents": audit.equivalents,
    }
    plain = msgspec.to_builtins(told, enc_hook=_plain)
    return msgspec.json.format(msgspec.json.encode(_places(plain)), indent=2).decode() + "\n"


def _survivor(survivor: Survivor) -> dict[str, Any]:
    fields = {name: getattr(survivor, name) for name in survivor.__struct_fields__}
    return fields | {"says": Bilingual(survivor.says.text("zh"), survivor.says.text("en"))}


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return float(value)
    raise NotImplementedError(type(value))  # as msgspec asks of an `enc_hook`


def _places(value: Any) -> Any:
    """Return builtins with every place as `path:line`."""
    if isinstance(value, dict):
        if value.keys() == set(Span.__struct_fields__):
            return near(msgspec.convert(value, Span))
        return {key: _places(each) for key, each in value.items()}
    return [_places(each) for each in value] if isinstance(value, list | tuple) else value
