"""Errors for people: where, what, the line with a caret under the place, and the way out."""

from __future__ import annotations

from pathlib import Path

from grader.errors import Fault, GraderError, RubricError, SubmissionError
from grader.language import Language, inert, say, say_count
from grader.report.focus import show_place
from grader.report.width import cells

MOST = 20
"""How many faults are shown at once."""


def render(error: GraderError, language: Language) -> str:
    """Return what went wrong in `language`: a rubric's faults each at its place, any other error with its way out."""
    if not isinstance(error, RubricError):
        return _plain(error, language)
    parts = [_fault(fault, language) for fault in error.faults[:MOST]]
    more = len(error.faults) - MOST
    if more > 0:
        parts.append(say_count("… and {count} more", "… and {count} more", more).text(language))
    return "\n\n".join([*parts, error.message.text(language)]) + "\n"


def _plain(error: GraderError, language: Language) -> str:
    text = error.message.text(language)
    if isinstance(error, SubmissionError) and error.at is not None:
        text = say("{place}: {remark}", place=show_place(error.at), remark=error.message).text(language)
    if error.hint is not None:
        text += "\n" + error.hint.text(language)
    return text + "\n"


def _fault(fault: Fault, language: Language) -> str:
    at = fault.at
    place = ":".join([_near(at.path), *(str(number) for number in (at.line, at.column) if number)])
    lines = [f"{place}: {fault.message.text(language)}"]
    gutter = f"  {at.line} │ "
    if fault.line_text:
        lines.append(gutter + _shown(fault.line_text.rstrip("\n")))
        if at.column:
            before, marked = fault.line_text[: at.column - 1], fault.line_text[at.column - 1 : at.end_column - 1]
            carets = "^" * max(cells(_shown(marked)) if at.end_column > at.column else 1, 1)
            lines.append(" " * (len(gutter) - 2) + "│ " + " " * cells(_shown(before)) + carets)
    if fault.hint is not None:
        lines.append(" " * len(gutter) + fault.hint.text(language))
    return "\n".join(lines)


def _shown(text: str) -> str:
    return inert(text, max(len(text), 1))


def _near(path: str) -> str:
    """Return a path as short as it can be clicked: relative to here if it is below here."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path
