"""Several submissions: a line each in a terminal, or a row each in a table for a spreadsheet, CSV (RFC 4180).

Where the grader itself failed, the cell is empty and the status says "not graded"; it is never a 0. Who handed in
nothing has a row without points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from grader.language import Language, Message, say, say_count
from grader.model.standing import Standing
from grader.report import Format
from grader.report.by_hand import state_of
from grader.report.cells import MARK, cell, line
from grader.report.lines import cell_width, cut, pad, wrap
from grader.report.points import REQUIRED, Points, Score, arithmetic, show_points, show_score, shown_points
from grader.report.wording import STATES, AnyProblem, AnyReport, adjusted_total, is_full, is_graded, why_not

MAXIMA = say("(out of)")
"""What the row of the highest points is called; it stands below the head."""
_PLATFORMS = ("number", "canvas", "sis", "login", "moodle", "gradescope", "github", "nbgrader")


def render(standings: Sequence[Standing], *, language: Language) -> str:
    """Return the table: who it is, the status, required and bonus points, their total, and each function's and item's.

    A function that has no points has its state there, and an item that is open nothing. Further columns say how many
    points are still to be graded by hand, how points changed after the checks, and why something could not be graded,
    where there is any of it; so do those about people and times.
    """
    reports = [one.report for one in standings if one.report is not None]
    points = [shown_points(one.report) if one.report is not None else None for one in standings]
    functions = list(dict.fromkeys(problem.function for report in reports for problem in report.problems))
    items = list(dict.fromkeys(item.name for report in reports for item in report.manual))
    known = any(one.attempts or one.person.id != one.submission for one in standings)
    about = [(head, of) for head, of in _PEOPLE if any(map(of, standings)) and (known or of is not _id)]
    about = about or [_PEOPLE[0]]
    heads, platforms = [head.text(language) for head, _ in about], _platforms(standings)
    words = [word.text(language) for word in (say("status"), REQUIRED, say("bonus"), say("total"))]
    taken = {*heads, *words, *items, *platforms}  # no two columns have one name
    columns = [f"{name}()" if name in taken else name for name in functions]
    rows = [[*map(cell, [*heads, *words, *columns, *items, *platforms])]]
    blank = [""] * (len(heads) - 1)
    rows.append([cell(MAXIMA.text(language)), *blank, "", *_maxima(points, functions, items), *[""] * len(platforms)])
    for one, shown in zip(standings, points, strict=True):
        who, ids = [of(one) for _, of in about], [one.person.ids.get(name, "") for name in platforms]
        rows.append([*map(cell, who), *_points_of(one, shown, functions, items, language), *map(cell, ids)])
    more = (
        (say("to be graded by hand"), [_open(shown) if shown is not None else "" for shown in points]),
        (say("adjusted"), [_adjusted(one.report, language) if one.report is not None else "" for one in standings]),
        (say("reason"), [_reason(one.report, language) if one.report is not None else "" for one in standings]),
    )
    for said, texts in more:
        if any(texts):
            rows = [[*row, cell(text)] for row, text in zip(rows, [said.text(language), "", *texts], strict=True)]
    return "".join(map(line, rows))


def _id(one: Standing) -> str:
    return one.person.id


def _handed_in(one: Standing) -> str:
    return one.handed_in.isoformat(sep=" ", timespec="seconds") if one.handed_in is not None else ""


_PEOPLE: tuple[tuple[Message, Callable[[Standing], str]], ...] = (
    (say("id"), _id),
    (say("name"), lambda one: one.person.name),
    (say("email"), lambda one: one.person.email),
    (say("section"), lambda one: one.person.section),
    (say("group"), lambda one: one.person.group),
    (say("submission"), lambda one: one.submission),
    (say("handed in at"), _handed_in),
    (say("attempt number"), lambda one: str(one.attempt or "")),
    (say("attempts"), lambda one: str(one.attempts or "")),
)
"""The columns about a person, each with its head.

One in which nothing stands is left out; so is the id outside of a class, where a submission's name stands for it.
"""


def _platforms(standings: Sequence[Standing]) -> list[str]:
    """Return what platforms' ids anybody has, in one order."""
    found = {name for one in standings for name, text in one.person.ids.items() if text}
    return [*(name for name in _PLATFORMS if name in found), *sorted(found - {*_PLATFORMS})]


def _maxima(shown: Sequence[Points | None], functions: Sequence[str], items: Sequence[str]) -> list[str]:
    """Return the highest points of every column of points, nothing where there are none."""
    every = [points for points in shown if points is not None]

    def most(scores: Iterable[Score | None]) -> str:
        highest = max((score.max_score for score in scores if score is not None), default=None)
        return show_points(highest) if highest else ""

    totals = [Score(points.required.score, points.required.max_score + points.bonus.max_score) for points in every]
    return [
        most(points.required for points in every),
        most(points.bonus for points in every),
        most(totals),
        *(most(points.problems.get(name) for points in every) for name in functions),
        *(most(points.manual.get(name) for points in every) for name in items),
    ]


def _points_of(
    one: Standing, points: Points | None, functions: Sequence[str], items: Sequence[str], language: Language
) -> list[str]:
    """Return the status and all points of a person."""
    if one.report is None or points is None:
        said = say("not graded yet") if one.attempts else say("nothing handed in")
        return [cell(said.text(language)), *[""] * (3 + len(functions) + len(items))]
    return [*map(cell, _row(one.report, points, functions, language)), *map(cell, _by_hand(one.report, points, items))]


def _row(report: AnyReport, points: Points, functions: Sequence[str], language: Language) -> list[str]:
    own = {problem.function: problem for problem in report.problems}
    bonus = [problem for problem in own.values() if problem.bonus]
    total = Score(
        points.required.score + points.bonus.score,
        points.required.max_score + points.bonus.max_score,
    )
    return [
        standing(report).text(language),
        show_points(points.required.score) if own and points.required.graded else "",
        show_points(points.bonus.score) if points.bonus.graded and (bonus or points.bonus.max_score) else "",
        show_points(total.score) if own and is_graded(report) else "",
        *(_cell_of(own[name], points.problems[name], language) if name in own else "" for name in functions),
    ]


def _cell_of(problem: AnyProblem, shown: Score, language: Language) -> str:
    return _points(shown, problem) if shown.max_score else STATES[problem.status].word.text(language)


def _by_hand(report: AnyReport, points: Points, items: Sequence[str]) -> list[str]:
    """Return the points of each item that a person grades, nothing where it is open."""
    own = {item.name: item for item in report.manual}
    return [show_points(points.manual[name].score) if name in own and not own[name].is_open else "" for name in items]


def _open(points: Points) -> str:
    """Return how many points are still to be graded by hand, nothing for none."""
    left = points.open + points.open_bonus
    return show_points(left) if left else ""


def _adjusted(report: AnyReport, language: Language) -> str:
    """Return what changed points after the checks, as arithmetic."""
    said = [
        say("{place}: {remark}", place=problem.function, remark=arithmetic(problem.earned, problem.adjustments))
        for problem in report.problems
        if problem.adjustments and problem.is_graded
    ]
    return "; ".join(sentence.text(language) for sentence in (*said, *adjusted_total(report)))


def _reason(report: AnyReport, language: Language) -> str:
    """Return in one line why something was not graded."""
    why = why_not(report)
    return " ".join(why.text(language).split()) if why is not None else ""


def _points(shown: Score, of: AnyProblem) -> str:
    """Return points as a number, nothing where they were not graded."""
    return show_points(shown.score) if of.is_graded else ""


def standing(report: AnyReport) -> Message:
    """Return the word for a submission: set by hand, not graded if anything was not, full marks, or what all of it is.

    Where all is right that is graded, and something is open, it is still to be graded by hand.
    """
    if report.is_set:
        return say("set by hand")
    states = {problem.status for problem in report.problems}
    if not is_graded(report):
        return STATES["not_graded"].word
    alike = next(iter(states)) if len(states) == 1 and not report.score + report.bonus else None
    if alike in ("ungradable", "not_attempted", "missing"):
        return STATES[alike].word
    all_right = all(is_full(problem) for problem in report.problems if problem.required)
    if all_right and report.adjustments and not report.is_full:
        return say("right, with deductions")
    if report.is_full and all_right:
        return say("open") if report.open_points() else say("full marks")
    return STATES["partial"].word if report.score + report.bonus > 0 else STATES["failed"].word


def at_a_glance(reports: Sequence[AnyReport], *, language: Language, width: int = 80) -> str:
    """Return a table of at most `width` cells: name, required points, bonus points, how it stands, what is not full.

    A name is cut from its left, where paths are alike. Points that were not graded are a dash. Why something was not
    graded stands below.
    """
    rows = [
        (report.submission, *_totals(report), standing(report).text(language), _short(report)) for report in reports
    ]
    if not rows:
        return say_count("{count} submission", "{count} submissions", 0).text(language) + "\n"
    reasons = [_reason(report, language) for report in reports]
    score, bonus = (max(len(row[column]) for row in rows) for column in (1, 2))
    word = max(cell_width(row[3]) for row in rows)
    name = max(8, min(max(cell_width(row[0]) for row in rows), width - score - bonus - word - 16))
    lines = [say_count("{count} submission", "{count} submissions", len(rows)).text(language), ""]
    for (submission, required, extra, state, short), why in zip(rows, reasons, strict=True):
        gap = f"  {extra:>{bonus}}" if bonus else ""
        head = f"{pad(_cut_left(submission, name), name)}  {required:>{score}}{gap}  {pad(state, word)}  "
        lines.append((head + cut(short, max(8, width - cell_width(head)))).rstrip())
        lines += [f"    {line}" for line in wrap(why, width - 4) if why]
    return "\n".join(lines) + "\n"


def _totals(report: AnyReport) -> tuple[str, str]:
    points = shown_points(report)
    extra = f"+{show_points(points.bonus.score)}" if points.bonus.graded else "–"
    return show_score(points.required), extra if report.max_bonus else ""


def _short(report: AnyReport) -> str:
    """Return the functions that are not full, each with its sign; nothing where one word says it of all of them."""
    short = [problem for problem in report.problems if problem.score < problem.max_score]
    items = [f"{state_of(item).sign}{item.name}" for item in report.manual if not item.is_full]
    if not items and len(short) == len(report.problems) and len({problem.status for problem in short}) == 1:
        return ""
    return " ".join([*(f"{STATES[problem.status].sign}{problem.function}" for problem in short), *items])


def _cut_left(text: str, width: int) -> str:
    while cell_width(text) > width:
        text = "…" + text.removeprefix("…")[1:]
    return text


FORMAT = Format(table=render, mark=MARK, evidence=False)
