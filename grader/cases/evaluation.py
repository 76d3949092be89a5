"""Computes an expression by a walk over its syntax tree; nothing of Python itself can be reached from it.

Numbers are computed as Python does, arrays as numpy does, and every operation has bounds.
"""

from __future__ import annotations

import ast
import math
import operator
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from grader.cases.effort import counted
from grader.cases.expression import Failure, parse
from grader.language import inert, say
from grader.values import Held, type_name

if TYPE_CHECKING:
    import numpy as np

CONSTANTS = {"pi": 3.141592653589793, "inf": float("inf"), "nan": float("nan")}
"""Names that need not be drawn."""

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
    """Return the name of a value's type, "array" for every array."""
    if isinstance(value, Held):
        return type_name(value)
    return "array" if is_array(value) else type(value).__name__


def settled(value: Any) -> Any:
    """Return a computed value as a plain array, or as Python's number. Raises Failure for an array of objects."""
    if type(value) not in NUMBERS and is_array(value):
        if value.ndim == 0 and not isinstance(value, sys.modules["numpy"].ndarray):
            return value.item()
        if value.dtype.hasobject:
            raise Failure(say("This makes an array of objects, not of numbers."), word="TypeError")
    return value


def elements(sizes: Iterable[int]) -> int:
    """Return the number of elements of an array with those sizes. Raises Failure if they are too many."""
    count = 1
    for size in sizes:
        count *= size
        if count > MOST_ELEMENTS:
            message = say("This array would have more than {most} elements.", most=MOST_ELEMENTS)
            raise Failure(message, word="MemoryError")
    counted(count)
    return count


def bounded(items: int) -> None:
    """Raise Failure if a list or text may not have so many items or characters."""
    counted(items)
    if items > MOST_ITEMS:
        raise Failure(say("This would have more than {most} items.", most=MOST_ITEMS), word="MemoryError")


def shape_of(sizes: Sequence[Any]) -> tuple[int, ...]:
    """Return `sizes` as the shape of an array. Raises Failure if they cannot be one."""
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


def bounded_number(value: int) -> int:
    """Return `value`. Raises Failure if it has too many bits."""
    if value.bit_length() > MOST_BITS:
        raise Failure(say("This number is too large."), word="OverflowError")
    return value


def contiguous(value: Any) -> Any:
    """Return a value with its arrays, in containers too, in C order."""
    kind_ = type(value)
    if kind_ in NUMBERS or isinstance(value, Held):
        return value
    if kind_ is tuple or kind_ is list:
        return kind_([contiguous(item) for item in value])
    if kind_ is dict:
        return {key: contiguous(item) for key, item in value.items()}
    return value.copy(order="C") if is_array(value) and not value.flags.c_contiguous else value


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
    """Keep numpy from warnings about what is computed inside; a NaN or infinity stays visible in the value."""
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
        return bounded_number(result) if type(result) is int else result
    if is_array(left) or is_array(right):
        for value in (left, right):
            if not is_array(value) and type(value) not in NUMBERS:
                raise _no_operation(name, left, right)
        _bound_arrays(sign, left, right)
        return guarded(work, left, right)
    if sign is ast.Add and type(left) is type(right) and isinstance(left, str | list | tuple):
        bounded(len(left) + len(right))
    elif sign is ast.Mult and isinstance(left, str | list | tuple) and type(right) is int:
        bounded(_items(left) * max(right, 0))
    else:
        raise _no_operation(name, left, right)
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


def guarded(work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Return what `work` returns, settled. Raises Failure for whatever Python or numpy raise."""
    try:
        return settled(work(*arguments, **named))
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
        raise _no_operation("@", left, right)


def _bound_arrays(sign: type[ast.operator] | None, left: Any, right: Any) -> None:
    import numpy as np

    first, second = guarded(np.shape, left), guarded(np.shape, right)
    if sign is ast.MatMult:
        elements((*first[:-1], *second))
        counted(math.prod((*first, *second[:-2], *second[-1:])))
        return
    try:
        together = np.broadcast_shapes(first, second)
    except ValueError:
        message = say("Shapes {first} and {second} do not go together.", first=str(first), second=str(second))
        raise Failure(message) from None
    elements(together)


def _items(value: Any) -> int:
    """Return how many characters a text has, or how many items a list, with those in its items."""
    if isinstance(value, str):
        return len(value)
    return sum(_items(item) if isinstance(item, str | list | tuple) else 1 for item in value)


def _no_operation(name: str, left: Any, right: Any) -> Failure:
    message = say("`{sign}` does not work between {left} and {right}.", sign=name, left=kind(left), right=kind(right))
    return Failure(message, word="TypeError")


MOST_ARGUMENTS = 64
_ATTRIBUTES = ("shape", "size", "ndim", "T", "dtype")


class Callables(Protocol):
    """What an expression may call and draw."""

    def call(self, node: ast.Call, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Return what the function `name` returns. Raises Failure if there is none or it fails."""

    def between(self, node: ast.expr, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""

    def value(self, name: str) -> Any:
        """Return what stands for a name that was not drawn, a function. Raises Failure."""


class Evaluator:
    """Computes expressions over `names`; `calls` decides what can be called."""

    def __init__(self, names: Mapping[str, Any], calls: Callables) -> None:
        self._names = names
        self._calls = calls

    def evaluate(self, text: str) -> Any:
        """Return the value of an expression. Raises Failure, with its place, if it has none."""
        return self._visit(parse(text))

    def _visit(self, node: ast.expr) -> Any:
        try:
            return _VISITS[type(node)](self, node)
        except Failure as failure:
            raise failure.in_node(node) from None

    def _name(self, node: ast.Name) -> Any:
        if node.id in self._names:
            return self._names[node.id]
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        return self._calls.value(node.id)

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self._visit(node.left), self._visit(node.right)
        if not isinstance(node.op, ast.LShift):
            return binary(type(node.op), left, right)
        for end in (left, right):
            if type(end) is not int:
                raise Failure(say("A range goes from one whole number to another."), word="TypeError")
        if left > right:
            raise Failure(say("The range {low}..{high} is empty.", low=left, high=right))
        return self._calls.between(node, left, right)

    def holds(self, value: Any) -> bool:
        """Return whether a value counts as true. Raises Failure."""
        return truth(value)

    def compared(self, sign: type[ast.cmpop], left: Any, right: Any) -> Any:
        """Return `left sign right`. Raises Failure."""
        return compare(sign, left, right)

    def _unary(self, node: ast.UnaryOp) -> Any:
        value = self._visit(node.operand)
        return not self.holds(value) if isinstance(node.op, ast.Not) else unary(type(node.op), value)

    def _boolean(self, node: ast.BoolOp) -> Any:
        value: Any = None
        for part in node.values:
            value = self._visit(part)
            if self.holds(value) is isinstance(node.op, ast.Or):
                break
        return value

    def _compare(self, node: ast.Compare) -> Any:
        left = self._visit(node.left)
        result: Any = True
        for sign, part in zip(node.ops, node.comparators, strict=True):
            right = self._visit(part)
            result = self.compared(type(sign), left, right)
            if part is not node.comparators[-1] and not self.holds(result):
                break
            left = right
        return result

    def _call(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        arguments = self._items(node.args)
        if len(arguments) > MOST_ARGUMENTS:
            raise Failure(say("A function takes at most {most} arguments.", most=MOST_ARGUMENTS), word="TypeError")
        keywords = {keyword.arg or "": self._visit(keyword.value) for keyword in node.keywords}
        return self._calls.call(node, name, arguments, keywords)

    def _items(self, nodes: list[ast.expr]) -> list[Any]:
        items: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                items.extend(self._spread(node))
            else:
                items.append(self._visit(node))
        return items

    def _spread(self, node: ast.Starred) -> list[Any]:
        value = self._visit(node.value)
        if not isinstance(value, list | tuple):
            message = say("A star spreads a tuple or list, not {kind}.", kind=kind(value))
            raise Failure(message, word="TypeError").in_node(node)
        return list(value)

    def _attribute(self, node: ast.Attribute) -> Any:
        value = self._visit(node.value)
        if node.attr not in _ATTRIBUTES:
            hint = say("Arrays have {names}.", names=", ".join(f".{name}" for name in _ATTRIBUTES))
            raise Failure(say("There is no `.{name}`.", name=node.attr), hint, word="AttributeError")
        if not is_array(value):
            message = say("Only arrays have `.{name}`; this is {kind}.", name=node.attr, kind=kind(value))
            raise Failure(message, word="AttributeError")
        return str(value.dtype) if node.attr == "dtype" else getattr(value, node.attr)

    def _subscript(self, node: ast.Subscript) -> Any:
        value, index = self._visit(node.value), self._index(node.slice)
        if not is_array(value) and not isinstance(value, str | tuple | list | dict):
            raise Failure(say("{kind} has no items.", kind=kind(value)), word="TypeError")
        if is_array(value):
            parts = index if isinstance(index, tuple) else (index,)
            sizes = [len(part) if isinstance(part, list) else getattr(part, "size", 1) for part in parts]
            elements((value.size, *sizes))
        return guarded(lambda: value[index])

    def _index(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant) and node.value is ...:
            return ...
        return tuple(self._index(part) for part in node.elts) if isinstance(node, ast.Tuple) else self._visit(node)

    def _constant(self, node: ast.Constant) -> Any:
        if node.value is ...:
            raise Failure(say("`{sign}` may stand only in an index.", sign="..."), word="SyntaxError")
        return node.value

    def _slice(self, node: ast.Slice) -> slice:
        return slice(*(part and self._visit(part) for part in (node.lower, node.upper, node.step)))

    def _dict(self, node: ast.Dict) -> dict[Any, Any]:
        keys = [self._visit(key) for key in node.keys if key is not None]
        for key in keys:
            if not isinstance(key, str | int):
                raise Failure(say("A key is text or a whole number, not {kind}.", kind=kind(key)), word="TypeError")
        return dict(zip(keys, (self._visit(value) for value in node.values), strict=True))


_VISITS: Mapping[type[ast.expr], Callable[[Evaluator, Any], Any]] = {
    ast.Constant: Evaluator._constant,
    ast.Name: Evaluator._name,
    ast.BinOp: Evaluator._binary,
    ast.UnaryOp: lambda self, node: self._unary(node),
    ast.BoolOp: Evaluator._boolean,
    ast.Compare: Evaluator._compare,
    ast.IfExp: lambda self, node: self._visit(node.body if self.holds(self._visit(node.test)) else node.orelse),
    ast.Call: Evaluator._call,
    ast.Attribute: Evaluator._attribute,
    ast.Subscript: Evaluator._subscript,
    ast.Slice: Evaluator._slice,
    ast.Tuple: lambda self, node: tuple(self._items(node.elts)),
    ast.List: lambda self, node: self._items(node.elts),
    ast.Dict: Evaluator._dict,
}
