"""`grade class run`, `regrade` and `undo`: what grades, and changes scores."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.app import FILL, LANG, REFERENCE, RUBRIC, TO
from grader.cli.course.looking import named, tell_missing
from grader.cli.course.request import DASK, INSECURE, JOBS, OFFICIAL, SHARD, STORE, ClassProgress, ClassRequest
from grader.cli.grading import refuse_handed_in_rubric
from grader.cli.secret import SECRET
from grader.errors import UsageError
from grader.language import inert, say, say_count

MOST_NAMED = 20
"""People that are named in a line."""

TIMEOUT = "timeout"
"""In place of a person: everybody whom a limit of time stopped."""

_LISTED = "roster/"
"""Before an id: the fact of a store that a roster named this person."""

if TYPE_CHECKING:
    from datetime import tzinfo

    from grader.course.entries import Arrival, Roster
    from grader.course.runs import Course
    from grader.course.standings import ClassSummary
    from grader.course.store import Store
    from grader.model import Rubric


@click.command(name="run")
@click.argument("paths", nargs=-1, required=True, metavar="SUBMISSIONS…")
@RUBRIC
@REFERENCE
@click.option(
    "--roster",
    metavar="FILE",
    multiple=True,
    help="Who is in the course (CSV): a roster, or a gradebook that was exported. Several tables, such as one for each "
    "section, are one; a platform's beside the course's own adds ids and times.",
)
@click.option(
    "--again",
    metavar="PERSON",
    multiple=True,
    help="Grade once more what this person handed in, as after a limit of time on a busy machine; timeout: everybody "
    "whom such a limit stopped.",
)
@click.option(
    "--assignment", metavar="NAME", help="Of several assignments in a folder of nbgrader's, the one to grade."
)
@STORE
@SHARD
@JOBS
@DASK
@INSECURE
@SECRET
@OFFICIAL
@TO
@FILL
@LANG
@click.pass_context
def run_command(ctx: click.Context, /, **options: Any) -> None:
    """Grade what is new: folders, files and zip archives, in the naming of any course system.

    Exit code 0: everything is graded; 1: something handed in cannot be graded; 2: usage or rubric; 3: the grader itself
    failed at some submission; 130: stopped with Ctrl-C (what was finished is kept, and the same command goes on).
    """
    request = ClassRequest(**options)
    from grader.cli.course.looking import tell_overrides, write_targets
    from grader.course.entries import entries, read_rosters
    from grader.course.intake import take_in
    from grader.course.shards import bind
    from grader.course.standings import summary

    paths = [Path(path) for path in request.paths]
    preparation = request.preparation(paths)
    rubric = preparation.rubric
    own = [Path(path) for path in (rubric.path, rubric.submission, rubric.reference, *request.roster) if path]
    refuse_handed_in_rubric(rubric, [path for path in paths if path.is_dir()], request)
    zone = _zone(rubric)
    roster = read_rosters([Path(each) for each in request.roster], zone) if request.roster else None
    with request.course(preparation, fresh=True) as (course, crew):
        bind(course.store, request.part)
        unpacked = request.place(Path(rubric.path)).parent / "unpacked"
        found = entries(paths, _known(roster, course.store), own=own, unpacked=unpacked, zone=zone,
                        assignment=request.assignment or "")  # fmt: skip
        _tell_odd(request, found)
        people = roster.people.values() if roster is not None else ()
        taken = take_in(course.store, found, people, Path(rubric.submission).name, request.part)
        request.tell(say_count("{count} entry, {new} new", "{count} entries, {new} new", taken.entries, new=taken.new))
        again = _again(course.store, request.again)
        before = _scores(course.store) if again else {}
        run = course.grade(crew, ClassProgress(request), again)
        found_now = summary(course.store)
        done = say("Run {number}", number=run.id) if run is not None else say("Nothing new to grade")
        request.tell(say("{done}: {graded} of {people} people are graded.", done=done,
                         graded=found_now.graded, people=found_now.people))  # fmt: skip
        _tell_changed(request, course.store, before)
        _tell_rest(request, found_now)
        if run is not None and found_now.stopped:
            request.tell(say("A limit of time stopped: {people}. If the machine was busy, once more: the same command "
                             "with --again timeout", people=_named(found_now.stopped)))  # fmt: skip
        counted = course.store.scored(run.id) if run is not None else set[str]()
        tell_overrides(request, course.store, counted)
        _tell_times(request, course)
        _tell_left(request, course.store, counted | {each.id for each in people})
        if others := course.by_another():
            said = say_count(
                "{count} score is by an older rubric or grader. To see what would change: grade class regrade",
                "{count} scores are by an older rubric or grader. To see what would change: grade class regrade",
                others,
            )
            request.tell(said)
        code = write_targets(request, course.store)
        ctx.exit(max(code, 3 if found_now.failed else 1 if found_now.refused else 0))


def _again(store: Store, named: Sequence[str]) -> set[str]:
    """Return who is to be graded once more. Raises UsageError where nobody is called so."""
    from grader.course.standings import standing_of, summary

    people = store.people()
    stopped = summary(store).stopped if TIMEOUT in named and TIMEOUT not in people else ()
    return {*stopped, *(standing_of(store, each).person.id for each in named if each != TIMEOUT or each in people)}


def _scores(store: Store) -> dict[str, str]:
    """Return everybody's points who has some, as people read them."""
    from fractions import Fraction

    from grader.report.points import show_points

    found = {}
    for person in store.members():
        run = store.standing(person)
        points = store.points(run, person)
        if run is not None and points is not None:
            score, bonus = (Fraction(each or 0) for each in points)
            shown = show_points(score) + (f"+{show_points(bonus)}" if bonus else "")
            found[person] = shown if store.is_graded(run, person) else "–"
    return found


def _tell_changed(request: ClassRequest, store: Store, before: Mapping[str, str]) -> None:
    """Tell whose score is another one than before: the rubric, or the machine, may be another one, too."""
    now = _scores(store) if before else {}
    changed = [f"{person} ({was} → {now[person]})" for person, was in before.items() if now.get(person, was) != was]
    if changed:
        request.tell(say("Other scores than before: {people}", people=_named(changed)))


def _known(roster: Roster | None, store: Store) -> Roster | None:
    """Return who is in the course: as this or an earlier roster says, `None` where there never was one."""
    from grader.course.entries import Roster

    if roster is not None:
        with store.change():
            for name in ("roster", *(f"{_LISTED}{each}" for each in roster.people)):
                store.fact(name, lambda: "given")
        return roster
    people, listed = store.people(), store.facts("roster")
    unlisted = {each for each in people if f"{_LISTED}{each}" not in listed}
    return Roster(people=people, unlisted=unlisted) if listed else None


def _zone(rubric: Rubric) -> tzinfo | None:
    """Return the zone in which times without one are meant: the deadline's, if there is one, on whatever machine."""
    deadline = rubric.policies.deadline
    return deadline.clocks if deadline is not None else None


def _tell_times(request: ClassRequest, course: Course, run: int | None = None) -> None:
    """Tell whose lateness is not known although the course has a deadline, by what counts now or by a run."""
    if course.plan.rubric.policies.deadline is None:
        return
    members = course.store.members()
    untimed = {person: late for person, late in course.store.untimed(run).items() if person in members}
    late = [person for person, is_late in untimed.items() if is_late]
    if unknown := len(untimed) - len(late):
        said = say_count("Nobody knows when {count} person handed in; that counts as in time.",
                         "Nobody knows when {count} people handed in; that counts as in time.", unknown)  # fmt: skip
        request.tell(said)
    if late:
        request.tell(say("Late, as the platform says, and nobody knows by how much, so it counts as in time: {people}",
                         people=_named(late)))  # fmt: skip
        request.tell(say("Say when: a column `submitted_at` in the table for --roster, then: grade class SUBMISSIONS "
                         "--roster FILE; or take points off: grade class override PERSON --points N "
                         "--why …"))  # fmt: skip


def _tell_odd(request: ClassRequest, found: Sequence[Arrival]) -> None:
    """Tell what is odd about entries: whose they are, which came last, what was left out of them."""
    odd = [(entry, said) for entry in found for said in entry.told]
    for entry, said in odd[:MOST_NAMED]:
        request.tell(say("{place}: {remark}", place=inert(str(entry.path), 200), remark=said))
    if len(odd) > MOST_NAMED:
        more = len(odd) - MOST_NAMED
        request.tell(say_count("… and {count} more", "… and {count} more", more))


def _tell_rest(request: ClassRequest, found: ClassSummary) -> None:
    """Tell who has no score, and why not."""
    tell_missing(request, found.absent, found.waiting, MOST_NAMED)
    for said, people in (
        (say("What they handed in cannot be graded: {people}", people=_named(found.refused)), found.refused),
        (say("Not graded, since the grader failed: {people}", people=_named(found.failed)), found.failed),
    ):
        if people:
            request.tell(said)
    if found.refused or found.failed:
        request.tell(say("To see why: grade class show {person}", person=inert([*found.failed, *found.refused][0], 80)))


def _tell_left(request: ClassRequest, store: Store, people: Collection[str]) -> None:
    """Tell who of those that handed in something, or stand on the roster, is left out."""
    left = {person: each for person, each in store.left().items() if person in people}
    if left:
        first = next(iter(left.values()))
        request.tell(say("Left out, since they left: {people}. To have them back: grade class withdraw {number} "
                         "--why …", people=_named(sorted(left)), number=first.id))  # fmt: skip


def _named(people: Sequence[str]) -> str:
    return named(people, MOST_NAMED)


@click.command(name="merge")
@click.argument("parts", nargs=-1, required=True, metavar="STORES…")
@RUBRIC
@STORE
@LANG
def merge_command(parts: Sequence[str], **options: Any) -> None:
    """Merge the stores of all parts that --shard made into one, as if one machine had graded everything.

    Merging a part again changes nothing; of one that went on since, what is new is taken over.
    """
    request = ClassRequest(**options)
    from grader.course.merging import merge
    from grader.course.store import Store
    from grader.course.store.claim import claimed

    with Store(request.place(), fresh=True) as store, claimed(store.path):
        found = merge(store, [Path(part) for part in parts])
        if found.run is None:
            request.tell(say("Nothing new to merge."))
        else:
            request.tell(say_count("Run {number}: {count} score is new.", "Run {number}: {count} scores are new.",
                                   found.scores, number=found.run))  # fmt: skip
        if found.missing:
            request.tell(say("Parts that are missing: {parts}", parts=_named([f"{each}" for each in found.missing])))


@click.command(name="regrade")
@click.option("--apply", is_flag=True, help="Let the new scores count.")
@click.option("--dry-run", is_flag=True, help="Only show what would change (the default).")
@click.option("--newer-grader", is_flag=True, help="With --apply: also what only a newer grader changed.")
@click.option("--csv", metavar="FILE", help="Write the changes as a table.")
@RUBRIC
@REFERENCE
@STORE
@JOBS
@DASK
@INSECURE
@SECRET
@OFFICIAL
@LANG
def regrade_command(apply: bool, dry_run: bool, newer_grader: bool, csv: str | None, **options: Any) -> None:
    """Grade everything by the rubric as it is now, and show whose score would change, by how much and why."""
    if apply and dry_run:
        raise UsageError(say("--apply and --dry-run exclude each other."))
    request = ClassRequest(**options)
    from grader.cli.course.looking import tell_changes
    from grader.course.changes import changes
    from grader.course.runs import apply as apply_run

    preparation = request.preparation([])
    with request.course(preparation, fresh=False) as (course, crew):
        run = course.regrade(crew, ClassProgress(request))
        found = list(changes(course.store, None, run))
        tell_changes(request, found, csv)
        _tell_times(request, course, run.id)
        left = {each.person.id for each in found if each.unasked and not newer_grader}
        if left:
            request.tell(say_count(
                "{count} score changed, but not by the rubric; it stays, unless --newer-grader is given.",
                "{count} scores changed, but not by the rubric; they stay, unless --newer-grader is given.",
                len(left),
            ))  # fmt: skip
        if apply:
            apply_run(course.store, run.id, course.store.scored(run.id) - left)
            request.tell(say("Run {number} is applied. To take it back: grade class undo {number}", number=run.id))
        elif found:
            request.tell(say("No score is changed yet. To change them: grade class regrade --apply"))


@click.command(name="undo")
@click.argument("number", type=int, metavar="RUN")
@RUBRIC
@STORE
@LANG
def undo_command(number: int, **options: Any) -> None:
    """Take a run back: everybody whose score it set has the one before again."""
    request = ClassRequest(**options)
    from grader.course.runs import undo
    from grader.course.store.claim import claimed

    with request.opened() as store, claimed(store.path):
        found = undo(store, number)
        if found.back:
            request.tell(say_count("Run {number} is undone: {count} person is back: {people}",
                                   "Run {number} is undone: {count} people are back: {people}", len(found.back),
                                   number=number, people=_named(found.back)))  # fmt: skip
        if found.left:
            request.tell(say_count("Run {number} is undone: {count} person is left out again: {people}",
                                   "Run {number} is undone: {count} people are left out again: {people}",
                                   len(found.left), number=number, people=_named(found.left)))  # fmt: skip
        if found.changed or not (found.back or found.left):
            request.tell(say_count("Run {number} is undone: {count} score is what it was before.",
                                   "Run {number} is undone: {count} scores are what they were before.",
                                   len(found.changed), number=number))  # fmt: skip
