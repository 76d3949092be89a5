"""The report as a person reads it in a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

from grader.language import Bilingual, Language, Message, say
from grader.model import Status
from grader.report import Format
from grader.report.focus import (
    AnyProblem,
    AnyReport,
    is_full,
    is_instructors,
    next_step,
    reckoned,
    show_place,
    to_explain,
)
from grader.report.points import Points, Shown, show_points, shown_points
from grader.report.width import cells, cut, pad, wrap
from grader.report.words import STATES

Line: TypeAlias = tuple[tuple[str, str], ...]
"""One line: pieces of text, each with the words of a rich style ("" for none). Text is never markup."""


class Canvas:
    """Makes lines in one language and width; `fancy` has signs beyond ASCII, `colour` has colours."""

    def __init__(self, language: Language, width: int, *, fancy: bool, colour: bool) -> None:
        self.language: Language = language
        self.width = width
        self.fancy = fancy
        self.colour = colour

    def say(self, message: Message | Bilingual) -> str:
        """Return the message in this canvas's language."""
        return message.text(self.language)

    def sign(self, status: Status) -> tuple[str, str]:
        """Return a status's sign and its colour."""
        state = STATES[status]
        return (state.sign if self.fancy else state.ascii), state.colour

    def line(self, *pieces: str | tuple[str, str]) -> Line:
        """Return one line of pieces, each plain or with a style."""
        return tuple((piece, "") if isinstance(piece, str) else piece for piece in pieces)

    def wrapped(self, message: Message | str, style: str = "", *, indent: int = 0, hang: int = 0) -> Iterable[Line]:
        """Yield the lines of a message; the first is `indent` cells in, the others `hang` more."""
        text = message if isinstance(message, str) else self.say(message)
        for number, line in enumerate(wrap(text, self.width - indent - hang)):
            yield self.line((" " * (indent + (hang if number else 0)) + line, style))

    def ink(self, line: Line) -> str:
        """Return a line as it is printed: plain, or with the terminal's codes for its styles (256 colours)."""
        if not self.colour:
            return "".join(text for text, _ in line).rstrip()
        from rich.color import ColorSystem
        from rich.style import Style

        return "".join(
            Style.parse(style).render(text, color_system=ColorSystem.EIGHT_BIT) if style else text
            for text, style in line
        ).rstrip()


_BAR = 12


class Columns(Struct, frozen=True, kw_only=True):
    """The table's widths in cells, and whether there is room for bars."""

    name: int
    word: int
    score: int
    bar: bool


def show_score(shown: Shown) -> str:
    """Return `12.5 / 40`."""
    return f"{show_points(shown.score)} / {show_points(shown.max_score)}"


def overview(report: AnyReport, points: Points, canvas: Canvas) -> Iterable[Line]:
    """Yield the heading, the table and the totals."""
    yield _heading(report, canvas)
    yield canvas.line("")
    columns = _columns(report, points, canvas)
    for bonus in (False, True):
        group = [problem for problem in report.problems if problem.bonus is bonus]
        if bonus and group:
            yield canvas.line((canvas.say(say("bonus")), "dim"))
        for problem in group:
            yield _row(problem, points.problems[problem.function], columns, canvas)
    yield canvas.line("")
    yield _totals(points, canvas)
    for sentence in reckoned(report):
        yield from canvas.wrapped(sentence, hang=2)


def _heading(report: AnyReport, canvas: Canvas) -> Line:
    title = canvas.say(report.assignment)
    name = cut(report.submission, max(canvas.width - cells(title) - 2, 16))
    title = cut(title, canvas.width - cells(name) - 2)
    gap = " " * (canvas.width - cells(title) - cells(name))
    return canvas.line((title, "bold"), gap, (name, "dim"))


def _columns(report: AnyReport, points: Points, canvas: Canvas) -> Columns:
    """Return the widths that fit: names are cut and the bar is left out where a terminal is narrow."""
    word = max((cells(canvas.say(STATES[problem.status].word)) for problem in report.problems), default=0)
    score = max((len(show_score(shown)) for shown in points.problems.values()), default=0)
    longest = max((cells(problem.function) for problem in report.problems), default=0)
    room = canvas.width - word - score - 6
    bar = room - _BAR - 2 >= min(longest, 24)
    return Columns(name=min(longest, room - _BAR - 2 if bar else room), word=word, score=score, bar=bar)


def _row(problem: AnyProblem, shown: Shown, columns: Columns, canvas: Canvas) -> Line:
    sign, colour = canvas.sign(problem.status)
    name = pad(cut(problem.function, columns.name), columns.name)
    word = pad(canvas.say(STATES[problem.status].word), columns.word)
    score = show_score(shown).rjust(columns.score)
    row = ((f"{sign} ", colour), f"{name}  ", (word, colour), f"  {score}")
    return canvas.line(*row, *_bar(shown, colour)) if columns.bar else canvas.line(*row)


def _bar(shown: Shown, colour: str) -> tuple[str | tuple[str, str], ...]:
    filled = int(_BAR * shown.score / shown.max_score) if shown.max_score else 0
    filled = min(max(filled, 1), _BAR) if shown.score > 0 else 0
    return "  ", ("█" * filled, colour), ("░" * (_BAR - filled), "bright_black")


def _totals(points: Points, canvas: Canvas) -> Line:
    required = canvas.say(say("required {points}", points=show_score(points.required)))
    if not points.bonus.max_score:
        return canvas.line((required, "bold"))
    bonus = canvas.say(say("bonus {points}", points=show_score(points.bonus)))
    return canvas.line((required, "bold"), "     ", bonus)


_FANCY = "✓◐✗○█░─│…·–"
_PLAIN = str.maketrans({"−": "-", "█": "#", "░": ".", "─": "-", "│": "|", "…": ">", "·": "-", "–": "-"})
_NARROWEST, _WIDEST = 40, 100


def render(
    report: AnyReport, *, language: Language, width: int = 80, colour: bool = False, encoding: str = "utf-8"
) -> str:
    """Return the report in lines of at most `width` cells (40 to 100), with terminal colours if `colour`.

    What a report may tell is settled by its type: an instructor's holds `Withheld` cases and a seed, and shows them.
    Where `encoding` has no Chinese the text is English; where it has no signs, ASCII stands in; the rest it cannot
    carry becomes `?`.
    """
    language = language if _carries(encoding, "评分") else "en"
    width = max(_NARROWEST, min(width, _WIDEST))
    canvas = Canvas(language, width, fancy=_carries(encoding, _FANCY), colour=colour)
    text = "".join(canvas.ink(line) + "\n" for line in _page(report, canvas))
    if not canvas.fancy:
        text = text.translate(_PLAIN)
    return text.encode(encoding, "replace").decode(encoding)


def _page(report: AnyReport, canvas: Canvas) -> Iterable[Line]:
    points = shown_points(report)
    yield from overview(report, points, canvas)
    for group in to_explain(report):
        from grader.report.details import explained

        yield from explained(group, points, canvas, whole=is_instructors(report))
    yield from _notes(report, canvas)
    yield canvas.line("")
    step = next_step(report)
    done = all(is_full(problem) for problem in report.problems)
    yield from canvas.wrapped(step if done else say("Next: {step}", step=step), "bold", hang=2)
    yield from _foot(report, canvas)


def _notes(report: AnyReport, canvas: Canvas) -> Iterable[Line]:
    said = [problem.message for problem in report.problems]
    notes = [note for note in report.notes if note.message not in said]
    if notes:
        yield canvas.line("")
    for note in notes:
        message = note.message
        if note.at is not None:
            message = say("{place}: {remark}", place=show_place(note.at), remark=message)
        yield from canvas.wrapped(say("Note: {remark}", remark=message), "dim", hang=2)


def _foot(report: AnyReport, canvas: Canvas) -> Iterable[Line]:
    if report.seed is not None:
        yield from canvas.wrapped(say("For instructors only; seed {seed}.", seed=report.seed), "magenta")
        versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
        yield from canvas.wrapped(
            say("Graded with {versions}; confinement: {tier}.", versions=versions, tier=report.tier), "magenta"
        )
    if report.self_check and not all(is_full(problem) for problem in report.problems):
        yield from canvas.wrapped(say("This is a self-check; your instructor's grading is what counts."), "dim")


def _carries(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


FORMAT = Format(render=render, asks=("width", "colour", "encoding"), join="\n".join, glance=True)
