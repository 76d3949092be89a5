"""`grade [PATH…]`: the main job."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import click
from msgspec import Struct

from grader import submission
from grader.cli.progress import progress
from grader.cli.rubric_file import find
from grader.cli.show import FORMATS, write
from grader.errors import ConfinementError, EngineError, SubmissionError
from grader.execution import Engine, open_engine, sufficient
from grader.grading import Prepared, grade, prepare, ungraded
from grader.language import Language, say
from grader.model import Exhibit, Report, Withheld


class Request(Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    paths: tuple[str, ...]
    rubric: str | None
    reference: str | None
    only: tuple[str, ...]
    audience: Literal["student", "instructor"]
    form: str
    output: str | None
    lang: Language | None
    official: bool | None


@click.command(name="grade")
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option("--rubric", metavar="FILE", help="The rubric; else the nearest grading.yaml upwards.")
@click.option("--reference", metavar="FILE", help="The reference; else the rubric's.")
@click.option("--only", metavar="NAME", multiple=True, help="Grade this function only (may be repeated).")
@click.option(
    "--audience",
    type=click.Choice(["student", "instructor"]),
    default="student",
    show_default=True,
    help="Who reads the report; an instructor also sees the hidden cases.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", metavar="FILE", help="Write the report to this file.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="The report's language; else the rubric's.")
@click.option(
    "--official/--self-check",
    default=None,
    help="Refuse to grade where student code cannot be confined (the default where CI is set).",
)
@click.pass_context
def command(ctx: click.Context, **options: Any) -> None:
    """Grade submissions: files, notebooks, folders or zip archives.

    Exit code 0: full required marks; 1: not; 2: usage or rubric; 3: not graded, by a fault of ours.
    """
    request = Request(**options)
    path = find(request.rubric, request.paths)
    engine = open_engine()
    try:
        admit(engine, request.official)
        with progress():
            prepared = prepare(
                path, engine, reference=Path(request.reference) if request.reference else None, only=request.only
            )
            reports = list(grade_all(prepared, engine, request.paths))
    finally:
        engine.close()
    write(reports, request.form, request.lang, request.output, instructor=request.audience == "instructor")
    ctx.exit(max(exit_code(report) for report in reports))


def admit(engine: Engine, official: bool | None) -> None:
    """Raise ConfinementError where official grading is wanted and `engine` cannot confine hostile code."""
    wanted = bool(os.environ.get("CI")) if official is None else official
    if wanted and not sufficient(engine.tier):
        raise ConfinementError(
            say(
                "Official grading needs confinement that this machine does not give (reached: {tier}).",
                tier=engine.tier,
            ),
            say("Run `grade doctor` to see what is missing, or grade unofficially with --self-check."),
        )


def grade_all(prepared: Prepared, engine: Engine, paths: tuple[str, ...]) -> Iterator[Report[Exhibit | Withheld]]:
    """Grade each path (the rubric's own submission if there is none); one failure leaves the others be.

    A path that is not there is a UsageError before anything is graded only if it is the only one.
    """
    names = [problem.function for problem in prepared.rubric.problems]
    pattern = Path(prepared.rubric.submission).name
    for path in paths or (prepared.rubric.submission,):
        try:
            yield grade(prepared, submission.load(Path(path), names, pattern), engine)
        except (SubmissionError, EngineError) as error:
            yield ungraded(prepared, path, error, tier=engine.tier)


def exit_code(report: Report[Any]) -> int:
    """Return 0 for full required marks, 3 if anything was not graded, else 1."""
    if any(problem.status == "not_graded" for problem in report.problems):
        return 3
    return 0 if report.score == report.max_score else 1
