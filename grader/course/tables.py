"""What the store holds as text: the runs, whose score changed and why, how one person's score came about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from grader.course.alike import alike, together
from grader.course.changes import ChangeCause, ScoreChange
from grader.course.store import Decision, Store, journal
from grader.language import Language, Message, inert, listed, say, say_count
from grader.model import Report, Standing
from grader.report.cells import cell, line
from grader.report.lines import wrap
from grader.report.points import show_points
from grader.report.wording import is_graded

MOST_LINES = 8
"""Lines of names below a change; all are in the table that --csv writes."""
KINDS = {"grade": say("graded"), "regrade": say("regraded"), "decision": say("decided"), "merge": say("merged")}
STATES = {
    "running": say("not finished"),
    "done": say("counts"),
    "proposed": say("only proposed"),
    "applied": say("applied"),
    "undone": say("undone"),
}
WHYS = {
    "handed in": say("handed in"),
    "regrade": say("regraded"),
    "undo": say("undone"),
    "mark": say("mark"),
    "override": say("override"),
    "extension": say("extension"),
    "leave": say("left"),
    "note": say("note"),
    "withdrawn": say("withdrawn"),
    "merged": say("merged"),
}
"""Why a score changed, as the journal has it."""
DECISIONS: Mapping[str, tuple[Message, Callable[[int], Message]]] = {
    "mark": (say("mark"), lambda n: say_count("{count} mark", "{count} marks", n)),
    "override": (say("override"), lambda n: say_count("{count} override", "{count} overrides", n)),
    "extension": (say("extension"), lambda n: say_count("{count} extension", "{count} extensions", n)),
    "leave": (say("leave"), lambda n: say_count("{count} leave", "{count} leaves", n)),
    "note": (say("note"), lambda n: say_count("{count} note", "{count} notes", n)),
}
"""What was decided, as one and as several."""
ORIGINS = {
    "attempt": say("attempt"),
    "time": say("time"),
    "rubric": say("rubric"),
    "grader": say("newer grader"),
    "again": say("graded again"),
    "decision": say("decision"),
}


def runs_table(store: Store, language: Language) -> str:
    """Return a line for each run; one that was decided says what, of whom and by whom."""
    lines = []
    for run in store.runs():
        what = _decided(store, run.id) if run.kind == "decision" else []
        kind = say("{kind} ({what})", kind=KINDS[run.kind], what=listed(what)) if what else KINDS[run.kind]
        said = say("Run {number}: {kind}, {state}, {began}", number=run.id, kind=kind,
                   state=STATES[run.state], began=run.began[:16].replace("T", " ") + " UTC")  # fmt: skip
        lines.append(said.text(language))
    return "\n".join(lines)


def _decided(store: Store, run: int) -> list[Message]:
    """Return what was decided, or taken back, in a run: one by one of whom, several by how many."""
    alike: dict[tuple[str, str], list[Decision]] = {}
    for each in store.decided_in(run):
        alike.setdefault((each.kind, each.who), []).append(each)
    said = []
    for (kind, who), found in alike.items():
        one, several = DECISIONS[kind]
        own = say("{what} of {person}", what=one, person=inert(found[0].person, 80))
        said.append(say("{what} by {who}", what=own if len(found) == 1 else several(len(found)), who=inert(who, 80)))
    for each in store.withdrawn_in(run):
        what = say("{what} {number}", what=DECISIONS[each.kind][0], number=each.id)
        own = say("withdrawn: {what}", what=say("{what} of {person}", what=what, person=inert(each.person, 80)))
        by = [
            str(event.body["who"])
            for event in journal.events(store.connection, each.person)
            if event.what == "withdrawn" and event.body["decision"] == each.id
        ]
        said.append(say("{what} by {who}", what=own, who=inert(by[-1], 80)) if by else own)
    return said


def changes_table(found: Sequence[ScoreChange], *, language: Language, width: int = 80) -> str:
    """Return whose scores changed, those together that changed alike for the same causes, the largest change first."""
    if not found:
        return say("No score changes.").text(language) + "\n"
    lines = [say_count("{count} score changes:", "{count} scores change:", len(found)).text(language)]
    for group in alike(found):
        people = say_count("{count} student", "{count} students", len(group)).text(language)
        lines += ["", f"{_spread([each.points for each in group], language)}  {people}"]
        for causes in zip(*(each.causes for each in group), strict=True):
            lines += [f"    {line}" for line in wrap(_said(causes, language).text(language), width - 4)]
        names = ", ".join(f"{inert(one.person.id, 80)} {_points(one.before)} → {_points(one.after)}" for one in group)
        lines += [f"    {line}" for line in wrap(names, width - 4)[:MOST_LINES]]
    return "\n".join(lines) + "\n"


def changes_csv(found: Sequence[ScoreChange], *, language: Language) -> str:
    """Return the changes as CSV: a row for each person and cause. Points are plain numbers, or nothing if not graded.

    Required and bonus points stand apart; the change and the points of a cause are of both together.
    """
    head = (
        say("student"), say("before"), say("bonus before"), say("after"), say("bonus after"), say("change"), say("of"),
        say("points"), say("why"), say("cause"),
    )  # fmt: skip
    rows = [[cell(word.text(language)) for word in head]]
    for each in found:
        for cause in each.causes:
            why, said = _why(cause).text(language), cause.said.text(language)
            rows.append([
                cell(each.person.id), *_numbers(each.before), *_numbers(each.after), show_points(each.points),
                cell(cause.of), show_points(cause.points), cell(why), cell(said),
            ])  # fmt: skip
    return "".join(map(line, rows))


def _numbers(report: Report[Any] | None) -> tuple[str, str]:
    if report is None or not is_graded(report):
        return "", ""
    return show_points(report.score), show_points(report.bonus)


def history(store: Store, standing: Standing, language: Language) -> str:
    """Return how a person's score came about: each change of it and each decision, when, by whom and why."""
    lines = []
    for event in journal.events(store.connection, standing.person.id):
        at, body = event.at[:16].replace("T", " ") + " UTC", event.body
        if event.what == "score":
            bonus = Fraction(body["bonus"] or 0)
            total = (
                show_points(Fraction(body["score"])) + (f"+{show_points(bonus)}" if bonus else "")
                if body["run"] and store.is_graded(body["run"], standing.person.id)
                else "–"
            )
            why = [WHYS[each] for each in str(body["why"]).split(", ") if each in WHYS]
            said = say(
                "{at}: {points} ({why}, run {run})", at=at, points=total, run=body["run"] or "–", why=listed(why)
            )
        else:
            who, why_said = inert(str(body.get("who")), 80), inert(str(body.get("why") or ""), 400)
            said = say("{at}: {what} {number} by {who}", at=at, what=WHYS.get(event.what, event.what),
                       number=body["decision"], who=who)  # fmt: skip
            said = say("{place}: {remark}", place=said, remark=why_said) if why_said else said
        lines.append(said.text(language))
    return "\n".join(lines)


def _said(causes: Sequence[ChangeCause], language: Language) -> Message:
    """Return one sentence for a cause of changes that are told together."""
    return say("{points} {of}: {what} ({origin})", points=_spread([each.points for each in causes], language),
               of=causes[0].of or say("whole submission"), what=together(causes), origin=_why(causes[0]))  # fmt: skip


def _spread(points: Sequence[Fraction], language: Language) -> str:
    """Return the points of several, from the smallest change to the largest."""
    first, *_, then = [*sorted(points, key=abs), max(points, key=abs)]
    shown = _signed(first), _signed(then)
    return shown[0] if shown[0] == shown[1] else say("{first} to {then}", first=shown[0], then=shown[1]).text(language)


def _why(cause: ChangeCause) -> Message:
    if cause.helpers:
        return say("rubric: {functions}", functions=listed(cause.helpers))
    return listed([ORIGINS[each] for each in cause.origins])


def _points(report: Report[Any] | None) -> str:
    if report is None or not is_graded(report):
        return "–"
    return show_points(report.score) + (f"+{show_points(report.bonus)}" if report.max_bonus else "")


def _signed(points: Fraction) -> str:
    return f"+{show_points(points)}" if points > 0 else f"−{show_points(-points)}" if points else "0"
