"""Markers: comments that say which function is graded. They help a reader; a function counts without one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.language import Message, inert, say
from grader.model import Marker, Symbol
from grader.submission.lexing import line_at

_MARKER = re.compile(
    r"#+[ \t]*(?:评分函数[ \t]*+(?P<optional>[(（][ \t]*可选[ \t]*[)）])?|GRADED FUNCTION)"
    r"[ \t]*[:：][ \t]*(?P<name>\w+)",
    re.IGNORECASE,
)


def find(text: str, comments: Sequence[tuple[int, str]]) -> tuple[Marker, ...]:
    """Return the markers among the comment tokens of `text`, in order."""
    return tuple(
        Marker(name=inert(found["name"], 80), line=line_at(text, offset), optional=found["optional"] is not None)
        for offset, comment in comments
        if (found := _MARKER.match(comment))
    )


def complain(
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
