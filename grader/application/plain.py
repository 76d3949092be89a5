"""What a page gives to an application and gets from it: JSON, and the values that stand for it."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from grader.model import Value
from grader.values import element_count

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
DEEPEST = 16
"""Levels of lists and mappings in what a page gives."""
MOST_PARTS = 2_000_000
"""Numbers and texts that a page is given at once: as many weigh some 40 MB as JSON."""


class NotPlain(Exception):
    """A value has no JSON: its type, or "" for one that is too large or too deep."""


def from_json(value: Json, depth: int = DEEPEST) -> Value:
    """Return the value that JSON stands for. Raises NotPlain for what is nested too deeply."""
    if not depth:
        raise NotPlain("")
    if isinstance(value, list):
        return [from_json(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {key: from_json(item, depth - 1) for key, item in value.items()}
    return value


def to_json(value: Value) -> Json:
    """Return a value as JSON has it: arrays as lists of lists, what is no finite number as null.

    Raises NotPlain for what JSON has no place for.
    """
    if element_count(value) > MOST_PARTS:
        raise NotPlain("")
    return _to_json(value)


def _to_json(value: Value) -> Json:
    match value:
        case None | bool() | str():
            return value
        case np.bool_():
            return bool(value)
        case int() | np.integer():
            return int(value) if abs(int(value)) < 1 << 53 else float(value)
        case float() | np.floating():
            return float(value) if math.isfinite(value) else None
        case np.ndarray() if value.dtype.kind in "biuf":
            return _listed(value)
        case list() | tuple():
            return [_to_json(item) for item in value]
        case dict():
            return {_key(key): _to_json(item) for key, item in value.items()}
    raise NotPlain(type(value).__name__)


def _listed(array: np.ndarray) -> Json:
    known = array if array.dtype.kind != "f" or np.isfinite(array).all() else array.astype(object)
    if known is not array:
        known[~np.isfinite(array)] = None
    listed: Json = known.tolist()
    return listed


def _key(key: Value) -> str:
    if isinstance(key, str | int) and not isinstance(key, bool):
        return str(key)
    raise NotPlain(type(key).__name__)
