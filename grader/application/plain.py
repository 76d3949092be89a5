"""What a page gives to an application and gets from it: JSON, and the values that stand for it."""

from __future__ import annotations

import math
from itertools import accumulate
from operator import mul
from typing import TypeAlias

import numpy as np

from grader.model import Value
from grader.values import leaves, type_name

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
DEEPEST = 12
"""Levels of lists and mappings in what a page gives: a worker is given them within three more, of 16."""
MOST_PARTS = 2_000_000
"""Numbers, texts and lists that a page is given at once: as many weigh some 40 MB as JSON."""


class NotPlain(Exception):
    """A value has no JSON: its type, or "" for one that is too large or too deep."""


def from_json(value: Json, depth: int = DEEPEST) -> Value:
    """Return the value that JSON stands for. Raises NotPlain for what is nested too deeply."""
    if not depth and isinstance(value, list | dict):
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
    if sum(_weight(leaf) for _, leaf in leaves(value)) > MOST_PARTS:
        raise NotPlain("")
    return _to_json(value)


def _weight(leaf: Value) -> int:
    """Return how many numbers and lists a part becomes: an array without a single number may become many lists."""
    return sum(accumulate(leaf.shape, mul)) if isinstance(leaf, np.ndarray) else 1


def _to_json(value: Value) -> Json:
    match value:
        case None | bool():
            return value
        case str():
            return _text(value)
        case np.bool_():
            return bool(value)
        case int() | np.integer():
            return int(value) if abs(int(value)) < 1 << 53 else _float(int(value))
        case float() | np.floating():
            return float(value) if math.isfinite(value) else None
        case np.ndarray() if value.dtype.kind in "biuf":
            return _listed(value)
        case list() | tuple():
            return [_to_json(item) for item in value]
        case dict():
            shown = {_key(key): _to_json(item) for key, item in value.items()}
            if len(shown) < len(value):
                raise NotPlain("dict with a number and a text that are written alike")
            return shown
    raise NotPlain(type_name(value))


def _text(text: str) -> str:
    """Return a text without halves of characters, which UTF-8 has no place for."""
    return text.encode("utf-8", "replace").decode()


def _float(number: int) -> float | None:
    try:
        return float(number)
    except OverflowError:
        return None


def _listed(array: np.ndarray) -> Json:
    known = array if array.dtype.kind != "f" or np.isfinite(array).all() else array.astype(object)
    if known is not array:
        known[~np.isfinite(array)] = None
    listed: Json = known.tolist()
    return listed


def _key(key: Value) -> str:
    if isinstance(key, str | int) and not isinstance(key, bool):
        return _text(str(key))
    raise NotPlain(type_name(key))
