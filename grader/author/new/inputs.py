"""The inputs of a call as lines of a draw: as they were, other numbers of the same shapes, other sizes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from msgspec import Struct

from grader.author.new.inventing import free_names, invented, resized, sizes_in, text_like
from grader.author.new.tracing import Record
from grader.author.new.written import Uninventable, written
from grader.cases.functions import FUNCTIONS
from grader.model import Value

Lines = tuple[tuple[str, str], ...]
"""Names and the expression they are drawn from; a range `1..3` is one, too."""
_MOST_SIZES = 5
_MOST_RISING = 6
_MOST_WHOLE = 20
"""Larger whole numbers count steps or pixels rather than sizes, and are left as they are."""


def as_written(record: Record) -> Lines:
    """Return the lines that give exactly a record's arguments. Raises Uninventable for long ones."""
    return tuple((name, written(value)) for name, value in (record.arguments or {}).items())


class ReferenceFacts(Struct, frozen=True, kw_only=True, eq=False):
    """What is known of a reference: its functions, the texts and flags that a function's parameters have by default.

    `words` are the texts in it, such as names of modes; where they are known, any other text is drawn letter by letter.
    """

    functions: Collection[str]
    defaults: Mapping[str, Value] = {}
    words: Collection[str] | None = None


def alike(
    record: Record, records: Sequence[Record], seen: Sequence[Record], known: ReferenceFacts, near: float = 0.5
) -> Lines:
    """Return the lines that draw other values like a record's arguments.

    What another of the reference's functions returned (one of `records`) is made by it again. `seen` are all calls of
    the function, for texts and flags to choose among; single numbers move by `near` of themselves. Raises Uninventable
    for what no draw makes.
    """
    return tuple(_Alike(records, known, near).lines_for(record, seen).items())


def loosened(lines: Lines, record: Record, near: float = 0.5) -> Lines:
    """Return lines in which arguments that were written out are drawn like what was seen of them."""
    made = []
    for name, text in lines:
        alone = name in (record.arguments or {}) and not any(
            isinstance(node, ast.Name) and node.id != "array" for node in ast.walk(ast.parse(text, mode="eval"))
        )
        try:
            made.append((name, invented([(record.arguments or {})[name]], near) if alone else text))
        except Uninventable:
            made.append((name, text))
    return tuple(made)


class _Alike:
    """Lines for one record, and for the calls whose results are its arguments."""

    def __init__(self, records: Sequence[Record], known: ReferenceFacts, near: float) -> None:
        self.records, self.known, self.near = records, known, near
        self.lines: dict[str, str] = {}
        self.taken: set[str] = set()

    def lines_for(self, record: Record, seen: Sequence[Record]) -> dict[str, str]:
        """Return the lines for a record's arguments, under the names of its parameters."""
        given = record.arguments or {}
        self.taken = set(given)
        made: dict[int, dict[int, str]] = {}
        for name in given:
            call, item = record.made_by.get(name, (-1, -1))
            if call >= 0 and self._repeatable(call) and item not in made.get(call, {}):
                made.setdefault(call, {})[item] = name
        for call, items in made.items():
            self._call(call, items)
        bound = {name for items in made.values() for name in items.values()}
        for name in given:
            if name not in bound:
                values = [(one.arguments or {})[name] for one in seen if name in (one.arguments or {})]
                values += [self.known.defaults[name]] if name in self.known.defaults else []
                texts = [one for one in values if isinstance(one, str)]
                words = self.known.words
                free = words is not None and len(texts) == len(values) and not {*texts} & {*words}
                self.lines[name] = text_like(texts[0], self.near) if free else invented(values, self.near)
        return self.lines

    def _repeatable(self, call: int) -> bool:
        record = self.records[call]
        return record.arguments is not None and record.returned and record.function in self.known.functions

    def _call(self, call: int, items: Mapping[int, str]) -> None:
        """Write the lines of a call whose result, or items of it, get the names `items`."""
        record = self.records[call]
        arguments = []
        for name, value in (record.arguments or {}).items():
            new = next(each for each in (name, *(f"{name}_{n}" for n in range(99))) if each not in self.taken)
            self.taken.add(new)
            if (at := record.made_by.get(name)) and at[0] < call and self._repeatable(at[0]):
                self._call(at[0], {at[1]: new})
            else:
                self.lines[new] = invented([value], self.near)
            arguments.append(new)
        if -1 in items and len(items) > 1:
            raise Uninventable
        if -1 in items or not isinstance(record.result, tuple):
            names = [items.get(-1, f"{record.function}_made")]
        else:
            names = [items.get(place, f"{record.function}_{place}") for place in range(len(record.result))]
        self.taken |= set(names)
        self.lines[", ".join(names)] = f"{record.function}({', '.join(arguments)})"


def is_random(lines: Lines) -> bool:
    """Return whether lines draw anything."""
    return any(".." in text or _draws(text) for _, text in lines)


def _draws(text: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id in FUNCTIONS and FUNCTIONS[node.id].draws
        for node in ast.walk(ast.parse(text, mode="eval"))
    )


def wider(lines: Lines, taken: Collection[str]) -> Iterator[Lines]:
    """Yield lines that draw other sizes, those that vary most first.

    Equal sizes share a name, so that what fitted together still does. Whole numbers vary too, and those that are a
    size follow it.
    """
    sizes = dict(sorted(sizes_in(lines).items(), key=lambda each: -each[1])[:_MOST_SIZES])
    every = list(sizes)
    free = free_names({*taken, *(name for names, _ in lines for name in names.split(", "))})
    names = dict(zip(every, free, strict=False))
    seen: set[Lines] = set()
    ways = ((True, True), (True, False), (False, False))
    choices = [
        *((every, low, tied, whole) for low in (1, 2, 0) for tied, whole in ways),
        *(([one for one in every if one != left], 2, True, False) for left in every if len(every) > 2),
        *(([one], low, False, False) for one in every if len(every) > 1 for low in (2, 0)),
        ([], 1, False, True),
    ]  # fmt: skip
    for chosen, low, tied, whole in choices:
        found = _varied(lines, {size: names[size] for size in chosen}, low, tied=tied, whole=whole)
        if found != lines and found not in seen:
            seen.add(found)
            yield found


def _varied(lines: Lines, names: Mapping[int, str], low: int, *, tied: bool, whole: bool) -> Lines:
    """Return lines with sizes by name: from `low` on, or from the size that was seen where `low` is 0."""
    ranges = tuple((name, _range(size, low)) for size, name in names.items())
    made: list[tuple[str, str]] = []
    for name, text in lines:
        new = resized(text, names, numbers=tied)
        number = ast.parse(new, mode="eval").body
        if (
            whole
            and isinstance(number, ast.Constant)
            and type(number.value) is int
            and 0 <= number.value <= _MOST_WHOLE
        ):
            new = f"{min(number.value, 1)}..{number.value + 2}"
        elif whole and isinstance(number, ast.Dict):
            new = _entries(number, name, made)
        elif whole and isinstance(number, ast.List | ast.Tuple):
            new = _items(number, name, made)
        made.append((name, new))
    return (*ranges, *made)


def _range(size: int, low: int) -> str:
    if low:
        return f"{low}..{min(max(size + 2, low + 3), 7)}"
    return f"{size}..{size + 2}"


def _entries(node: ast.Dict, line: str, made: list[tuple[str, str]]) -> str:
    """Return a dict with a name for each small whole number in it, whose range gets a line of its own."""
    for place, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isidentifier():
            node.values[place] = _named(value, f"{line}_{key.value}", made)
    return ast.unparse(node)


def _items(node: ast.List | ast.Tuple, line: str, made: list[tuple[str, str]]) -> str:
    node.elts = [_named(value, f"{line}_{place}", made) for place, value in enumerate(node.elts)]
    return ast.unparse(node)


def _named(value: ast.expr, name: str, made: list[tuple[str, str]]) -> ast.expr:
    if isinstance(value, ast.Constant) and type(value.value) is int and 0 < value.value <= _MOST_WHOLE:
        made.append((name, f"{max(1, value.value - 1)}..{value.value + 1}"))
        return ast.Name(name, ast.Load())
    return value


def conditions(lines: Lines, records: Sequence[Record]) -> list[str]:
    """Return the conditions under which draws are other inputs than those of records, the best first; "" is none.

    Whole numbers each differ from those that were seen, or at least not all are the same: what depends on some of them
    only would be public else. Items of a list that rise in every record do so in the draws, where they must.
    """
    drawn = dict(_drawn(lines))
    names = {name for names, _ in lines for name in names.split(", ")}
    given = [one.arguments for one in records if one.arguments and set(one.arguments) <= names]
    plain = [each for each in given if all(map(_simple, each.values()))]
    apart = " and ".join(
        f"{place} != {number}"
        for place, number in dict.fromkeys((place, at(each)) for each in plain for place, at in drawn.items())
        if number is not None
    )
    other = " and ".join(
        "not (" + " and ".join(f"{name} == {value!r}" for name, value in each.items()) + ")" for each in plain
    )
    rising = " and ".join(_rising(lines, given))
    every = [apart, _both(apart, rising), other, _both(other, rising)]
    return [*dict.fromkeys(every if plain else ("", rising))]


def _both(one: str, other: str) -> str:
    return " and ".join(each for each in (one, other) if each)


def _drawn(lines: Lines) -> Iterator[tuple[str, Callable[[Mapping[str, Value]], int | None]]]:
    """Yield the whole numbers among the arguments that are drawn, and what each one is in a record."""
    ranges = {name for name, text in lines if ".." in text}
    for name, text in lines:
        if name in ranges:
            yield name, _number_at(name, None)
            continue
        node = ast.parse(text, mode="eval").body
        for place, item in enumerate(node.elts if isinstance(node, ast.List | ast.Tuple) else ()):
            if isinstance(item, ast.Name) and item.id in ranges:
                yield f"{name}[{place}]", _number_at(name, place)


def _number_at(name: str, place: int | None) -> Callable[[Mapping[str, Value]], int | None]:
    def at(arguments: Mapping[str, Value]) -> int | None:
        value = arguments.get(name)
        if place is not None:
            value = value[place] if isinstance(value, list | tuple) and place < len(value) else None
        return value if type(value) is int else None

    return at


def _rising(lines: Lines, given: Sequence[Mapping[str, Value]]) -> Iterator[str]:
    """Yield the pairs of drawn items of a list that rise in all records: corners of boxes, ends of intervals."""
    for name, text in lines:
        seen = [_whole_items(each[name]) for each in given if name in each]
        least = min((len(items) for items in seen), default=0)
        for one, two in combinations(range(least), 2) if least <= _MOST_RISING and ".." not in text else ():
            if all(items[one] < items[two] for items in seen):
                yield f"{name}[{one}] < {name}[{two}]"


def _whole_items(value: Value) -> list[int]:
    """Return the items of a list of whole numbers, none of any other value."""
    items = [*value] if isinstance(value, list | tuple) else []
    whole = [item for item in items if type(item) is int]
    return whole if len(whole) == len(items) else []


def _simple(value: Value) -> bool:
    if isinstance(value, list):
        return all(map(_simple, value))
    return type(value) in (int, str, bool)


def has_arrays(value: Value) -> bool:
    """Return whether a value is an array or holds one."""
    if isinstance(value, dict):
        return any(map(has_arrays, value.values()))
    if isinstance(value, list | tuple):
        return any(map(has_arrays, value))
    return isinstance(value, np.ndarray)
