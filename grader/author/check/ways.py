"""Ways to call a right function: so that rounding shows, with its answer spoilt, or at another time of day.

The text of this module goes to the worker, where `function` is the reference's; it needs numpy and nothing of ours.
Whatever changes a call (`given` are its arguments) returns what the function is then seen to return.
"""

from __future__ import annotations

import copy
import datetime
import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Function = Callable[..., Any]

BITS = 30
_counted = itertools.count(1)


def rounded(function: Function, given: Sequence[Any]) -> Any:
    """Call with floats rounded to `BITS` bits; equal numbers stay equal, small whole numbers and signs as they are."""
    return function(*_each(tuple(given), _round))


def extended(function: Function, given: Sequence[Any]) -> Any:
    """Call with floats in extended precision, and return double precision.

    It shows less where the machine has none (long double is double there), or where the function rounds in between.
    """
    return _each(function(*_each(tuple(given), _widen)), _narrow)


def other_signs(function: Function, given: Sequence[Any]) -> Any:
    """Call with every vector that numpy gives up to its sign turned round: a right library might give it so."""
    linalg = np.linalg
    plain = {name: getattr(linalg, name) for name in ("eig", "eigh", "svd", "qr")}
    turned = {name: _turning(work, (0, 2) if name == "svd" else (0, 1) if name == "qr" else (1,))
              for name, work in plain.items()}  # fmt: skip
    names = getattr(function, "__globals__", {})
    own = {name: each for name, value in names.items() for each, work in plain.items() if value is work}
    try:
        for name, work in turned.items():
            setattr(linalg, name, work)
        names.update({name: turned[each] for name, each in own.items()})
        return function(*given)
    finally:
        for name, work in plain.items():
            setattr(linalg, name, work)
        names.update({name: plain[each] for name, each in own.items()})


def _turning(work: Callable[..., Any], places: tuple[int, ...]) -> Callable[..., Any]:
    def turned(*given: Any, **named: Any) -> Any:
        found = work(*given, **named)
        if not isinstance(found, tuple):
            return found
        parts = [-each if place in places else each for place, each in enumerate(found)]
        return found._make(parts) if hasattr(found, "_make") else tuple(parts)

    return turned


def changes_inputs(function: Function, given: Sequence[Any]) -> Any:
    """Return the right answer and change whatever was given."""
    value = function(*copy.deepcopy(given))
    for each in given:
        _spoil(each)
    return value


def differs_each_time(function: Function, given: Sequence[Any]) -> Any:
    """Return the right answer, one more and two more, in turn.

    Of three, not of two: `calls_independent` compares the first call with the fifth, which would be the same again.
    """
    value = function(*given)
    for _ in range(next(_counted) % 3):
        value = _each(value, _more)
    return value


def mixes_samples(function: Function, given: Sequence[Any]) -> Any:
    """Add the sum over the first axis to every row."""
    return _each(function(*given), lambda each: each + each.sum(axis=0) if each.ndim else each)


def squares(function: Function, given: Sequence[Any]) -> Any:
    """Return the squares of all numbers."""
    return _each(function(*given), lambda each: each * each)


def adds_one(function: Function, given: Sequence[Any]) -> Any:
    """Add one to all numbers, negate truth values, lengthen texts."""
    return _each(function(*given), _more)


def is_zero(function: Function, given: Sequence[Any]) -> Any:
    """Return zeros of the right shape."""
    return _each(function(*given), np.zeros_like)


def is_single(function: Function, given: Sequence[Any]) -> Any:
    """Return single precision."""
    return _each(function(*given), lambda each: each.astype(np.float32))


def is_nan(function: Function, given: Sequence[Any]) -> Any:
    """Return NaN for all numbers."""
    return _each(function(*given), lambda each: each + np.nan)


def has_an_axis_more(function: Function, given: Sequence[Any]) -> Any:
    """Return arrays with one more axis."""
    return _each(function(*given), lambda each: np.asarray(each)[None])


def never_raises(function: Function, given: Sequence[Any]) -> Any:
    """Return None where an exception is due."""
    try:
        return function(*given)
    except Exception:
        return None


def _each(value: Any, work: Callable[[Any], Any]) -> Any:
    """Return a value with `work` done to each array and number in it, and to all else where `work` is `_more`."""
    kind = type(value)
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return kind._make([_each(each, work) for each in value])
    if isinstance(value, tuple | list):
        return kind([_each(each, work) for each in value])
    if isinstance(value, set | frozenset):
        return kind([_each(each, work) for each in value])
    if isinstance(value, dict):
        return {key: _each(each, work) for key, each in value.items()}
    if hasattr(kind, "__dataclass_fields__"):
        made = copy.copy(value)
        for name in kind.__dataclass_fields__:
            object.__setattr__(made, name, _each(getattr(value, name), work))
        return made
    if kind.__module__.startswith("pandas"):
        return _in_table(value, work)
    if kind.__module__.startswith("scipy.sparse"):
        return kind(work(value.toarray()))
    if not isinstance(value, bool | int | float | complex | np.ndarray | np.generic):
        return _more(value) if work is _more else value
    if np.asarray(value).dtype.kind not in "biufc":
        return _more_of_array(value) if work is _more else value
    made = np.asarray(work(np.asarray(value)))
    return made if isinstance(value, np.ndarray) else made.item() if made.ndim == 0 else made


def _in_table(value: Any, work: Callable[[Any], Any]) -> Any:
    """Return a DataFrame or Series with `work` done to each column, of another length if need be; all else longer."""
    name = type(value).__name__
    if name == "DataFrame":
        made = value.copy()
        for at in range(value.shape[1]):
            made.isetitem(at, _column(value.iloc[:, at], work))
        return made
    if name == "Series":
        return type(value)(_column(value, work), index=value.index, name=value.name)
    return (
        [*value, "?"] if work is _more and hasattr(value, "__len__") else _more(str(value)) if work is _more else value
    )


def _column(value: Any, work: Callable[[Any], Any]) -> Any:
    array = value.to_numpy()
    if array.dtype.kind not in "biufc":
        return [_more(str(each)) for each in array] if work is _more else array
    made = np.asarray(work(array))
    return made if made.ndim == 1 else [*made]


def _more_of_array(array: Any) -> Any:
    """Return an array of texts, dates or objects with something else in it."""
    if array.dtype.kind in "mM":
        return array + 1
    return np.asarray([f"{each}?" for each in np.asarray(array).ravel()]).reshape(np.shape(array))


def _more(value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return f"{value or ''}?"
    if isinstance(value, bytes | bytearray):
        return value + b"?"
    if isinstance(value, range):
        return range(value.start, value.stop + value.step, value.step)
    if isinstance(value, datetime.timedelta):
        return value + datetime.timedelta(1)
    if isinstance(value, datetime.date):
        return value + datetime.timedelta(1 if value.year < 9999 else -1)
    if isinstance(value, datetime.time):
        return value.replace(hour=(value.hour + 1) % 24)
    return ~value if getattr(getattr(value, "dtype", None), "kind", "") == "b" else value + 1


def _round(array: Any) -> Any:
    if array.dtype.kind == "c":
        return _round(array.real) + 1j * _round(array.imag)
    if array.dtype.kind != "f":
        return array
    mantissa, exponent = np.frexp(array)
    return np.ldexp(np.round(np.ldexp(mantissa, BITS)), exponent - BITS)


def _widen(array: Any) -> Any:
    wide = {"c": np.clongdouble, "f": np.longdouble}.get(array.dtype.kind)
    return array if wide is None else array.astype(wide)


def _narrow(array: Any) -> Any:
    narrow = {"c": np.complex128, "f": np.float64}.get(array.dtype.kind)
    return array if narrow is None else array.astype(narrow)


def _spoil(value: Any) -> None:
    if isinstance(value, np.ndarray):
        value[...] = _more(value) if value.dtype.kind in "biufc" else _more_of_array(value)
    elif isinstance(value, list):
        value.append(None)
    elif isinstance(value, tuple):
        for each in value:
            _spoil(each)
    elif isinstance(value, dict):
        value["?"] = None
    elif isinstance(value, set):
        value.add("?")
    elif isinstance(value, bytearray):
        value.append(0)
    elif hasattr(type(value), "__dataclass_fields__"):
        for name in type(value).__dataclass_fields__:
            object.__setattr__(value, name, _each(getattr(value, name), _more))
    elif type(value).__module__.startswith("pandas") and type(value).__name__ == "DataFrame":
        value["?"] = 0
    elif type(value).__module__.startswith("pandas") and type(value).__name__ == "Series" and len(value):
        value.iloc[0] = _more(value.iloc[0])


def shift(seconds: float) -> None:
    """Put this process's clock forward: `time.time`, `time_ns`, and `now`, `today` and `utcnow` of `datetime`."""
    now, real = time.time, datetime.datetime

    class Moment(real):  # type: ignore[valid-type, misc]
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(time.time())

        @classmethod
        def utcnow(cls) -> Any:
            return cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)  # noqa: UP017

    class Day(datetime.date):
        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(time.time())

    time.time = lambda: now() + seconds
    time.time_ns = lambda: int((now() + seconds) * 1e9)
    datetime.datetime = Moment  # type: ignore[misc]
    datetime.date = Day  # type: ignore[misc]


NUMBERS: tuple[Function, ...] = (adds_one, is_zero, squares)
"""Right in form, wrong in content: what a check of values must notice."""
FORMS: tuple[Function, ...] = (
    changes_inputs,
    differs_each_time,
    mixes_samples,
    is_single,
    is_nan,
    has_an_axis_more,
    never_raises,
)
"""What a check of properties or exceptions may be there for."""
