"""Runs of a function that show how much rounding matters to its results.

The text of this module goes to the worker, where `function` is the reference's; it needs numpy and nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

BITS = 30


def rounded(function: Callable[..., Any], given: Sequence[Any]) -> Any:
    """Call with floats rounded to `BITS` bits: ties stay ties, small whole numbers and signs what they are."""
    return function(*_floats(tuple(given), _round))


def extended(function: Callable[..., Any], given: Sequence[Any]) -> Any:
    """Call with floats in extended precision, and return double precision.

    Where the machine has none (long double is double there), or the function rounds in between, less is shown.
    """
    return _floats(function(*_floats(tuple(given), _widen)), _narrow)


def _floats(value: Any, work: Callable[[Any], Any]) -> Any:
    """Return a value with `work` done to each float and array of floats in it."""
    if isinstance(value, tuple | list):
        return type(value)([_floats(each, work) for each in value])
    if isinstance(value, dict):
        return {key: _floats(each, work) for key, each in value.items()}
    if isinstance(value, float | complex | np.inexact) or (isinstance(value, np.ndarray) and value.dtype.kind in "fc"):
        return work(np.asarray(value))[()]
    return value


def _round(array: Any) -> Any:
    if array.dtype.kind == "c":
        return _round(array.real) + 1j * _round(array.imag)
    mantissa, exponent = np.frexp(array)
    return np.ldexp(np.round(np.ldexp(mantissa, BITS)), exponent - BITS)


def _widen(array: Any) -> Any:
    return array.astype(np.clongdouble if array.dtype.kind == "c" else np.longdouble)


def _narrow(array: Any) -> Any:
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
