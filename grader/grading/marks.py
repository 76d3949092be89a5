"""Marks that a person gave, from a table (CSV) for the `manual` items of a rubric.

The table has a row for each mark (`name,item,points,comment`), or one for each submission with a column for each item
(`name,essay,essay comment`). The gradebook that `grade --format csv` writes is such a table, too. A cell that is empty
leaves its item open. Every fault of the table is found at once, each with its line and column.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import takewhile
from pathlib import Path, PurePath
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.errors import Fault, MarksError, Span
from grader.grading.adjusting import FullReport, summed
from grader.language import Inert, Message, inert, say
from grader.model import ManualItem
from grader.reading.nodes import Log, did_you_mean
from grader.reading.scalars import points_in
from grader.reading.sheet import Sheet, SheetRow, folded, text_of, unguarded
from grader.report.gradebook import MAXIMA
from grader.report.points import REQUIRED, show_points

LONGEST_COMMENT = 4000

Role: TypeAlias = Literal["name", "item", "points", "comment", "other"]
_NAMES = {"name", "student", "submission", "file", "path", "姓名", "名字", "学生", "学号", "提交", "文件", "文件名"}
_ITEMS = {"item", "question", "题", "题目", "题号", "项目"}
_POINTS = {"points", "point", "score", "mark", "marks", "grade", "分", "分数", "得分", "成绩"}
_COMMENTS = {"comment", "comments", "feedback", "remark", "评语", "备注", "评论", "反馈"}
_GRADEBOOK = (
    say("status"), REQUIRED, say("bonus"), say("total"), say("to be graded by hand"), say("adjusted"),
    say("reason"), say("at most"),
)  # fmt: skip
_OWN = {said.text(language).casefold() for said in _GRADEBOOK for language in ("zh", "en")}
"""Columns of the gradebook that say nothing here."""
_NOBODY = {MAXIMA.text(language).casefold() for language in ("zh", "en")}
"""What the gradebook's row of the highest points has in place of a name."""


class Mark(Struct, frozen=True, kw_only=True):
    """What a person gave for one item of one submission: points (`None`: none yet), a comment, and where they stand."""

    name: str
    item: str
    score: Fraction | None
    comment: Inert
    at: Span
    line_text: str = ""


Marks: TypeAlias = Mapping[str, Mark]
"""The marks of one submission by item."""


class MarkTable(Struct, frozen=True, kw_only=True):
    """The marks in a table, and what is wrong with it, as far as that is known without the submissions."""

    marks: tuple[Mark, ...]
    faults: tuple[Fault, ...] = ()


def read(path: Path, items: Sequence[ManualItem], graded: Sequence[str] = ()) -> MarkTable:
    """Return the table of marks at `path`; columns named by functions (`graded`) are passed over.

    Raises UsageError if it cannot be read.
    """
    name = inert(str(path))
    text = text_of(
        path,
        say("There is no table of marks `{path}`.", path=name),
        say("{path} is no table of marks in CSV.", path=name),
    )
    sheet = Sheet(text, path)
    marks = _Table(sheet, items, graded).marks()
    return MarkTable(marks=marks, faults=sheet.log.faults)


def shared_out(table: MarkTable, paths: Sequence[str], *, all_here: bool) -> list[Marks]:
    """Return the marks of each submission in `paths`.

    A submission is named by its path, the end of it, or the first folder below the one that all share, each with or
    without the suffix of a file. Where `all_here`, a name that is none of these is a fault; else it is another's.
    Raises MarksError for all that is wrong with the table.
    """
    own: list[dict[str, Mark]] = [{} for _ in paths]
    faults: list[Fault] = list(table.faults)
    places = _places(paths)
    log = Log("", "")
    for mark in table.marks:
        found = places.get(_folded(mark.name), set())
        shown = inert(mark.name, 80)
        if len(found) > 1:
            message = say("`{name}` names {count} submissions; write more of the path.", name=shown, count=len(found))
            faults.append(Fault(at=mark.at, message=message, line_text=mark.line_text))
        elif not found and all_here:
            hint = did_you_mean(log.nearest(mark.name, [_short(path, paths) for path in paths]))
            message = say("No submission is called `{name}`.", name=shown)
            faults.append(Fault(at=mark.at, message=message, hint=hint, line_text=mark.line_text))
        for place in found if len(found) == 1 else ():
            first = own[place].setdefault(mark.item, mark)
            if first is not mark:
                message = say("`{item}` of `{name}` has a mark already.", item=mark.item, name=shown)
                hint = say("The first one is in line {line}.", line=first.at.line)
                faults.append(Fault(at=mark.at, message=message, hint=hint, line_text=mark.line_text))
    if faults:
        raise MarksError(faults)
    return list(own)


def filled(report: FullReport, marks: Marks) -> FullReport:
    """Return the report with these marks, and its sums anew."""
    items = tuple(
        replace(item, score=marks[item.name].score, comment=marks[item.name].comment) if item.name in marks else item
        for item in report.manual
    )
    return summed(replace(report, manual=items), report.problems) if marks else report


def _folded(text: str) -> str:
    return folded(text).replace("\\", "/")


class _Column(Struct, frozen=True):
    """What a column holds: the name, or for one item or that of each row the points or the comment."""

    role: Role
    item: str = ""


class _Table:
    """Reads the rows of a table and records what is wrong with them."""

    def __init__(self, sheet: Sheet, items: Sequence[ManualItem], graded: Sequence[str]) -> None:
        self.items = {item.name: item for item in items}
        self.called = {_folded(each): item.name for item in items for each in (item.title.en, item.title.zh, item.name)}
        self.graded = {_folded(name) for name in graded}
        self.sheet = sheet
        self.log = sheet.log

    def marks(self) -> tuple[Mark, ...]:
        """Return all marks."""
        head = self.sheet.head
        if head is None:
            self.log.add(Span(path=self.log.path, line=1), say("The table is empty."), self._wanted())
            return ()
        columns = self._columns(head)
        if columns is None:
            return ()
        return tuple(mark for row in self.sheet.rows for mark in self._of_row(row, columns, head.cells))

    def _wanted(self) -> Message:
        names = ", ".join(self.items)
        return say("Its head is `name,item,points,comment`, or `name` and the items: {items}", items=names)

    def _columns(self, row: SheetRow) -> list[_Column] | None:
        """Return what each column holds; `None` after a fault."""
        head = row.cells
        long = any(_folded(cell) in _ITEMS and _folded(cell) not in self.called for cell in head)
        columns = [self._column(cell, long=long) for cell in head]
        for place, (cell, column) in enumerate(zip(head, columns, strict=True)):
            if column is None and _folded(cell) in _COMMENTS:
                hint = say("Call it `{item} comment`, for example.", item=next(iter(self.items)))
                self.sheet.fault(row, place, say("This column does not say which item it is about."), hint)
            elif column is None:
                names = [*self.items, "name", "item", "points", "comment"]
                hint = did_you_mean(self.log.nearest(cell, names)) or self._wanted()
                self.sheet.fault(row, place, say("No item is called `{name}`.", name=inert(cell, 80)), hint)
            elif column.role != "other" and column in columns[:place]:
                self.sheet.fault(row, place, say("The column `{name}` is there twice.", name=inert(cell, 80)))
        found = [column for column in columns if column is not None]
        roles = {column.role for column in found}
        if len(found) == len(columns) and not {"name", "points"} <= roles:
            self.sheet.fault(row, 0, say("The table needs a column of names and one of points."), self._wanted())
        return found if len(found) == len(columns) and {"name", "points"} <= roles else None

    def _column(self, cell: str, *, long: bool) -> _Column | None:
        text = _folded(cell)
        if not long and text in self.called:
            return _Column("points", self.called[text])
        for roles, role in ((_NAMES, "name"), (_ITEMS, "item"), (_POINTS, "points"), (_COMMENTS, "comment")):
            if text in roles and (long or role in ("name", "comment")):
                alone = next(iter(self.items)) if role == "comment" and not long and len(self.items) == 1 else ""
                if role == "comment" and not long and not alone:
                    return None
                return _Column(role, alone)  # type: ignore[arg-type]
        if not text or text in _OWN or text in self.graded:
            return _Column("other")
        for name, item in self.called.items() if not long else ():
            if text.startswith(name) and text[len(name) :].strip(" _-:()") in _COMMENTS:
                return _Column("comment", item)
        return None

    def _of_row(self, found: SheetRow, columns: Sequence[_Column], head: Sequence[str]) -> Iterator[Mark]:
        """Yield the marks in a row."""
        if not self.sheet.fits(found, len(columns)):
            return
        row = list(zip(columns, found.cells, strict=False))
        name = next((cell for column, cell in row if column.role == "name"), "")
        asked = next((cell for column, cell in row if column.role == "item"), "")
        if name.strip().casefold() in _NOBODY:
            return
        if not name.strip():
            if any(cell.strip() for column, cell in row if column.role != "other"):
                self.sheet.fault(found, 0, say("This row names no submission."))
            return
        own = self.called.get(_folded(asked), "") if asked.strip() else ""
        if any(column.role == "item" for column, _ in row) and not own:
            place = next(place for place, (column, _) in enumerate(row) if column.role == "item")
            hint = did_you_mean(self.log.nearest(asked, self.items)) or self._wanted()
            self.sheet.fault(found, place, say("No item is called `{name}`.", name=inert(asked, 80)), hint)
            return
        for item in [own] if own else self.items:
            yield from self._mark(found, columns, head, item)

    def _mark(self, row: SheetRow, columns: Sequence[_Column], head: Sequence[str], item: str) -> Iterator[Mark]:
        """Yield the mark for one item, if the row says anything of it."""
        score, comment, at, name = None, "", 0, ""
        for place, (column, cell) in enumerate(zip(columns, row.cells, strict=False)):
            if column.role == "name":
                name = unguarded(cell.strip())
            if column.item not in ("", item):
                continue
            if column.role == "comment":
                comment = cell.strip()
            if column.role == "points" and cell.strip():
                score, at = self._points(row, place, head[place], item), place
        if score is not None or comment:
            said = inert(comment, LONGEST_COMMENT, lines=True)
            yield Mark(name=name, item=item, score=score, comment=said, at=self.sheet.span(row, at),
                       line_text=self.log.line(row.line))  # fmt: skip

    def _points(self, row: SheetRow, place: int, head: str, item: str) -> Fraction | None:
        text = unicodedata.normalize("NFKC", row.cells[place]).strip().removesuffix("分").strip()
        points = points_in(text if self.sheet.delimiter == "," else text.replace(",", "."))
        most = self.items[item].points
        column = inert(head, 80)
        if points is None:
            message = say("Column `{column}`: `{text}` is no number of points from 0 to {most}.", column=column,
                          text=inert(text, 40), most=show_points(most))  # fmt: skip
            self.sheet.fault(row, place, message)
        elif points > most:
            message = say("Column `{column}`: {points} is more than the {most} that `{item}` is worth.", column=column,
                          points=show_points(points), most=show_points(most), item=item)  # fmt: skip
            self.sheet.fault(row, place, message)
            return None
        return points


def _short(path: str, paths: Sequence[str]) -> str:
    """Return a submission's name without the folders that all share."""
    parts = [PurePath(each).parts for each in paths]
    above = _common([each[:-1] for each in parts])
    return "/".join(PurePath(path).parts[above:])


def _common(parts: Sequence[tuple[str, ...]]) -> int:
    levels = zip(*parts, strict=False)
    return sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, levels))


def _places(paths: Sequence[str]) -> dict[str, set[int]]:
    """Return by each name that a submission may be called the places of those that are called so.

    A whole path names one submission even where another's path ends with it.
    """
    above = _common([PurePath(each).parts[:-1] for each in paths])
    found: dict[str, set[int]] = {}
    for place, path in enumerate(paths):
        parts = PurePath(path).parts
        names = {"/".join(parts[start:]) for start in range(len(parts))} | {parts[min(above, len(parts) - 1)]}
        if len(paths) == 1:
            names.add(Path(path).absolute().parent.name)
        for name in names | {str(PurePath(name).with_suffix("")) for name in names if PurePath(name).name}:
            found.setdefault(_folded(name), set()).add(place)
    return found | {_folded(path): {place} for place, path in enumerate(paths)}
