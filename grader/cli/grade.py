"""`grade [PATH…]`: the main job's words."""

from __future__ import annotations

from typing import Any

import click

from grader.cli.grading import Request, run
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
@click.option("--format", "form", type=FormatName(list(FORMATS)), default="text", show_default=True)
@click.option("--output", metavar="FILE", help="Write the report to this file.")
@click.option(
    "--each", is_flag=True, help="A folder stands for the submissions in it: its files and folders, one each."
)
@click.option("--out", metavar="FOLDER", help="Write one report per submission into this folder, as --format says.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="The report's language; else the rubric's.")
@click.option(
    "--official/--self-check",
    default=None,
    help="Refuse to grade where student code cannot be confined (the default where CI is set).",
)
@click.option(
    "--attempt", type=click.IntRange(1), metavar="N", help="Which try this is: one hint more each (else counted here)."
)
@click.option(
    "--variant", metavar="ID", default="", help="Other hidden numbers for each ID, such as a student's number."
)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Grade submissions: files, notebooks, folders or zip archives.

    A function that fails shows one hint, and one more for each new version that fails; tries are counted beside the
    rubric in .grade, or said with --attempt N. A rubric's hint_cost takes points off for each hint after the first.

    Exit code 0: full required marks; 1: not; 2: usage or rubric; 3: not graded, by a fault of ours.
    """
    ctx.exit(run(Request(**options)))
