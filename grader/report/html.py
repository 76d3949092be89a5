"""The report as one self-contained page: no script, no network; both languages, light and dark, paper and phone.

`render` prepares what the template shows: every text in both languages, every picture as cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from grader.comparison.values import spelt
from grader.language import Bilingual, Language, Message, say
from grader.model import Exhibit, ManualResult, Mismatch, Status, Withheld
from grader.report import Format
from grader.report.by_hand import criteria, state_of, still_open, title_of, to_tell
from grader.report.evidence import lay_open
from grader.report.figures import Panel, is_of_figures, panels
from grader.report.lines import show_place
from grader.report.next_step import next_step
from grader.report.pages import STYLE_SHEET, environment, policy_of
from grader.report.pictures import Slice, compare, drawable, pair_of, single
from grader.report.points import Points, Score, arithmetic, show_earned, show_points, shown_points, worth
from grader.report.wording import (
    STATES,
    AnyCase,
    AnyCheck,
    AnyProblem,
    AnyReport,
    State,
    about,
    adjusted_total,
    cases_to_show,
    check_worth,
    counted,
    exhibit_of,
    failing,
    heading,
    how_many,
    how_scored,
    how_to_publish,
    is_full,
    is_instructors,
    kind_title,
    title,
    to_explain,
)

if TYPE_CHECKING:
    import jinja2
    import numpy as np

_FOLDER = Path(__file__).parent


def render(report: AnyReport, *, language: Language) -> str:
    """Return the page; `language` is the one it opens in.

    The page's own policy allows its one style sheet (by its hash) and nothing else. So text that looks like markup,
    style or script would stay text even if an escape were forgotten.
    """
    from markupsafe import Markup

    points = shown_points(report)
    style = STYLE_SHEET.read_text("utf-8")
    groups = {each.function: group for group in to_explain(report) for each in group}
    cards = [_card(problem, groups, points, every=is_instructors(report)) for problem in report.problems]
    told = {item.name for item in to_tell(report)}
    rows = [_row_of(card) for card in cards]
    rows += [_row_of_item(item, points.manual[item.name], linked=item.name in told) for item in report.manual]
    return template("page.html.j2").render(
        report=report,
        language=language,
        points=points,
        cards=cards,
        items=[_item(item, points.manual[item.name]) for item in to_tell(report)],
        required=[one for one in rows if not one.bonus],
        bonus=[one for one in rows if one.bonus],
        still_open=still_open(points),
        done=bool(report.problems) and all(is_full(problem) for problem in report.problems),
        next=next_step(report),
        style=Markup(style),
        policy=policy_of(style),
    )


@cache
def template(name: str) -> jinja2.Template:
    """Return the template of a page, with the words that all pages use; to compile it takes ten times a page's time."""
    made = environment(_FOLDER)
    made.filters.update(points=show_points, earned=show_earned, percent=_percent, sign=_sign, word=_word)
    made.globals.update(
        adjusted_total=adjusted_total, arithmetic=arithmetic, place=show_place, title=title, worth=worth,
        how_to_publish=how_to_publish,
    )  # fmt: skip
    return made.get_template(name)


class TableRow(Struct, frozen=True, kw_only=True):
    """A function or an item in the table of all; `kind` is its state for the style sheet."""

    name: str
    title: Bilingual
    bonus: bool
    kind: str
    state: State
    shown: Score
    worth: Message | str
    link: str


def _row_of(card: CardView) -> TableRow:
    problem = card.problem
    return TableRow(
        name=problem.function,
        title=title(problem),
        bonus=problem.bonus,
        kind=problem.status,
        state=STATES[problem.status],
        shown=card.points,
        worth=worth(card.points),
        link="" if problem.status == "not_attempted" else f"f-{problem.function}",
    )


def _row_of_item(item: ManualResult, shown: Score, *, linked: bool) -> TableRow:
    return TableRow(
        name=item.name,
        title=title_of(item),
        bonus=item.bonus,
        kind=kind_of_item(item),
        state=state_of(item),
        shown=shown,
        worth=worth(shown),
        link=f"m-{item.name}" if linked else "",
    )


class ItemView(Struct, frozen=True, kw_only=True):
    """What a person grades, with the words for its points."""

    item: ManualResult
    title: Bilingual
    kind: str
    state: State
    worth: Message | str
    criteria: list[Message]


def _item(item: ManualResult, shown: Score) -> ItemView:
    return ItemView(
        item=item,
        title=title_of(item),
        kind=kind_of_item(item),
        state=state_of(item),
        worth=worth(shown),
        criteria=criteria(item),
    )


def kind_of_item(item: ManualResult) -> str:
    """Return the style sheet's name for how an item stands."""
    return "open" if item.is_open else "passed" if item.is_full else "partial" if item.score else "failed"


def _percent(shown: Score) -> int:
    return int(100 * shown.score / shown.max_score) if shown.max_score else 0


def _sign(status: Status) -> str:
    return STATES[status].sign


def _word(status: Status) -> Message:
    return STATES[status].word


_INPUTS = 4
_ROOM = 84  # characters that fit beside a label on a wide screen


class RowView(Struct, frozen=True):
    """A label and its lines."""

    label: Message
    lines: Bilingual
    tone: str


class Picture(Struct, frozen=True, kw_only=True):
    """A named array, slice by slice; `panels` name the grids of each slice, `tab_group` the choice among slices."""

    name: Message | str
    panels: list[Message]
    slices: list[Slice]
    tab_group: str


class CaseView(Struct, frozen=True, kw_only=True):
    """The evidence of a case; `window`: some input shows what the first wrong element was computed from.

    `figures` are what is expected to be drawn, and what was drawn.
    """

    title: Message
    rows: list[RowView]
    pictures: list[Picture]
    inputs: list[Picture]
    figures: list[Panel]
    window: bool
    withheld: bool


class CheckView(Struct, frozen=True, kw_only=True):
    """A check with the sentences about it and the cases whose evidence may be shown; `more` are for an instructor.

    `kind_title` is `None` where the check's own name is its kind's.
    """

    check: AnyCheck
    kind_title: Bilingual | None
    points: Message | str | None
    sentences: list[Message]
    cases: list[CaseView]
    more: list[CaseView]


class LineView(Struct, frozen=True):
    """A line of the student's source; `marked` is where something went wrong."""

    number: int
    text: str
    marked: bool
    caret: int


class CardView(Struct, frozen=True, kw_only=True):
    """One function; `like` is the one before it that fails for the same reason, `count` how many do."""

    problem: AnyProblem
    points: Score
    full: bool
    checks: list[CheckView]
    lines: list[LineView]
    like: str
    count: Message | None


def _card(problem: AnyProblem, groups: Mapping[str, list[AnyProblem]], points: Points, *, every: bool) -> CardView:
    """Return one function as the page shows it, with the evidence of `every` failing case for an instructor."""
    checks = [
        _check(check, shown, problem, f"{problem.function}-{number}", every=every)
        for number, (check, shown) in enumerate(zip(problem.checks, points.checks[problem.function], strict=True))
    ]
    full = is_full(problem)
    group = groups.get(problem.function, [problem])
    return CardView(
        problem=problem,
        points=points.problems[problem.function],
        full=full,
        checks=checks,
        lines=[] if full or problem.status in ("not_attempted", "missing") else _lines(problem),
        like=group[0].function if group[0] is not problem else "",
        count=counted(group) if group[0] is problem else None,
    )


def _check(check: AnyCheck, shown: Score, problem: AnyProblem, prefix: str, *, every: bool) -> CheckView:
    count = how_many(check) if check.status != "passed" else None
    sentences = about(problem, check) if check.status != "passed" else []
    sentences += [said for said in (count, how_scored(problem, check)) if said is not None]
    shown_cases = [(case, exhibit_of(case)) for case in cases_to_show(check, every=every)]
    views = [
        _case(case, exhibit, prefix, drawn=number == 0)
        for number, (case, exhibit) in enumerate(shown_cases)
        if exhibit is not None
    ]
    kind = kind_title(check)
    return CheckView(
        check=check,
        kind_title=None if kind.zh == check.name.zh or kind.en == check.name.en else kind,
        points=check_worth(problem, shown),
        sentences=sentences,
        cases=views[:1],
        more=views[1:],
    )


def _case(case: AnyCase, exhibit: Exhibit, prefix: str, *, drawn: bool) -> CaseView:
    mismatch = exhibit.mismatches[0] if exhibit.mismatches else None
    return CaseView(
        title=heading(case),
        rows=_rows(exhibit),
        pictures=_outputs(exhibit, mismatch, prefix) if drawn and mismatch is not None else [],
        figures=panels(exhibit),
        inputs=_inputs(exhibit, mismatch, prefix) if drawn else [],
        window=bool(exhibit.windows),
        withheld=isinstance(case.exhibit, Withheld),
    )


def _rows(exhibit: Exhibit) -> list[RowView]:
    zh, en = lay_open(exhibit, "zh", _ROOM), lay_open(exhibit, "en", _ROOM)
    return [
        RowView(one.label, Bilingual("\n".join(one.lines), "\n".join(other.lines)), one.tone)
        for one, other in zip(zh, en, strict=True)
    ]


def _outputs(exhibit: Exhibit, mismatch: Mismatch, prefix: str) -> list[Picture]:
    pair = None if is_of_figures(exhibit) else pair_of(exhibit.want, exhibit.got, mismatch)
    if pair is None:
        return []
    want, got = pair
    whole = mismatch.output in ("", "result")
    name: Message | str = say("result") if whole else spelt(mismatch.output)
    if want.shape == got.shape and mismatch.index is not None:
        panels = [say("expected"), say("got"), say("difference (got - expected)")]
        return [Picture(name=name, panels=panels, slices=compare(want, got, mismatch.index), tab_group=f"{prefix}-out")]
    pictures = []
    for number, (label, value) in enumerate(((say("expected"), want), (say("got"), got))):
        if drawable(value):
            pictures.append(Picture(name=name, panels=[label], slices=single(value), tab_group=f"{prefix}-out{number}"))
    return pictures


def _inputs(exhibit: Exhibit, mismatch: Mismatch | None, prefix: str) -> list[Picture]:
    pictures: list[Picture] = []
    for name, value in sorted(exhibit.inputs, key=lambda pair: pair[0] not in exhibit.windows):
        if not drawable(value, 4) or value.ndim < 2 or len(pictures) == _INPUTS:
            continue
        focus = _first_place(value, mismatch)
        slices = single(value, focus, exhibit.windows.get(name))
        pictures.append(
            Picture(name=name, panels=[say("input")], slices=slices, tab_group=f"{prefix}-in{len(pictures)}")
        )
    return pictures


def _first_place(value: np.ndarray, mismatch: Mismatch | None) -> tuple[int, ...]:
    """Return the place in an input to show first: the sample of the first wrong element, if the input has that many."""
    if mismatch is None or not mismatch.index or value.ndim < 3 or mismatch.index[0] >= value.shape[0]:
        return (0,) * value.ndim
    return (mismatch.index[0], *([0] * (value.ndim - 1)))


def _lines(problem: AnyProblem) -> list[LineView]:
    if (listing := problem.listing) is None:
        return []
    wrong = {case.at.line for check in failing(problem) for case in check.cases if case.at is not None}
    wrong |= {
        at.line
        for check in failing(problem)
        for case in check.cases
        if isinstance(case.exhibit, Exhibit)
        for at, _ in case.exhibit.frames
    }
    if problem.status == "ungradable" and problem.at is not None:
        wrong = {problem.at.line}
    first = listing.at.line
    return [
        LineView(number, text, number in wrong, listing.caret if number in wrong else 0)
        for number, text in enumerate(listing.lines, first)
    ]


FORMAT = Format(render=render, suffix="html", windows=True)
