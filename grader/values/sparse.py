"""Sparse matrices and arrays of scipy, compared by what they hold, whatever their format.

On the wire: ["P", "csr_matrix", [rows, columns], row numbers, column numbers, entries], in the order of rows and then
columns, each place once and no entry 0. In the grader `Sparse` stands for one. A dense array stands for it only under
`dtype: any`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .family import (
    Differences,
    Family,
    Forged,
    Held,
    Node,
    Pack,
    Packer,
    Refused,
    Rule,
    Style,
    Unpack,
    Unpacker,
    Value,
    name_of,
)
from .numbers import KINDS, compare
from .plain import show_number

DENSE = 1 << 20
"""Elements of a matrix that may be compared with a dense array."""
_MOST = 1 << 31


class Sparse(Held):
    """A sparse matrix in the grader: its shape, and the rows, columns and values of its entries, in order."""

    __slots__ = ("columns", "entries", "form", "rows", "sides")
    form: str
    rows: np.ndarray
    columns: np.ndarray
    entries: np.ndarray
    sides: tuple[int, int]

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self.entries)

    @property
    def nbytes(self) -> int:
        """How many bytes they take."""
        return int(self.entries.nbytes + self.rows.nbytes + self.columns.nbytes)


def _pack(packer: Packer, value: Value, depth: int) -> Node:
    module = sys.modules["scipy.sparse"]
    kind = next((base for base in type.__dict__["__mro__"].__get__(type(value)) if base in _formats(module)), None)
    if kind is None:
        raise Refused(name_of(type(value)))
    found = kind.tocoo(value, copy=True)
    if len(found.shape) != 2:
        raise Refused(f"{name_of(kind)} of {len(found.shape)} dimensions")
    packer.take(24 * len(found.data))
    if found.data.dtype.kind not in KINDS:
        raise Refused(f"{name_of(kind)} of {found.data.dtype}")
    found.sum_duplicates()
    found.eliminate_zeros()
    order = np.lexsort((found.col, found.row))
    fields = (found.row[order].astype("i8"), found.col[order].astype("i8"), found.data[order])
    return ["P", name_of(kind), [int(side) for side in found.shape], *[packer.pack(each, depth) for each in fields]]


def _formats(module: Any) -> set[type]:
    return {kind for name in _FORMS if isinstance(kind := getattr(module, name, None), type)}


_FORMS = tuple(
    f"{name}_{kind}" for kind in ("matrix", "array") for name in ("csr", "csc", "coo", "bsr", "dia", "dok", "lil")
)


def _make(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    if len(node) != 6 or node[1] not in _FORMS or type(node[2]) is not list or len(node[2]) != 2:
        raise Forged("no sparse matrix")
    if not all(type(side) is int and 0 <= side < _MOST for side in node[2]):
        raise Forged("no shape")
    rows, columns, entries = (unpacker.value(each, depth + 1) for each in node[3:])
    for each in (rows, columns, entries):
        if type(each) is not np.ndarray or each.ndim != 1 or len(each) != len(entries):
            raise Forged("no entries")
    if rows.dtype != np.int64 or columns.dtype != np.int64:
        raise Forged("no places")
    height, width = node[2]
    if len(rows) and (rows.min() < 0 or rows.max() >= height or columns.min() < 0 or columns.max() >= width):
        raise Forged("a place outside")
    places = rows * max(width, 1) + columns
    if not (np.diff(places) > 0).all() or not (entries != 0).all():
        raise Forged("entries out of order")
    if unpacker.copied:
        import scipy.sparse  # type: ignore[import-untyped, unused-ignore]

        made = scipy.sparse.coo_matrix((entries, (rows, columns)), shape=(height, width))
        return getattr(scipy.sparse, node[1])(made)
    return Sparse(columns, entries, node[1], rows, (height, width))


def dense(value: Sparse) -> np.ndarray:
    """Return a matrix of at most `DENSE` elements as an array."""
    made = np.zeros(value.sides, value.entries.dtype)
    made[value.rows, value.columns] = value.entries
    return made


class SparseFamily(Family):
    """Sparse matrices: shape, dtype and entries."""

    compared_as = "sparse"
    tags: Mapping[str, Unpack] = {"P": _make}

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        if got.sides != want.sides:
            found.add("shape", output, got=str(got.sides), want=str(want.sides))
            return
        if want.sides[0] * want.sides[1] <= DENSE:
            compare(dense(got), dense(want), rule, output, found)
            return
        width = want.sides[1]
        mine, theirs = (each.rows * width + each.columns for each in (got, want))
        every = np.union1d(mine, theirs)
        values = []
        for places, entries in ((mine, got.entries), (theirs, want.entries)):
            whole = np.zeros(len(every), entries.dtype)
            whole[np.searchsorted(every, places)] = entries
            values.append(whole)
        compare(values[0], values[1], rule, output, _Placed(found, every, width))

    def type_name(self, value: Value) -> str:
        return "sparse matrix"

    def kind(self, value: Value) -> str:
        return f"sparse {value.entries.dtype} {value.sides} ({value.size})"

    def loosened(self, value: Value) -> Value:
        return dense(value) if value.sides[0] * value.sides[1] <= DENSE else value

    def zero(self, value: Value) -> Value:
        return Sparse(value.columns[:0], value.entries[:0], value.form, value.rows[:0], value.sides)

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        if style.depth == 0:
            return "…"
        each = [
            f"({row}, {column}): {show_number(entry, style.digits)}"
            for row, column, entry in zip(value.rows[:4], value.columns[:4], value.entries[:4], strict=True)
        ]
        text = ", ".join([*each, *(["…"] if value.size > 4 else [])])
        return f"<{self.kind(value)}{'  ' + text if text else ''}>"

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        entries, rows, columns = map(inner, (value.entries, value.rows, value.columns))
        made = f"coo_matrix(({entries}, ({rows}, {columns})), shape={value.sides})"
        return f'(lambda sparse: sparse.{value.form}(sparse.{made}))(__import__("scipy.sparse").sparse)'

    def sealable(self, value: Value, rule: Rule) -> bool:
        return False


class _Placed(Differences):
    """Tells the places of entries in place of their numbers."""

    def __init__(self, found: Differences, places: np.ndarray, width: int) -> None:
        self._found, self._places, self._width = found, places, width

    def add(self, category: str, output: str, **what: Any) -> None:
        if what.get("index"):
            place = int(self._places[what["index"][0]])
            what["index"] = (place // self._width, place % self._width)
        self._found.add(category, output, **what)


def _pack_held(packer: Packer, value: Value, depth: int) -> Node:
    fields = (value.rows, value.columns, value.entries)
    return ["P", value.form, list(value.sides), *[packer.pack(each, depth) for each in fields]]


def with_sparse() -> tuple[Family, ...]:
    """Return the family of sparse matrices; their module was imported."""
    packs: dict[type, Pack] = dict.fromkeys(_formats(sys.modules["scipy.sparse"]), _pack)
    SparseFamily.packs = {Sparse: _pack_held, **packs}
    return FAMILIES


SparseFamily.packs = {Sparse: _pack_held}
FAMILIES = (SparseFamily(),)
LATE = {"scipy.sparse": with_sparse}
