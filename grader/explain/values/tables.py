"""Why a table is wrong: its columns, the order of its rows, its index, or texts in place of numbers.

Each function takes a table that came back and the one that is wanted, and returns its sentence where it is the whole
reason: the table would be right without that slip. They look at public cases only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from msgspec.structs import replace

from grader.comparison.values import differences
from grader.explain.values.samples import Run
from grader.language import Message, inert, say
from grader.model import Comparison, Value
from grader.values.frames import any_order, key_of, kind_of, spelt, taken
from grader.values.tables import Column, Index, Series, Table, cells_of, is_missing, labels_of, range_index

Explain: TypeAlias = Callable[[Table, Table, Comparison], Message | None]
_ALIKE = 0.7
"""How alike two labels are, of 1, one of which is a slip of the other."""


def renamed(got: Table, want: Table, rule: Comparison) -> Message | None:
    """Explain by one column under another name: capitals, spaces, a letter."""
    mine, theirs = labels_of(got.columns), labels_of(want.columns)
    extra = [at for at, label in enumerate(mine) if key_of(label) not in set(map(key_of, theirs))]
    missing = [label for label in theirs if key_of(label) not in set(map(key_of, mine))]
    if len(extra) != 1 or len(missing) != 1:
        return None
    wrong, right = mine[extra[0]], missing[0]
    labels = [right if at == extra[0] else label for at, label in enumerate(mine)]
    if not (isinstance(wrong, str) and isinstance(right, str)):
        return None
    from difflib import SequenceMatcher

    one, other = (" ".join(each.casefold().split()) for each in (wrong, right))
    near = SequenceMatcher(None, one, other).ratio() >= _ALIKE
    if not near or not _right(Table(_labelled(got.columns, labels), got.data, got.index), want, rule):
        return None
    return say("The column {right} is called {wrong}.", right=_name(right), wrong=_name(wrong))


def columns_in_another_order(got: Table, want: Table, rule: Comparison) -> Message | None:
    """Explain by columns that are right, but stand in another order."""
    places = {key_of(label): at for at, label in enumerate(labels_of(got.columns))}
    order = [places.get(key_of(label), -1) for label in labels_of(want.columns)]
    if len(places) != len(got.data) or sorted(order) != list(range(len(got.data))):
        return None
    moved = Table(want.columns, tuple(got.data[at] for at in order), got.index)
    if order == sorted(order) or not _right(moved, want, rule):
        return None
    return say("All is right but the order of the columns.")


def rows_in_another_order(got: Table, want: Table, rule: Comparison) -> Message | None:
    """Explain by rows that are right, but stand in another order."""
    if any_order(rule) or len(got.index) < 2:
        return None
    if len(got.index) != len(want.index) or len(got.data) != len(want.data):
        return None
    placed = _placed(got.data, want.data, rule)
    if placed is None or placed == sorted(placed):
        return None
    moved = tuple(taken(one, placed) for one in got.data)
    for index in (_index_taken(got.index, placed), want.index):
        if _right(Table(got.columns, moved, index), want, rule):
            return say("All rows are right, but in another order: is a sort missing, or the wrong way round?")
    return None


def index_not_reset(got: Table, want: Table, rule: Comparison) -> Message | None:
    """Explain by row labels from before rows were sorted or left out."""
    if want.index.span != range(len(want.index)) or len(got.index) != len(want.index):
        return None
    if got.index.span == want.index.span or not _right(Table(got.columns, got.data, want.index), want, rule):
        return None
    return say("All cells are right, but the rows keep labels from before: use `.reset_index(drop=True)`.")


def column_is_index(got: Table, want: Table, rule: Comparison) -> Message | None:
    """Explain by a column that is the index, or an index that is a column."""
    for whole, other in ((got, want), (want, got)):
        if len(other.data) - len(whole.data) != len(whole.index.levels) or not whole.index.levels:
            continue
        labels = [*whole.index.names, *labels_of(whole.columns)]
        made = Table(
            _labelled(other.columns, labels), (*whole.index.levels, *whole.data), range_index(len(whole.index))
        )
        table = (made, want) if whole is got else (got, made)
        if _right(*table, replace(rule, dtype="kind" if rule.dtype == "exact" else rule.dtype)):
            name = ", ".join(map(_name, whole.index.names))
            if whole is got:
                return say("{name} is the index here, but should be a column: use `.reset_index()`.", name=name)
            return say("{name} is a column here, but should be the index: use `.set_index(…)`.", name=name)
    return None


def numbers_as_texts(got: Table, want: Table, rule: Comparison) -> Message | None:
    """Explain by columns of numbers that were read as texts, or are kept as objects."""
    if len(got.data) != len(want.data):
        return None
    changed, names = [], []
    for label, mine, theirs in zip(labels_of(got.columns), got.data, want.data, strict=True):
        made = _as_numbers(mine) if kind_of(theirs) in ("int", "float") else None
        changed.append(mine if made is None else made)
        names += [] if made is None else [_name(label)]
    if not names or not _right(Table(got.columns, tuple(changed), got.index), want, replace(rule, dtype="any")):
        return None
    return say("{names}: the numbers are texts or objects; make them numbers, as by `pd.to_numeric`.",
               names=", ".join(names))  # fmt: skip


def one_row(got: Table, want: Table, rule: Comparison) -> Message | None:
    """Explain by the first or last row that is missing, or is too many."""
    more = len(got.index) - len(want.index)
    if abs(more) != 1 or len(got.data) != len(want.data):
        return None
    longer, shorter = (got, want) if more > 0 else (want, got)
    count = len(longer.index)
    for which, order in (("first", range(1, count)), ("last", range(count - 1))):
        data = tuple(taken(one, order) for one in longer.data)
        for index in (_index_taken(longer.index, order), shorter.index):
            table = Table(longer.columns, data, index)
            if _right(*((table, want) if more > 0 else (got, table)), rule):
                return _OF_ONE_ROW[more > 0, which]
    return None


_OF_ONE_ROW = {
    (True, "first"): say("There is one row too many, the first: is the header among the data?"),
    (True, "last"): say("There is one row too many, the last."),
    (False, "first"): say("The first row is missing: was it taken for a header, or left out?"),
    (False, "last"): say("The last row is missing: does a range end one too early?"),
}

TABLES: tuple[Explain, ...] = (
    columns_in_another_order,
    renamed,
    index_not_reset,
    column_is_index,
    numbers_as_texts,
    one_row,
    rows_in_another_order,
)


def of_tables(wrong: Sequence[Run]) -> Message | None:
    """Return what explains one output, a table, in all of these public cases; None if nothing does."""
    for place in range(_OUTPUTS):
        pairs = [(_table_at(run.got.value, place), _table_at(run.want.value, place), run) for run in wrong]
        told = [
            (got, want, run.check.compare)
            for got, want, run in pairs
            if got is not None and want is not None and differences(got, want, run.check.compare)
        ]
        if not told or len(told) != len(pairs):
            continue
        for explain in TABLES:
            said = [explain(*each) for each in told]
            if said[0] is not None and all(each == said[0] for each in said):
                return said[0]
    return None


_OUTPUTS = 4


def _table_at(value: Value, place: int) -> Table | None:
    if isinstance(value, tuple | list):
        value = value[place] if place < len(value) else None
    elif place:
        return None
    if isinstance(value, Series):
        return Table(Index((), (None,), range(1)), (value.data,), value.index)
    return value if isinstance(value, Table) else None


def _right(got: Table, want: Table, rule: Comparison) -> bool:
    return not differences(got, want, rule)


def _name(label: Value) -> str:
    return inert(spelt(label), 60)


def _labelled(index: Index, labels: Sequence[Value]) -> Index:
    from grader.values.tables import column

    made = column(list(labels))
    return Index((Column(None, "object", False, made.values),), (index.names[0],), None)


def _index_taken(index: Index, order: Sequence[int]) -> Index:
    if index.span is not None:
        values = np.array([index.span[at] for at in order], "i8")
        return Index((Column(None, "int64", False, values),), index.names, None)
    return Index(tuple(taken(level, order) for level in index.levels), index.names, None)


def _placed(mine: Sequence[Column], theirs: Sequence[Column], rule: Comparison) -> list[int] | None:
    """Return for each wanted row the place of mine that is the same, None if some row has none."""
    rows = [list(_rows(columns)) for columns in (mine, theirs)]
    if len(rows[0]) > _MOST:
        return None
    left = dict(enumerate(rows[0]))
    order = []
    for row in rows[1]:
        place = next((at for at, one in left.items() if _same_row(one, row, rule)), None)
        if place is None:
            return None
        order.append(place)
        del left[place]
    return order


_MOST = 60
"""Rows of a table whose order is looked at: each is compared with each."""


def _rows(columns: Sequence[Column]) -> Iterator[tuple[Value, ...]]:
    return zip(*map(cells_of, columns), strict=True)


def _same_row(one: Sequence[Value], other: Sequence[Value], rule: Comparison) -> bool:
    return all(
        key_of(mine) == key_of(theirs)
        or (
            not is_missing(mine) and not is_missing(theirs)
            and isinstance(mine, float) and not differences(mine, theirs, rule)
        )
        for mine, theirs in zip(one, other, strict=True)
    )  # fmt: skip


def _as_numbers(one: Column) -> Column | None:
    """Return a column of texts or objects as numbers, None if they are none."""
    if kind_of(one) not in ("text", "object"):
        return None
    try:
        found = [float("nan") if is_missing(cell) else float(str(cell)) for cell in cells_of(one)]
    except ValueError:
        return None
    return Column(None, "float64", False, np.array(found))
