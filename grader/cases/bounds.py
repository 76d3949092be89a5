"""How large a value may become: a slip in a rubric (`2**10**9`, `normal(10**6, 10**6)`) is told, not waited for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeGuard

from grader.cases.failure import Failure
from grader.language import say

if TYPE_CHECKING:
    import numpy as np

MOST_ELEMENTS = 50_000_000
"""Elements of an array: 400 MB in float64."""

MOST_ITEMS = 1_000_000
"""Characters of a text, items of a list or tuple."""

MOST_BITS = 2048
"""Bits of a whole number; a float has 1024 at most."""

NUMBERS = frozenset({bool, int, float, complex})


def is_array(value: object) -> TypeGuard[np.ndarray]:
    """Return whether `value` is an array (or one of numpy's own scalars), without importing numpy."""
    return hasattr(value, "dtype") and hasattr(value, "shape")


def kind(value: object) -> str:
    """Return what `value` is, in one word."""
    return "array" if is_array(value) else type(value).__name__


def settled(value: Any) -> Any:
    """Return a computed value as plain Python or a plain array. Raises Failure for an array of objects."""
    if type(value) not in NUMBERS and is_array(value):
        if value.ndim == 0 and not isinstance(value, _array_type()):
            return value.item()
        if value.dtype.hasobject:
            raise Failure(say("This makes an array of objects, which is no array of numbers."), word="TypeError")
    return value


def elements(sizes: Iterable[int]) -> int:
    """Return the number of elements of an array with those sizes. Raises Failure if they are too many."""
    count = 1
    for size in sizes:
        count *= size
        if count > MOST_ELEMENTS:
            message = say("This array would have more than {most} elements.", most=MOST_ELEMENTS)
            raise Failure(message, word="MemoryError")
    return count


def bounded(items: int) -> None:
    """Raise Failure if so many items, or characters, are too many."""
    if items > MOST_ITEMS:
        raise Failure(say("This would have more than {most} items.", most=MOST_ITEMS), word="MemoryError")


def shape_of(sizes: Sequence[Any]) -> tuple[int, ...]:
    """Return `sizes` as the shape of an array. Raises Failure if they are none."""
    for size in sizes:
        if type(size) is not int:
            hint = say("Spread a shape with a star: `normal(*X.shape)`.") if isinstance(size, tuple) else None
            raise Failure(say("A size is a whole number, not {kind}.", kind=kind(size)), hint, word="TypeError")
        if size < 0:
            raise Failure(say("A size cannot be negative ({size}).", size=size))
    if len(sizes) > 32:
        raise Failure(say("An array has at most {most} axes.", most=32))
    elements(size for size in sizes if size)
    return tuple(sizes)


def whole(value: Any, least: int, most: int) -> int:
    """Return `value` if it is a whole number from `least` to `most`. Raises Failure otherwise."""
    if type(value) is not int:
        raise Failure(say("A whole number is needed, not {kind}.", kind=kind(value)), word="TypeError")
    if not least <= value <= most:
        raise Failure(say("A number from {least} to {most} is needed.", least=least, most=most))
    return value


def bits(value: int) -> int:
    """Return the bits of `value`. Raises Failure if they are too many."""
    if value.bit_length() > MOST_BITS:
        raise Failure(say("This number is too large."), word="OverflowError")
    return value


def _array_type() -> type:
    import numpy as np

    return np.ndarray


def contiguous(value: Any) -> Any:
    """Return a value with its arrays, in containers too, in C order."""
    kind_ = type(value)
    if kind_ in NUMBERS:
        return value
    if kind_ is tuple or kind_ is list:
        return kind_([contiguous(item) for item in value])
    if kind_ is dict:
        return {key: contiguous(item) for key, item in value.items()}
    return value.copy(order="C") if is_array(value) and not value.flags.c_contiguous else value
