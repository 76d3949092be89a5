"""What the page shows, ready for the template: every text in both languages, every picture as cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from grader.checks import named
from grader.language import LANGUAGES, Bilingual, Language, Message, say
from grader.model import Exhibit, Mismatch, Withheld
from grader.report.evidence import lay_open
from grader.report.focus import (
    AnyCase,
    AnyCheck,
    AnyProblem,
    about,
    failing,
    heading,
    how_many,
    is_full,
    opened,
    proportion,
)
from grader.report.pictures import Slice, compare, drawable, pair_of, single
from grader.report.points import Points, Shown

if TYPE_CHECKING:
    import numpy as np
    from markupsafe import Markup


class Both(Struct, frozen=True):
    """One text in each language."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.zh if language == "zh" else self.en


def both(message: Message | Bilingual) -> Both:
    """Return a message in both languages."""
    zh, en = (message.text(language) for language in LANGUAGES)
    return Both(zh, en)


def marked(text: Both | Message | Bilingual | str) -> Markup:
    """Return escaped HTML that holds both languages; what is the same in both stands once."""
    from markupsafe import Markup, escape

    if isinstance(text, str):
        return escape(text)
    zh, en = text.text("zh"), text.text("en")
    if zh == en:
        return escape(zh)
    return Markup('<span class="t" lang="zh">{}</span><span class="t" lang="en">{}</span>').format(zh, en)


_INPUTS = 4
_ROOM = 84  # characters that fit beside a label on a wide screen


class RowView(Struct, frozen=True):
    """A label and its lines."""

    label: Message
    lines: Both
    tone: str


class Picture(Struct, frozen=True, kw_only=True):
    """A named array, slice by slice; `panels` name the grids of each slice."""

    name: Both
    panels: list[Message]
    slices: list[Slice]
    key: str


class CaseView(Struct, frozen=True, kw_only=True):
    """A case laid open."""

    title: Message
    message: Message
    rows: list[RowView]
    pictures: list[Picture]
    inputs: list[Picture]
    window: bool
    withheld: bool


class CheckView(Struct, frozen=True, kw_only=True):
    """A check with the sentences about it and the cases that may be laid open; `more` are an instructor's.

    `kind` is `None` where the check is called by its kind.
    """

    check: AnyCheck
    kind: Bilingual | None
    shown: Shown
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
    """One function."""

    problem: AnyProblem
    shown: Shown
    full: bool
    checks: list[CheckView]
    lines: list[LineView]


def card(problem: AnyProblem, points: Points, *, whole: bool) -> CardView:
    """Return one function as the page shows it; `whole` lays open every failing case, for an instructor."""
    checks = [
        _check(check, shown, problem, f"{problem.function}-{number}", whole=whole)
        for number, (check, shown) in enumerate(zip(problem.checks, points.checks[problem.function], strict=True))
    ]
    full = is_full(problem)
    return CardView(
        problem=problem,
        shown=points.problems[problem.function],
        full=full,
        checks=checks,
        lines=[] if full or problem.status in ("not_attempted", "missing") else _lines(problem),
    )


def _check(check: AnyCheck, shown: Shown, problem: AnyProblem, key: str, *, whole: bool) -> CheckView:
    count = how_many(check) if check.status != "passed" else None
    sentences = about(problem, check) if check.status != "passed" else []
    sentences += [said for said in (count, proportion(problem, check)) if said is not None]
    opening = [(case, case.exhibit) for case in opened(check, whole=whole) if case.exhibit is not None]
    views = [_case(case, seen, key, drawn=number == 0) for number, (case, seen) in enumerate(opening)]
    kind = named(check.kind).title
    called = kind.zh == check.name.zh or kind.en == check.name.en
    return CheckView(
        check=check, kind=None if called else kind, shown=shown, sentences=sentences, cases=views[:1], more=views[1:]
    )


def _case(case: AnyCase, seen: Exhibit | Withheld, key: str, *, drawn: bool) -> CaseView:
    exhibit = seen.exhibit if isinstance(seen, Withheld) else seen
    mismatch = exhibit.mismatches[0] if exhibit.mismatches else None
    return CaseView(
        title=heading(case),
        message=case.message,
        rows=_rows(exhibit),
        pictures=_outputs(exhibit, mismatch, key) if drawn and mismatch is not None else [],
        inputs=_inputs(exhibit, mismatch, key) if drawn else [],
        window=bool(exhibit.windows),
        withheld=isinstance(seen, Withheld),
    )


def _rows(exhibit: Exhibit) -> list[RowView]:
    zh, en = lay_open(exhibit, "zh", _ROOM), lay_open(exhibit, "en", _ROOM)
    return [
        RowView(one.label, Both("\n".join(one.lines), "\n".join(other.lines)), one.tone)
        for one, other in zip(zh, en, strict=True)
    ]


def _outputs(exhibit: Exhibit, mismatch: Mismatch, key: str) -> list[Picture]:
    pair = pair_of(exhibit.want, exhibit.got, mismatch)
    if pair is None:
        return []
    want, got = pair
    whole = mismatch.output in ("", "result")
    names = (say("result").text("zh"), say("result").text("en")) if whole else (mismatch.output, mismatch.output)
    name = Both(*names)
    if want.shape == got.shape and mismatch.index is not None:
        panels = [say("expected"), say("got"), say("difference (got - expected)")]
        return [Picture(name=name, panels=panels, slices=compare(want, got, mismatch.index), key=f"{key}-out")]
    pictures = []
    for number, (label, value) in enumerate(((say("expected"), want), (say("got"), got))):
        if drawable(value):
            pictures.append(Picture(name=name, panels=[label], slices=single(value), key=f"{key}-out{number}"))
    return pictures


def _inputs(exhibit: Exhibit, mismatch: Mismatch | None, key: str) -> list[Picture]:
    pictures: list[Picture] = []
    for name, value in sorted(exhibit.inputs, key=lambda pair: pair[0] not in exhibit.windows):
        if not drawable(value, 4) or value.ndim < 2 or len(pictures) == _INPUTS:
            continue
        focus = _beside(value, mismatch)
        slices = single(value, focus, exhibit.windows.get(name))
        pictures.append(
            Picture(name=Both(name, name), panels=[say("input")], slices=slices, key=f"{key}-in{len(pictures)}")
        )
    return pictures


def _beside(value: np.ndarray, mismatch: Mismatch | None) -> tuple[int, ...]:
    """Return the place in an input to show first: the sample of the first wrong element, if it has that many."""
    if mismatch is None or not mismatch.index or value.ndim < 3 or mismatch.index[0] >= value.shape[0]:
        return (0,) * value.ndim
    return (mismatch.index[0], *([0] * (value.ndim - 1)))


def _lines(problem: AnyProblem) -> list[LineView]:
    listing = problem.listing
    if listing is None:
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
