"""Checks that are still to be tried, and how they are written into a rubric."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from grader.author.new.solution import Graded
from grader.model import Value
from grader.reading.writing import Line, draw_value, quoted, scalar


class DraftCheck(Struct, frozen=True, kw_only=True, eq=False):
    """A check to be tried: its kind and name, its own lines, its cell, the text of the generator it needs ("": none).

    `wanted` are the arguments that its one case must have, `like` what its results must be like: finite where it is,
    and of the same structure. `output` is what the notebook printed in that cell.
    """

    function: str
    kind: str
    name: str
    lines: tuple[Line, ...]
    cell: int
    output: str = ""
    generator: str = ""
    wanted: tuple[Value, ...] | None = None
    like: tuple[Value] | None = None

    @property
    def public(self) -> bool:
        """Whether students see its cases."""
        return self.kind in ("example", "methods") or ("visibility", "public") in self.lines

    @property
    def hidden(self) -> bool:
        """Whether students see only that it fails."""
        return self.kind != "properties" and not self.public

    def item(self, times: int = 1, unnamed: Sequence[str] = ()) -> list[Line]:
        """Return the check as a list of lines; of cases that are drawn, `times` as many.

        In lines to show, the outputs `unnamed` become items of the result.
        """
        if self.kind == "properties":
            head: list[Line] = [("properties", self.lines[0][1]), ("name", scalar(self.name))]
            return [*head, *self.lines[1:]]
        lines = [_without_names(line, unnamed) for line in self.lines]
        if times > 1 and lines and lines[0][0] == "cases" and lines[0][1] != "1":
            lines[0] = ("cases", str(times * int(str(lines[0][1]))))
        return [(self.kind, scalar(self.name)), *lines]


def _without_names(line: Line, names: Sequence[str]) -> Line:
    key, value = line
    if key != "show" or isinstance(value, str) or not names:
        return line
    places = {name: f"result[{place}]" for place, name in enumerate(names)}
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    shown = [(label, pattern.sub(lambda found: places[found[0]], str(text).strip('"'))) for label, text in value]
    return key, [(label, quoted(text)) for label, text in shown]


def variable_check(graded: Graded) -> DraftCheck:
    """Return the check of an answer in a variable."""
    return DraftCheck(function=graded.name, kind="variable", name=graded.name, lines=(), cell=graded.cell)


Slot = tuple[DraftCheck, ...]
"""Drafts of one check, the best first: the first that holds is taken."""


def range_or_value(text: str) -> str:
    """Return what a line of a draw stands for as YAML: a range `1..3`, or an expression."""
    return text if _RANGE.fullmatch(text) else draw_value(text)


_RANGE = re.compile(r"\d+\.\.\d+")
