"""`grade [PATH…]`: the main job's words."""

from __future__ import annotations

from typing import Any

import click

from grader.cli.app import FILL, REFERENCE, REPORT_LANG, RUBRIC, TO
from grader.cli.grading import GradeRequest, run
from grader.cli.secret import SECRET
from grader.report import FORMATS, contributed, format_of


class FormatName(click.Choice):  # type: ignore[type-arg]
    """A format's name; installed packages are asked for theirs only where it is none of ours."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the name. Raises EngineError for another package's format that cannot be used."""
        if value in FORMATS:
            return value
        others = contributed()
        if value in others:
            format_of(value)
            return value
        return click.Choice([*FORMATS, *others]).convert(value, param, ctx)


class Default(click.Command):
    """The command that is meant where none is named, so its usage does not name it either."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write `grade [OPTIONS] [PATH]…`."""
        formatter.write_usage("grade", " ".join(self.collect_usage_pieces(ctx)))


@click.command(name="grade", cls=Default)
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@RUBRIC
@REFERENCE
@click.option("--only", metavar="NAME", multiple=True, help="Grade this function only (may be repeated).")
@click.option(
    "--audience",
    type=click.Choice(["student", "instructor"]),
    default="student",
    show_default=True,
    help="Who reads the report; an instructor also sees the hidden cases.",
)
@click.option("--format", type=FormatName(list(FORMATS)), default="text", show_default=True)
@click.option("--output", metavar="FILE", help="Write the report to this file.")
@click.option(
    "--each", is_flag=True, help="Grade each file and each folder in the given folders as a submission of its own."
)
@click.option("--out", metavar="FOLDER", help="Write a report for each submission into this folder, as --format says.")
@TO
@FILL
@REPORT_LANG
@click.option(
    "--official/--self-check",
    default=None,
    help="Refuse to grade where student code cannot be confined (the default where CI is set).",
)
@click.option(
    "--attempt",
    type=click.IntRange(1),
    metavar="N",
    help="The number of this try; each try shows one hint more (default: counted here).",
)
@click.option(
    "--variant", metavar="ID", default="", help="Draw other hidden cases for each ID, such as a student's number."
)
@SECRET
@click.option(
    "--manual",
    metavar="FILE",
    help="A table (CSV) of the marks that a person gave: name,item,points,comment, or name and a column for each item.",
)
@click.pass_context
def grade_command(ctx: click.Context, /, **options: Any) -> None:
    """Grade submissions: files, notebooks, folders or zip archives.

    A function that fails shows one hint, and one more for each new version that fails. Tries are counted beside the
    rubric in .grade, or given by --attempt N. A rubric's hint_cost takes points off for each hint after the first.

    What the rubric lists under manual is open until --manual gives its marks; what has no mark stays open.

    Exit code 0: full required marks, as far as they are graded; 1: fewer; 2: the command line or the rubric is wrong;
    3: the grader itself failed; 130: stopped with Ctrl-C.
    """
    ctx.exit(run(GradeRequest(**options)))
