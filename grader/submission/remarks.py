"""Remarks on a submission: names that NumPy removed, markers that fit no function; how many of a kind are told."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from grader.language import Message, inert, say
from grader.model import Marker, Symbol
from grader.submission.lexing import line_at

MOST = 50
"""Remarks of one kind."""

_At = TypeVar("_At")


def some(remarks: Iterable[tuple[Message, _At]]) -> list[tuple[Message, _At]]:
    """Return remarks of a kind; of more than `MOST` the last says how many there are from its place on."""
    kept: list[tuple[Message, _At]] = []
    count = 0
    for count, each in enumerate(remarks, start=1):
        if count <= MOST:
            kept.append(each)
    if count > MOST:
        kept[-1] = (say("… and {count} more like these.", count=count - MOST + 1), kept[-1][1])
    return kept


_ALIAS = re.compile(r"import[ \t]+numpy[ \t]+as[ \t]+(\w+)")
GONE = {
    # NumPy 1.24 took out the aliases of Python's own types (bool came back, as another type, in 2.0).
    "float": ("float", "1.24"),
    "int": ("int", "1.24"),
    "object": ("object", "1.24"),
    "str": ("str", "1.24"),
    "complex": ("complex", "1.24"),
    "bool": ("bool", "1.24"),
    # NumPy 2.0, https://numpy.org/doc/stable/numpy_2_0_migration_guide.html
    "float_": ("np.float64", "2.0"),
    "complex_": ("np.complex128", "2.0"),
    "product": ("np.prod", "2.0"),
    "cumproduct": ("np.cumprod", "2.0"),
    "sometrue": ("np.any", "2.0"),
    "alltrue": ("np.all", "2.0"),
    "round_": ("np.round", "2.0"),
    "asfarray": ("np.asarray", "2.0"),
    "Inf": ("np.inf", "2.0"),
    "Infinity": ("np.inf", "2.0"),
    "PINF": ("np.inf", "2.0"),
    "NINF": ("-np.inf", "2.0"),
    "NaN": ("np.nan", "2.0"),
    "NAN": ("np.nan", "2.0"),
    "mat": ("np.asmatrix", "2.0"),
    "msort": ("np.sort", "2.0"),
}
_PLACEHOLDER = re.compile(r"range\([ \t]*None[ \t]*\)")
_OF_A_MODULE = re.compile(rf"\.({'|'.join(GONE)})\b(?!\.)")
_BEFORE = re.compile(r"(?<![\w.])(\w+)$")


def remarks(bare: str) -> list[tuple[Message, int]]:
    """Return remarks with their lines, each name once; `bare` is code with comments and strings blanked."""
    found: list[tuple[Message, int]] = []
    aliases = {"np", "numpy", *_ALIAS.findall(bare)}
    seen: set[str] = set()
    for match in _OF_A_MODULE.finditer(bare):
        old = match[1]
        module = _BEFORE.search(bare, max(0, match.start() - 80), match.start())
        if old in seen or module is None or module[1] not in aliases:
            continue
        seen.add(old)
        new, version = GONE[old]
        found.append(
            (
                say("NumPy {version} removed np.{old}; write {new}.", old=old, version=version, new=new),
                line_at(bare, match.start()),
            )
        )
    if left := _PLACEHOLDER.search(bare):
        found.append((say("range(None) is still the placeholder; fill it in."), line_at(bare, left.start())))
    return found


_MARKER = re.compile(
    r"#+[ \t]*(?:评分函数[ \t]*+(?P<optional>[(（][ \t]*可选[ \t]*[)）])?|GRADED FUNCTION)"
    r"[ \t]*[:：][ \t]*(?P<name>\w+)",
    re.IGNORECASE,
)


def find_markers(text: str, comments: Sequence[tuple[int, str]]) -> tuple[Marker, ...]:
    """Return the markers among the comment tokens of `text`, in order."""
    return tuple(
        Marker(name=inert(found["name"], 80), line=line_at(text, offset), optional=found["optional"] is not None)
        for offset, comment in comments
        if (found := _MARKER.match(comment))
    )


def odd_markers(
    markers: Sequence[Marker],
    symbols: Mapping[str, Symbol],
    starts: Mapping[str, Sequence[int]],
    excused: Collection[str],
) -> Iterator[tuple[Message, int]]:
    """Yield what is odd about the markers, each with its line.

    `starts` are the lines of every definition of each name; `excused` are names spoken of elsewhere already (a
    function that does not parse, a misspelt one).
    """
    seen: set[str] = set()
    where = sorted((line, name) for name, lines in starts.items() for line in lines)
    for index, marker in enumerate(markers):
        name = str(marker.name)
        until = bisect_left(where, (markers[index + 1].line, "")) if index + 1 < len(markers) else len(where)
        below = [defined for _, defined in where[bisect_left(where, (marker.line, "")) : until]]
        if name in seen:
            yield say("The marker for {name} stands here a second time.", name=name), marker.line
        elif name in below or name in excused:
            pass
        elif below:
            says = say("The marker says {name}, but the function below it is {found}.", name=name, found=below[0])
            yield says, marker.line
        elif name in symbols:
            says = say("The marker for {name} has no function below it; {name} stands elsewhere.", name=name)
            yield says, marker.line
        else:
            yield say("The marker for {name} has no function below it.", name=name), marker.line
        seen.add(name)
