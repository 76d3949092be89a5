"""A failure's place in the rubric's file: the line, the column, the text for the caret."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace

from grader.cases.failure import Failure
from grader.errors import Fault, Span
from grader.language import Message
from grader.model import Expression

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
