"""More time for a student or a group, from a table (CSV) that the course keeps.

A row names a student or a group and says `until` when, or how much longer (`extra`), and why:
`student,until,why` or `student,extra,why`. Every fault of the table is found at once, with its line and column. Of
several rows for one student, and for the student's group, the one that gives most counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

from grader.course.roll import Roll
from grader.errors import Fault, Span, TableError, UsageError
from grader.language import Inert, inert, say
from grader.model import Instant, Person
from grader.reading.moments import Unclear, minutes_in, moment_in
from grader.reading.nodes import did_you_mean
from grader.reading.sheet import Sheet, SheetRow, folded, text_of, unguarded

LONGEST_REASON = 400

Column: TypeAlias = Literal["student", "group", "until", "extra", "why", "other"]
_COLUMNS: dict[Column, set[str]] = {
    "student": {"student", "id", "student id", "name", "email", "login", "学生", "学号", "姓名", "邮箱"},
    "group": {"group", "team", "组", "小组", "分组"},
    "until": {"until", "deadline", "due", "截止", "截止时间", "延至", "延期至"},
    "extra": {"extra", "more", "by", "extra time", "延长", "延期", "宽限"},
    "why": {"why", "reason", "note", "原因", "理由", "备注"},
}
_HEAD = say("Its head is `student,until,why` or `student,extra,why`; `group` may stand in place of `student`.")


class Extension(Struct, frozen=True, kw_only=True):
    """More time for a person (`who` is the id) or a group (`who` is its name): `until` a moment, or `extra` minutes."""

    who: str
    is_group: bool = False
    until: Instant | None = None
    extra: int = 0
    why: Inert = Inert("")
    at: Span = Span(path="")


class ExtensionTable(Struct, frozen=True, kw_only=True):
    """The extensions of a table, and remarks on rows that change nothing, with their places."""

    extensions: tuple[Extension, ...] = ()
    remarks: tuple[Fault, ...] = ()


def extensions_of(person: Person, extensions: Iterable[Extension]) -> tuple[Extension, ...]:
    """Return those that are the person's own or the group's."""
    own = {(person.id, False), (person.group, True)}
    return tuple(each for each in extensions if (each.who, each.is_group) in own)


def read_extensions(path: Path, roster: Sequence[Person], deadline: Instant | None) -> ExtensionTable:
    """Return the extensions at `path`, for the people and groups of `roster`.

    A time without a zone is in that of the `deadline`. An `until` before it gives nobody time: that is a remark, since
    a deadline may have been moved past it. Raises UsageError if the table cannot be read, TableError for its faults.
    """
    name = inert(str(path))
    text = text_of(
        path,
        say("There is no table of extensions `{path}`.", path=name),
        say("{path} is no table of extensions in CSV.", path=name),
    )
    table = _Extensions(Sheet(text, path), roster, deadline)
    found = table.read()
    if table.sheet.log.faults:
        raise TableError(say("The table of extensions has faults; nothing was done."), table.sheet.log.faults)
    return found


class _Extensions:
    """Reads the rows of the table and records what is wrong with them."""

    def __init__(self, sheet: Sheet, roster: Sequence[Person], deadline: Instant | None) -> None:
        self.sheet = sheet
        self.deadline = deadline
        self.zone = "" if deadline is None else deadline.zone or deadline.offset_text
        self.roll = Roll(roster)
        self.groups = {folded(person.group): person.group for person in roster if person.group}

    def read(self) -> ExtensionTable:
        """Return the extensions, as far as the rows are without fault."""
        head = self.sheet.head
        if head is None:
            self.sheet.log.add(Span(path=self.sheet.log.path, line=1), say("The table is empty."), _HEAD)
            return ExtensionTable()
        columns = self._columns(head)
        if columns is None:
            return ExtensionTable()
        rows = [(row, self._row(row, columns)) for row in self.sheet.rows]
        found = [(row, each) for row, each in rows if each is not None]
        place = columns.index("until") if "until" in columns else 0
        idle = [self._idle(row, place) for row, each in found if self._is_idle(each)]
        return ExtensionTable(extensions=tuple(each for _, each in found), remarks=tuple(idle))

    def _columns(self, head: SheetRow) -> list[Column] | None:
        """Return what each column holds; `None` after a fault."""
        columns: list[Column] = []
        faults = self.sheet.log.count
        for place, cell in enumerate(head.cells):
            text = folded(cell)
            column: Column | None = next((each for each, names in _COLUMNS.items() if text in names), None)
            if column is None and text:
                near = self.sheet.log.nearest(text, [name for names in _COLUMNS.values() for name in names])
                message = say("No column of extensions is called `{name}`.", name=inert(cell, 80))
                self.sheet.fault(head, place, message, did_you_mean(near) or _HEAD)
            elif column is not None and column in columns:
                self.sheet.fault(head, place, say("The column `{name}` is there twice.", name=inert(cell, 80)))
            columns.append(column or "other")
        complete = {"student", "group"} & {*columns} and {"until", "extra"} & {*columns}
        if self.sheet.log.count == faults and not complete:
            self.sheet.fault(head, 0, say("The table needs a column that says who, and one that says how long."), _HEAD)
        return columns if self.sheet.log.count == faults else None

    def _row(self, row: SheetRow, columns: Sequence[Column]) -> Extension | None:
        if not self.sheet.fits(row, len(columns)):
            return None
        cells = {column: (place, unguarded(row.cells[place].strip()))
                 for place, column in enumerate(columns) if place < len(row.cells)}  # fmt: skip
        who = self._one_of(row, cells, "student", "group")
        length = self._one_of(row, cells, "until", "extra")
        if who is None or length is None:
            return None
        name = self._group(row, *cells["group"]) if who == "group" else self._student(row, *cells["student"])
        until = self._until(row, *cells["until"]) if length == "until" else None
        extra = self._extra(row, *cells["extra"]) if length == "extra" else 0
        if name is None or (until is None and not extra):
            return None
        why = inert(cells["why"][1], LONGEST_REASON) if "why" in cells else Inert("")
        at = self.sheet.span(row, cells[who][0])
        return Extension(who=name, is_group=who == "group", until=until, extra=extra or 0, why=why, at=at)

    def _one_of(
        self, row: SheetRow, cells: dict[Column, tuple[int, str]], first: Column, other: Column
    ) -> Column | None:
        """Return which of two columns the row fills; record a fault if it is none, or both."""
        filled = [column for column in (first, other) if column in cells and cells[column][1]]
        if len(filled) == 1:
            return filled[0]
        if filled:
            place = cells[other][0]
            self.sheet.fault(row, place, say("A row fills `{first}` or `{other}`, not both.", first=first, other=other))
        elif first == "student":
            self.sheet.fault(row, 0, say("This row names no student and no group."))
        else:
            self.sheet.fault(row, 0, say("This row does not say until when, or how much longer."))
        return None

    def _student(self, row: SheetRow, place: int, text: str) -> str | None:
        try:
            return self.roll.person(text).id
        except UsageError as error:
            self.sheet.fault(row, place, error.message, error.hint)
            return None

    def _group(self, row: SheetRow, place: int, text: str) -> str | None:
        found = self.groups.get(folded(text))
        if found is None:
            hint = did_you_mean(self.sheet.log.nearest(text, self.groups))
            self.sheet.fault(row, place, say("No group of this class is called `{name}`.", name=inert(text, 80)), hint)
        return found

    def _until(self, row: SheetRow, place: int, text: str) -> Instant | None:
        found = moment_in(text, self.zone)
        if isinstance(found, Instant):
            return found
        if isinstance(found, Unclear):
            self.sheet.fault(row, place, found.message, found.hint)
        else:
            hint = say("Write it like `2026-10-12 23:59`.")
            self.sheet.fault(row, place, say("`{text}` is no date with a time.", text=inert(text, 60)), hint)
        return None

    def _extra(self, row: SheetRow, place: int, text: str) -> int | None:
        minutes = minutes_in(text)
        if minutes is None:
            message = say("`{text}` is no length of time.", text=inert(text, 60))
            self.sheet.fault(row, place, message, say("Write it like `2 days`, `36 h` or `90 min`."))
        return minutes

    def _is_idle(self, extension: Extension) -> bool:
        until, deadline = extension.until, self.deadline
        return until is not None and deadline is not None and until.minute <= deadline.minute

    def _idle(self, row: SheetRow, place: int) -> Fault:
        message = say("This extension gives no time: the deadline is {moment}.", moment=str(self.deadline))
        return Fault(at=self.sheet.span(row, place), message=message, line_text=self.sheet.log.line(row.line))
