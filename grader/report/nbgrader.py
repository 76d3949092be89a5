"""The table that `nbgrader export` writes (nbgrader, `plugins/export.py`), for what reads that table.

nbgrader writes cells without quotes, and a comma in a name breaks its table. Here such a cell is quoted, as CSV has it.
Who handed in nothing has 0.0 and no time there, and so here; what was not graded by our fault, or not yet, is blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from fractions import Fraction

from grader.language import Language
from grader.model.standing import Person, Standing
from grader.report import Format
from grader.report.cells import cell, id_cell, line
from grader.report.points import round_points, show_points
from grader.report.standings import mark_of, scale_of

_HEAD = [
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score",
]  # fmt: skip
_LATE = "late"
"""The policy whose adjustments are a penalty for lateness."""


def render(standings: Sequence[Standing], *, language: Language) -> str:
    """Return the table; a score is that of the required and the bonus functions together."""
    title = next((one.report.assignment.text(language) for one in standings if one.report is not None), "")
    most = _number(scale_of(standings).score)
    rows = [_HEAD]
    for one in standings:
        last, first = _names(one.person)
        time = f"{one.handed_in.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if one.handed_in is not None else ""
        own = one.person.ids.get("nbgrader") or one.person.id
        who = [id_cell(own), cell(last), cell(first), id_cell(one.person.email)]
        rows.append([cell(title), "", time, *who, *_scores(one), most])
    return "".join(map(line, rows))


def _names(person: Person) -> tuple[str, str]:
    """Return the last and the first name: `Last, First`, else the last word; a name without spaces is a last name."""
    if "," in person.name:
        last, _, first = person.name.partition(",")
        return last.strip(), first.strip()
    words = person.name.split() or [""]
    return words[-1], " ".join(words[:-1])


def _scores(one: Standing) -> tuple[str, str, str]:
    """Return the score before and after the penalty for lateness, with that between them."""
    if one.report is None:
        return ("", "", "") if one.attempts else ("0.0", "0.0", "0.0")
    score = mark_of(one.report)
    if score is None:
        return "", "", ""
    taken = (*one.report.adjustments, *one.report.bonus_adjustments)
    penalty = -sum((each.points for each in taken if each.policy == _LATE), Fraction(0))
    penalty = max(round_points(penalty), Fraction(0))
    return _number(score + penalty), _number(penalty), _number(score)


def _number(points: Fraction) -> str:
    """Return points as nbgrader writes them: always with a decimal."""
    text = show_points(points)
    return text if "." in text else f"{text}.0"


FORMAT = Format(table=render, suffix="csv", evidence=False)
