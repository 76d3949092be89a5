"""The report as a person reads it in a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterable

from grader.language import Language, say
from grader.report.canvas import Canvas, Line
from grader.report.focus import AnyReport, is_full, is_instructors, next_step, show_place, to_explain
from grader.report.overview import overview
from grader.report.points import shown_points

_FANCY = "✓◐✗○█░─│…·–"
_PLAIN = str.maketrans({"█": "#", "░": ".", "─": "-", "│": "|", "…": ">", "·": "-", "–": "-"})
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
