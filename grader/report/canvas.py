"""Canvas' gradebook in CSV: filled in where one was downloaded, else made of the people's ids.

Canvas finds a student by its own number, then by the SIS id, the login and the name, and an assignment by the number in
parentheses behind its title (canvas-lms, `lib/gradebook_importer.rb`). An empty cell changes nothing there. So whoever
handed in nothing, or was not graded by our fault, keeps what Canvas has, and `EX` (excused) stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from grader.errors import UsageError
from grader.language import Language, Message, inert, say, say_count
from grader.model.standing import Standing
from grader.report import Filled, Format
from grader.report.cells import MARK, cell, id_cell, line
from grader.report.points import show_points
from grader.report.standings import highest, mark_of, matched, named, scale_of
from grader.report.worksheet import Worksheet

_POINTS = "Points Possible"
_NUMBERED = re.compile(r".*\s\(\d+\)", re.DOTALL)
"""The title of an assignment that is there already."""
_KEYS = (("ID", "canvas"), ("SIS User ID", "sis"), ("SIS Login ID", "login"), ("SIS Login ID", "email"),
         ("SIS User ID", "id"), ("SIS Login ID", "id"))  # fmt: skip
"""By which column whom is found, the surest first."""


def file(standings: Sequence[Standing], *, language: Language, filled: bytes | None = None) -> Filled:
    """Return the gradebook with the points of required and bonus functions together.

    Raises UsageError where `filled` is no gradebook of Canvas, or has no single column for the assignment, or grades
    out of another number of points.
    """
    return _made(standings, language) if filled is None else _filled(standings, Worksheet(filled))


def _made(standings: Sequence[Standing], language: Language) -> Filled:
    report = next((one.report for one in standings if one.report is not None), None)
    title = report.assignment.text(language) if report is not None else say("assignment").text(language)
    if _NUMBERED.fullmatch(title):  # Canvas would take the number for an assignment's
        title = title.replace("(", "[").replace(")", "]")
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", cell(title)],
        [f'"    {_POINTS}"', "", "", "", "", show_points(scale_of(standings).score)],
    ]
    for one in standings:
        ids, mark = one.person.ids, mark_of(one.report)
        own = ids.get("canvas", "")
        rows.append([
            cell(one.person.name or one.person.id), own if own.isascii() and own.isdecimal() else "",
            id_cell(ids.get("sis", "")), id_cell(ids.get("login", "")), cell(one.person.section),
            show_points(mark) if mark is not None else "",
        ])  # fmt: skip
    remarks = [say("Canvas will make a new assignment of it. To grade one that is there, fill in its gradebook: "
                   "--fill canvas=FILE")]  # fmt: skip
    nameless = [one.person.name or one.person.id for one in standings if not _is_known(one)]
    if nameless:
        remarks.append(
            say_count("{count} person has no id of Canvas, which will look for the name: {names}",
                      "{count} people have no id of Canvas, which will look for the names: {names}", len(nameless),
                      names=named(nameless))
        )  # fmt: skip
    return Filled((MARK + "".join(map(line, rows))).encode(), tuple(remarks))


def _is_known(one: Standing) -> bool:
    return any(one.person.ids.get(name) for name in ("canvas", "sis", "login"))


def _filled(standings: Sequence[Standing], sheet: Worksheet) -> Filled:
    head = sheet.head
    if not {"ID", "Section"} <= {*head} or not ("Student" in head or {"LastName", "FirstName"} <= {*head}):
        raise UsageError(
            say(
                "The file to fill in is no gradebook of Canvas: its head has no `{column}`.",
                column="Student, ID, Section",
            ),
            say("Download it there: Grades, Export, Export Entire Gradebook."),
        )
    rows = dict(sheet.rows())
    possible = next((cells for cells in rows.values() if _POINTS in cells[0]), [""] * len(head))
    column = _column(head, possible, standings)
    most = highest(possible[column], scale_of(standings))
    of_id = head.index("ID")
    people = {number: cells for number, cells in rows.items() if _POINTS not in cells[0] and cells[of_id].strip()}
    found = matched({number: _keys(head, cells) for number, cells in people.items()}, standings)
    marks = {number: mark_of(one.report) for number, one in found.rows.items()}
    for number, mark in marks.items():
        if mark is not None and people[number][column].strip().upper() != "EX":
            sheet.put(number, column, show_points(mark))
    remarks = found.remarks({number: cells[0] for number, cells in people.items()})
    return Filled(sheet.data(), (*remarks, *_above(marks, most)))


def _keys(head: Sequence[str], cells: Sequence[str]) -> list[tuple[str, str]]:
    own = dict(zip(head, cells, strict=False))
    last, _, first = own.get("Student", "").partition(",")
    names = [own.get("Student", ""), f"{first} {last}", f"{own.get('FirstName', '')} {own.get('LastName', '')}"]
    keys = [(kind, own.get(column, "")) for column, kind in _KEYS]
    return [(kind, text) for kind, text in [*keys, *(("name", name) for name in names)] if text.strip()]


def _column(head: Sequence[str], possible: Sequence[str], standings: Sequence[Standing]) -> int:
    """Return the assignment's column: the one with its title, else the only assignment that there is."""
    reports = [one.report for one in standings if one.report is not None]
    titles = {text.strip().casefold() for each in reports for text in (each.assignment.zh, each.assignment.en)}
    open_ones = [
        place
        for place, title in enumerate(head)
        if _NUMBERED.fullmatch(title) and "read only" not in possible[place] and place > head.index("Section")
    ]
    alike = [place for place in open_ones if head[place].rpartition(" (")[0].strip().casefold() in titles]
    found = alike or open_ones
    if len(found) != 1:
        raise UsageError(
            say("The gradebook has no single assignment that this could be: {names}",
                names=inert(", ".join(head[place] for place in found) or "–", 400)),
            say("Leave only its column in the file, or give it the rubric's title."),
        )  # fmt: skip
    return found[0]


def _above(marks: Mapping[int, Fraction | None], most: Fraction) -> list[Message]:
    """Return how many marks are above the assignment's points, which Canvas takes."""
    count = sum(mark is not None and mark > most for mark in marks.values())
    said = say_count(
        "{count} mark is above the {points} points.", "{count} marks are above the {points} points.",
        count, points=show_points(most),
    )  # fmt: skip
    return [said] if count else []


FORMAT = Format(file=file, suffix="csv", fills="may", evidence=False)
