"""Cells of tables in CSV (RFC 4180): quoted where that is needed, and never a formula.

A text that a spreadsheet would take for a formula gets an apostrophe in front (owasp.org, CSV Injection).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MARK = "\ufeff"
"""A byte order mark: Excel then reads the file as UTF-8."""
_ACTIVE = "=+-@\t\r\n＝＋－＠"
"""What a formula can begin with; Excel accepts the full-width signs too."""
_HARMLESS = re.compile(r"[\w.@+-]+")
"""A formula of these characters can add numbers and name cells: it calls nothing."""


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(tuple(_ACTIVE)) else text


def quoted(text: str, delimiter: str = ",") -> str:
    """Return a text as one cell, in double quotes where it needs them."""
    if any(char in text for char in f'{delimiter},;"\r\n') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def cell(text: str) -> str:
    """Return a text from elsewhere as a cell."""
    return quoted(guarded(text))


def id_cell(text: str) -> str:
    """Return what a platform calls somebody as a cell, to be found again: guarded only where it could do harm."""
    return quoted(text if _HARMLESS.fullmatch(text) else guarded(text))


def line(cells: Iterable[str]) -> str:
    """Return a row of cells that are quoted already."""
    return ",".join(cells) + "\n"
