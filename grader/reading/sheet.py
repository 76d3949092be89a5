"""Tables that people keep in spreadsheets (CSV): decoded as Excel writes them, each cell with its place."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from grader.errors import Span, UsageError
from grader.language import Message, inert, say
from grader.reading.nodes import PYTHON_LINE_END, Log

MOST_BYTES = 8 << 20


class SheetRow(Struct, frozen=True):
    """A row: the number of its first line, and its cells as text."""

    line: int
    cells: Sequence[str]

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell.strip() for cell in self.cells)


class Sheet:
    """A table: its `head` (`None` if it is empty), its other `rows` that are not blank, and its faults (`log`)."""

    def __init__(self, text: str, path: Path) -> None:
        self.log = Log(str(path.absolute()), text, PYTHON_LINE_END)
        head = text.lstrip("\r\n").partition("\n")[0]
        self.delimiter = max(",;\t", key=head.count)
        rows = [row for row in _rows(text, self.delimiter) if not row.is_blank]
        self.head = rows[0] if rows else None
        self.rows = tuple(rows[1:])

    def fault(self, row: SheetRow, place: int, message: Message, hint: Message | None = None) -> None:
        """Record a fault at the cell `place` of `row`."""
        self.log.add(self.span(row, place), message, hint)

    def fits(self, row: SheetRow, columns: int) -> bool:
        """Return whether a row has no more cells than the head has `columns`; record a fault if it has."""
        if len(row.cells) <= columns or not any(cell.strip() for cell in row.cells[columns:]):
            return True
        hint = say("A text with a comma in it stands between double quotes.")
        self.fault(row, columns, say("This row has more cells than the head."), hint)
        return False

    def span(self, row: SheetRow, place: int) -> Span:
        """Return where the cell `place` of `row` stands."""
        text, start, cells = self.log.line(row.line), 0, row.cells
        for cell in cells[:place]:
            start = max(text.find(cell, start), start) + len(cell)
        column = text.find(cells[place], start) + 1 if place < len(cells) and cells[place] else 0
        end = column + len(cells[place]) if column else 0
        return Span(path=self.log.path, line=row.line, column=column, end_column=end)


def text_of(path: Path, absent: Message, foreign: Message) -> str:
    """Return the table as text: UTF-8, UTF-16 with its mark, or GB 18030, as Excel writes them.

    Raises UsageError: `absent` where there is no such file, `foreign` where it is no CSV.
    """
    try:
        if not path.is_file():
            raise UsageError(absent)
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = inert(getattr(error, "strerror", None) or str(error), 200)
        raise UsageError(say("{path}: {why}", path=inert(str(path)), why=why)) from error
    for encoding in ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and len(data) <= MOST_BYTES:
            return text
    raise UsageError(foreign, say("Save it from the spreadsheet as CSV (UTF-8)."))


def folded(text: str) -> str:
    """Return a cell as it is compared: without spaces around it, in one width and one case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def unguarded(text: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return text[1:] if re.match("'[=+@＝＋－＠-]", text) else text


def _rows(text: str, delimiter: str) -> Iterator[SheetRow]:
    csv.field_size_limit(max(csv.field_size_limit(), MOST_BYTES))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    for cells in reader:
        yield SheetRow(before + 1, cells)
        before = reader.line_num
