"""Expressions that have exactly a value which was seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from grader.author.new.functions import as_draw
from grader.model import Value
from grader.values.functions import WrittenFunction
from grader.values.items import Objects
from grader.values.sets import Members
from grader.values.tables import Series, Table

_SHORT, _LONGEST = 12, 100
"""Numbers of an array that is written out, and the letters that it may take."""


class Uninventable(Exception):
    """Raised for a value that a draw cannot make."""


def one_of(values: Sequence[Value]) -> str:
    """Return an expression that draws one of the values that were seen. Raises Uninventable for what no draw makes."""
    seen = [*dict.fromkeys(map(written, values))]
    return f"choice({', '.join(seen)})" if len(seen) > 1 else seen[0]


def written(value: Value | date) -> str:
    """Return an expression that has exactly this value. Raises Uninventable for one that is long or no draw makes."""
    if value is None or type(value) in (bool, int, str):
        return repr(value)
    if type(value) is float:
        return repr(value) if math.isfinite(value) else _unusual(value)
    if isinstance(value, WrittenFunction):
        return as_draw(value, {name: written(each) for name, each in value.names.items()})
    if isinstance(value, np.ndarray) and value.dtype.str in ("<f8", "<i8") and value.ndim and 0 < value.size <= _SHORT:
        text = f"array({written(value.tolist())})"
        if len(text) <= _LONGEST:
            return text
    if isinstance(value, bytes | Members | Decimal | Fraction | date):
        return _exactly(value)
    if isinstance(value, Table | Series):
        return table_of(value, lambda each: written(each if isinstance(each, np.ndarray) else [*each]))
    if isinstance(value, list | tuple) and len(value) <= _SHORT:
        items = ", ".join(map(written, value)) + ("," if isinstance(value, tuple) and len(value) == 1 else "")
        return f"({items})" if isinstance(value, tuple) else f"[{items}]"
    if isinstance(value, dict) and len(value) <= _SHORT:
        return "{" + ", ".join(f"{key!r}: {written(each)}" for key, each in value.items()) + "}"
    raise Uninventable


def _exactly(value: Value | date) -> str:
    match value:
        case bytes() if len(value) <= _LONGEST:
            return f"bytes({value.decode()!r})" if value.isascii() else f"bytes({[*value]!r})"
        case Members(items=items) if len(items) <= _SHORT:
            inner = f"[{', '.join(map(written, items))}]" if items else ""
            return f"{'frozenset' if value.frozen else 'set'}({inner})"
        case Decimal():
            return f"decimal({str(value)!r})"
        case Fraction():
            return f"fraction({value.numerator}, {value.denominator})"
        case datetime() if value.tzinfo is None and not value.microsecond:
            return f"datetime({', '.join(map(str, value.timetuple()[:6]))})"
        case date() if not isinstance(value, datetime):
            return f"date({value.year}, {value.month}, {value.day})"
    raise Uninventable


def _unusual(value: float) -> str:
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def table_of(value: Table | Series, column: Callable[[Any], str]) -> str:
    """Return an expression that makes a table of columns, whose rows are numbered from 0."""
    if value.index.span != range(len(value.index)):
        raise Uninventable
    held = [each.values for each in ((value.data,) if isinstance(value, Series) else value.data)]
    if not all(isinstance(each, np.ndarray | Objects) for each in held):
        raise Uninventable
    texts = [column(each.items if isinstance(each, Objects) else each) for each in held]
    if isinstance(value, Series):
        return f"series({texts[0]})"
    names = value.columns.levels[0].values
    if not isinstance(names, Objects) or not all(isinstance(name, str) for name in names.items):
        raise Uninventable
    return "table({" + ", ".join(f"{name!r}: {text}" for name, text in zip(names.items, texts, strict=True)) + "})"
