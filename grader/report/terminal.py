"""The report as a person reads it in a terminal or a log.

What shows a case is imported only where a case is shown: a report of full marks needs none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from grader.language import Bilingual, Language, Message, say, say_count
from grader.model import Exhibit, ManualResult, Status, Withheld
from grader.report import Format
from grader.report.by_hand import criteria, state_of, title_of, to_tell, total
from grader.report.lines import cell_width, cut, pad, show_place, wrap
from grader.report.next_step import next_step
from grader.report.points import Points, Score, shown_points, worth
from grader.report.wording import (
    STATES,
    VISIBILITIES,
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
    first_public,
    has_checks,
    heading,
    how_many,
    how_scored,
    how_to_publish,
    is_full,
    is_instructors,
    place_of,
    remarks_below,
    title,
    to_explain,
)

if TYPE_CHECKING:
    from grader.report.lines import Row
    from grader.report.pictures import HeatMap, Tile

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
        return self.mark(STATES[status])

    def mark(self, state: State) -> tuple[str, str]:
        """Return a state's sign and its colour."""
        return (state.sign if self.fancy else state.ascii), state.colour

    def text(self, said: Message | str) -> str:
        """Return what is text already, or a message in this canvas's language."""
        return said if isinstance(said, str) else self.say(said)

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


_FANCY = "✓◐✗○█░─│…·–"
_PLAIN = str.maketrans({"−": "-", "█": "#", "░": ".", "─": "-", "│": "|", "…": ">", "·": "-", "–": "-"})
_NARROWEST, _WIDEST = 40, 100


def render(
    report: AnyReport, *, language: Language, width: int = 80, colour: bool = False, encoding: str = "utf-8"
) -> str:
    """Return the report in lines of at most `width` cells (40 to 100), with terminal colours if `colour`.

    The report's type settles what may be shown: an instructor's holds `Withheld` cases and a seed. The text is English
    where `encoding` has no Chinese, and has ASCII in place of the signs where it has none of them. All else that it
    cannot encode becomes `?`.
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
    yield from _overview(report, points, canvas)
    for group in to_explain(report):
        yield from _explained(group, points, canvas, every=is_instructors(report))
    for item in to_tell(report):
        yield from _by_hand(item, points.manual[item.name], canvas)
    yield from _notes(report, canvas)
    yield canvas.line("")
    step = next_step(report)
    done = bool(report.problems) and all(is_full(problem) for problem in report.problems)
    yield from canvas.wrapped(step if done else say("Next: {step}", step=step), "bold", hang=2)
    yield from _foot(report, canvas)


def _notes(report: AnyReport, canvas: Canvas) -> Iterable[Line]:
    said = [problem.message for problem in report.problems]
    notes = [note for note in report.notes if note.message not in said]
    if notes:
        yield canvas.line("")
    for note in notes:
        told = note.message
        message = say("{place}: {remark}", place=show_place(note.at), remark=told) if note.at is not None else told
        yield from canvas.wrapped(say("Note: {remark}", remark=message), "dim", hang=2)


def _foot(report: AnyReport, canvas: Canvas) -> Iterable[Line]:
    if report.seed is not None:
        yield from canvas.wrapped(say("For instructors only; seed {seed}.", seed=report.seed), "magenta")
        versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
        if (way := how_to_publish(report)) is not None:
            yield from canvas.wrapped(way, "magenta")
        said = say("Graded with {versions}; confinement: {tier}.", versions=versions, tier=report.tier)
        yield from canvas.wrapped(said, "magenta")
    if report.replay:
        yield from canvas.wrapped(say("Replay token, for your instructor: {token}", token=report.replay), "dim")
    if report.self_check and not all(is_full(problem) for problem in report.problems):
        yield from canvas.wrapped(say("This is a self-check; your instructor's grading is what counts."), "dim")


def _carries(encoding: str, text: str) -> bool:
    return text.encode(encoding, "replace").decode(encoding) == text


_BAR = 12


class TableLine(NamedTuple):
    """A row of the table: a function, or an item that a person grades."""

    name: str
    bonus: bool
    state: State
    shown: Score
    worth: str


def _entries(report: AnyReport, points: Points, canvas: Canvas) -> list[TableLine]:
    functions = [
        TableLine(one.function, one.bonus, STATES[one.status], shown, canvas.text(worth(shown)))
        for one in report.problems
        for shown in [points.problems[one.function]]
    ]
    items = [
        TableLine(one.name, one.bonus, state_of(one), shown, canvas.text(worth(shown)))
        for one in report.manual
        for shown in [points.manual[one.name]]
    ]
    return functions + items


class Columns(NamedTuple):
    """The table's widths in cells, and whether there is room for bars."""

    name: int
    word: int
    score: int
    bar: bool


def _overview(report: AnyReport, points: Points, canvas: Canvas) -> Iterable[Line]:
    """Yield the heading, the table and the totals."""
    yield _heading(report, canvas)
    if not report.problems:
        return
    yield canvas.line("")
    entries = _entries(report, points, canvas)
    columns = _columns(entries, canvas)
    for bonus in (False, True):
        group = [entry for entry in entries if entry.bonus is bonus]
        if bonus and group:
            yield canvas.line((canvas.say(say("bonus")), "dim"))
        for entry in group:
            yield _row(entry, columns, canvas)
    yield canvas.line("")
    yield from _totals(points, canvas)
    for sentence in adjusted_total(report):
        yield from canvas.wrapped(sentence, hang=2)


def _heading(report: AnyReport, canvas: Canvas) -> Line:
    title = canvas.say(report.assignment)
    name = cut(report.submission, max(canvas.width - cell_width(title) - 2, 16))
    title = cut(title, canvas.width - cell_width(name) - 2)
    gap = " " * (canvas.width - cell_width(title) - cell_width(name))
    return canvas.line((title, "bold"), gap, (name, "dim"))


def _columns(entries: Sequence[TableLine], canvas: Canvas) -> Columns:
    """Return the widths that fit: names are cut and the bar is left out where a terminal is narrow."""
    word = max((cell_width(canvas.say(entry.state.word)) for entry in entries), default=0)
    score = max((cell_width(entry.worth) for entry in entries), default=0)
    longest = max((cell_width(entry.name) for entry in entries), default=0)
    room = canvas.width - word - score - 6
    bar = room - _BAR - 2 >= min(longest, 24)
    return Columns(name=min(longest, room - _BAR - 2 if bar else room), word=word, score=score, bar=bar)


def _row(entry: TableLine, columns: Columns, canvas: Canvas) -> Line:
    sign, colour = canvas.mark(entry.state)
    name = pad(cut(entry.name, columns.name), columns.name)
    word = pad(canvas.say(entry.state.word), columns.word)
    score = " " * (columns.score - cell_width(entry.worth)) + entry.worth
    row = ((f"{sign} ", colour), f"{name}  ", (word, colour), f"  {score}")
    bar = columns.bar and entry.shown.max_score and entry.shown.graded
    return canvas.line(*row, *_bar(entry.shown, colour)) if bar else canvas.line(*row)


def _bar(shown: Score, colour: str) -> tuple[str | tuple[str, str], ...]:
    filled = int(_BAR * shown.score / shown.max_score) if shown.max_score else 0
    filled = min(max(filled, 1), _BAR) if shown.score > 0 else 0
    return "  ", ("█" * filled, colour), ("░" * (_BAR - filled), "bright_black")


def _totals(points: Points, canvas: Canvas) -> Iterable[Line]:
    required = canvas.say(say("required {points}", points=total(points)))
    bonus = canvas.say(say("bonus {points}", points=total(points, bonus=True))) if points.bonus.max_score else ""
    if bonus and cell_width(required) + 5 + cell_width(bonus) <= canvas.width:
        yield canvas.line((required, "bold"), "     ", bonus)
        return
    yield from canvas.wrapped(required, "bold", hang=2)
    if bonus:
        yield from canvas.wrapped(bonus, hang=2)


def _by_hand(item: ManualResult, shown: Score, canvas: Canvas) -> Iterable[Line]:
    """Yield what is said of an item that a person grades: the comment, and the criteria."""
    yield canvas.line("")
    state = state_of(item)
    right = f"{canvas.say(state.word)} · {canvas.text(worth(shown))}"
    yield _ruled(canvas.mark(state), item.name, canvas.say(title_of(item)), right, canvas)
    if item.comment:
        yield from canvas.wrapped(say("Comment: {comment}", comment=item.comment), "bold", hang=2)
    for each in criteria(item):
        yield from canvas.wrapped(say("- {criterion}", criterion=each), indent=2, hang=2)


_TONES = {"good": "green", "bad": "red", "quiet": "dim", "code": "cyan", "": ""}
_FEW = 3
"""Failing cases of one check that an instructor sees in a terminal; the other formats show all."""


def _explained(group: list[AnyProblem], points: Points, canvas: Canvas, *, every: bool) -> Iterable[Line]:
    """Yield the words about a function that is not full, or about several that one unreadable place stops.

    `every` shows the evidence of each failing case, up to a few of a check, and not only of the first public one.
    """
    problem = group[0]
    yield canvas.line("")
    yield _rule(group, points, canvas)
    if problem.message is not None:
        yield from canvas.wrapped(problem.message, "bold")
    for sentence in remarks_below(problem):
        yield from canvas.wrapped(sentence, "cyan", hang=2)
    quoted = list(_source_line(problem, canvas))
    yield from quoted
    if problem.status == "ungradable":
        file = say("Nothing is lost: put this right and grade again.")
        yield from canvas.wrapped(say("Nothing is lost: fix this line and grade again.") if quoted else file)
    if (count := counted(group)) is not None:
        yield from canvas.wrapped(count)
    if has_checks(problem):
        yield from _checks(problem, points.checks[problem.function], canvas, every=every)


def _checks(problem: AnyProblem, points: Sequence[Score], canvas: Canvas, *, every: bool) -> Iterable[Line]:
    """Yield the checks that did not pass with what is wrong, then those that passed: the points add up."""
    first = first_public(problem)
    already = [problem.message]
    pairs = list(zip(problem.checks, points, strict=True))
    for check, shown in pairs:
        if check.status == "passed":
            continue
        yield from _head(problem, check, shown, canvas)
        said = [message for message in about(problem, check) if message not in already]
        already += said
        for message in said:
            yield from canvas.wrapped(message, indent=4)
        if check.hint is not None:
            yield from canvas.wrapped(say("Hint: {hint}", hint=check.hint), "cyan", indent=4, hang=2)
        if every:
            yield from _failing_cases(problem, check, canvas)
        elif first is not None and check is first[0]:
            yield from _evidence(problem, first[1], canvas)
    for check, shown in pairs:
        if check.status == "passed":
            yield from _head(problem, check, shown, canvas)


def _head(problem: AnyProblem, check: AnyCheck, shown: Score, canvas: Canvas) -> Iterable[Line]:
    sign, colour = canvas.sign(check.status)
    count = how_many(check) if check.status != "passed" else None
    parts = [VISIBILITIES[check.visibility], check_worth(problem, shown), count, how_scored(problem, check)]
    told = [canvas.text(part).rstrip(".。") for part in parts if part is not None]
    text = " · ".join([f"{sign} {canvas.say(check.name)}", *told])
    yield from canvas.wrapped(text, colour, indent=2, hang=2)


def _rule(group: list[AnyProblem], points: Points, canvas: Canvas) -> Line:
    problem = group[0]
    functions = ", ".join(item.function for item in group)
    beside_it = canvas.say(title(problem)) if len(group) == 1 else ""
    right = canvas.text(worth(points.problems[problem.function]))
    if len(group) > 1:
        right = canvas.say(STATES[problem.status].word)
    if (at := place_of(problem)) is not None:
        place = canvas.say(show_place(at))
        short = cell_width(functions) + cell_width(right) + cell_width(place) + 10 <= canvas.width
        right = f"{right} · {place}" if short else right
    return _ruled(canvas.sign(problem.status), functions, beside_it, right, canvas)


def _ruled(sign: tuple[str, str], name: str, beside_it: str, right: str, canvas: Canvas) -> Line:
    left = cut(f" {name} {beside_it}".rstrip(), canvas.width - cell_width(right) - 6) + " "
    line = "─" * max(2, canvas.width - cell_width(left) - cell_width(right) - 2)
    return canvas.line(sign, (left, "bold"), (line, "bright_black"), f" {right}")


def _source_line(problem: AnyProblem, canvas: Canvas) -> Iterable[Line]:
    """Yield the line that does not parse, with a caret."""
    listing, at = problem.listing, problem.at
    if listing is None or at is None or not listing.caret or not 0 <= at.line - listing.at.line < len(listing.lines):
        return
    text = listing.lines[at.line - listing.at.line]
    number = str(at.line)
    room = canvas.width - len(number) - 5
    before, dropped = text[: listing.caret - 1], 0
    while cell_width(before[dropped:]) > room - 8:
        dropped += 1
    yield canvas.line((f"  {number} │ ", "dim"), cut(text[dropped:], room))
    yield canvas.line((f"  {' ' * len(number)} │ ", "dim"), " " * cell_width(before[dropped:]), ("^", "bold red"))


def _failing_cases(problem: AnyProblem, check: AnyCheck, canvas: Canvas) -> Iterable[Line]:
    """Yield the evidence of the check's first failing cases, and how many more there are."""
    cases = cases_to_show(check, every=True)
    for case in cases[:_FEW]:
        exhibit = exhibit_of(case)
        if exhibit is not None:
            hidden = isinstance(case.exhibit, Withheld)
            yield from canvas.wrapped(heading(case), "magenta" if hidden else "dim", indent=4)
            yield from _evidence(problem, exhibit, canvas)
    more = len(cases) - _FEW
    if more > 0 and cases[0].exhibit is not None:
        message = say_count("{count} more failing case: --format json, html or markdown has all.",
                            "{count} more failing cases: --format json, html or markdown has all.", more)  # fmt: skip
        yield from canvas.wrapped(message, "magenta", indent=4, hang=2)


def _evidence(problem: AnyProblem, exhibit: Exhibit, canvas: Canvas) -> Iterable[Line]:
    from grader.report.evidence import lay_open

    rows = lay_open(exhibit, canvas.language, canvas.width - 16)
    headline = canvas.say(problem.message) if problem.message is not None else ""
    said = exhibit.error.partition(": ")[2]
    if said and said in headline:  # the reader has just read it
        rows = [row for row in rows if not row.error]
    yield from _rows(rows, canvas)
    if canvas.colour:
        yield from _heat(exhibit, canvas)


def _rows(rows: list[Row], canvas: Canvas) -> Iterable[Line]:
    """Yield labels and the lines beside them; a table that is too wide for that stands below its label."""
    labels = [canvas.say(row.label) for row in rows]
    widest = max((cell_width(label) for label in labels), default=0)
    room = canvas.width - 6 - widest
    wide = any(row.table and max(cell_width(line) for line in row.lines) > room for row in rows)
    for row, label in zip(rows, labels, strict=True):
        tone = _TONES[row.tone]
        below = row.table and wide
        beside_it = row.lines[:1] if below else row.lines
        lines = [piece for line in beside_it for piece in wrap(line, room)[:3]]
        for number, line in enumerate(lines):
            head = pad(label if number == 0 else "", widest)
            yield canvas.line((f"    {head}  ", "dim"), (line, tone))
        for line in row.lines[1:] if below else ():
            yield from (canvas.line("    ", (piece, tone)) for piece in wrap(line, canvas.width - 4)[:3])


_CELL_WIDTH = 8
_HEAT_ROWS = 8
_INDENT = "    "
_POSITIVE = (231, 230, 223, 216, 209)  # colours of the 256-colour table, from white to orange and to blue
_NEGATIVE = (231, 195, 153, 117, 75)


def _heat(exhibit: Exhibit, canvas: Canvas) -> Iterable[Line]:
    """Yield the slice with the first wrong element as two grids of numbers, if it is not shown whole and fits."""
    from grader.report.evidence import SMALL, where
    from grader.report.pictures import wrong_slice

    chosen = wrong_slice(exhibit, more_than=SMALL)
    if chosen is None:
        return
    want, got = chosen.grids[:2]
    width = want.columns * _CELL_WIDTH
    if want.rows > _HEAT_ROWS or want.cut or 2 * width + len(_INDENT) + 3 > canvas.width:
        return
    name = where(exhibit.mismatches[0], canvas.language).split("[")[0]
    titles = [canvas.say(say("expected")), canvas.say(say("got"))]
    yield canvas.line((f"{_INDENT}{name}{chosen.label}", "dim"))
    yield canvas.line((_INDENT + "   ".join(pad(title, max(width, cell_width(title))) for title in titles), "dim"))
    for row in range(want.rows):
        yield canvas.line(_INDENT, *_heat_row(want, row), "   ", *_heat_row(got, row))


def _heat_row(grid: HeatMap, row: int) -> list[tuple[str, str]]:
    return [(f"{cell.text:>{_CELL_WIDTH - 1}} ", _heat_style(cell)) for cell in grid.cells if cell.y == row]


def _heat_style(cell: Tile) -> str:
    ramp = _POSITIVE if cell.shade > 0 else _NEGATIVE
    style = f"color(16) on color({ramp[round(abs(cell.shade) * (len(ramp) - 1))]})"
    return f"bold underline {style}" if cell.first else style


FORMAT = Format(render=render, asks=("width", "colour", "encoding"), join="\n".join, glance=True)
