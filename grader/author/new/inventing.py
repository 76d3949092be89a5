"""Draws of other values like those that were seen: the same shapes and kinds of numbers, and then other sizes.

What a value is like is read off the value: shares of one, labels, whole numbers, positive ones and symmetric matrices
stay what they are.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import numpy as np

from grader.author.new.functions import as_draw, loose, name_of
from grader.author.new.written import Uninventable, one_of, table_of, written
from grader.model import Value
from grader.values.functions import WrittenFunction
from grader.values.sets import Members
from grader.values.tables import Series, Table

_WIDE, _NARROW = 0.5, 0.02
_FEW = 8
"""Fewer numbers than that do not show their range."""
MOST_ITEMS = 40
"""Items of a list or dict that are drawn one by one."""
_LONG = 20
"""Letters of a text that is drawn."""
_MOST_CODED = 4
"""Different letters in a text that may be a code, such as that of a gene: others would have no meaning."""


def invented(values: Sequence[Value], near: float = 0.5) -> str:
    """Return an expression that draws a value like the first one; texts are chosen among `values`.

    A single number moves by at most `near` of itself. Raises Uninventable for what no draw makes.
    """
    value = values[0]
    if value is None:
        return "None"
    if isinstance(value, bool | np.bool_):
        flags = {bool(one) for one in values if isinstance(one, bool | np.bool_)}
        return "choice(True, False)" if len(flags) == 2 else repr(bool(value))
    if isinstance(value, str):
        seen = dict.fromkeys(repr(one) for one in values if isinstance(one, str))
        return f"choice({', '.join(seen)})" if len(seen) > 1 else repr(value)
    if isinstance(value, np.ndarray):
        return _array(value, near)
    if isinstance(value, int | np.integer):
        return repr(int(value))
    if isinstance(value, float | np.floating):
        return _number(float(value), near)
    if isinstance(value, WrittenFunction):
        drawn = value if name_of(value) else loose(value)
        return as_draw(drawn, {name: invented([each], near) for name, each in drawn.names.items()})
    if isinstance(value, bytes | Members | Decimal | Fraction | date):
        return _exact(value)
    if isinstance(value, Table | Series):
        return table_of(value, lambda each: _column(each, near))
    if isinstance(value, complex | np.complexfloating):
        return "normal() + 1j * normal()"
    return _container(values, near)


def _exact(value: Value | date) -> str:
    """Return an expression that draws a value like bytes, a set, a fraction or a date that was seen."""
    if isinstance(value, bytes):
        low, high = (min(value), max(value)) if value else (0, 255)
        return f"bytes(integers({low}, {max(high, low + 1)}, {len(value)}))"
    if isinstance(value, Members):
        name = "frozenset" if value.frozen else "set"
        items = [*value.items]
        if not items:
            return f"{name}()"
        if all(type(one) is int for one in items):
            return f"{name}(integers({min(items)}, {max(items) + 2}, {len(items)}))"
        if all(type(one) is float for one in items):
            return f"{name}({_array(np.array(items), _WIDE)})"
        return f"{name}(choices([{', '.join(map(written, items))}], {len(items)}))"
    if isinstance(value, Fraction):
        return f"fraction(integers({min(value.numerator, 1)}, {max(value.numerator, 0) + 5}), {value.denominator})"
    if type(value) is date:
        return f"date({value.year}, {value.month}, integers({value.day}, {value.day + 400}))"
    return written(value)


def _column(value: np.ndarray | tuple[Value, ...], near: float) -> str:
    if isinstance(value, np.ndarray):
        return _array(value, near)
    return f"choices([{', '.join(dict.fromkeys(map(written, value)))}], {len(value)})"


def text_like(value: str, near: float) -> str:
    """Return an expression that draws a text of the same letters, at first of all letters if many were seen."""
    letters = {*value}
    for every in (ascii_lowercase, ascii_uppercase) if near >= _WIDE else ():
        letters |= {*every} if len(letters & {*every}) > _MOST_CODED else set()
    return f"text({min(len(value), _LONG)}, {''.join(sorted(letters))!r})" if letters else repr(value)


def varied(values: Sequence[Value]) -> str:
    """Return an expression that draws a value like those that were seen, one of few, so that it often comes again.

    Raises Uninventable for what no draw makes.
    """
    kinds = {type(one) for one in values}
    whole = [one for one in values if type(one) is int]
    if kinds == {int}:
        low, high = min(whole), max(whole)
        low = low - 1 if low == high > 1 else low
        high = max(high, low + 2)
        return f"{low}..{high}" if low >= 0 else f"integers({low}, {high})"
    if kinds == {str}:
        few = len(set(values))
        some = [*dict.fromkeys([*values, "a", "b", "c"])][: max(3, few)]
        return f"choice({', '.join(map(repr, some))})"
    return invented(values) if len(kinds) == 1 else one_of(values)


def _container(values: Sequence[Value], near: float) -> str:
    value = values[0]
    if isinstance(value, dict) and len(value) <= MOST_ITEMS:
        like = [one for one in values if isinstance(one, dict)]
        pairs = (f"{key!r}: {invented([one[key] for one in like if key in one], near)}" for key in value)
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, tuple | list):
        kinds = {type(one) for one in value}
        if isinstance(value, list) and len(value) > 3 and kinds == {float}:
            return f"list({_array(np.array(value), near)})"
        if len(value) <= MOST_ITEMS:
            items = [invented([one], near) for one in value]
            inner = ", ".join(items) + ("," if isinstance(value, tuple) and len(items) == 1 else "")
            return f"({inner})" if isinstance(value, tuple) else f"[{inner}]"
    raise Uninventable


def _number(value: float, near: float) -> str:
    """Return a draw of a number near `value`: of its sign, and below 1 if it is."""
    if not math.isfinite(value) or value == 0 or abs(value) < 1e-4:
        return repr(value)  # a floor such as 1e-8 is no quantity to vary
    least, most = abs(value) * (1 - near), abs(value) * (1 + near)
    if abs(value) < 1:
        most = min(most, (1 + abs(value)) / 2)
    low, high = (least, most) if value > 0 else (-most, -least)
    return f"uniform({float(f'{low:.4g}')!r}, {float(f'{high:.4g}')!r})"


def _array(value: np.ndarray, near: float) -> str:
    sizes = ", ".join(map(str, value.shape))
    comma = f", {sizes}" if sizes else ""
    if value.dtype.kind == "b":
        return f"boolean({sizes})"
    if value.size == 0:
        return f"constant(0{comma})"
    if value.dtype.kind == "c":
        return f"normal({sizes}) + 1j * normal({sizes})"
    if near <= _NARROW and value.ndim == 2 and value.shape[0] == value.shape[1] > 1:
        return f"dominant({value.shape[0]})"  # of a reference that refused others: it may divide by pivots or lengths
    if value.dtype.kind in "iu":
        return _whole(value, comma, near)
    if not np.isfinite(value).all():
        raise Uninventable
    return _special(value, sizes) or _spread(value, sizes, comma)


def _whole(value: np.ndarray, comma: str, near: float) -> str:
    low, high = int(value.min()), int(value.max())
    if value.ndim == 1 and low == 0 and 0 < high < value.size and len(np.unique(value)) == high + 1:
        if value.size == high + 1:
            return f"permutation({value.size})" if high > 1 else f"labels({value.size}, {high + 1})"
        return f"labels({value.size}, {high + 1})"
    if two := _two(value, comma):
        return two
    # Indices stay in their range where the reference refuses others.
    room = 3 if near >= _WIDE and value.size < _FEW else 0
    return f"integers({low}, {max(high + room, low + 1)}{comma})"


def _two(value: np.ndarray, comma: str) -> str:
    """Return the draw of an array of two whole numbers, as labels are, "" for any other."""
    kinds = np.unique(value)
    if len(kinds) != 2 or value.size < 3:
        return ""
    low, high = int(kinds[0]), int(kinds[1])
    drawn = f"integers(0, 1{comma})"
    real = "1.0 * " if value.dtype.kind == "f" else ""
    if (low, high) == (0, 1):
        return real + drawn
    return f"{low} + {high - low} * {real}{drawn}"


def _special(value: np.ndarray, sizes: str) -> str:
    """Return the draw of an array with structure, "" if it has none."""
    square = value.ndim == 2 and value.shape[0] == value.shape[1] > 1
    binary = bool(np.isin(value, (0.0, 1.0)).all())
    if square and binary and np.array_equal(value, np.eye(len(value))):
        return f"eye({len(value)})"
    if value.ndim == 2 and binary and min(value.shape) > 1:
        if (value.sum(axis=1) == 1).all():
            return f"one_hot({value.shape[0]}, {value.shape[1]})"
        if (value.sum(axis=0) == 1).all():
            return f"one_hot({value.shape[1]}, {value.shape[0]}).T"
    if value.ndim and (value >= 0).all() and value.shape[-1] > 1 and _ones(value.sum(axis=-1)):
        return f"probabilities({sizes})"
    if value.ndim == 2 and (value >= 0).all() and value.shape[0] > 1 and _ones(value.sum(axis=0)):
        return f"probabilities({value.shape[1]}, {value.shape[0]}).T"
    if square and not binary:
        return _matrix(value)
    if value.ndim == 1 and value.size > 2 and (steps := np.diff(value)).min() > 0:
        low, high = f"{value[0]:.6g}", f"{value[-1]:.6g}"
        even = np.allclose(steps, steps[0], rtol=1e-6)
        inside = f"uniform({low}, {high}, {value.size})"
        return f"linspace({low}, {high}, {value.size}) * uniform(0.5, 1.5)" if even else f"sort({inside})"
    return ""


def _ones(sums: Any) -> bool:
    return bool(np.allclose(sums, 1.0, atol=1e-9))


def _matrix(value: np.ndarray) -> str:
    """Return the draw of a square matrix that is symmetric, orthogonal or has a large diagonal; "" for any other."""
    size = len(value)
    scale = float(np.abs(value).max()) or 1.0
    if np.allclose(value @ value.T, np.eye(size), atol=1e-9):
        return f"orthogonal({size})"
    if np.allclose(value, value.T, atol=1e-9 * scale):
        if np.linalg.eigvalsh(value).min() > 1e-9 * scale:
            return f"spd({size})"
        if scale <= 1 or ((value >= 0).all() and not np.diagonal(value).any()):
            return ""
        return f"spd({size}) - {size} * eye({size})"
    off = np.abs(value).sum(axis=1) - np.abs(np.diagonal(value))
    return f"dominant({size})" if (np.abs(np.diagonal(value)) >= off).all() and off.any() else ""


def _spread(value: np.ndarray, sizes: str, comma: str) -> str:
    """Return the draw of an array of unrelated numbers, in the range in which they were seen."""
    low, high = float(value.min()), float(value.max())
    if low == high == 0:
        return f"0.1 * normal({sizes})"
    if bool((value == np.round(value)).all()) and abs(value).max() < 1e6:
        if two := _two(value, comma):
            return two
        if value.size >= _FEW:
            return f"1.0 * integers({int(low)}, {int(max(high, low + 1))}{comma})"
    if low >= 0 and high <= 1:
        return f"uniform({0.0 if low == 0 else 0.02}, {1.0 if high == 1 else 0.98}{comma})"
    if low > 0:
        return f"uniform({low * 0.9:.3g}, {max(high, low * 1.1):.3g}{comma})"
    mean, spread = float(value.mean()), float(value.std())
    if value.size > 3 and abs(mean) > 2 * spread > 0:
        return f"{mean:.2g} + {spread:.2g} * normal({sizes})"
    scale = float(f"{max(spread, abs(mean)):.1g}")
    return f"normal({sizes})" if 0.4 <= scale <= 2 else f"{scale:g} * normal({sizes})"


_SIZES: dict[str, Callable[[Sequence[ast.expr]], Sequence[int]]] = {
    **dict.fromkeys(("normal", "boolean", "probabilities", "distinct", "ties"), lambda given: range(len(given))),
    **dict.fromkeys(("uniform", "integers"), lambda given: range(2, len(given))),
    **dict.fromkeys(("constant", "reshape"), lambda given: range(1, len(given))),
    **dict.fromkeys(("spd", "dominant", "orthogonal", "permutation", "increasing", "eye"), lambda given: range(1)),
    "one_hot": lambda given: range(2),
    "labels": lambda given: range(2) if _int(given[1]) > 2 else range(1),  # two classes stay two
    **dict.fromkeys(("text", "words"), lambda given: range(1)),
    "choices": lambda given: range(1, 2),
    "linspace": lambda given: range(2, 3),
}
"""Which arguments of a generator are sizes."""


def _int(node: ast.expr) -> int:
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else 0


def sizes_in(lines: Sequence[tuple[str, str]]) -> dict[int, int]:
    """Return the sizes of arrays in a draw's lines that are 2 and more, and how often each one stands there."""
    found: dict[int, int] = {}
    for _, text in lines:
        for call in _sized(ast.parse(text, mode="eval")):
            for place in _SIZES[call.func.id](call.args):  # type: ignore[attr-defined]
                size = _int(call.args[place]) if place < len(call.args) else 0
                if size > 1:
                    found[size] = found.get(size, 0) + 1
    return found


def _sized(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SIZES:
            yield node


def resized(text: str, names: Mapping[int, str], *, numbers: bool = False) -> str:
    """Return an expression with names in place of the sizes of arrays.

    With `numbers` whole numbers that are such a size get its name, too.
    """
    tree = ast.parse(text, mode="eval")
    for call in _sized(tree):
        for place in _SIZES[call.func.id](call.args):  # type: ignore[attr-defined]
            if place < len(call.args) and (name := names.get(_int(call.args[place]))):
                call.args[place] = ast.Name(name, ast.Load())
    if numbers:
        tree = _Numbers(names).visit(tree)
    return ast.unparse(tree)


class _Numbers(ast.NodeTransformer):
    """Puts names in the place of whole numbers, outside of calls."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self.names = names

    def visit_Call(self, node: ast.Call) -> ast.AST:
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        name = self.names.get(node.value) if type(node.value) is int else None
        return ast.Name(name, ast.Load()) if name else node


def free_names(taken: Collection[str]) -> Iterator[str]:
    """Yield names for sizes that are not `taken`."""
    for name in ("m", "n", "k", "p", "q", "r", "s", "t", "u", "v", *(f"n{number}" for number in range(1, 99))):
        if name not in taken:
            yield name
