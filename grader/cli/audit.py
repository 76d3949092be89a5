"""`grade audit`: how strong a rubric is, by slips made in its reference."""

from __future__ import annotations

import re
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from grader.cli.rubric_file import find
from grader.cli.speaking import asked_language, progress
from grader.cli.trusted import engine_of
from grader.cli.writing import put
from grader.grading import read
from grader.language import Language, environment_language, say


def score(ctx: click.Context, param: click.Parameter, value: str | None) -> Fraction | None:
    """Return the score that is asked for, `98%` or `0.98`, as a fraction from 0 to 1."""
    if value is None:
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?%?", value):
        raise click.BadParameter(say("Write it as 0.98 or 98%.").text(asked_language(sys.argv)), ctx, param)
    found = Fraction(value.rstrip("%")) / (100 if value.endswith("%") else 1)
    if found > 1:
        said = say("It is 1 at most: write it as 0.98 or 98%.")
        raise click.BadParameter(said.text(asked_language(sys.argv)), ctx, param)
    return found


class Request(Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    rubric: str | None
    reference: str | None
    only: tuple[str, ...]
    least: Fraction | None
    form: str
    output: str | None
    everything: bool
    lang: Language | None


@click.command(name="audit")
@click.option("--rubric", metavar="FILE", help="The rubric; else the nearest grading.yaml upwards.")
@click.option("--reference", metavar="FILE", help="The reference; else the rubric's.")
@click.option("--only", metavar="NAME", multiple=True, help="Audit this function only (may be repeated).")
@click.option("--min", "least", callback=score, metavar="SCORE", help="Exit with 1 below this score, such as 98%.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--output", metavar="FILE", help="Write the audit to this file.")
@click.option("--all", "everything", is_flag=True, help="Show every survivor.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Else the environment's.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Show how strong a rubric is.

    Slips are made in the reference, one at a time, and graded: which get full marks all the same? So are the author's
    known mistakes, and answers with nothing in them. A slip that changes nothing is marked in the reference:
    `# equivalent: zeros → ones — every entry is set later`.

    Exit code 0; 1: below --min, or a known mistake or a hollow answer gets full marks; 2: usage or rubric.
    """
    request = Request(**options)
    plan = read(find(request.rubric, ()), Path(request.reference) if request.reference else None)
    from grader.author.audit import audit

    with engine_of(plan.rubric, named=request.rubric is not None) as engine, progress():
        found = audit(plan, engine, request.only)
    if request.form == "json":
        from grader.author.audit.rendering import as_json

        text = as_json(found)
    else:
        from grader.author.audit.rendering import as_text

        language = request.lang or environment_language()
        text = as_text(found, language=language, least=request.least, everything=request.everything)
    put(text, request.output)
    ctx.exit(0 if request.least is None or found.holds(request.least) else 1)
