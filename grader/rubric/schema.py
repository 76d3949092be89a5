"""JSON Schema (2020-12) of `grading.yaml` for editors, made from the keys and types that the reader uses.

`python -m grader.rubric.schema` prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.reading.scalars import Type
from grader.reading.tables import Key
from grader.rubric.checks import CHECK, choices
from grader.rubric.document import RUBRIC

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the schema; every key carries its sentence in Chinese and English."""
    definitions: dict[str, Any] = {}
    root = _expanded(RUBRIC, definitions)
    return {"$schema": DIALECT, "title": "grading.yaml", **root, "$defs": dict(sorted(definitions.items()))}


def text() -> str:
    """Return the schema as it stands in docs/grading.schema.json."""
    import json

    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def _expanded(value: object, definitions: dict[str, Any]) -> Any:
    """Replace types by their schemas, those with a name by a reference to the definition."""
    if isinstance(value, Type):
        if not value.name:
            return _expanded(value.schema, definitions)
        if value.name not in definitions:
            definitions[value.name] = {}  # a type may hold itself
            definitions[value.name] = _expanded(choices() if value is CHECK else value.schema, definitions)
        return {"$ref": f"#/$defs/{value.name}"}
    if isinstance(value, Key):
        return {"description": f"{value.zh}\n{value.en}", **_expanded(value.type, definitions)}
    if isinstance(value, Mapping):
        return {name: _expanded(inner, definitions) for name, inner in value.items()}
    if isinstance(value, list):
        return [_expanded(inner, definitions) for inner in value]
    return value


if __name__ == "__main__":
    import sys

    sys.stdout.write(text())
