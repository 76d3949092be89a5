"""`grade class show`, `diff` and `verify`: what looks, and changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from grader.cli.app import FILL, LANG, RUBRIC, TO
from grader.cli.course.request import STORE, ClassRequest, no_report
from grader.cli.speaking import note
from grader.errors import UsageError
from grader.language import inert, say, say_count

if TYPE_CHECKING:
    from grader.course.changes import ScoreChange
    from grader.course.store import Store
    from grader.model import Standing


@click.command(name="show")
@click.argument("person", required=False)
@click.option("--run", "number", type=int, metavar="N", help="By this run, in place of what counts now.")
@RUBRIC
@STORE
@LANG
def show_command(person: str | None, number: int | None, **options: Any) -> None:
    """Show how everybody stands and which runs there were, or one person's report and how its score came about."""
    request = ClassRequest(**options)
    from grader.course.standings import standing_of, standings
    from grader.course.tables import history, runs_table

    with request.opened() as store:
        if number is not None:
            store.run(number)
        if person is not None:
            standing = standing_of(store, person, number)
            if standing.report is None:
                raise UsageError(no_report(standing))
            from grader.cli.writing import write

            write([standing.report], "text", request.lang, None, instructor=False)
            click.echo(history(store, standing, request.language))
            return
        from grader.report.gradebook import at_a_glance

        found = list(standings(store, number, evidence="none"))
        missing = [one for one in found if one.report is None]
        waiting = [one.person.id for one in missing if one.attempts]
        width = shutil.get_terminal_size().columns
        reports = [one.report for one in found if one.report is not None]
        if reports or not waiting:
            click.echo(at_a_glance(reports, language=request.language, width=width))
        tell_missing(request, [one.person.id for one in missing if not one.attempts], waiting)
        click.echo(runs_table(store, request.language))
        if (last := store.unfinished()) is not None:
            request.tell(say("Run {number} has not ended. If it was stopped: what it graded is kept, and the same "
                             "command goes on.", number=last.id))  # fmt: skip


def tell_missing(request: ClassRequest, absent: Sequence[str], waiting: Sequence[str], most: int | None = None) -> None:
    """Tell who has no score since they handed in nothing, and who since it is not graded yet; name so many at most."""
    if absent:
        request.tell(say("Handed in nothing: {people}", people=named(absent, most)))
    if waiting:
        request.tell(say("Not graded yet: {people}", people=named(waiting, most)))


def named(people: Sequence[str], most: int | None = None) -> str:
    """Return so many of the people, and that there are more."""
    shown = ", ".join(inert(each, 80) for each in people[:most])
    return f"{shown}, …" if most is not None and len(people) > most else shown


@click.command(name="export")
@TO
@FILL
@click.option("--run", "number", type=int, metavar="N", help="By this run, in place of what counts now.")
@RUBRIC
@STORE
@LANG
@click.pass_context
def export_command(ctx: click.Context, /, number: int | None, **options: Any) -> None:
    """Write the class as files for platforms: a gradebook, a report for each student, a page for the class.

    Exit code 0: all are written; 2 or 3: one is not, and the others are.
    """
    request = ClassRequest(**options)
    if not request.to:
        raise UsageError(
            say("Nothing is asked for."),
            say("Name what to write: --to csv=grades.csv --to html=reports/"),
        )
    with request.opened() as store:
        ctx.exit(write_targets(request, store, number))


def write_targets(request: ClassRequest, store: Store, number: int | None = None) -> int:
    """Write the files that the command line asks for; return 0, or the exit code of the one that was not written."""
    from grader.course.standings import standings

    targets = request.targets()
    if targets is None:
        return 0
    unmarked: set[str] = set()

    def told(*, evidence: bool) -> Iterator[Standing]:
        for one in standings(store, number, evidence="public" if evidence else "none"):
            if one.report is not None and any(item.is_open for item in one.report.manual):
                unmarked.add(one.person.id)
            yield one

    code = targets.write(told, request.lang, several=True)
    if unmarked:
        note(say_count("{count} student has items that nobody has marked yet; what was written is without their "
                       "points. To mark them: grade class manual export FOLDER",
                       "{count} students have items that nobody has marked yet; what was written is without their "
                       "points. To mark them: grade class manual export FOLDER", len(unmarked)))  # fmt: skip
    return code


@click.command(name="diff")
@click.argument("first", type=int)
@click.argument("then", type=int)
@click.option("--csv", metavar="FILE", help="Write the changes as a table.")
@RUBRIC
@STORE
@LANG
def diff_command(first: int, then: int, csv: str | None, **options: Any) -> None:
    """Show whose score differs between two runs, by how much and why."""
    request = ClassRequest(**options)
    from grader.course.changes import changes

    with request.opened() as store:
        tell_changes(request, list(changes(store, store.run(first), store.run(then))), csv)


def tell_changes(request: ClassRequest, found: Sequence[ScoreChange], csv: str | None) -> None:
    """Show changes on the terminal, and write them to the file `csv` if one is named."""
    from grader.course.tables import changes_csv, changes_table

    width = shutil.get_terminal_size().columns
    click.echo(changes_table(found, language=request.language, width=width), nl=False)
    if csv is not None:
        from grader.cli.writing import put

        put(changes_csv(found, language=request.language), csv)


def tell_overrides(request: ClassRequest, store: Store, people: Collection[str]) -> None:
    """Tell of which of these people points were set that stand, whatever else was decided or graded."""
    from grader.course.scores import overrides, shown_until
    from grader.report.points import show_points

    for each in overrides(store, people):
        until = say(" until {date}", date=shown_until(each)) if each.until else ""
        request.tell(say("{person}: {points} points, set by {who} ({why}), stand{until}, so nothing else changes them. "
                         "To take that back: grade class withdraw {number} --why …", person=inert(each.person, 80),
                         points=show_points(each.points or Fraction(0)), who=inert(each.who, 80),
                         why=inert(each.why, 400), until=until, number=each.id))  # fmt: skip


@click.command(name="verify")
@click.option("--noted", default="", metavar="HASH", help="The hash of an entry that was written down elsewhere.")
@RUBRIC
@STORE
@LANG
@click.pass_context
def verify_command(ctx: click.Context, /, noted: str, **options: Any) -> None:
    """Check the journal of all changes of scores, and that every score is the last one in it.

    Exit code 0: all is as it was written; 1: something was changed behind the journal's back.
    """
    request = ClassRequest(**options)
    from grader.course.store import journal

    with request.opened() as store:
        faults = journal.faults(store.connection, noted)
        for fault in faults:
            request.tell(fault)
        if not faults:
            request.tell(say("The journal is whole. Its last hash, to note elsewhere: {hash}",
                             hash=journal.head(store.connection)))  # fmt: skip
        ctx.exit(int(bool(faults)))
