"""Regions: the lines between a marker that says where to write code and the one that says where it ends."""

from __future__ import annotations

import re

from msgspec import Struct

from grader.errors import Fault, RubricError, Span
from grader.language import say
from grader.submission.lexing import lex, line_at

_BEGIN = re.compile(r"#[#*\s]*(?:在此处编写代码|(?:START|BEGIN)(?: OF)?(?: YOUR)? (?:CODE|SOLUTION))\b", re.IGNORECASE)
_END = re.compile(r"#[#*\s]*(?:代码结束|END(?: OF)?(?: YOUR)? (?:CODE|SOLUTION))\b", re.IGNORECASE)


class Region(Struct, frozen=True):
    """The lines `first` to `last` (from 1, both inclusive) between two markers; none where `last` < `first`."""

    first: int
    last: int

    def holds(self, first: int, last: int) -> bool:
        """Return whether the lines from `first` to `last` all lie in the region."""
        return self.first <= first and last <= self.last


def find(text: str, path: str) -> tuple[Region, ...]:
    """Return the regions of a source, in order; only a comment on a line of its own is a marker.

    Raises RubricError for a marker without its other half.
    """
    lines = text.split("\n")
    found: list[Region] = []
    begun = 0
    for offset, comment in lex(text).comments:
        line = line_at(text, offset)
        if lines[line - 1].strip() != comment.strip():
            continue
        if _BEGIN.match(comment):
            if begun:
                raise _fault(path, begun, lines)
            begun = line
        elif _END.match(comment):
            if not begun:
                raise _fault(path, line, lines)
            found.append(Region(begun + 1, line - 1))
            begun = 0
    if begun:
        raise _fault(path, begun, lines)
    return tuple(found)


def _fault(path: str, line: int, lines: list[str]) -> RubricError:
    text = lines[line - 1]
    at = Span(path=path, line=line, column=len(text) - len(text.lstrip()) + 1, end_column=len(text) + 1)
    message = say("This marker has no other half.")
    return RubricError([Fault(at=at, message=message, line_text=text)])
