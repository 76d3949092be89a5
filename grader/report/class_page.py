"""A class as one self-contained page: how each function went, and a table of everybody that sorts without network.

It holds everybody's points, so it is for teachers. As `index.html` of a folder it links to the page of each student.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from grader.language import Bilingual, Language, Message, say
from grader.model import ManualResult
from grader.model.standing import Standing
from grader.report import Format
from grader.report.by_hand import state_of, still_open, title_of
from grader.report.gradebook import standing as state_word
from grader.report.html import template
from grader.report.pages import digest
from grader.report.points import Score, show_points, shown_points
from grader.report.standings import mark_of, scale_of
from grader.report.wording import STATES, AnyProblem, AnyReport, is_graded, title, why_not

_FOLDER = Path(__file__).parent
_BANDS = 10
Columns: TypeAlias = tuple[Sequence[str], Sequence[str]]
"""The functions and the items that a person grades, by their names: a column and a row of the summary each."""


class TableCell(Struct, frozen=True, kw_only=True):
    """One cell: what it shows, by what it sorts (numbers by their value), and its state for the style sheet."""

    text: Message | str
    sort: str
    kind: str = ""
    about: Message | None = None


class StudentRow(Struct, frozen=True, kw_only=True):
    """One person: who it is and the way to the page, the columns about the person, and the points."""

    name: str
    link: str
    about: list[TableCell]
    state: TableCell
    points: list[TableCell]


class FunctionSummary(Struct, frozen=True, kw_only=True):
    """How a class did in one function, or in an item that a person grades (`manual`), among those who are graded.

    How many have it all, a part, nothing, or did not try; `mean` is in percent, "–" where nobody is graded.
    """

    name: str
    title: Bilingual
    bonus: bool
    most: str
    mean: str
    full: int
    partial: int
    nothing: int
    untried: int
    manual: bool = False


class Band(Struct, frozen=True, kw_only=True):
    """A bar of the histogram: how many marks lie between these percentages."""

    label: str
    count: int
    height: int


def render(standings: Sequence[Standing], *, language: Language, pages: Mapping[str, str] | None = None) -> str:
    """Return the page; `pages` are the paths of the students' own by their ids."""
    from markupsafe import Markup

    reports = [one.report for one in standings if one.report is not None]
    functions = list(dict.fromkeys(problem.function for report in reports for problem in report.problems))
    items = list(dict.fromkeys(item.name for report in reports for item in report.manual))
    style = "".join((_FOLDER / name).read_text("utf-8") for name in ("page.css", "class.css"))
    script = (_FOLDER / "class.js").read_text("utf-8")
    about = [(head, name) for head, name in _ABOUT if any(_of(one, name) for one in standings)]
    marks = [mark for report in reports if (mark := mark_of(report)) is not None]
    scale = scale_of(standings)
    return template("class.html.j2").render(
        assignment=reports[0].assignment if reports else Bilingual("", ""),
        language=language,
        about=[head for head, _ in about],
        columns=[*functions, *items],
        has_bonus=any(report.max_bonus for report in reports),
        rows=[_row(one, [name for _, name in about], (functions, items), pages or {}) for one in standings],
        summaries=[*(_summary(name, reports) for name in functions), *(_by_hand(name, reports) for name in items)],
        bands=_bands(marks, scale.score),
        most=show_points(scale.score),
        counts=_counts(standings, marks),
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'; "
        "base-uri 'none'; form-action 'none'",
    )


_ABOUT = (
    (say("id"), "id"), (say("section"), "section"), (say("group"), "group"), (say("handed in at"), "handed_in"),
    (say("attempt number"), "attempt"),
)  # fmt: skip


def _of(one: Standing, name: str) -> str:
    match name:
        case "id":
            return one.person.id if one.person.name else ""
        case "handed_in":
            return one.handed_in.isoformat(sep=" ", timespec="minutes") if one.handed_in is not None else ""
        case "attempt":
            return str(one.attempt or "")
        case _:
            return str(getattr(one.person, name))


def _row(one: Standing, about: Sequence[str], columns: Columns, pages: Mapping[str, str]) -> StudentRow:
    texts = [_of(one, name) for name in about]
    return StudentRow(
        name=one.person.name or one.person.id,
        link=pages.get(one.person.id, ""),
        about=[TableCell(text=text, sort=text) for text in texts],
        state=_state(one),
        points=_points(one.report, *columns),
    )


def _state(one: Standing) -> TableCell:
    report = one.report
    if report is None:
        said = say("not graded yet") if one.attempts else say("nothing handed in")
        return TableCell(text=said, sort="9", kind="not_run")
    if not is_graded(report):
        return TableCell(text=STATES["not_graded"].word, sort="8", kind="not_graded", about=why_not(report))
    share = report.score / report.max_score if report.max_score else Fraction(1)
    kind = "passed" if report.is_full else "partial" if report.score + report.bonus else "failed"
    left = next(iter(still_open(shown_points(report))), None)
    return TableCell(text=state_word(report), sort=f"{float(1 - min(share, Fraction(1))):.4f}", kind=kind, about=left)


def _points(report: AnyReport | None, functions: Sequence[str], items: Sequence[str]) -> list[TableCell]:
    """Return the cells of the total, the required and the bonus points, each function and each item."""
    if report is None:
        return [TableCell(text="", sort="") for _ in range(3 + len(functions) + len(items))]
    points, own = shown_points(report), {problem.function: problem for problem in report.problems}
    total = mark_of(report)
    sums = [
        total,
        points.required.score if points.required.graded else None,
        points.bonus.score if points.bonus.graded and report.max_bonus else None,
    ]
    cells = [_number(each) for each in sums]
    cells += [_of_function(own.get(name), points.problems.get(name)) for name in functions]
    marked = {item.name: item for item in report.manual}
    return cells + [_of_item(marked.get(name), points.manual.get(name)) for name in items]


def _of_function(problem: AnyProblem | None, shown: Score | None) -> TableCell:
    if problem is None or shown is None or not problem.is_graded:
        return TableCell(text="–" if problem is not None else "", sort="", kind="not_graded")
    number = _number(shown.score) if shown.max_score else TableCell(text=STATES[problem.status].sign, sort="")
    return TableCell(text=number.text, sort=number.sort, kind=problem.status, about=STATES[problem.status].word)


def _of_item(item: ManualResult | None, shown: Score | None) -> TableCell:
    if item is None or shown is None:
        return TableCell(text="", sort="")
    state = state_of(item)
    if item.is_open:
        return TableCell(text="–", sort="", kind="not_graded", about=state.word)
    number = _number(shown.score)
    return TableCell(text=number.text, sort=number.sort, about=state.word)


def _number(points: Fraction | None) -> TableCell:
    return (
        TableCell(text="–", sort="") if points is None else TableCell(text=show_points(points), sort=str(float(points)))
    )


def _summary(name: str, reports: Sequence[AnyReport]) -> FunctionSummary:
    """Return how a class did in a function, among those in whom it was graded."""
    every = [problem for report in reports for problem in report.problems if problem.function == name]
    graded = [problem for problem in every if problem.is_graded]
    shares = [one.score / one.max_score if one.max_score else Fraction(one.status == "passed") for one in graded]
    untried = sum(one.status in ("not_attempted", "missing") for one in graded)
    full = sum(one.is_full for one in graded)
    partial = sum(share > 0 and not one.is_full for share, one in zip(shares, graded, strict=True))
    return FunctionSummary(
        name=name,
        title=title(every[0]),
        bonus=every[0].bonus,
        most=show_points(every[0].max_score),
        mean=_mean(shares),
        full=full,
        partial=partial,
        nothing=len(graded) - full - partial - untried,
        untried=untried,
    )


def _by_hand(name: str, reports: Sequence[AnyReport]) -> FunctionSummary:
    """Return how a class did in an item that a person grades, among those who have a mark for it."""
    every = [item for report in reports for item in report.manual if item.name == name]
    shares = [
        item.score / item.max_score if item.max_score else Fraction(1) for item in every if item.score is not None
    ]
    return FunctionSummary(
        name=name,
        title=title_of(every[0]),
        bonus=every[0].bonus,
        most=show_points(every[0].max_score),
        mean=_mean(shares),
        full=sum(share >= 1 for share in shares),
        partial=sum(0 < share < 1 for share in shares),
        nothing=sum(not share for share in shares),
        untried=0,
        manual=True,
    )


def _mean(shares: Sequence[Fraction]) -> str:
    return str(round(100 * sum(shares, Fraction(0)) / len(shares))) if shares else "–"


def _bands(marks: Sequence[Fraction], most: Fraction) -> list[Band]:
    """Return the histogram of marks in ten bands of the required points; what is above counts in the last one."""
    if not marks or not most:
        return []
    counts = [0] * _BANDS
    for mark in marks:
        counts[min(int(mark * _BANDS / most), _BANDS - 1)] += 1
    step = 100 // _BANDS
    labels = [f"{low}–{low + step}" for low in range(0, 100, step)]
    if max(marks) > most:
        labels[-1] = f"{100 - step}+"
    return [
        Band(label=label, count=count, height=round(100 * count / max(counts)))
        for label, count in zip(labels, counts, strict=True)
    ]


def _counts(standings: Sequence[Standing], marks: Sequence[Fraction]) -> list[tuple[Message, str]]:
    """Return the numbers at the head of the page, each with what it counts."""
    reports = [one.report for one in standings if one.report is not None]
    ordered = sorted(marks)
    half = len(ordered) // 2
    median = (ordered[half] + ordered[-half - 1]) / 2 if ordered else None
    counts = [
        (say("people"), str(len(standings))),
        (say("handed something in"), str(len(reports))),
        (say("full marks"), str(sum(report.is_full and is_graded(report) for report in reports))),
        (say("median"), show_points(median) if median is not None else "–"),
        (say("mean"), show_points(sum(marks, Fraction(0)) / len(marks)) if marks else "–"),
    ]
    unmarked = sum(any(item.is_open for item in report.manual) for report in reports)
    if unmarked:
        counts.append((say("to be graded by hand"), str(unmarked)))
    lost = len(reports) - len(marks)
    return [*counts, (say("not graded"), str(lost))] if lost else counts


FORMAT = Format(table=render, suffix="html", links="html", evidence=False)
