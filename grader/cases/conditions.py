"""Conditions: expressions over a case and what came of it that hold or not, and why one does not.

They are the draw language with a meaning of `==` that suits numbers: equal within a tolerance, element by element, and
what is NaN or infinite equals nothing, so that no answer is right for being no number. An array of truth values holds
where all of them are true. `!=` of arrays could mean two things and has to be said otherwise.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from grader.cases.effort import counted
from grader.cases.evaluation import Evaluator, elements, is_array, kind, truth
from grader.cases.expression import Failure, parse
from grader.cases.functions import FUNCTIONS
from grader.cases.library import Plain
from grader.language import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_INEQUALITIES = {ast.LtE: ast.Lt, ast.GtE: ast.Gt}
_EQUALITIES = {ast.Eq, *_INEQUALITIES}
WORDS = ("all_in", "all_different", "same_items")
"""Functions that only conditions have, for they ask what is equal."""


EFFORT = 64
"""What it takes to compare two values at all, in elements of an array."""


class Unmet(Struct, frozen=True, kw_only=True, eq=False):
    """Why a condition does not hold: the part of it, by its text, and what its sides are.

    `sides` are texts of the two sides with their values. `apart` says how far apart they are at most, and `wrong` of
    `total` elements do not fit; 0 where nothing can be said of this.
    """

    text: str
    sides: tuple[tuple[str, Any], ...] = ()
    apart: float = 0.0
    wrong: int = 0
    total: int = 0


class Sameness(Struct, frozen=True, kw_only=True):
    """What counts as equal: two numbers or arrays within what `allowed` says of them, any other two values as `same`.

    `allowed` returns what each number may be off by, an absolute part and one relative to the right side. `paired` says
    whether two lists or arrays have the same items.
    """

    allowed: Callable[[Any, Any], tuple[float, float]]
    same: Callable[[Any, Any], bool]
    paired: Callable[[Any, Any], bool]


class Conditions(Evaluator):
    """Evaluates conditions over `names`."""

    def __init__(self, names: Mapping[str, Any], sameness: Sameness) -> None:
        super().__init__(names, _Asking(self))
        self._sameness = sameness
        self._written = b""

    def broken(self, text: str) -> Unmet | None:
        """Return why a condition does not hold, `None` if it does. Raises Failure if it has no value."""
        self._written = text.strip().encode()
        return self._broken(parse(text))

    def holds(self, value: Any) -> bool:
        """Return whether a value is true: an array of truth values where all of them are."""
        if is_array(value) and value.dtype.kind == "b":
            return bool(value.all())
        return truth(value)

    def compared(self, sign: type[ast.cmpop], left: Any, right: Any) -> Any:
        """Return `left sign right`, equal within the tolerance."""
        if sign in (ast.In, ast.NotIn):
            return self.contains(right, left) is (sign is ast.In)
        if sign in (ast.Eq, ast.NotEq):
            same = self.equal(left, right)
            return same if sign is ast.Eq else not same if isinstance(same, bool) else ~same
        plain = super().compared(_INEQUALITIES.get(sign, sign), left, right)
        return plain | self.equal(left, right) if sign in _INEQUALITIES else plain

    def equal(self, left: Any, right: Any) -> Any:
        """Return whether two values are equal: of numbers and arrays for each element, of others as a whole."""
        from numpy import asarray, broadcast_shapes, isfinite, size

        from grader.values import compared_as
        from grader.values.numbers import number

        if not compared_as(left) == compared_as(right) == "number":
            counted(EFFORT * (size_of(left) + size_of(right)))
            return self._sameness.same(left, right)
        one, other = number(left).array, number(right).array
        if one.shape != other.shape and size(one) != 1 and size(other) != 1:
            return False
        counted(EFFORT)
        elements(broadcast_shapes(one.shape, other.shape))
        atol, rtol = self._sameness.allowed(left, right)
        exact = one.dtype.kind in "bui" and other.dtype.kind in "bui" and not atol
        near = one == other if exact else _apart(one, other) <= atol + rtol * abs(asarray(other, float_of(other)))
        found = near & isfinite(one) & isfinite(other)
        return bool(found) if found.ndim == 0 else found

    def contains(self, pool: Any, item: Any) -> bool:
        """Return whether `item` is an item of a list, tuple or dict, a row of an array, or a part of a text."""
        if isinstance(pool, str) and isinstance(item, str):
            return item in pool
        if isinstance(pool, dict):
            return isinstance(item, str | int) and item in pool
        if not isinstance(pool, list | tuple) and not (is_array(pool) and pool.ndim):
            raise Failure(say("{kind} has no items.", kind=kind(pool)), word="TypeError")
        if is_array(pool) and not isinstance(item, str | dict) and item is not None:
            import numpy as np

            shape = np.shape(item)
            return shape == pool.shape[1:] and bool(
                np.any(np.all(np.reshape(self.equal_rows(pool, item), (len(pool), -1)), axis=1))
            )
        return any(self.holds(self.equal(each, item)) for each in pool)

    def equal_rows(self, pool: Any, item: Any) -> Any:
        """Return for each element of the rows of an array whether it equals that of `item`."""
        import numpy as np

        elements(pool.shape)
        return np.broadcast_to(np.asarray(self.equal(pool, np.broadcast_to(item, pool.shape))), pool.shape)

    def asked(self, name: str, arguments: list[Any]) -> Any:
        """Return what a function returns that asks what is equal."""
        first, *others = arguments
        if name == "allclose":
            return self.holds(self.equal(first, others[0]))
        if name == "same_items":
            counted(EFFORT * (size_of(first) + size_of(others[0])))
            return self._sameness.paired(first, others[0])
        if name == "all_in":
            return all(self.contains(others[0], each) for each in _several(first))
        items = _several(first)
        counted(EFFORT * len(items) ** 2 // 2)
        return not any(self.holds(self.equal(one, other)) for at, one in enumerate(items) for other in items[:at])

    def _text(self, node: ast.expr) -> str:
        """Return a part of the condition as its author wrote it."""
        return self._written[node.col_offset : node.end_col_offset].decode(errors="replace")

    def _broken(self, node: ast.expr) -> Unmet | None:
        """Return why a part of a condition does not hold."""
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            return next((found for found in map(self._broken, node.values) if found is not None), None)
        if isinstance(node, ast.Compare):
            return self._unequal(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("all", "allclose"):
            if node.func.id == "allclose" and len(node.args) == 2:
                return self._pair(ast.Eq, node.args[0], node.args[1], self._text(node))
            if len(node.args) == 1 and isinstance(node.args[0], ast.Compare):
                return self._unequal(node.args[0], whole=True)
        value = self._visit(node)
        return None if self.holds(value) else Unmet(text=self._text(node))

    def _unequal(self, node: ast.Compare, *, whole: bool = False) -> Unmet | None:
        left = node.left
        for sign, right in zip(node.ops, node.comparators, strict=True):
            text = f"{self._text(left)} {_SIGNS[type(sign)]} {self._text(right)}"
            found = self._pair(type(sign), left, right, text, whole=whole)
            if found is not None:
                return found
            left = right
        return None

    def _pair(
        self, sign: type[ast.cmpop], left: ast.expr, right: ast.expr, text: str, *, whole: bool = False
    ) -> Unmet | None:
        """Return why one comparison does not hold; `whole`: the author said that it must hold for all elements."""
        one, other = self._visit(left), self._visit(right)
        found = self.compared(sign, one, other)
        if sign is ast.NotEq and is_array(found) and found.size != 1 and not whole:
            raise Failure(
                say("`!=` of arrays may mean two things."), say("Write `not (A == B)`, or `all(A != B)`.")
            ).at(left.col_offset, right.end_col_offset or 0)
        if self.holds(found):
            return None
        sides = tuple((self._text(node), value) for node, value in ((left, one), (right, other)))
        wrong = int(found.size - found.sum()) if is_array(found) else 0
        apart = _furthest(one, other) if sign in _EQUALITIES else 0.0
        total = int(found.size) if is_array(found) else 0
        return Unmet(text=text, sides=sides, apart=apart, wrong=wrong, total=total)


class _Asking(Struct, frozen=True):
    """What a condition may call: plain functions, and those that ask what is equal."""

    conditions: Conditions

    def call(self, node: ast.Call, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Return what a function returns."""
        if name in ("allclose", *WORDS) and len(arguments) == FUNCTIONS[name].least and not keywords:
            return self.conditions.asked(name, arguments)
        return Plain().call(node, name, arguments, keywords)

    def between(self, node: ast.expr, low: int, high: int) -> int:
        """Refuse: nothing is drawn here."""
        return Plain().between(node, low, high)

    def value(self, name: str) -> Any:
        """Refuse: there is no such name."""
        return Plain().value(name)


_SIGNS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in",
    ast.NotIn: "not in",
}  # fmt: skip


def _several(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple) and not (is_array(value) and value.ndim):
        raise Failure(say("{kind} has no items.", kind=kind(value)), word="TypeError")
    return list(value)


def size_of(value: Any) -> int:
    """Return about how many parts a value has."""
    if isinstance(value, list | tuple):
        return 1 + sum(map(size_of, value))
    if isinstance(value, dict):
        return 1 + sum(map(size_of, value.values()))
    return len(value) if isinstance(value, str) else int(getattr(value, "size", 1))


def float_of(array: NDArray[Any]) -> type[np.inexact[Any]]:
    """Return the type in which an array is computed with."""
    import numpy as np

    return np.complex128 if array.dtype.kind == "c" else np.float64


def _apart(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
    import numpy as np

    kind_ = np.result_type(float_of(one), float_of(other))
    apart: NDArray[np.float64] = np.abs(np.subtract(one, other, dtype=kind_))
    return apart


def _furthest(left: Any, right: Any) -> float:
    """Return how far apart two numbers or arrays are at most, 0.0 where that cannot be said."""
    import numpy as np

    from grader.values import compared_as
    from grader.values.numbers import number

    if not compared_as(left) == compared_as(right) == "number":
        return 0.0
    one, other = number(left).array, number(right).array
    if one.shape != other.shape and one.size != 1 and other.size != 1:
        return 0.0
    far = np.asarray(_apart(one, other))
    return float(far[np.isfinite(far)].max(initial=0.0))
