"""One operation on two values, with bounds: numbers as Python computes them, arrays as numpy does."""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from grader.cases.bounds import MOST_BITS, NUMBERS, bits, bounded, elements, is_array, kind, settled
from grader.cases.failure import Failure
from grader.language import inert, say

_OPERATORS: Mapping[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
    ast.MatMult: ("@", operator.matmul),
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}


@contextmanager
def quiet() -> Iterator[None]:
    """Keep numpy from warning of what is computed inside: a NaN is a value, and its reader sees it."""
    import numpy as np

    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def binary(sign: type[ast.operator], left: Any, right: Any) -> Any:
    """Return `left sign right`. Raises Failure where Python or numpy would raise, and beyond the bounds."""
    name, work = _OPERATORS[sign]
    if type(left) in NUMBERS and type(right) in NUMBERS:
        _bound_numbers(sign, left, right)
        result = guarded(work, left, right)
        return bits(result) if type(result) is int else result
    if is_array(left) or is_array(right):
        for value in (left, right):
            if not is_array(value) and type(value) not in NUMBERS:
                raise _senseless(name, left, right)
        _bound_arrays(sign, left, right)
        return guarded(work, left, right)
    if sign is ast.Add and type(left) is type(right) and isinstance(left, str | list | tuple):
        bounded(len(left) + len(right))
    elif sign is ast.Mult and isinstance(left, str | list | tuple) and type(right) is int:
        bounded(_items(left) * max(right, 0))
    else:
        raise _senseless(name, left, right)
    return work(left, right)


def unary(sign: type[ast.unaryop], value: Any) -> Any:
    """Return `sign value`; `not` needs a truth value."""
    if sign is ast.Not:
        return not truth(value)
    if type(value) not in NUMBERS and not is_array(value):
        raise Failure(say("No number to compute with: {kind}.", kind=kind(value)), word="TypeError")
    return guarded(_UNARY[sign], value)


def compare(sign: type[ast.cmpop], left: Any, right: Any) -> Any:
    """Return `left sign right`, for arrays element by element."""
    if is_array(left) or is_array(right):
        _bound_arrays(None, left, right)
    return guarded(_COMPARISONS[sign], left, right)


def truth(value: Any) -> bool:
    """Return whether `value` counts as true. Raises Failure for an array that is not a single value."""
    if is_array(value) and value.size != 1:
        hint = say("Ask about one number, as in `max(X) > 0`.")
        raise Failure(say("An array is neither true nor false."), hint)
    return bool(value)


def guarded(work: Callable[..., Any], *arguments: Any) -> Any:
    """Return what `work` gives, settled; whatever Python or numpy raise becomes a Failure."""
    try:
        return settled(work(*arguments))
    except ZeroDivisionError:
        raise Failure(say("Division by zero."), word="ZeroDivisionError") from None
    except OverflowError:
        raise Failure(say("This number is too large."), word="OverflowError") from None
    except (ArithmeticError, LookupError, TypeError, ValueError, MemoryError, RecursionError) as error:
        message = say("This cannot be computed: {reason}", reason=inert(str(error) or type(error).__name__, 120))
        raise Failure(message, word=type(error).__name__) from None


def _bound_numbers(sign: type[ast.operator], left: Any, right: Any) -> None:
    if sign is ast.Pow and isinstance(left, int) and isinstance(right, int) and right > 0:
        if (left.bit_length() - 1) * right > MOST_BITS:
            raise Failure(say("This number is too large."), word="OverflowError")
    elif sign is ast.MatMult:
        raise _senseless("@", left, right)


def _bound_arrays(sign: type[ast.operator] | None, left: Any, right: Any) -> None:
    import numpy as np

    first, second = guarded(np.shape, left), guarded(np.shape, right)
    if sign is ast.MatMult:
        elements((*first[:-1], *second))
        return
    try:
        together = np.broadcast_shapes(first, second)
    except ValueError:
        message = say("Shapes {first} and {second} do not go together.", first=str(first), second=str(second))
        raise Failure(message) from None
    elements(together)


def _items(value: Any) -> int:
    """Return the number of items of a list with those inside its items, or of characters."""
    if isinstance(value, str):
        return len(value)
    return sum(_items(item) if isinstance(item, str | list | tuple) else 1 for item in value)


def _senseless(name: str, left: Any, right: Any) -> Failure:
    message = say("`{sign}` does not go between {left} and {right}.", sign=name, left=kind(left), right=kind(right))
    return Failure(message, word="TypeError")
