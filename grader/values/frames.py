"""How tables of pandas are compared, shown and digested: columns, rows, index, dtypes, then cell by cell.

Of pandas this knows what `tables` holds. A cell is named as pandas finds it, by its labels: `result['price'].loc['b']`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from . import numbers
from .family import Differences, Family, Key, Pack, Rule, Style, Unpack, Value
from .items import Elements, Objects
from .plain import show_number
from .tables import (
    HELD,
    MAKES,
    Column,
    Index,
    Missing,
    Series,
    Table,
    Writer,
    cell_at,
    cells_of,
    is_missing,
    label_at,
    labels_of,
    range_index,
)

LISTED = 8
"""Labels that a mismatch names."""
ROWS, COLUMNS = 6, 8
"""Rows and columns of a table that are shown."""
_WIDE = 20
"""Characters of a cell that are shown."""


def spelt(cell: Value, digits: int = 6) -> str:
    """Return a label or cell as a student reads it."""
    from . import shown

    if isinstance(cell, Missing):
        return cell.name
    if isinstance(cell, tuple):
        return "(" + ", ".join(spelt(each, digits) for each in cell) + ")"
    return shown(cell, digits)


def key_of(cell: Value) -> tuple[str, str]:
    """Return what equal labels share: whole numbers and floats of one value, missing ones, texts."""
    if is_missing(cell):
        return "missing", ""
    if isinstance(cell, tuple):
        return "tuple", repr([key_of(each) for each in cell])
    if isinstance(cell, bool):
        return "bool", str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return "number", str(int(cell))
    return ("number" if isinstance(cell, int | float) else type(cell).__name__), repr(cell)


def kind_of(one: Column) -> str:
    """Return what a column holds: bool, int, float, complex, text, category, date, span, object; "" for nothing."""
    values = one.values
    if one.categories is not None:
        return "category"
    if isinstance(values, np.ndarray):
        return numbers.KINDS[values.dtype.kind]
    if isinstance(values, Elements):
        return {"M": "date", "m": "span"}.get(values.what[0], "text")
    held = [cell for cell in values.items if not is_missing(cell)]
    for dtype, kind in (("Int", "int"), ("UInt", "int"), ("Float", "float"), ("boolean", "bool"), ("str", "text")):
        if one.dtype.startswith(dtype):
            return kind
    if not held:
        return ""
    return "text" if all(isinstance(cell, str) for cell in held) else "object"


def column_key(table: Table, place: int, labels: Sequence[Value]) -> Key:
    """Return what a column is called among the parts of a table: its label if that is a text or number, and no other's.

    Else it is its place, as a text that no label is.
    """
    label = labels[place]
    alone = isinstance(label, str | int) and not isinstance(label, bool) and labels.count(label) == 1
    return label if alone else f"#{place}"


class _Rows(Differences):
    """Tells cells by the labels of their rows in place of their numbers."""

    def __init__(self, found: Differences, index: Index, order: Sequence[int] | None = None) -> None:
        self._found, self._index, self._order = found, index, order

    def add(self, category: str, output: str, **what: Any) -> None:
        place = what.pop("index", None)
        if place:
            row = self._order[place[0]] if self._order is not None else place[0]
            output += row_name(self._index, row)
        self._found.add(category, output, **what)

    def agree(self, got: Value, want: Value, rule: Rule) -> bool:
        return self._found.agree(got, want, rule)


def row_name(index: Index, row: int) -> str:
    """Return `[@'b']` for a row that pandas finds as `.loc['b']`, and `[@@3]`, for `.iloc[3]`, where it does not.

    So it is where another row has its label, or the label is no text or whole number.
    """
    label = label_at(index, row)
    if not isinstance(label, str | int) or (index.span is None and _count(index, label) != 1):
        return f"[@@{row}]"
    return f"[@{label!r}]"


def _count(index: Index, label: Value) -> int:
    wanted = key_of(label)
    return sum(key_of(each) == wanted for each in labels_of(index))


def _listed(labels: Iterable[Value]) -> str:
    every = list(labels)
    return ", ".join(map(spelt, every[:LISTED])) + (", …" if len(every) > LISTED else "")


def _compare_columns(got: Table, want: Table, rule: Rule, output: str, found: Differences) -> None:
    """Tell the columns too many, the columns missing, and another order."""
    mine, theirs = labels_of(got.columns), labels_of(want.columns)
    counts, wanted = Counter(map(key_of, mine)), Counter(map(key_of, theirs))
    extra = [label for label in mine if counts[key_of(label)] > wanted[key_of(label)]]
    missing = [label for label in theirs if wanted[key_of(label)] > counts[key_of(label)]]
    if extra or missing:
        found.add("columns", output, got=_listed(extra), want=_listed(missing), differing=len(extra) + len(missing))
    elif list(map(key_of, mine)) != list(map(key_of, theirs)) and not any_order(rule):
        found.add("columns", output, got=_listed(mine), want=_listed(theirs))
    elif list(map(key_of, got.columns.names)) != list(map(key_of, want.columns.names)) and rule.dtype == "exact":
        found.add("index", output, got=_names(got.columns), want=_names(want.columns))


def _names(index: Index) -> str:
    return "names=[" + ", ".join(map(spelt, index.names)) + "]"


def any_order(rule: Rule) -> bool:
    """Return whether rows and columns may stand in any order."""
    return bool(getattr(rule, "order", "same") == "any")


def _is_default(index: Index) -> bool:
    count = len(index)
    return index.span == range(count) or (
        len(index.levels) == 1 and isinstance(index.levels[0].values, np.ndarray)
        and bool(np.array_equal(index.levels[0].values, np.arange(count)))
    )  # fmt: skip


def _compare_index(got: Index, want: Index, rule: Rule, output: str, found: Differences) -> bool:
    """Tell how row labels differ; return whether they agree."""
    if rule.dtype == "exact" and (got.span is None) != (want.span is None):
        kinds = ["RangeIndex" if each.span is not None else "Index" for each in (got, want)]
        found.add("dtype", f"{output}.index", got=kinds[0], want=kinds[1])
        return False
    if len(got.names) != len(want.names):
        found.add("index", output, got=_head(got), want=_head(want))
        return False
    same = (got.span is not None and got.span == want.span) or (_is_default(got) and _is_default(want))
    if not same:
        pairs = zip(labels_of(got), labels_of(want), strict=True)
        if not all(_same_label(one, other, rule, found) for one, other in pairs):
            found.add("index", output, got=_head(got), want=_head(want))
            return False
    if list(map(key_of, got.names)) != list(map(key_of, want.names)):
        found.add("index", output, got=_names(got), want=_names(want))
        return False
    return True


def _same_label(got: Value, want: Value, rule: Rule, found: Differences) -> bool:
    if key_of(got) == key_of(want):
        return True
    real = all(isinstance(each, float | int) and not isinstance(each, bool) for each in (got, want))
    return real and (isinstance(got, float) or isinstance(want, float)) and found.agree(float(got), float(want), rule)


def _head(index: Index) -> str:
    count = len(index)
    text = ", ".join(spelt(label_at(index, at)) for at in range(min(count, LISTED)))
    return text + (", …" if count > LISTED else "")


def _row_order(index: Index, data: Sequence[Column], *, labelled: bool) -> list[int]:
    """Return the rows in an order that follows from what is in them: exact cells first, then real numbers."""
    exact: list[list[Value]] = []
    real: list[list[Value]] = []
    for one in data:
        cells = cells_of(one)
        (real if kind_of(one) in ("float", "complex") else exact).append(cells)
    if labelled:
        exact.insert(0, labels_of(index))

    def rank(row: int) -> Any:
        floats = [cells[row] if not is_missing(cells[row]) else float("inf") for cells in real]
        return [key_of(cells[row]) for cells in exact], [(each.real, each.imag) for each in floats]

    return sorted(range(len(index)), key=rank)


def taken(one: Column, order: Sequence[int]) -> Column:
    """Return a column with these of its rows, in this order."""
    values: Any = one.values
    if isinstance(values, np.ndarray):
        values = values[list(order)]
    elif isinstance(values, Elements):
        values = Elements(tuple(values.items[at] for at in order), values.sides, values.what)
    else:
        values = Objects(tuple(values.items[at] for at in order), values.sides)
    return Column(one.categories, one.dtype, one.ordered, values)


def _compare_column(got: Column, want: Column, rule: Rule, output: str, found: Differences) -> None:
    """Compare two columns of one length: their dtypes by kind, then their cells."""
    plain = [isinstance(each.values, np.ndarray) for each in (got, want)]
    kinds = kind_of(got), kind_of(want)
    if rule.dtype == "exact" and got.dtype != want.dtype and "" not in (got.dtype, want.dtype):
        found.add("dtype", output, got=got.dtype, want=want.dtype)
    elif all(plain):
        numbers.compare(got.values, want.values, rule, output, found)
    elif kinds[0] != kinds[1] and "" not in kinds and rule.dtype in ("kind", "exact"):
        found.add("dtype", output, got=got.dtype, want=want.dtype or "str")
    elif isinstance(got.values, Elements) and isinstance(want.values, Elements):
        from . import family_of

        family_of(want.values).compare(got.values, want.values, rule, output, found)
    else:
        _compare_cells(cells_of(got), cells_of(want), rule, output, found)
        if rule.dtype == "exact" and _order_of(got) != _order_of(want):
            found.add("dtype", output, got=_categories(got), want=_categories(want))


def _order_of(one: Column) -> tuple[list[tuple[str, str]], bool]:
    return list(map(key_of, one.categories or ())), one.ordered


def _categories(one: Column) -> str:
    return f"category: {_listed(one.categories or ())}"


def _compare_cells(got: list[Value], want: list[Value], rule: Rule, output: str, found: Differences) -> None:
    pairs = zip(got, want, strict=True)
    wrong = [at for at, (one, other) in enumerate(pairs) if not _same_cell(one, other, rule, found)]
    if not wrong:
        return
    at = wrong[0]
    gone = is_missing(got[at]) != is_missing(want[at])
    text = isinstance(got[at], str) and isinstance(want[at], str)
    found.add(
        "nan" if gone else "text" if text else "values", output, index=(at,), got=_told(got[at]), want=_told(want[at]),
        differing=len(wrong), total=len(want),
    )  # fmt: skip


def _told(cell: Value) -> Value:
    return cell if isinstance(cell, int | float | complex | str) or cell is None else spelt(cell)


def _same_cell(got: Value, want: Value, rule: Rule, found: Differences) -> bool:
    if is_missing(got) or is_missing(want):
        return is_missing(got) and is_missing(want) and rule.nan_equal
    return (type(got) is type(want) and isinstance(want, str | int) and got == want) or found.agree(got, want, rule)


class FrameFamily(Family):
    """DataFrames. Its parts are the columns' values, by label, so what explains numbers explains a column, too."""

    compared_as = "table"
    container = True
    packs: Mapping[type, Pack] = {Table: HELD[Table]}
    tags: Mapping[str, Unpack] = {"F": MAKES["F"]}

    def parts(self, value: Value) -> Iterable[tuple[Key, Value]]:
        labels = labels_of(value.columns)
        return [(column_key(value, at, labels), one.values) for at, one in enumerate(value.data)]

    def contents(self, value: Value) -> Iterable[Value]:
        return [one.values for one in (*value.data, *value.columns.levels, *value.index.levels)]

    def rebuilt(self, value: Value, items: Iterable[Value]) -> Value:
        return Table(value.columns, tuple(map(_with_values, value.data, items)), value.index)

    def assign(self, old: Value, new: Value, inner: Callable[[Value, Value], bool]) -> bool:
        return _update(old, new, "DataFrame")

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> bool:
        _compare_columns(got, want, rule, output, found)
        if len(got.index) != len(want.index):
            found.add("rows", output, got=len(got.index), want=len(want.index))
            return True
        mine, theirs = labels_of(got.columns), labels_of(want.columns)
        pairs = _pairs(mine, theirs)
        orders: list[list[int] | None] = [None, None]
        if any_order(rule):
            data = [[got.data[at] for at, _ in pairs], [want.data[at] for _, at in pairs]]
            labelled = not _is_default(want.index)
            orders = [
                _row_order(each.index, columns, labelled=labelled)
                for each, columns in zip((got, want), data, strict=True)
            ]
            if labelled:
                indexes = [_in_order(each.index, order) for each, order in zip((got, want), orders, strict=True)]
                _compare_index(indexes[0], indexes[1], rule, output, found)
        else:
            _compare_index(got.index, want.index, rule, output, found)
        rows = _Rows(found, want.index, orders[1])
        for one, other in pairs:
            first, second = got.data[one], want.data[other]
            if orders[0] is not None and orders[1] is not None:
                first, second = taken(first, orders[0]), taken(second, orders[1])
            name = self.item_name(want, output, column_key(want, other, theirs))
            _compare_column(first, second, rule, name, rows)
        return True

    def item_name(self, value: Value, output: str, key: Key) -> str:
        if isinstance(key, str) and key.startswith("#") and key not in labels_of(value.columns):
            return f"{output}[::{key[1:]}]"
        return f"{output}[:{key!r}]"

    def type_name(self, value: Value) -> str:
        return "DataFrame"

    def kind(self, value: Value) -> str:
        return f"DataFrame ({len(value.index)}, {len(value.data)})"

    def zero(self, value: Value) -> Value:
        return Table(value.columns, tuple(map(_blank, value.data)), value.index)

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        if style.depth == 0:
            return "…"
        columns = _listed(labels_of(value.columns))
        return f"<{self.kind(value)}{': ' + style.quote(columns) if columns else ''}>"

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        data = ", ".join(f"{at}: {_column_literal(one, inner)}" for at, one in enumerate(value.data))
        columns, index = (_index_literal(each, inner) for each in (value.columns, value.index))
        return f"(lambda pd: pd.DataFrame({{{data}}}, index={index}).set_axis({columns}, axis=1))({_IMPORT})"

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        yield f"table {list(map(key_of, labels_of(value.columns)))!r}".encode()
        yield from _index_cells(value.index)
        for one in value.data:
            yield from _column_cells(one, inner)

    def in_order(self, value: Value) -> Iterable[tuple[Key, Value]]:
        return [(key, one) for key, one in self.parts(value) if isinstance(one, np.ndarray)]

    def sealable(self, value: Value, rule: Rule) -> bool:
        """Return whether nothing but columns of numbers has a tolerance, and rows have an order."""
        levels = (*value.columns.levels, *value.index.levels)
        return not any_order(rule) and all(map(_is_exact, levels)) and all(
            isinstance(one.values, np.ndarray) or _is_exact(one) for one in value.data
        )  # fmt: skip

    def rows(self, value: Value, limit: int, digits: int) -> list[str]:
        heads = [spelt(label) if not isinstance(label, str) else label for label in labels_of(value.columns)]
        return _drawn(value.index, list(zip(heads, value.data, strict=True)), limit, digits)


def _pairs(mine: Sequence[Value], theirs: Sequence[Value]) -> list[tuple[int, int]]:
    """Return which of my columns is compared with which of theirs: those of one label, one after the other."""
    places: dict[tuple[str, str], list[int]] = {}
    for at, label in enumerate(mine):
        places.setdefault(key_of(label), []).append(at)
    pairs = []
    for at, label in enumerate(theirs):
        if found := places.get(key_of(label)):
            pairs.append((found.pop(0), at))
    return pairs


def _in_order(index: Index, order: Sequence[int] | None) -> Index:
    if order is None:
        return index
    if index.span is not None:
        values = np.array([index.span[at] for at in order], "i8")
        return Index((Column(None, "int64", False, values),), index.names, None)
    return Index(tuple(taken(level, order) for level in index.levels), index.names, None)


def _with_values(one: Column, values: Value) -> Column:
    held = values if isinstance(values, np.ndarray | Elements | Objects) else one.values
    dtype = str(held.dtype) if isinstance(held, np.ndarray) else one.dtype
    return Column(one.categories, dtype, one.ordered, held)


def _blank(one: Column) -> Column:
    values = one.values
    if isinstance(values, np.ndarray):
        return _with_values(one, np.zeros_like(values))
    if isinstance(values, Elements):
        return _with_values(one, Elements((0,) * values.size, values.sides, values.what))
    blank = "" if kind_of(one) == "text" else None
    return _with_values(one, Objects((blank,) * len(values.items), values.sides))


def _update(old: Value, new: Value, name: str) -> bool:
    """Make pandas' own object hold what `new` holds."""
    kind = getattr(sys.modules.get("pandas"), name, None)
    if kind is None or not isinstance(old, kind) or not isinstance(new, kind):
        return False
    kind._update_inplace(old, new)
    return True


_IMPORT = '__import__("pandas")'


def _column_literal(one: Column, inner: Callable[[Value], str]) -> str:
    values = inner(one.values)
    if one.categories is not None:
        names = ", ".join(map(inner, one.categories))
        return f"pd.Categorical({values}, [{names}], ordered={one.ordered})"
    if isinstance(one.values, np.ndarray):
        return values
    if one.dtype.startswith("datetime64[") and ", " in one.dtype:
        zone = one.dtype.partition(", ")[2].rstrip("]")
        return f'pd.DatetimeIndex({values}).tz_localize("UTC").tz_convert({zone!r})'
    return values if isinstance(one.values, Elements) else f"pd.array(list({values}), dtype={one.dtype or None!r})"


def _index_literal(index: Index, inner: Callable[[Value], str]) -> str:
    names = ", ".join(map(inner, index.names))
    if index.span is not None:
        return f"pd.RangeIndex({index.span.start}, {index.span.stop}, {index.span.step}, name={names})"
    levels = ", ".join(_column_literal(level, inner) for level in index.levels)
    if len(index.levels) > 1:
        return f"pd.MultiIndex.from_arrays([{levels}], names=[{names}])"
    return f"pd.Index({levels}, name={names})"


def _index_cells(index: Index) -> Iterator[bytes]:
    yield f"index {list(map(key_of, index.names))!r} {len(index)}".encode()
    if not _is_default(index):
        yield repr(list(map(key_of, labels_of(index)))).encode()


def _column_cells(one: Column, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
    if isinstance(one.values, np.ndarray):
        yield from inner(one.values)
        return
    kind = kind_of(one)
    yield kind.encode()
    if isinstance(one.values, Elements):
        yield from inner(one.values)
    else:
        yield repr(list(map(key_of, one.values.items))).encode()


def _is_exact(one: Column) -> bool:
    """Return whether a column holds nothing that agrees within tolerance, and nothing that is large."""
    if isinstance(one.values, np.ndarray):
        return one.values.dtype.kind in "biu"
    if isinstance(one.values, Elements):
        return True
    plain = (str, int, bool, type(None), Missing)
    return all(isinstance(cell, plain) or is_missing(cell) for cell in one.values.items)


def _drawn(index: Index, columns: list[tuple[str, Column]], limit: int, digits: int) -> list[str]:
    """Return the first rows and columns as aligned lines, `…` for what is left out."""
    count = min(len(index), ROWS)
    more = len(index) > count
    plain = index.span is None or index.span.start or index.span.step != 1
    labels = [_cut(spelt(label_at(index, at), digits).strip("'") if plain else str(at)) for at in range(count)]
    table = [["", *labels, *(["…"] if more else [])]]
    width = max(map(len, table[0]))
    for at, (head, one) in enumerate(columns):
        cells = [_cut(_cell(cell_at(one, row), digits)) for row in range(count)]
        made = [_cut(head), *cells, *(["…"] if more else [])]
        wide = max(map(_cells_wide, made))
        if at == COLUMNS or (width + 2 + wide > limit - 3 and at):
            table.append(["…"] * len(made))
            break
        table.append(made)
        width += 2 + wide
    return ["  ".join(_right(made[row], made) for made in table).rstrip() for row in range(len(table[0]))]


def _right(text: str, column: Sequence[str]) -> str:
    return " " * (max(map(_cells_wide, column)) - _cells_wide(text)) + text


def _cells_wide(text: str) -> int:
    """Return how many cells of a terminal a text takes: two for a sign of Chinese."""
    return len(text) if text.isascii() else sum(2 if each >= "\u1100" else 1 for each in text)


def _cell(cell: Value, digits: int) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool | int | float | complex):
        return show_number(cell, digits)
    return spelt(cell, digits)


def _cut(text: str) -> str:
    plain = "".join(each if each.isprintable() else "?" for each in text)
    return plain if len(plain) <= _WIDE else plain[: _WIDE - 1] + "…"


class SeriesFamily(FrameFamily):
    """Series: compared as the one column that it is, and by its name."""

    compared_as = "series"
    packs: Mapping[type, Pack] = {Series: HELD[Series]}
    tags: Mapping[str, Unpack] = {"S": MAKES["S"]}

    def parts(self, value: Value) -> Iterable[tuple[Key, Value]]:
        return [("values", value.data.values)]

    def contents(self, value: Value) -> Iterable[Value]:
        return [one.values for one in (value.data, *value.index.levels)]

    def rebuilt(self, value: Value, items: Iterable[Value]) -> Value:
        (values,) = items
        return Series(_with_values(value.data, values), value.index, value.name)

    def assign(self, old: Value, new: Value, inner: Callable[[Value, Value], bool]) -> bool:
        return _update(old, new, "Series")

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> bool:
        if len(got.index) != len(want.index):
            found.add("rows", output, got=len(got.index), want=len(want.index))
            return True
        tables = [Table(range_index(1), (each.data,), each.index) for each in (got, want)]
        if any_order(rule):
            labelled = not _is_default(want.index)
            orders = [_row_order(each.index, each.data, labelled=labelled) for each in tables]
            if labelled:
                indexes = [_in_order(each.index, order) for each, order in zip(tables, orders, strict=True)]
                _compare_index(indexes[0], indexes[1], rule, output, found)
            pair = [taken(each.data[0], order) for each, order in zip(tables, orders, strict=True)]
            _compare_column(pair[0], pair[1], rule, output, _Rows(found, want.index, orders[1]))
        else:
            _compare_index(got.index, want.index, rule, output, found)
            _compare_column(got.data, want.data, rule, output, _Rows(found, want.index))
        if key_of(got.name) != key_of(want.name) and rule.dtype != "any":
            found.add("index", output, got=f"name={spelt(got.name)}", want=f"name={spelt(want.name)}")
        return True

    def item_name(self, value: Value, output: str, key: Key) -> str:
        return output

    def type_name(self, value: Value) -> str:
        return "Series"

    def kind(self, value: Value) -> str:
        return f"Series {value.data.dtype or 'str'} ({len(value.index)},)"

    def zero(self, value: Value) -> Value:
        return Series(_blank(value.data), value.index, value.name)

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        if style.depth == 0:
            return "…"
        cells = [style.quote(spelt(cell_at(value.data, at), style.digits)) for at in range(min(4, len(value.index)))]
        text = " ".join([*cells, *(["…"] if len(value.index) > 4 else [])])
        return f"<{self.kind(value)}{'  ' + text if text else ''}>"

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        data, index = _column_literal(value.data, inner), _index_literal(value.index, inner)
        return f"(lambda pd: pd.Series({data}, index={index}, name={inner(value.name)}))({_IMPORT})"

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        yield f"series {key_of(value.name) if rule.dtype != 'any' else ''}".encode()
        yield from _index_cells(value.index)
        yield from _column_cells(value.data, inner)

    def sealable(self, value: Value, rule: Rule) -> bool:
        data = isinstance(value.data.values, np.ndarray) or _is_exact(value.data)
        return not any_order(rule) and data and all(map(_is_exact, value.index.levels))

    def rows(self, value: Value, limit: int, digits: int) -> list[str]:
        return _drawn(value.index, [(_name_of(value), value.data)], limit, digits)


def _name_of(value: Series) -> str:
    return "" if value.name is None else spelt(value.name).strip("'")


class IndexFamily(Family):
    """Indexes: labels and names."""

    compared_as = "index"
    packs: Mapping[type, Pack] = {Index: HELD[Index]}
    tags: Mapping[str, Unpack] = {"I": MAKES["I"]}

    def contents(self, value: Value) -> Iterable[Value]:
        return [level.values for level in value.levels]

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        if len(got) != len(want):
            found.add("rows", output, got=len(got), want=len(want))
        else:
            _compare_index(got, want, rule, output, found)

    def kind(self, value: Value) -> str:
        return f"Index ({len(value)})"

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        return f"<{self.kind(value)} {style.quote(_head(value))}>"

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        return f"(lambda pd: {_index_literal(value, inner)})({_IMPORT})"

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        return _index_cells(value)

    def sealable(self, value: Value, rule: Rule) -> bool:
        return all(map(_is_exact, value.levels))


class CategoricalFamily(Family):
    """Categoricals: the values, and under `dtype: exact` the categories and their order."""

    compared_as = "categories"
    packs: Mapping[type, Pack] = {Column: HELD[Column]}
    tags: Mapping[str, Unpack] = {"C": MAKES["C"]}

    def contents(self, value: Value) -> Iterable[Value]:
        return [value.values]

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        if len(got) != len(want):
            found.add("rows", output, got=len(got), want=len(want))
        else:
            _compare_column(got, want, rule, output, found)

    def type_name(self, value: Value) -> str:
        return "Categorical"

    def kind(self, value: Value) -> str:
        return f"Categorical ({len(value)})"

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        return f"<{self.kind(value)} {style.quote(_listed(cells_of(value)))}>"

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        return f"(lambda pd: {_column_literal(value, inner)})({_IMPORT})"

    def cells(self, value: Value, rule: Rule, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        return _column_cells(value, inner)

    def sealable(self, value: Value, rule: Rule) -> bool:
        return rule.dtype != "exact" and _is_exact(value)


class MissingFamily(Family):
    """NaT and NA; each agrees with itself as NaN does."""

    compared_as = "missing"
    packs: Mapping[type, Pack] = {Missing: HELD[Missing]}
    tags: Mapping[str, Unpack] = {"E": MAKES["E"]}

    def compare(self, got: Value, want: Value, rule: Rule, output: str, found: Differences) -> None:
        if got.name != want.name or not rule.nan_equal:
            found.add("values", output, got=got.name, want=want.name, differing=1, total=1)

    def type_name(self, value: Value) -> str:
        return str(value.name)

    def kind(self, value: Value) -> str:
        return str(value.name)

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        return str(value.name)

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        return f"{_IMPORT}.{value.name}"


def with_pandas() -> tuple[Family, ...]:
    """Return the families of tables once pandas was imported, with how its own types are packed."""
    pandas = sys.modules["pandas"]
    writer = Writer(pandas)
    if not all(isinstance(getattr(pandas, name, None), type) for name in _TYPES):
        return ()
    packs: dict[Family, dict[type, Pack]] = {
        _FRAME: {pandas.DataFrame: writer.frame},
        _SERIES: {pandas.Series: writer.series},
        _INDEX: {pandas.Index: writer.index},
        _CATEGORICAL: {pandas.Categorical: writer.categorical},
        _MISSING: {type(pandas.NaT): writer.missing, type(pandas.NA): writer.missing},
    }
    for family, own in packs.items():
        family.packs = {**type(family).packs, **own}
    _STAMPS.packs = {pandas.Timestamp: writer.timestamp, pandas.Timedelta: writer.timedelta}
    return (*FAMILIES, _STAMPS)


_TYPES = ("DataFrame", "Series", "Index", "RangeIndex", "MultiIndex", "Categorical", "Timestamp", "Timedelta")
_FRAME, _SERIES, _INDEX, _CATEGORICAL = FrameFamily(), SeriesFamily(), IndexFamily(), CategoricalFamily()
_MISSING, _STAMPS = MissingFamily(), Family()
FAMILIES = (_FRAME, _SERIES, _INDEX, _CATEGORICAL, _MISSING)
LATE = {"pandas": with_pandas}
