"""`grade class override`, `note`, `withdraw` and `manual`: what a person decides, kept through every regrade."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from grader.cli.app import LANG, RUBRIC
from grader.cli.course.looking import tell_overrides
from grader.cli.course.request import STORE, ClassRequest, no_report
from grader.cli.speaking import note
from grader.errors import UsageError
from grader.language import inert, listed, say, say_count

WHO = click.option("--who", metavar="NAME", help="Who decides (default: the user's name on this machine).")
WHY = click.option("--why", required=True, metavar="TEXT", help="The reason; it stands in the report.")


@click.command(name="override")
@click.argument("person")
@click.option("--points", required=True, metavar="N", help="The points to have, such as 17.5 or 35/2.")
@click.option("--item", default="", metavar="FUNCTION", help="Of this function only (default: required points in all).")
@WHY
@WHO
@click.option("--until", default="", metavar="DATE", help="It holds until then, such as 2027-01-31.")
@RUBRIC
@STORE
@LANG
def override_command(
    person: str, points: str, item: str, why: str, who: str | None, until: str, **options: Any
) -> None:
    """Set a person's points by hand. They stay through every regrade, and the report says who set them and why."""
    request = ClassRequest(**options)
    from grader.course.runs import recounted
    from grader.course.standings import standing_of

    with request.opened() as store:
        standing = standing_of(store, person)
        if standing.report is None:
            raise UsageError(no_report(standing))
        most = standing.report.max_score
        if item:
            own = {problem.function: problem.max_score for problem in standing.report.problems}
            if item not in own:
                raise UsageError(
                    say("No function is called {name}.", name=inert(item, 80)),
                    say("It is one of: {names}", names=", ".join(own)),
                )
            most = own[item]
        given = _points(points, most)
        decision: dict[str, Any] = {
            "kind": "override", "person": standing.person.id, "item": item, "points": given, "until": _date(until),
            "why": why, "who": who or getpass.getuser(),
        }  # fmt: skip
        run = recounted(store, [decision])
        request.tell(say("Done (run {number}). To take it back: grade class undo {number}", number=run))
        if item:
            tell_overrides(request, store, {standing.person.id})
        elif lost := [each.function for each in standing.report.problems if each.bonus and not each.is_graded]:
            request.tell(say("The bonus of {functions} is not graded and counts nothing. To set it: --item FUNCTION",
                             functions=listed(lost)))  # fmt: skip
        if decision["until"] and datetime.fromisoformat(decision["until"]) <= datetime.now().astimezone():
            note(say("{moment} is past, so this override has run out already and changes no score.",
                     moment=inert(until, 40)))  # fmt: skip


def _points(text: str, most: Fraction) -> Fraction:
    from grader.reading.scalars import exact_points_in
    from grader.report.points import show_points

    found = exact_points_in(text)
    if found is None or found > most:
        raise UsageError(say("--points is a number from 0 to {most}, such as 17.5 or 35/2.", most=show_points(most)))
    return found


def _date(text: str) -> str:
    """Return a date as an instant: its end, where no time is given. Raises UsageError."""
    if not text:
        return ""
    try:
        found = datetime.fromisoformat(text if len(text) > 10 else f"{text}T23:59:59")
    except ValueError:
        raise UsageError(say("--until is a date such as 2027-01-31, or 2027-01-31T18:00.")) from None
    return found.astimezone().isoformat()


@click.command(name="extend")
@click.argument("table")
@WHO
@RUBRIC
@STORE
@LANG
def extend_command(table: str, who: str | None, **options: Any) -> None:
    """Give more time to students or groups, by a table (CSV): student or group, until or extra, why."""
    request = ClassRequest(**options)
    from grader.course.runs import recounted
    from grader.course.scores import extension_decisions

    deadline = request.plan().rubric.policies.deadline
    with request.opened() as store:
        found, remarks = extension_decisions(store, Path(table), deadline, who or getpass.getuser())
        for remark in remarks:
            request.tell(say("Line {line}: {what}", line=remark.at.line, what=remark.message))
        if not found:
            request.tell(say("The table says nothing new."))
            return
        run = recounted(store, found)
        request.tell(say_count("{count} extension is new (run {number}). To take it back: grade class undo {number}",
                               "{count} extensions are new (run {number}). To take them back: "
                               "grade class undo {number}", len(found), number=run))  # fmt: skip
        tell_overrides(request, store, {str(each["person"]) for each in found})


@click.command(name="leave")
@click.argument("people", nargs=-1, required=True, metavar="PERSON…")
@WHY
@WHO
@RUBRIC
@STORE
@LANG
def leave_command(people: Sequence[str], why: str, who: str | None, **options: Any) -> None:
    """Leave people out who left the course, or were never in it; what they handed in and got stays in the store."""
    request = ClassRequest(**options)
    from grader.course.runs import recounted
    from grader.course.standings import standing_of

    with request.opened() as store:
        meant = [standing_of(store, each).person.id for each in people]
        here = [each for each in dict.fromkeys(meant) if each not in store.left()]
        if not here:
            request.tell(say("They have left already."))
            return
        base = {"kind": "leave", "item": "", "why": why, "who": who or getpass.getuser()}
        run = recounted(store, [{**base, "person": each} for each in here])
        request.tell(say_count("{count} person is left out (run {number}). To take it back: grade class undo {number}",
                               "{count} people are left out (run {number}). To take it back: "
                               "grade class undo {number}", len(here), number=run))  # fmt: skip


@click.command(name="note")
@click.argument("person")
@click.argument("text")
@WHO
@RUBRIC
@STORE
@LANG
def note_command(person: str, text: str, who: str | None, **options: Any) -> None:
    """Note something about a person's work, such as a request to look at it again; `show` tells it."""
    request = ClassRequest(**options)
    from grader.course.standings import standing_of

    with request.opened() as store, store.change():
        own = standing_of(store, person).person.id
        number = store.decide({"kind": "note", "person": own, "item": "", "why": text, "who": who or getpass.getuser()})
        request.tell(say("Noted. To close it: grade class withdraw {number} --why …", number=number))


@click.command(name="withdraw")
@click.argument("number", type=int)
@WHY
@WHO
@RUBRIC
@STORE
@LANG
def withdraw_command(number: int, why: str, who: str | None, **options: Any) -> None:
    """Take a mark, an override, an extension, a note or a leave back; `show PERSON` tells their numbers."""
    request = ClassRequest(**options)
    from grader.course.runs import withdrawn

    with request.opened() as store:
        before = {each.id: each for each in store.decisions()}
        run = withdrawn(store, number, why, who or getpass.getuser())
        request.tell(say("Withdrawn: {number}, of {person} (run {run}). To have it back: grade class undo {run}",
                         number=number, person=inert(before[number].person, 80), run=run))  # fmt: skip


@click.group(name="manual")
def manual_command() -> None:
    """Grade by hand: a table with tokens for names goes out, and comes back with marks."""


@manual_command.command(name="export")
@click.argument("folder")
@RUBRIC
@STORE
@LANG
def export_command(folder: str, **options: Any) -> None:
    """Write marks.csv and the work of everybody into FOLDER, in an order and by names that do not say whose it is."""
    request = ClassRequest(**options)
    from grader.cli.writing import put
    from grader.course.by_hand import lay_out_work, marked_works, table, wanting
    from grader.report.cells import MARK

    target = Path(folder)
    plan = request.plan_here()
    items = [item.name for item in plan.rubric.manual] if plan is not None else None
    with request.opened() as store:
        found = marked_works(store, items)
        missing = wanting(store, found, items)
        target.mkdir(parents=True, exist_ok=True)
        put(MARK + table(found, request.language), str(target / "marks.csv"))
        count = lay_out_work(store, found, target)
        request.tell(say_count("{count} submission is in {path}; marks go into marks.csv there.",
                               "{count} submissions are in {path}; marks go into marks.csv there.", count,
                               path=inert(folder, 400)))  # fmt: skip
        if missing:
            request.tell(say("Not in everybody's report yet: {items}. To have it there: grade class regrade --apply",
                             items=listed(missing)))  # fmt: skip


@manual_command.command(name="import")
@click.argument("table")
@WHO
@RUBRIC
@STORE
@LANG
def import_command(table: str, who: str | None, **options: Any) -> None:
    """Take the marks of a table: the one that was exported, or one with people's ids."""
    request = ClassRequest(**options)
    from grader.course.by_hand import decisions
    from grader.course.runs import recounted

    rubric = request.plan().rubric
    graded = [problem.function for problem in rubric.problems]
    with request.opened() as store:
        found: Sequence[Mapping[str, Any]] = decisions(
            store, Path(table), rubric.manual, graded, who or getpass.getuser()
        )
        if not found:
            request.tell(say("The table says nothing new."))
            return
        run = recounted(store, found)
        request.tell(say_count("{count} mark is new (run {number}). To take it back: grade class undo {number}",
                               "{count} marks are new (run {number}). To take them back: grade class undo {number}",
                               len(found), number=run))  # fmt: skip
        tell_overrides(request, store, {str(each["person"]) for each in found})
