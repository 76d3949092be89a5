"""How wide text is in a terminal, and where it may be broken: CJK characters are two cells and need no spaces.

`rich.cells` measures text too, but by tables of its own version or of the environment's UNICODE_VERSION: one report
would not be the same everywhere.
"""

from __future__ import annotations

import unicodedata

# Characters that must not begin a line, or end one (a subset of https://www.w3.org/TR/clreq/#prohibition_rules).
_NOT_FIRST = set(
    "\uff0c\u3002\u3001\uff1b\uff1a\uff01\uff1f\uff09\u3011\u300b\u300d\u300f\u201d\u2019\u2026\u00b7%,.;:!?)]}"
)
_NOT_LAST = set("\uff08\u3010\u300a\u300c\u300e\u201c\u2018([{")


def cells(text: str) -> int:
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
    if cells(text) <= width:
        return text
    kept, used = [], 1
    for char in text:
        used += _cell(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def pad(text: str, width: int) -> str:
    """Return `text` with spaces to its right up to `width` cells."""
    return text + " " * (width - cells(text))


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of `text` in at most `width` cells, broken at spaces and between CJK characters.

    Punctuation stays with what it belongs to; a piece longer than a line is cut where the line ends.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph):
            if line and cells(line + piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece
            while cells(line.rstrip()) > width:
                head = _head(line, width)
                lines.append(head)
                line = line[len(head) :]
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


def _head(text: str, width: int) -> str:
    used = 0
    for at, char in enumerate(text):
        used += _cell(char)
        if used > width and at:
            return text[:at]
    return text
