"""Feedback files for Moodle: a zip with a page for each participant, in the folders that Moodle itself gives out.

Moodle reads the participant's number between the first and the second underscore of a folder's name
(`mod/assign/feedback/file/importziplib.php`), so no name may hold one.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

from grader.language import Language, Message, say_count
from grader.model.standing import Standing
from grader.report import Filled, Format, html
from grader.report.moodle import columns_of, number_of, whose
from grader.report.standings import mark_of, named
from grader.report.worksheet import Worksheet

_BEFORE = (1980, 1, 1, 0, 0, 0)
"""A zip has no older date; the same reports make the same bytes."""


def file(standings: Sequence[Standing], *, language: Language, filled: bytes | None = None) -> Filled:
    """Return the zip; a grading worksheet `filled` gives the numbers of people who have none.

    Who handed in nothing, or was not graded by our fault, gets no page. Raises UsageError if `filled` is no worksheet.
    """
    numbers: dict[str, str] = {}
    remarks: list[Message] = []
    if filled is not None:
        sheet = Worksheet(filled)
        rows = dict(sheet.rows())
        columns = columns_of(sheet.head, list(rows.values()))
        found = whose(sheet.head, rows, columns, standings)
        numbers = {one.person.id: number_of(rows[row], columns) for row, one in found.rows.items()}
    data, without = io.BytesIO(), []
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in standings:
            if one.report is None or mark_of(one.report) is None:
                continue
            number = numbers.get(one.person.id) or one.person.ids.get("moodle", "")
            if not (number.isascii() and number.isdecimal()):
                without.append(one.person.name or one.person.id)
                continue
            folder = f"{_plain(one.person.name)}_{number}_assignsubmission_file_"
            page = html.render(one.report, language=language)
            entry = zipfile.ZipInfo(f"{folder}/report.html", _BEFORE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, page)
    if without:
        remarks.append(
            say_count("{count} person has no participant's number of Moodle, and no page: {names}",
                      "{count} people have no participant's number of Moodle, and no page: {names}", len(without),
                      names=named(without))
        )  # fmt: skip
    return Filled(data.getvalue(), tuple(remarks))


def _plain(name: str) -> str:
    """Return a name that is one part of a path on every system."""
    return re.sub(r'[\x00-\x1f<>:"/\\|?*_]+', " ", name)[:60].strip(" .") or "student"


FORMAT = Format(file=file, suffix="zip", fills="may")
