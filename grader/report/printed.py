"""What was printed beside what should have been, with marks for what nobody sees."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from grader.comparison.printed import visible
from grader.language import Language, inert, say
from grader.model import Exhibit, Mismatch
from grader.report.lines import Row

if TYPE_CHECKING:
    from grader.model import Value

_ROWS = 6
_AROUND = 2
"""Lines before the first one that differs that are shown."""


def printed_rows(exhibit: Exhibit, first: Mismatch, language: Language, room: int) -> list[Row]:
    """Return the lines around the first one that differs, expected and printed, with marks for what nobody sees."""
    if not first.index:
        return []
    sides = (say("expected"), exhibit.want, "good"), (say("printed"), exhibit.got, "bad")
    texts = [(label, _text_of(value, first.output), tone) for label, value, tone in sides]
    at = next((place for place, (one, other) in enumerate(zip_longest(*(text.split("\n") for _, text, _ in texts)))
               if one != other), 0)  # fmt: skip
    several = max(text.count("\n") for _, text, _ in texts) > _ROWS
    start = max(0, at - _AROUND) if several else 0
    rows = []
    for label, text, tone in texts:
        lines = text.removesuffix("\n").split("\n")[start : start + _ROWS]
        shown = [say("(nothing)").text(language)] if not text else [inert(visible(each), room) for each in lines]
        rows.append(Row(label, [*["…"] * (start > 0), *shown], tone, table=True))
    return [*rows, Row(say("differs"), [say("from line {number} on", number=at + 1).text(language)])]


def _text_of(value: Value, output: str) -> str:
    if isinstance(value, dict):
        files = value.get("files")
        value = files.get(output) if output and isinstance(files, dict) else value.get("printed")
    return value if isinstance(value, str) else ""


def printed_by(value: Value) -> Value:
    """Return what a program prints of all that it came to; any other value as it is."""
    whole = isinstance(value, dict) and value.keys() == {"printed", "files", "exit"}
    return value["printed"] if whole and isinstance(value, dict) else value


def text_rows(value: Value, room: int) -> list[str]:
    """Return the lines of a text that has several, no rows for any other value."""
    if not isinstance(value, str) or "\n" not in value.rstrip("\n"):
        return []
    lines = value.rstrip("\n").split("\n")
    return [inert(visible(line), room - 4) for line in (lines if len(lines) <= _ROWS else [*lines[: _ROWS - 1], "…"])]
