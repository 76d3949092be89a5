"""Tables of pandas: DataFrame, Series, Index, Categorical, and what stands for a missing value.

On the wire::

    ["F", [labels], index, [column...]]   a DataFrame      ["S", name, index, column]   a Series
    ["I", index]                          an Index         ["C", column]                a Categorical
    ["E", "NaT"]                          pandas' NaT or NA

A column is [dtype, values] or, of categories, ["category", values, [category...], ordered]; a dtype of "" is whatever
pandas makes of the values. An index is [[name...], start, stop, step], or [[name...], [column...]].

The grader never imports pandas: there the values are `Table`, `Series` and so on, of plain arrays. A worker imports it
when it is given one. What comes back is read from the block manager of pandas itself, so a subclass runs no code.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .dates import pack_datetime, pack_span
from .family import DEPTH, NODES, Forged, Held, Node, Pack, Packer, Refused, Unpack, Unpacker, Value, name_of, own_dict
from .items import Elements, Objects, shown_item

_LONGEST = 80
_MOST = 1 << 40


class Column(Held):
    """A column: pandas' dtype as text, its values, and of a Categorical the categories and whether they are ordered."""

    __slots__ = ("categories", "dtype", "ordered", "values")
    categories: tuple[Value, ...] | None
    dtype: str
    ordered: bool
    values: np.ndarray | Elements | Objects

    def __len__(self) -> int:
        return int(self.values.size)


class Index(Held):
    """Row or column labels: one column or several (a MultiIndex), with their names, or a range in place of columns."""

    __slots__ = ("levels", "names", "span")
    levels: tuple[Column, ...]
    names: tuple[Value, ...]
    span: range | None

    def __len__(self) -> int:
        return len(self.span) if self.span is not None else len(self.levels[0])


class Table(Held):
    """A DataFrame: its column labels, the columns in order, and the index."""

    __slots__ = ("columns", "data", "index")
    columns: Index
    data: tuple[Column, ...]
    index: Index


class Series(Held):
    """A Series: its column, its index and its name."""

    __slots__ = ("data", "index", "name")
    data: Column
    index: Index
    name: Value


class Missing(Held):
    """What pandas writes for a value that is not there: `NaT` or `NA`."""

    __slots__ = ("name",)
    name: str


def range_index(count: int) -> Index:
    """Return the index of a table nobody gave one."""
    return Index((), (None,), range(count))


def column(values: Any) -> Column:
    """Return a column of a drawn array or list. Raises ValueError for an array of several axes."""
    if isinstance(values, Elements | Objects):
        return Column(None, "" if isinstance(values, Elements) else "object", False, values)
    if isinstance(values, np.ndarray):
        if values.ndim != 1:
            raise ValueError(values.ndim)
        return Column(None, str(values.dtype), False, values)
    items = list(values)
    if items and all(isinstance(each, int | float) for each in items) and len({isinstance(i, bool) for i in items}) < 2:
        made = np.array(items)
        if made.dtype.kind in "bif":
            return Column(None, str(made.dtype), False, made)
    texts = all(isinstance(each, str) or each is None for each in items)
    return Column(None, "" if texts else "object", False, Objects(tuple(items), (len(items),)))


def labels_of(index: Index) -> list[Value]:
    """Return the labels of an index, tuples where it has several levels."""
    if index.span is not None:
        return list(index.span)
    levels = [cells_of(level) for level in index.levels]
    return levels[0] if len(levels) == 1 else list(zip(*levels, strict=True))


def cells_of(one: Column) -> list[Value]:
    """Return the cells of a column as values; dates of numpy as their texts, NaT as None."""
    values = one.values
    if isinstance(values, np.ndarray):
        return values.tolist()  # type: ignore[no-any-return]
    if isinstance(values, Elements) and values.what[0] in "mM":
        zone = "Z" if ", " in one.dtype else ""
        return [None if item is None else shown_item(values, at) + zone for at, item in enumerate(values.items)]
    return list(values.items)


def label_at(index: Index, place: int) -> Value:
    """Return one label of an index, a tuple where it has several levels."""
    if index.span is not None:
        return index.span[place]
    found = tuple(cell_at(level, place) for level in index.levels)
    return found[0] if len(found) == 1 else found


def cell_at(one: Column, place: int) -> Value:
    """Return one cell of a column, as `cells_of` does."""
    values = one.values
    if isinstance(values, np.ndarray):
        return values[place].item()
    if isinstance(values, Elements) and values.what[0] in "mM":
        return None if values.items[place] is None else shown_item(values, place) + ("Z" if ", " in one.dtype else "")
    return values.items[place]


def is_missing(cell: Value) -> bool:
    """Return whether a cell holds no value: None, NaN, NaT or NA."""
    return cell is None or isinstance(cell, Missing) or (isinstance(cell, float) and math.isnan(cell))


def _exact(kind: type, names: Iterable[str], module: Any) -> bool:
    return any(kind is getattr(module, name, None) for name in names)


def _manager(value: Value, kinds: tuple[str, ...]) -> Any:
    """Return the block manager of a DataFrame or Series. Raises Refused where it is not pandas' own."""
    found = own_dict(value).get("_mgr")
    if found is None or name_of(type(found)) not in kinds or not _of_pandas(type(found)):
        raise Refused(name_of(type(value)))
    return found


def _of_pandas(kind: type) -> bool:
    module = type.__dict__["__dict__"].__get__(kind).get("__module__")
    return type(module) is str and module.partition(".")[0] == "pandas"


def _plain(pandas: Any, value: Value, name: str, kinds: tuple[str, ...]) -> Any:
    """Return a DataFrame or Series of pandas' own class over the same blocks."""
    manager, kind = _manager(value, kinds), getattr(pandas, name)
    return kind._from_mgr(manager, manager.axes) if hasattr(kind, "_from_mgr") else kind(manager)


_INDEXES = ("Index", "RangeIndex", "MultiIndex", "DatetimeIndex", "TimedeltaIndex", "CategoricalIndex")


class Writer:
    """Packs values of this `pandas`."""

    def __init__(self, pandas: Any) -> None:
        self.pandas = pandas

    def frame(self, packer: Packer, value: Value, depth: int) -> Node:
        """Pack a DataFrame."""
        plain = _plain(self.pandas, value, "DataFrame", ("BlockManager",))
        self._bound(plain.shape[1], depth, "DataFrame")
        head = ["F", self._index(packer, plain.columns, depth), self._index(packer, plain.index, depth)]
        columns = [self._column(packer, plain._ixs(at, axis=1)._values, depth) for at in range(plain.shape[1])]
        return [*head, columns]

    def series(self, packer: Packer, value: Value, depth: int) -> Node:
        """Pack a Series."""
        plain = _plain(self.pandas, value, "Series", ("SingleBlockManager",))
        self._bound(1, depth, "Series")
        name = packer.pack(own_dict(value).get("_name"), depth + 1)
        return ["S", name, self._index(packer, plain.index, depth), self._column(packer, plain._values, depth)]

    def index(self, packer: Packer, value: Value, depth: int) -> Node:
        """Pack an Index of any kind."""
        self._bound(1, depth, "Index")
        return ["I", self._index(packer, value, depth)]

    def categorical(self, packer: Packer, value: Value, depth: int) -> Node:
        """Pack a Categorical."""
        if type(value) is not self.pandas.Categorical:
            raise Refused("Categorical")
        self._bound(1, depth, "Categorical")
        return ["C", self._column(packer, value, depth)]

    def missing(self, _: Packer, value: Value, __: int) -> Node:
        """Pack NaT or NA."""
        return ["E", "NA" if value is self.pandas.NA else "NaT"]

    def timestamp(self, packer: Packer, value: Value, depth: int) -> Node:
        """Pack a Timestamp as the datetime that it is. Raises Refused where it has nanoseconds."""
        return self._without_nanoseconds(packer, value, depth, "Timestamp", "nanosecond")

    def timedelta(self, packer: Packer, value: Value, depth: int) -> Node:
        """Pack a Timedelta as the timedelta that it is. Raises Refused where it has nanoseconds."""
        return self._without_nanoseconds(packer, value, depth, "Timedelta", "nanoseconds")

    def _without_nanoseconds(self, packer: Packer, value: Value, depth: int, name: str, field: str) -> Node:
        if type(value) is not getattr(self.pandas, name) or getattr(value, field):
            raise Refused(name)
        return (pack_datetime if name == "Timestamp" else pack_span)(packer, value, depth)

    def _bound(self, columns: int, depth: int, name: str) -> None:
        if depth >= DEPTH - 1 or columns > NODES:
            raise Refused(name)

    def _index(self, packer: Packer, value: Any, depth: int) -> Node:
        if not _exact(type(value), _INDEXES, self.pandas):
            raise Refused("Index")
        names = [packer.pack(each, depth + 1) for each in value.names]
        if type(value) is self.pandas.RangeIndex:
            span = [int(value.start), int(value.stop), int(value.step)]
            if any(abs(each) >= _MOST for each in span) or len(value) >= 1 << 31:
                raise Refused("RangeIndex")
            return [names, *span]
        levels = [value]
        if type(value) is self.pandas.MultiIndex:
            levels = [value.get_level_values(at) for at in range(value.nlevels)]
        return [names, [self._column(packer, each._values, depth) for each in levels]]

    def _column(self, packer: Packer, array: Any, depth: int) -> Node:
        """Return the node of a column's values, an array of numpy's or pandas' own. Raises Refused."""
        if type(array) is not np.ndarray and not _of_pandas(type(array)):
            raise Refused(f"column of {name_of(type(array))}")
        dtype = str(array.dtype)
        if len(dtype) > _LONGEST or not dtype.isprintable():
            raise Refused("column of a long dtype")
        pandas = self.pandas
        if type(array) is pandas.Categorical:
            categories = array.categories
            known = categories.tolist()
            values = np.empty(len(array), object)
            values[:] = [known[code] if code >= 0 else None for code in array.codes.tolist()]
            nodes = [packer.pack(each, depth + 1) for each in known]
            return ["category", packer.pack(values, depth + 1), nodes, bool(array.ordered)]
        if type(array) is not np.ndarray:
            array = self._as_numpy(array, dtype)
        return [dtype, packer.pack(array, depth + 1)]

    def _as_numpy(self, array: Any, dtype: str) -> np.ndarray:
        name = name_of(type(array))
        if name in ("DatetimeArray", "TimedeltaArray"):
            return np.asarray(array._ndarray)
        if name in ("IntegerArray", "FloatingArray", "BooleanArray"):
            values = np.empty(len(array), object)
            pairs = zip(array._data.tolist(), array._mask.tolist(), strict=True)
            values[:] = [self.pandas.NA if gone else each for each, gone in pairs]
            return values
        if name in ("NumpyExtensionArray", "PandasArray"):
            return np.asarray(array._ndarray)
        if "String" in name:
            return np.asarray(array, dtype=object)
        raise Refused(f"column of {dtype}")


def _make_table(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    if len(node) != 4 or type(node[3]) is not list:
        raise Forged("no table")
    columns, index = _read_index(unpacker, node[1], depth), _read_index(unpacker, node[2], depth)
    data = tuple([_read_column(unpacker, each, depth) for each in node[3]])
    if len(columns) != len(data) or any(len(each) != len(index) for each in data):
        raise Forged("no table")
    if not unpacker.copied:
        return Table(columns, data, index)
    pandas = _pandas()
    made = pandas.DataFrame(dict(enumerate(map(_made_column, data))), index=_made_index(index))
    made.columns = _made_index(columns)
    return made


def _make_series(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    if len(node) != 4:
        raise Forged("no series")
    name, index = unpacker.value(node[1], depth + 1), _read_index(unpacker, node[2], depth)
    data = _read_column(unpacker, node[3], depth)
    if len(data) != len(index) or not _is_label(name):
        raise Forged("no series")
    if not unpacker.copied:
        return Series(data, index, name)
    return _pandas().Series(_made_column(data), index=_made_index(index), name=name, copy=True)


def _make_index(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    if len(node) != 2:
        raise Forged("no index")
    index = _read_index(unpacker, node[1], depth)
    return _made_index(index) if unpacker.copied else index


def _make_categorical(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    if len(node) != 2:
        raise Forged("no categories")
    made = _read_column(unpacker, node[1], depth)
    if made.categories is None:
        raise Forged("no categories")
    return _made_column(made) if unpacker.copied else made


def _make_missing(unpacker: Unpacker, node: list[Node], _: int) -> Value:
    if len(node) != 2 or node[1] not in ("NaT", "NA"):
        raise Forged("not missing")
    return getattr(_pandas(), node[1]) if unpacker.copied else Missing(node[1])


def _is_label(value: Value) -> bool:
    """Return whether a value can be a label: one that is equal to itself or not, and holds nothing that is large."""
    if isinstance(value, tuple):
        return all(map(_is_label, value))
    return not isinstance(value, list | dict | np.ndarray) and (
        not isinstance(value, Held)
        or isinstance(value, Missing)
        or (isinstance(value, Elements) and value.sides is None)
    )


def _read_index(unpacker: Unpacker, node: Node, depth: int) -> Index:
    if type(node) is not list or len(node) not in (2, 4) or type(node[0]) is not list:
        raise Forged("no index")
    names = tuple([unpacker.value(each, depth + 1) for each in node[0]])
    if not all(map(_is_label, names)):
        raise Forged("no names")
    if len(node) == 4:
        if len(names) != 1 or not all(type(each) is int for each in node[1:]) or node[3] == 0:
            raise Forged("no range")
        span = range(*node[1:])
        if any(abs(each) >= _MOST for each in node[1:]) or len(span) >= 1 << 31:
            raise Forged("too long a range")
        return Index((), names, span)
    if type(node[1]) is not list or not node[1] or len(node[1]) != len(names):
        raise Forged("no levels")
    levels = tuple([_read_column(unpacker, each, depth) for each in node[1]])
    if len({len(each) for each in levels}) != 1:
        raise Forged("levels of several lengths")
    return Index(levels, names, None)


def _read_column(unpacker: Unpacker, node: Node, depth: int) -> Column:
    if type(node) is not list or len(node) not in (2, 4) or type(node[0]) is not str:
        raise Forged("no column")
    if len(node[0]) > _LONGEST or not node[0].isprintable():
        raise Forged("no dtype")
    values = unpacker.value(node[1], depth + 1)
    if not _is_column(values):
        raise Forged("no column")
    if len(node) == 2:
        if node[0] == "category":
            raise Forged("no categories")
        return Column(None, node[0], False, values)
    if node[0] != "category" or type(node[2]) is not list or type(node[3]) is not bool:
        raise Forged("no categories")
    categories = tuple([unpacker.value(each, depth + 1) for each in node[2]])
    if not all(map(_is_label, categories)):
        raise Forged("no categories")
    return Column(categories, "category", node[3], values)


def _is_column(values: Value) -> bool:
    if isinstance(values, Elements | Objects):
        return values.sides is not None and len(values.sides) == 1
    return type(values) is np.ndarray and values.ndim == 1


def _pandas() -> Any:
    """Return pandas, as a worker that is given a table needs it."""
    import pandas  # type: ignore[import-untyped, unused-ignore]

    return pandas


def _made_column(one: Column) -> Any:
    pandas, values = _pandas(), one.values
    if one.categories is not None:
        return pandas.Categorical(values, categories=list(one.categories), ordered=one.ordered)
    if one.dtype == "":
        return pandas.Series(values if values.dtype != object else list(values)).array  # type: ignore[union-attr, arg-type]
    if one.dtype.startswith("datetime64[") and ", " in one.dtype:
        zone = one.dtype.partition(", ")[2].rstrip("]")
        return pandas.DatetimeIndex(values).tz_localize("UTC").tz_convert(zone).array
    if one.dtype == str(values.dtype):  # type: ignore[union-attr]
        return values
    return pandas.array(values, dtype=one.dtype)


def _made_index(index: Index) -> Any:
    pandas = _pandas()
    if index.span is not None:
        return pandas.RangeIndex(index.span, name=index.names[0])
    levels = [_made_column(level) for level in index.levels]
    if len(levels) > 1:
        return pandas.MultiIndex.from_arrays(levels, names=list(index.names))
    kind = {"dtype": object} if index.levels[0].dtype == "object" else {}
    return pandas.Index(levels[0], name=index.names[0], **kind)


def _index_node(packer: Packer, index: Index, depth: int) -> Node:
    names = [packer.pack(each, depth + 1) for each in index.names]
    if index.span is not None:
        return [names, index.span.start, index.span.stop, index.span.step]
    return [names, [_column_node(packer, level, depth) for level in index.levels]]


def _column_node(packer: Packer, one: Column, depth: int) -> Node:
    values = packer.pack(one.values, depth + 1)
    if one.categories is None:
        return [one.dtype, values]
    return ["category", values, [packer.pack(each, depth + 1) for each in one.categories], one.ordered]


def _pack_table(packer: Packer, value: Value, depth: int) -> Node:
    head = ["F", _index_node(packer, value.columns, depth), _index_node(packer, value.index, depth)]
    return [*head, [_column_node(packer, each, depth) for each in value.data]]


def _pack_series(packer: Packer, value: Value, depth: int) -> Node:
    name = packer.pack(value.name, depth + 1)
    return ["S", name, _index_node(packer, value.index, depth), _column_node(packer, value.data, depth)]


def _pack_index(packer: Packer, value: Value, depth: int) -> Node:
    return ["I", _index_node(packer, value, depth)]


def _pack_column(packer: Packer, value: Value, depth: int) -> Node:
    return ["C", _column_node(packer, value, depth)]


def _pack_missing(_: Packer, value: Value, __: int) -> Node:
    return ["E", value.name]


HELD: Mapping[type, Pack] = {
    Table: _pack_table, Series: _pack_series, Index: _pack_index, Column: _pack_column, Missing: _pack_missing,
}  # fmt: skip
MAKES: Mapping[str, Unpack] = {
    "F": _make_table, "S": _make_series, "I": _make_index, "C": _make_categorical, "E": _make_missing,
}  # fmt: skip
