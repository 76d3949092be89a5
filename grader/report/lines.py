"""Lines of text for people: how wide they are and where they may break, places in a file, errors with a caret.

CJK characters take two cells of a terminal and need no spaces between them. `rich.cells` measures text too, but by
tables of its own version or of the environment's UNICODE_VERSION: one report would not be the same everywhere.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePath

from msgspec import Struct

from grader.errors import Fault, GraderError, RubricError, Span, SubmissionError
from grader.language import Language, Message, inert, say, say_count

# Characters that must not begin a line, or end one (a subset of https://www.w3.org/TR/clreq/#prohibition_rules).
_NOT_FIRST = set(
    "\uff0c\u3002\u3001\uff1b\uff1a\uff01\uff1f\uff09\u3011\u300b\u300d\u300f\u201d\u2019\u2026\u00b7%,.;:!?)]}"
)
_NOT_LAST = set("\uff08\u3010\u300a\u300c\u300e\u201c\u2018([{")


def cell_width(text: str) -> int:
    """Return how many terminal cells `text` takes (Unicode Standard Annex 11; combining marks take none)."""
    if text.isascii():
        return len(text)
    return sum(_cell(char) for char in text)


def _cell(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Return `text`, or as much of it as fits `width` cells with an ellipsis."""
    return text if cell_width(text) <= width else text[: _fitting(text, width - 1)].rstrip() + "…"


def _fitting(text: str, width: int) -> int:
    """Return how many characters of `text` fit `width` cells."""
    used = 0
    for at, char in enumerate(text):
        used += _cell(char)
        if used > width:
            return at
    return len(text)


def pad(text: str, width: int) -> str:
    """Return `text` with spaces to its right up to `width` cells."""
    return text + " " * (width - cell_width(text))


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of `text` in at most `width` cells, broken at spaces and between CJK characters.

    Punctuation stays with what it belongs to; a piece longer than a line is cut where the line ends.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph):
            if line and cell_width(line + piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece
            while cell_width(line.rstrip()) > width:
                fitting = max(1, _fitting(line, width))
                lines.append(line[:fitting])
                line = line[fitting:]
        lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """Return `text` in pieces between which a line may end."""
    pieces: list[str] = []
    start = 0
    for at in range(1, len(text)):
        before, after = text[at - 1], text[at]
        if after == " " or after in _NOT_FIRST or before in _NOT_LAST:
            continue
        if before == " " or _cell(before) == 2 or _cell(after) == 2:
            pieces.append(text[start:at])
            start = at
    pieces.append(text[start:])
    return pieces


def show_place(at: Span) -> Message:
    """Return `cnn.py:12`, or a notebook's cell and line, as far as they are known."""
    name = inert(PurePath(at.path).name, 80)
    if at.cell:
        return say("{path}, cell {cell}, line {line}", path=name, cell=at.cell, line=at.line)
    return say("{path}:{line}", path=name, line=at.line) if at.line else say("{path}", path=name)


MOST = 20
"""How many faults are shown at once."""


def show_error(error: GraderError, language: Language) -> str:
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
    place = ":".join([_shortest_path(at.path), *(str(number) for number in (at.line, at.column) if number)])
    lines = [f"{place}: {fault.message.text(language)}"]
    gutter = f"  {at.line} │ "
    if fault.line_text:
        lines.append(gutter + _inert_line(fault.line_text.rstrip("\n")))
        if at.column:
            before, marked = fault.line_text[: at.column - 1], fault.line_text[at.column - 1 : at.end_column - 1]
            carets = "^" * max(cell_width(_inert_line(marked)) if at.end_column > at.column else 1, 1)
            lines.append(" " * (len(gutter) - 2) + "│ " + " " * cell_width(_inert_line(before)) + carets)
    if fault.hint is not None:
        lines.append(" " * len(gutter) + fault.hint.text(language))
    return "\n".join(lines)


def _inert_line(text: str) -> str:
    return inert(text, max(len(text), 1))


def _shortest_path(path: str) -> str:
    """Return a path as short as it can be clicked: relative to here if it is below here."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


class Row(Struct, frozen=True):
    """A label and the lines beside it; `tone` says what kind of text it is.

    `table` is for a first line with rows of numbers below it that must not be broken, `error` for an exception's words.
    """

    label: Message
    lines: list[str]
    tone: str = ""
    table: bool = False
    error: bool = False
