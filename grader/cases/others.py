"""Plain functions that make what is no number: sets, tables, bytes, exact numbers, dates. They draw nothing."""

from __future__ import annotations

from typing import Any

from grader.cases.evaluation import MOST_ITEMS, bounded, is_array, kind, whole
from grader.cases.expression import Failure
from grader.cases.functions import plain
from grader.language import inert, say


def _listed(items: Any) -> list[Any]:
    if is_array(items):
        bounded(items.size)
        return list(items.tolist())
    if not isinstance(items, list | tuple):
        raise Failure(say("A list or array is needed, not {kind}.", kind=kind(items)), word="TypeError")
    bounded(len(items))
    return list(items)


def _members(items: Any, tag: str) -> Any:
    from grader.values import Forged, Oversized, Refused, pack, unpack
    from grader.values.sets import Members

    made: Any = None
    try:
        made = frozenset(_listed(items)) if tag == "z" else set(_listed(items))
    except TypeError:
        raise Failure(say("A set holds numbers, texts and tuples of these alone."), word="TypeError") from None
    try:
        packed = pack(made, 1 << 26)
        found = unpack(packed.node, b"".join(packed.buffers))
    except (Refused, Oversized, Forged):
        raise Failure(say("A set holds numbers, texts and tuples of these alone."), word="TypeError") from None
    assert isinstance(found, Members)
    return found


@plain
def set_(items: Any = ()) -> Any:
    """Return a set of the items of a list or array: `set(integers(0, 9, n))`."""
    return _members(items, "s")


@plain
def frozenset_(items: Any = ()) -> Any:
    """Return a frozenset of the items of a list or array."""
    return _members(items, "z")


@plain
def bytes_(value: Any) -> bytes:
    """Return a text in UTF-8, or whole numbers from 0 to 255, as bytes."""
    if isinstance(value, str):
        return value.encode(errors="surrogatepass")
    return bytes([whole(each, 0, 255) for each in _listed(value)])


@plain
def decimal(text: Any) -> Any:
    """Return a Decimal, of a text such as "1.10" or a whole number."""
    from decimal import Decimal, InvalidOperation

    if not isinstance(text, str | int) or isinstance(text, bool):
        raise Failure(say("A text or whole number is needed, not {kind}.", kind=kind(text)), word="TypeError")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Failure(say("This is no decimal number: {text}", text=inert(str(text), 60))) from None


@plain
def fraction(numerator: int, denominator: int = 1) -> Any:
    """Return a Fraction of two whole numbers."""
    from fractions import Fraction

    return Fraction(whole(numerator, -(2**62), 2**62), whole(denominator, -(2**62), 2**62))


@plain
def date(year: int, month: int = 1, day: int = 1) -> Any:
    """Return a date; a day beyond the month's end counts on into the next ones: `date(2024, 1, 1..366)`."""
    import datetime

    first = datetime.date(whole(year, 1, 9999), whole(month, 1, 12), 1)
    return first + datetime.timedelta(whole(day, -(10**6), 10**6) - 1)


@plain
def datetime(year: int, month: int = 1, day: int = 1, hour: int = 0, minute: int = 0, second: int = 0) -> Any:
    """Return a date with a time of day; what is too much counts on, as of `date`."""
    import datetime

    first = datetime.datetime(whole(year, 1, 9999), whole(month, 1, 12), 1)
    sizes = (whole(each, -(10**6), 10**6) for each in (day, hour, minute, second))
    days, hours, minutes, seconds = sizes
    return first + datetime.timedelta(days - 1, seconds, hours=hours, minutes=minutes)


@plain
def table(columns: Any = None, index: Any = None, **named: Any) -> Any:
    """Return a DataFrame of columns by name, lists or arrays of one length: `table(a=normal(n), b=words(n))`.

    Columns may stand in a dict: `table({"unit price": normal(n)})`. `index` are the labels of the rows. The Python that
    runs the code needs pandas.
    """
    from grader.values.tables import Column, Index, Table, column, range_index

    if columns is not None and not isinstance(columns, dict):
        raise Failure(say("A dict of columns is needed, not {kind}.", kind=kind(columns)), word="TypeError")
    every = {**(columns or {}), **named}
    if not every:
        raise Failure(say("A table needs a column."))
    made = {name: _column(name, value) for name, value in every.items()}
    lengths = {name: len(one) for name, one in made.items()}
    labels = None if index is None else _column("index", index)
    count = next(iter(lengths.values())) if labels is None else len(labels)
    for name, length in lengths.items():
        if length != count:
            message = say("The column {name} has {length} rows, not {count}.", name=name, length=length, count=count)
            raise Failure(message)
    names = column(list(every))
    heads = Index((Column(None, names.dtype, False, names.values),), (None,), None)
    rows = range_index(count) if labels is None else Index((labels,), (None,), None)
    return Table(heads, tuple(made.values()), rows)


def _column(name: Any, value: Any) -> Any:
    from grader.values.tables import column

    if is_array(value):
        bounded(value.size // 8)
    elif not isinstance(value, list | tuple) or len(value) > MOST_ITEMS:
        message = say("The column {name} needs a list or array, not {kind}.", name=str(name), kind=kind(value))
        raise Failure(message, word="TypeError")
    try:
        return column(value)
    except ValueError:
        raise Failure(say("The column {name} needs an array of one axis.", name=str(name))) from None


@plain
def series(values: Any, index: Any = None) -> Any:
    """Return a Series of a list or array; `index` are its labels, 0, 1, … if it is left out."""
    from grader.values.tables import Series

    made = table({"values": values}, index)
    return Series(made.data[0], made.index, None)
