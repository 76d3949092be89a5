"""The one thing to do next, and the line to do it at; a whole report in some lines, which end with it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.errors import Span
from grader.language import Message, listed, say
from grader.model import Exhibit
from grader.report.by_hand import total
from grader.report.lines import show_place
from grader.report.points import shown_points
from grader.report.wording import (
    STATES,
    AnyProblem,
    AnyReport,
    adjusted_total,
    failing,
    first_failing,
    is_full,
    is_graded,
    remarks_below,
    to_explain,
    why_not,
)


def in_short(report: AnyReport, *, with_points: bool = True) -> list[Message]:
    """Return what a platform shows above the checks: the points, what went wrong and why, the next step."""
    lines: list[Message] = []
    if with_points and is_graded(report):
        points = shown_points(report)
        lines.append(say("required {points}", points=total(points)))
        if points.bonus.max_score:
            lines.append(say("bonus {points}", points=total(points, bonus=True)))
    lines += adjusted_total(report)
    why = why_not(report)
    if why is not None:
        return [*lines, why, say("Next: {step}", step=next_step(report))]
    for group in to_explain(report):
        problem = group[0]
        remark = problem.message or STATES[problem.status].word
        functions = listed([each.function for each in group])
        lines += [say("{place}: {remark}", place=functions, remark=remark), *remarks_below(problem)]
    return [*lines, say("Next: {step}", step=next_step(report))]


def next_step(report: AnyReport) -> Message:
    """Return the one thing to do next: what breaks others first, required before bonus, in the rubric's order."""
    if not report.problems:
        return say("Grade again once that is fixed; no points are lost. If it stays like this, tell your instructor.")
    unfinished = [problem for problem in report.problems if not is_full(problem)]
    if not unfinished and report.elsewhere:
        return say(
            "All checks that can be made here pass. Your course grades with hidden ones too, which are not here."
        )
    if not unfinished:
        return _by_hand(report)
    required = [problem for problem in unfinished if problem.required]
    todo = required or unfinished
    unreadable = next((problem for problem in todo if problem.status == "ungradable"), None)
    if unreadable is not None and unreadable.at is None:
        return say("First hand in a file that can be read, then grade again.")
    if unreadable is not None:
        place = _where(unreadable, report)
        return say("First fix the line that Python cannot read ({place}), then grade again.", place=place)
    if any(problem.status == "not_graded" for problem in todo):
        return say("Grade again. If it stays like this, tell your instructor: it is not your fault.")
    cause = next((problem.cause for problem in todo if problem.cause is not None), None)
    if cause is not None:
        return cause.step
    blamed = [name for problem in report.problems for name in problem.blames]
    culprit = next((problem for problem in unfinished if problem.function in blamed), None)
    if culprit is not None:
        others = listed([problem.function for problem in report.problems if culprit.function in problem.blames])
        if culprit.status in ("missing", "not_attempted"):
            return say("First write {function}; {others} cannot give the right result without it.",
                       function=culprit.function, others=others)  # fmt: skip
        return say("First fix {function} ({place}): it also spoils the result of {others}.", function=culprit.function,
                   place=_where(culprit, report), others=others)  # fmt: skip
    return _first_of(todo, report, started=any(problem.status != "not_attempted" for problem in report.problems),
                     required_done=not required, all_here=not report.elsewhere)  # fmt: skip


def _by_hand(report: AnyReport) -> Message:
    """Return what is left where all that is checked is right."""
    if all(item.is_full for item in report.manual):
        return say("Everything is right. Well done!")
    return say("All that is checked automatically is right.")


def _first_of(
    todo: Sequence[AnyProblem], report: AnyReport, *, started: bool, required_done: bool, all_here: bool
) -> Message:
    wrong = next((problem for problem in todo if problem.status not in ("not_attempted", "missing")), None)
    target = wrong or todo[0]
    function, place = target.function, _where(target, report)
    if required_done and not all_here:
        return say("The required checks that can be made here pass. If you like, go on with {function} ({place}).",
                   function=function, place=place)  # fmt: skip
    if required_done and not all(item.is_full or item.bonus for item in report.manual):
        return say("All required functions are right. If you like, go on with {function} ({place}).",
                   function=function, place=place)  # fmt: skip
    if required_done:
        return say("All required points are yours. If you like, go on with {function} ({place}).",
                   function=function, place=place)  # fmt: skip
    if wrong is not None:
        return say("First fix {function} ({place}), then grade again.", function=function, place=place)
    if target.status == "missing" and target.subject == "variable":
        return say("Give a value to what {function} asks for, under the name that it asks for.", function=function)
    if target.status == "missing" and target.subject == "class":
        return say("Your file has no class called {name} at its top level; write it there, or correct its name.",
                   name=function)  # fmt: skip
    if target.status == "missing":
        return say("Your file has no function called {function} at its top level; write it there, or correct its name "
                   "or place.", function=function)  # fmt: skip
    if not started:
        return say("Begin with {function} ({place}).", function=function, place=place)
    return say("Go on with {function} ({place}).", function=function, place=place)


def _where(problem: AnyProblem, report: AnyReport) -> Message:
    """Return the student's own line that the diagnosis names, or where the first failing case stopped, or the `def`.

    A line in a function that is right is not to be mended; the line that called it may be.
    """
    if problem.found_at is not None:
        return show_place(problem.found_at)
    right = [other for other in report.problems if is_full(other) and other is not problem]
    for check in failing(problem):
        case = first_failing(check)
        if case is None or case.at is None or problem.status not in ("error", "timeout"):
            continue
        frames = case.exhibit.frames if isinstance(case.exhibit, Exhibit) else ()
        own = [at for at, _ in frames if not any(_holds(other, at) for other in right)]
        return show_place(own[-1] if own else case.at)
    if problem.at is None and problem.subject == "training":
        return say("how your functions work together")
    return show_place(problem.at) if problem.at is not None else say("not in your file")


def _holds(problem: AnyProblem, at: Span) -> bool:
    """Return whether a place is in the lines of a function."""
    listing = problem.listing
    if listing is None or (listing.at.path, listing.at.cell) != (at.path, at.cell):
        return False
    return 0 <= at.line - listing.at.line < len(listing.lines)
