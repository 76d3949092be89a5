"""`grade class report` and `learn`: what the class understood, for its instructor."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.app import LANG, REFERENCE, RUBRIC
from grader.cli.course.request import STORE, ClassRequest
from grader.errors import UsageError, unwritable
from grader.execution.confinement.examining import refusal
from grader.language import Bilingual, Message, inert, say, say_count

if TYPE_CHECKING:
    from grader.course.insight.clusters import Cluster
    from grader.course.insight.examples import PublicExample
    from grader.course.insight.gathering import ClassView
    from grader.course.insight.learning import Proposal
    from grader.course.insight.site import Drawn
    from grader.course.store import Store
    from grader.execution import Engine
    from grader.grading.prepared import Plan, Prepared
    from grader.model import Submission


@click.command(name="report")
@click.argument("out", metavar="OUT")
@click.option(
    "--run/--no-run", "runs", default=True, help="Run students' functions on cases for the next lecture (confined)."
)
@RUBRIC
@REFERENCE
@STORE
@LANG
def report_command(out: str, runs: bool, **options: Any) -> None:
    """Write a site into the folder OUT that shows what the class understood; it is for instructors only."""
    request = ClassRequest(**options)
    from grader.course.insight.site import write_site

    with request.opened() as store, ExitStack() as stack:
        view = gathered(store)
        plan = request.plan_here()
        known: dict[tuple[str, str], Bilingual] = {}
        drawn: Drawn = _nothing_drawn
        if plan is not None:
            from grader.grading.variants import known_mistakes

            known = {(each.function, each.name): each.hints[-1] for each in known_mistakes(plan) if each.hints}
        if plan is not None and runs and plan.expected is None and view.is_by(plan):
            from grader.course.insight.examples import PublicDraw

            engine = stack.enter_context(request.engine(plan))
            _require_confinement(request, engine)
            drawn = PublicDraw(plan, engine, store).examples
        pages = write_site(store, view, Path(out), request.lang or view.language, known=known, drawn=drawn)
    request.tell(say_count("{count} page, for instructors only: {path}", "{count} pages, for instructors only: {path}",
                           len(pages), path=inert(str(pages[0]), 1000)))  # fmt: skip


def _require_confinement(request: ClassRequest, engine: Engine) -> None:
    """Raise EngineError where students' code must be confined, and cannot be."""
    if request.is_official and (error := refusal(engine.tier)) is not None:
        raise error


def _nothing_drawn(found: Sequence[Cluster]) -> Mapping[int, PublicExample]:
    return {}


def gathered(store: Store) -> ClassView:
    """Return the class as it stands. Raises UsageError where nobody has a score."""
    from grader.course.insight.gathering import gather

    view = gather(store)
    if view is None:
        raise UsageError(say("Nobody has a score yet."), say("Grade the class first: grade class SUBMISSIONS…"))
    return view


@click.command(name="learn")
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--append", is_flag=True, help="Append what is proposed to the rubric's file of known mistakes.")
@click.option("--least", type=click.IntRange(1), default=2, metavar="N", help="Hand-ins with the mistake, at least.")
@RUBRIC
@REFERENCE
@STORE
@LANG
def learn_command(file: str | None, append: bool, least: int, **options: Any) -> None:
    """Propose known mistakes from what students did alike: to read, to name and to give hints.

    They are written to FILE, or to the terminal.
    """
    if append and file is not None:
        raise UsageError(say("--append and FILE exclude each other."))
    request = ClassRequest(**options)
    from grader.course.insight.clusters import clusters

    preparation = request.preparation([])
    plan = preparation.plan
    if append and not plan.rubric.mistakes:
        raise UsageError(
            say("The rubric names no file of known mistakes."), say("Add to it: mistakes: solutions/mistakes.py")
        )
    if plan.expected is not None:
        raise UsageError(say("A student kit has no reference, so nothing can be learned with it."))
    with request.opened() as store, request.engine(plan) as engine:
        view = gathered(store)
        if not view.is_by(plan):
            raise UsageError(
                say("The class was graded by another rubric or reference."),
                say("Grade it by this one first: grade class regrade --apply"),
            )
        _require_confinement(request, engine)
        found = [each for each in clusters(view) if each.sort != "mistake" and each.units >= least]
        made = _proposed(store, view, found, preparation.prepared(engine), engine)
        preparation.keep(engine)
    texts = []
    for cluster, proposal in made:
        _tell(request, cluster, proposal)
        texts += [_commented(request, proposal, closed=append)] if proposal is not None else []
    if not texts:
        _note(request, say("There is nothing to propose."))
    elif append:
        _append(plan, texts)
        _note(request, say("Appended to {path}: change the names, write the hints (…), then: grade class regrade",
                         path=inert(plan.rubric.mistakes, 1000)))  # fmt: skip
    else:
        from grader.cli.writing import put

        put("\n\n".join(texts), file)


def _note(request: ClassRequest, said: Message) -> None:
    """Say something beside what is proposed, which goes to standard output."""
    click.echo(said.text(request.language), err=True)


def _proposed(
    store: Store, view: ClassView, found: Sequence[Cluster], prepared: Prepared, engine: Engine
) -> list[tuple[Cluster, Proposal | None]]:
    from grader.author.audit.mutants import slips_in
    from grader.course.insight.examples import read_again
    from grader.course.insight.learning import VariantBench, proposals
    from grader.grading.checking import with_checkers
    from grader.grading.variants import known_mistakes

    def submission_with(result: int) -> Submission | None:
        person = next(each.person.id for each in view.members if result in each.results)
        return read_again(store, plan, person)

    plan = prepared.plan
    taken = {each.symbol for each in known_mistakes(plan)}
    bench = VariantBench(prepared=prepared, engine=engine, submission_with=submission_with)
    with with_checkers(plan, engine):
        return list(proposals(store, found, bench, slips_in, taken))


def _tell(request: ClassRequest, cluster: Cluster, proposal: Proposal | None) -> None:
    """Tell of a cluster what is proposed for it."""
    if proposal is None:
        said = say("nothing that was tried answers as they did")
    elif proposal.students:
        said = say("{name}, a student's code", name=proposal.name)
    else:
        said = say("{name}, a slip in the reference", name=proposal.name)
    _note(request, say_count("{function}, {count} student: {what}", "{function}, {count} students: {what}",
                           len(cluster.people), function=cluster.function, what=said))  # fmt: skip


def _commented(request: ClassRequest, proposal: Proposal, *, closed: bool) -> str:
    """Return the proposal's text under a comment that says whose it is.

    With `closed` a student's code is a comment, too: known mistakes run beside the reference, so it is read first.
    """
    cluster = proposal.cluster
    said = say_count("{count} student: {what}", "{count} students: {what}", len(cluster.people),
                     what=cluster.said or say("No reason was found."))  # fmt: skip
    lines = [said]
    if proposal.students:
        lines.append(say("This is a student's code with other names: write it in your own words before you keep it."))
    if proposal.students and closed:
        lines.append(say("A known mistake runs beside the reference: read the code, then take away each # before it."))
    texts = (inert(" ".join(each.text(request.language).split()), 200) for each in lines)
    text = proposal.text
    if proposal.students and closed:
        text = "".join(f"# {line}\n" for line in text.splitlines())
    return "".join(f"# {text}\n" for text in texts) + text


def _append(plan: Plan, texts: Sequence[str]) -> None:
    """Append proposals to the file of known mistakes, if it can be read afterwards. Raises RubricError, UsageError."""
    from grader.rubric.mistakes import mistakes

    path = Path(plan.rubric.mistakes).resolve()
    before = path.read_text("utf-8")
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(before.rstrip("\n") + "\n\n\n" + "\n\n".join(texts), "utf-8")
        shutil.copymode(path, part)
        mistakes(part, plan.reference.source.text, programs=plan.rubric.programs)
        part.replace(path)
    except OSError as error:
        why = inert(error.strerror or "", 200)
        raise unwritable(error, say("{path} cannot be written: {why}", path=inert(str(path), 1000), why=why)) from error
    finally:
        part.unlink(missing_ok=True)
