"""The forms of a value: what kind of object it is, and a number or array as a plain array with its dtype's kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from grader.model import Comparison

if TYPE_CHECKING:
    from grader.model import Value

Form: TypeAlias = Literal["none", "text", "number", "sequence", "dict", "strange"]
Family: TypeAlias = Literal["bool", "int", "float", "complex"]

_FAMILIES: dict[str, Family] = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex"}
_WIDENS: dict[Family, tuple[Family, ...]] = {"int": ("float", "complex"), "float": ("complex",)}


class Number(Struct, frozen=True, kw_only=True, eq=False):
    """A scalar or array as a plain array (a scalar has shape `()`).

    `bare` says it was one of Python's own numbers; its dtype is then that of numpy's widest of the kind. A whole
    number beyond 64 bits stands as its nearest float64, but its family is "int".
    """

    array: NDArray[np.generic]
    family: Family
    bare: bool


def form(value: Value) -> Form:
    """Return what a value is compared as; "strange" for what the wire should not have let through."""
    if value is None:
        return "none"
    if isinstance(value, str):
        return "text"
    if isinstance(value, np.ndarray | np.generic):
        return "number" if value.dtype.kind in _FAMILIES else "strange"
    if isinstance(value, bool | int | float | complex):
        return "number"
    if isinstance(value, tuple | list):
        return "sequence"
    return "dict" if isinstance(value, dict) else "strange"


def word(value: Value) -> str:
    """Return a value's type as a student writes it: `None`, `float`, `tuple`, `array`."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return "array" if value.ndim else str(value.dtype)
    return type(value).__name__


def number(value: Value) -> Number:
    """Return a scalar or array of numbers as `Number`; native byte order, no subclass, at most 64 (128) bits."""
    if isinstance(value, bool):
        return Number(array=np.asarray(value), family="bool", bare=True)
    if isinstance(value, int):
        return Number(array=_whole(value), family="int", bare=True)
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        dtype = array.dtype.newbyteorder("=")
        if dtype.kind in "fc":
            dtype = np.result_type(np.dtype(dtype.kind + str(min(dtype.itemsize, 8 if dtype.kind == "f" else 16))))
        return Number(array=array.astype(dtype, copy=False), family=_FAMILIES[dtype.kind], bare=False)
    array = np.asarray(value)
    return Number(array=array, family=_FAMILIES[array.dtype.kind], bare=True)


def same_dtype(got: Number, want: Number, rule: Comparison) -> bool:
    """Return whether the dtype is as strict as `rule.dtype` asks.

    "kind": one family and at least the reference's precision; whole numbers of any width are one family. One of
    Python's own numbers may stand for a wider family (`0` for `0.0`): nobody chose a dtype there.
    """
    match rule.dtype:
        case "any":
            return True
        case "truth":
            return got.family != "complex"
        case "exact":
            return got.array.dtype == want.array.dtype and got.family == want.family
        case "kind":
            if got.family == want.family:
                return want.family in ("bool", "int") or got.array.dtype.itemsize >= want.array.dtype.itemsize
            return got.bare and want.family in _WIDENS.get(got.family, ())


def _whole(value: int) -> NDArray[np.generic]:
    if -(1 << 63) <= value < 1 << 63:
        return np.asarray(value, dtype=np.int64)
    if 0 <= value < 1 << 64:
        return np.asarray(value, dtype=np.uint64)
    try:
        return np.asarray(float(value))
    except OverflowError:
        return np.asarray(np.inf if value > 0 else -np.inf)
