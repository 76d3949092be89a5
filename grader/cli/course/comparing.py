"""`grade class similar`: whose work is more alike than chance explains, as leads for the instructor."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.app import LANG, REFERENCE, RUBRIC
from grader.cli.course.request import STORE, ClassRequest
from grader.cli.course.understanding import gathered
from grader.errors import UsageError, unwritable
from grader.language import inert, say, say_count

if TYPE_CHECKING:
    from grader.course.insight.gathering import ClassView
    from grader.course.store import Store
    from grader.grading.prepared import Plan


@click.command(name="similar")
@click.argument("pair", nargs=-1, metavar="[PERSON PERSON]")
@click.option("--most", type=click.IntRange(1), default=20, metavar="N", help="Leads that are shown (default: 20).")
@click.option("--csv", metavar="FILE", help="Write all leads as a table.")
@click.option("--to", metavar="dolos=FILE.zip", help="Write everybody's code for Dolos, which compares parts of it.")
@RUBRIC
@REFERENCE
@STORE
@LANG
def similar_command(pair: tuple[str, ...], most: int, csv: str | None, to: str | None, **options: Any) -> None:
    """Show whose code or rare mistakes are more alike than chance explains: leads for a person, never a verdict.

    With two people their functions stand side by side.
    """
    if len(pair) not in (0, 2):
        raise UsageError(say("Name two people, or nobody."), say("For example: grade class similar ann bob"))
    kind, _, place = (to or "dolos=-").partition("=")
    if kind != "dolos" or not place:
        raise UsageError(say("--to is dolos=FILE.zip."))
    request = ClassRequest(**options)
    plan = request.preparation([]).plan
    with request.opened() as store:
        if pair:
            _side_by_side(request, store, plan, (pair[0], pair[1]))
            return
        view = gathered(store)
        _leads(request, store, plan, view, most, csv)
        if to is not None:
            _write_dolos(request, store, plan, view, place)


def _leads(request: ClassRequest, store: Store, plan: Plan, view: ClassView, most: int, csv: str | None) -> None:
    from grader.cli.writing import put, terminal_width
    from grader.course.similarity.evidence import leads
    from grader.course.similarity.gathering import gather_works, given_shapes
    from grader.course.similarity.telling import leads_csv, leads_text

    if not view.is_by(plan):
        request.tell(say("The class was graded by another rubric or reference; what this one gives is taken out."))
    handed = gather_works(store, view, plan)
    found = leads(handed.works, given_shapes(plan), [problem.function for problem in plan.rubric.problems])
    click.echo(leads_text(found, handed.unread, most=most, language=request.language, width=terminal_width()), nl=False)
    if csv is not None:
        put(leads_csv(found), csv)


def _side_by_side(request: ClassRequest, store: Store, plan: Plan, pair: tuple[str, str]) -> None:
    from grader.cli.writing import terminal_width
    from grader.course.similarity.gathering import shapes_in
    from grader.course.similarity.telling import side_by_side
    from grader.course.standings import standing_of

    found = []
    for person in pair:
        shapes = shapes_in(store.copy_of(standing_of(store, person).person.id), plan)
        if shapes is None:
            raise UsageError(say("What {person} handed in cannot be read.", person=inert(person, 80)))
        found.append(shapes)
    text = side_by_side(pair, (found[0], found[1]), language=request.language, width=terminal_width())
    click.echo(text, nl=False)


def _write_dolos(request: ClassRequest, store: Store, plan: Plan, view: ClassView, place: str) -> None:
    from grader.cli.writing import write_bytes
    from grader.course.similarity.dolos import dolos_zip
    from grader.course.similarity.gathering import dolos_entries, stub_code

    entries = list(dolos_entries(store, view, plan))
    try:
        write_bytes(Path(place), BytesIO(dolos_zip(entries, stub_code(plan))))
    except OSError as error:
        why = inert(error.strerror or "", 200)
        said = say("{path} cannot be written: {why}", path=inert(place, 1000), why=why)
        raise unwritable(error, said) from error
    request.tell(say_count("{count} file for Dolos, with its author's name: {path}",
                           "{count} files for Dolos, with their authors' names: {path}", len(entries),
                           path=inert(place, 1000)))  # fmt: skip
