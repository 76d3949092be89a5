"""A table that a platform gave out, in which cells are filled in and nothing else changes, to the byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from grader.errors import UsageError
from grader.language import say
from grader.report.cells import quoted

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Worksheet:
    """The rows of a CSV file as they are written: byte order mark, encoding, delimiter, quotes and ends of lines."""

    def __init__(self, data: bytes) -> None:
        """Read `data`. Raises UsageError for what is no text."""
        self._mark, self._encoding = next(
            ((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8")
        )
        try:
            text = data[len(self._mark) :].decode(self._encoding)
        except UnicodeDecodeError as error:
            raise UsageError(
                say("The file to fill in is no text in UTF-8."), say("Download it anew, and fill in that file.")
            ) from error
        head = re.split("[\r\n]", re.sub('"[^"]*"', "", text), maxsplit=1)[0]
        self._delimiter = max(",;\t", key=head.count)
        self._rows, self._ends = self._split(text)

    def _split(self, text: str) -> tuple[list[list[str]], list[str]]:
        field = re.compile(rf'(?:"[^"]*(?:""[^"]*)*")?[^{self._delimiter}\r\n]*')
        rows: list[list[str]] = [[]]
        ends: list[str] = []
        place = 0
        while True:
            found = field.match(text, place)
            assert found is not None, "a cell may be empty"
            rows[-1].append(found[0])
            end = text[found.end() : found.end() + 2]
            place = found.end() + 1
            if end.startswith(self._delimiter):
                continue
            ends.append("\r\n" if end == "\r\n" else end[:1])
            place = found.end() + len(ends[-1])
            if place >= len(text):
                return rows, ends
            rows.append([])

    @cached_property
    def head(self) -> list[str]:
        """The cells of the first row."""
        return [_value(raw).strip() for raw in self._rows[0]]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the cells of each row below the head that is not blank, as many cells as the head."""
        for number, raw in enumerate(self._rows[1:], 1):
            cells = [_value(each) for each in raw]
            if any(each.strip() for each in cells):
                yield number, (cells + [""] * len(self.head))[: max(len(cells), len(self.head))]

    def put(self, row: int, column: int, text: str) -> None:
        """Write `text` into a cell; it has quotes where it needs them or the cell had them."""
        cells = self._rows[row]
        cells += [""] * (column + 1 - len(cells))
        cell = quoted(text, self._delimiter)
        cells[column] = f'"{cell}"' if cells[column].startswith('"') and cell == text else cell

    def data(self) -> bytes:
        """Return the file."""
        lines = (self._delimiter.join(row) + end for row, end in zip(self._rows, self._ends, strict=True))
        return self._mark + "".join(lines).encode(self._encoding)


def _value(raw: str) -> str:
    """Return what a cell says."""
    if not raw.startswith('"'):
        return raw
    closing = re.match(r'"([^"]*(?:""[^"]*)*)"', raw)
    return raw if closing is None else closing[1].replace('""', '"') + raw[closing.end() :]
