"""Moodle's grading worksheet, filled in: marks, and a short feedback where there is a column for it.

Moodle looks for the heads of its columns in the language of whoever imports (`importgradeslib.php`), so they stay as
they are, and columns are found by what stands in them where a head is not known. The file stays UTF-8, and has a byte
order mark only if it came with one. An empty cell changes nothing in Moodle: it stays where nothing was handed in, or
something was not graded by our fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape

from msgspec import Struct

from grader.errors import UsageError
from grader.language import Language, say, say_count
from grader.model.standing import Standing
from grader.report import Filled, Format
from grader.report.caps import fitting, functions_left_out
from grader.report.next_step import in_short
from grader.report.points import show_points
from grader.report.standings import Matched, highest, mark_of, matched, scale_of
from grader.report.wording import AnyReport
from grader.report.worksheet import Worksheet

_LONGEST = 500
"""Characters of a feedback: a page belongs into a file (`moodle-feedback`)."""
_OURS = '<div class="pingfen">'
"""What a feedback of ours begins with: it is written anew, and what a person wrote is kept."""
_PARTICIPANT = re.compile(r"\D+(\d+)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_GRADE = {
    "grade",
    "成绩",
    "成績",
    "分数",
    "分數",
    "得分",
    "note",
    "bewertung",
    "calificación",
    "nota",
    "評点",
    "оценка",
}


class WorksheetColumns(Struct, frozen=True, kw_only=True):
    """Where a worksheet has what: `most` and `feedback` are -1 where it has none."""

    participant: int
    grade: int
    most: int
    feedback: int


def file(standings: Sequence[Standing], *, language: Language, filled: bytes | None = None) -> Filled:
    """Return the worksheet `filled` in. Raises UsageError where there is none, or it is none of Moodle."""
    if filled is None:
        raise UsageError(
            say("Moodle takes marks in its own worksheet only."),
            say("Download it there (Submissions, Actions, Download grading worksheet) and name it: --fill moodle=FILE"),
        )
    sheet = Worksheet(filled)
    rows = dict(sheet.rows())
    columns = columns_of(sheet.head, list(rows.values()))
    scale = scale_of(standings)
    limits = {cells[columns.most].strip() for cells in rows.values()} if columns.most >= 0 else set()
    most = highest(limits.pop() if len(limits) == 1 else "", scale) if limits else scale.max_score
    found = whose(sheet.head, rows, columns, standings)
    capped, kept = 0, 0
    for number, one in found.rows.items():
        mark = mark_of(one.report)
        if one.report is None or mark is None:
            continue
        capped += mark > most
        sheet.put(number, columns.grade, show_points(min(mark, most)))
        if columns.feedback >= 0:
            there = rows[number][columns.feedback].strip()
            if there and not there.startswith(_OURS):
                kept += 1
            else:
                sheet.put(number, columns.feedback, _feedback(one.report, language))
    remarks = found.remarks({number: _shown(cells, columns) for number, cells in rows.items()})
    if capped:
        remarks.append(
            say_count("{count} mark with bonus was above the highest grade, {points}, and is that now.",
                      "{count} marks with bonus were above the highest grade, {points}, and are that now.", capped,
                      points=show_points(most))
        )  # fmt: skip
    if kept:
        remarks.append(
            say_count("{count} feedback that somebody wrote is kept.",
                      "{count} feedbacks that somebody wrote are kept.", kept)
        )  # fmt: skip
    return Filled(sheet.data(), tuple(remarks))


def columns_of(head: Sequence[str], rows: Sequence[Sequence[str]]) -> WorksheetColumns:
    """Return where a worksheet has what. Raises UsageError if it lacks participants or grades."""

    def every(place: int, holds: Callable[[str], object]) -> bool:
        return bool(rows) and all(holds(cells[place].strip()) for cells in rows)

    def is_highest(place: int) -> bool:
        alike = place < len(head) and len({cells[place].strip() for cells in rows}) == 1
        return alike and every(place, _NUMBER.fullmatch)

    places = range(len(head))
    participant = next((place for place in places if every(place, _PARTICIPANT.fullmatch)), -1)
    named = [place for place in places if head[place].casefold() in _GRADE]
    blank = [place for place in places[:-1] if every(place, lambda text: not text or _NUMBER.fullmatch(text))]
    grade = next((place for place in named or blank if place > participant and is_highest(place + 1)), -1)
    if grade < 0 and len(named) == 1:
        grade = named[0]
    missing = [name for name, place in (("Identifier", participant), ("Grade", grade)) if place < 0]
    if missing:
        raise UsageError(
            say(
                "The file to fill in is no grading worksheet of Moodle: it has no column `{column}`.", column=missing[0]
            ),
            say("Download it in Moodle: Submissions, Actions, Download grading worksheet."),
        )
    most = grade + 1 if is_highest(grade + 1) else -1
    last = len(head) - 1
    is_feedback = last > max(grade, most) and not re.search("[(（]", head[last])  # "Last modified (grade)"
    return WorksheetColumns(participant=participant, grade=grade, most=most, feedback=last if is_feedback else -1)


def whose(
    head: Sequence[str], rows: dict[int, list[str]], columns: WorksheetColumns, standings: Sequence[Standing]
) -> Matched:
    """Return whose the rows of a worksheet are: by the participant's number, then e-mail, id, and the full name."""
    kinds = ("email", "number", "id", "login", "name")
    places = [place for place in range(columns.grade) if place != columns.participant]
    return matched(
        {
            number: [
                ("moodle", number_of(cells, columns)),
                *((kind, cells[place]) for kind in kinds for place in places if cells[place].strip()),
            ]
            for number, cells in rows.items()
        },
        standings,
    )


def number_of(cells: Sequence[str], columns: WorksheetColumns) -> str:
    """Return the participant's number of a row, which the import reads from the end of the cell."""
    found = _PARTICIPANT.fullmatch(cells[columns.participant].strip())
    return found[1] if found is not None else ""


def _shown(cells: Sequence[str], columns: WorksheetColumns) -> str:
    """Return what a remark calls a row: the full name, which stands behind the number, else the number."""
    beside = cells[columns.participant + 1] if columns.participant + 1 < columns.grade else ""
    return beside or cells[columns.participant]


def _feedback(report: AnyReport, language: Language) -> str:
    """Return a report in some lines of HTML."""
    lines = [escape(said.text(language)) for said in in_short(report)]
    room = _LONGEST - len(_OURS) - len("</div>")
    joined = fitting(lines, room, functions_left_out, language, size=lambda text: len(text) + len("<br>"))
    return f"{_OURS}{'<br>'.join(joined)}</div>"


FORMAT = Format(file=file, suffix="csv", fills="must")
