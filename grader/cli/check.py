"""`grade check`: everything about a rubric that can be known before students come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from grader.author.check import audited, check
from grader.author.check.checkup import Look
from grader.cli.rubric_file import find
from grader.cli.trusted import engine_of
from grader.errors import UsageError
from grader.execution import Engine
from grader.grading import Plan, read
from grader.language import Language, environment_language, say, say_count
from grader.report.width import wrap

MOST = 6
"""Details shown of one finding."""
WIDTH = 80


class Request(Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    rubric: str | None
    reference: str | None
    everything: bool
    audits: bool
    lang: Language | None

    @property
    def language(self) -> Language:
        """The language asked for, else the environment's."""
        return self.lang or environment_language()


@click.command(name="check")
@click.option("--rubric", metavar="FILE", help="The rubric; else the nearest grading.yaml upwards.")
@click.option("--reference", metavar="FILE", help="The reference; else the rubric's.")
@click.option("--all", "everything", is_flag=True, help="Show more than 6 details of a finding.")
@click.option("--audit", "audits", is_flag=True, help="Make slips in the reference too, as `grade audit` does (slow).")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Else the environment's.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Check a rubric without grading anyone.

    Its reference gets full marks and its stub none, known mistakes are noticed, every check can fail, tolerances fit,
    two runs and two seeds agree, and the student kit is right.

    Exit code 0: all of it holds; 1: something does not; 2: the rubric has faults.
    """
    request = Request(**options)
    plan = read(find(request.rubric, ()), Path(request.reference) if request.reference else None)
    if plan.expected is not None:
        raise UsageError(
            say("This is a student kit; what is to be checked is the rubric it was made from."),
            say("Name that one: grade check --rubric FILE"),
        )
    wrong = total = 0
    named = request.rubric is not None
    with engine_of(plan.rubric, named=named) as engine, engine_of(plan.rubric, named=named) as other:
        for each in _looks(plan, engine, other, request):
            total += 1
            wrong += not each.holds
            _show(each, request)
    said = (
        say_count("{count} of {total} does not hold.", "{count} of {total} do not hold.", wrong, total=total)
        if wrong
        else say("All of it holds.")
    )
    click.echo("\n" + said.text(request.language))
    ctx.exit(1 if wrong else 0)


def _looks(plan: Plan, engine: Engine, other: Engine, request: Request) -> Iterator[Look]:
    yield from check(plan, engine, other)
    if request.audits:
        yield audited(plan, engine)


def _show(found: Look, request: Request) -> None:
    language = request.language
    click.echo("\n  ".join(wrap(f"{'✓' if found.holds else '✗'} {found.title.text(language)}", WIDTH - 2)))
    shown = found.details if request.everything else found.details[:MOST]
    for detail in shown:
        click.echo("    " + "\n      ".join(wrap(detail.text(language), WIDTH - 6)))
    if more := len(found.details) - len(shown):
        click.echo("    " + say_count("… and {count} more (--all)", "… and {count} more (--all)", more).text(language))
