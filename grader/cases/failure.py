"""An expression that cannot be read or computed, before it has a place in a file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace

from grader.errors import Fault, Span
from grader.language import Message, inert, say
from grader.model import Expression


class Failure(Exception):
    """What is wrong with an expression, and from where to where in it.

    `start` and `end` count bytes of the stripped text in UTF-8, as `ast` does; -1 means the whole expression. `word` is
    Python's name for such an error.
    """

    def __init__(self, message: Message, hint: Message | None = None, *, word: str = "ValueError") -> None:
        super().__init__(message.text("en"))
        self.message = message
        self.hint = hint
        self.word = word
        self.start = -1
        self.end = -1

    def at(self, start: int, end: int) -> Failure:
        """Give the failure its place, unless a part further inside has done so; return it."""
        if self.start < 0:
            self.start, self.end = start, end
        return self

    def in_node(self, node: ast.expr) -> Failure:
        """Give the failure the place of `node`; return it."""
        return self.at(node.col_offset, node.end_col_offset or 0)


def quoted(text: str) -> str:
    """Return an author's word fit to stand in a sentence: short, on one line, nothing invisible."""
    return inert(text, 60)


def resembling(word: str, names: Iterable[str]) -> Message | None:
    """Return "did you mean" with the nearest of `names`, if one is near."""
    if len(word) > 60:
        return None
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in sorted(names)}
    near = get_close_matches(word.casefold(), folded, n=1)
    return say("Did you mean `{name}`?", name=quoted(folded[near[0]])) if near else None


_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_LONGEST_LINE = 400


def fault(at: Span, message: Message, hint: Message | None = None) -> Fault:
    """Return a fault at `at`, with the text of its line as the file now reads."""
    text = _line(at)
    return Fault(at=at, message=message, hint=hint, line_text=text if len(text) <= _LONGEST_LINE else "")


def expression_fault(expression: Expression, failure: Failure) -> Fault:
    """Return the fault of an expression at the very column, where the expression stands as written on one line."""
    at = expression.at
    if failure.start >= 0 and is_verbatim(expression):
        lead = len(expression.text) - len(expression.text.lstrip())
        start = lead + _characters(expression.text, failure.start)
        end = lead + _characters(expression.text, failure.end)
        at = replace(at, column=expression.at.column + start, end_column=expression.at.column + max(end, start + 1))
    return fault(at, failure.message, failure.hint)


def is_verbatim(expression: Expression) -> bool:
    """Return whether the expression stands in the file just so: on one line, at its place, without escapes."""
    at = expression.at
    return at.column > 0 and _line(at).startswith(expression.text, at.column - 1)


def once(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults without repetitions: lines that several checks share are complained about once."""
    found: list[Fault] = []
    for each in faults:
        if each not in found:
            found.append(each)
    return found


def _characters(text: str, count: int) -> int:
    return len(text.strip().encode(errors="replace")[:count].decode(errors="ignore"))


def _line(at: Span) -> str:
    lines = _lines(at.path, _changed(at.path)) if at.line else ()
    return lines[at.line - 1] if 0 < at.line <= len(lines) else ""


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=1)
def _lines(path: str, changed: int) -> tuple[str, ...]:
    """Return the lines of a file as it was `changed` last, none if it cannot be read (the fault is shown without)."""
    try:
        return tuple(_LINE_END.split(Path(path).read_text("utf-8-sig", errors="replace")))
    except OSError:
        return ()
