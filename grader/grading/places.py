"""Where a function stands in what was handed in, and its lines."""

from __future__ import annotations

from grader import submission
from grader.grading.status import broken_for
from grader.language import inert
from grader.model import Listing, Span, Status, Submission

LINES = 80  # a graded function of this length or less is listed whole


def place(function: str, status: Status, student: Submission) -> tuple[Span | None, Listing | None]:
    """Return where to point at for `function` (its `def`, or the line that does not parse), and its listing."""
    lines = submission.lines(student)
    broken = broken_for(function, student) if status == "ungradable" else None
    if broken is not None:
        first, last, at = broken.line, broken.end_line, broken.at
    elif symbol := student.symbols.get(function):
        first, last, at = symbol.line, symbol.end_line, student.source.span(symbol.line)
    else:
        return None, None
    shown = tuple(inert(line, 200) for line in lines[first - 1 : min(last, first + LINES - 1)])
    column = submission.caret(student, at) if broken is not None else 0
    return at, Listing(at=student.source.span(first), lines=shown, caret=column)
