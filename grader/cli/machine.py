"""`grade trust` and `grade doctor`: which code a rubric may run on this machine, and how well it is confined here."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.app import LANG
from grader.language import Language, environment_language, inert, listed, say
from grader.model import Rubric


@click.command(name="trust")
@click.argument("rubric", required=False, metavar="[RUBRIC]")
@click.option("--forget", "forgets", is_flag=True, help="Trust the rubric no longer.")
@LANG
def trust_command(rubric: str | None, forgets: bool, lang: Language | None) -> None:
    """Trust a rubric on this machine: show the code that it may run, and record it as it now is.

    The Python of its `runtime` is not confined. The rubric is trusted no longer once it changes, or once that Python
    changes in the rubric's own folder. Without RUBRIC: the nearest grading.yaml, here or in a folder above.
    """
    from grader import rubric as rubrics
    from grader.cli.paths import NAME, find
    from grader.cli.trusted import forget
    from grader.errors import RubricError

    language = lang or environment_language()
    given = None if rubric is None else Path(rubric)
    path = find(None if given is None else str(given / NAME if given.is_dir() else given))
    if forgets:
        shown = inert(str(path), 1000)
        forgotten = say("{path} is trusted no longer.", path=shown)
        said = forgotten if forget(str(path)) else say("{path} was not trusted.", path=shown)
        click.echo(said.text(language))
        return
    loaded = rubrics.load(path)
    if loaded.rubric is None or loaded.faults:
        raise RubricError(loaded.faults)
    _record(loaded.rubric, language)


def _record(rubric: Rubric, language: Language) -> None:
    from shlex import quote

    from grader.cli.trusted import files_run, near, trust

    files = [near(path) for path in files_run(rubric)]
    shown = near(rubric.path)
    if not files and not rubric.runtime:
        said = say("{path} runs nothing but the work that is graded: there is nothing to trust.", path=shown)
        click.echo(said.text(language))
        return
    recorded = trust(rubric)
    lines = [say("From now on {path} may run:", path=shown)]
    if rubric.runtime:
        lines.append(say("  not confined, so it can do whatever you can: {python}", python=near(rubric.runtime)))
    if files:
        lines.append(say("  confined, if this machine can (see `grade doctor`): {files}", files=listed(files)))
    lines.append(
        say(
            "This is recorded in {path}. To take it back: grade trust --forget {rubric}",
            path=inert(str(recorded), 1000), rubric=inert(quote(rubric.path), 1000),
        )
    )  # fmt: skip
    click.echo("\n".join(message.text(language) for message in lines))


@click.command(name="doctor")
@LANG
@click.pass_context
def doctor_command(ctx: click.Context, lang: Language | None) -> None:
    """Try everything that is forbidden, inside a worker, and show what is really prevented.

    Exit code 0 if official grading is possible here, 3 if not.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from grader.execution.confinement import sufficient
    from grader.execution.confinement.examining import examine

    language = lang or environment_language()
    found = examine()
    table = Table(box=None, pad_edge=False)
    for title in (say("layer"), say("wanted: student code …"), say("holds"), say("why not")):
        table.add_column(title.text(language))
    for check in found.checks:
        holds = Text("✓", "green") if check.holds else Text("✗", "red")
        reason = check.reason.text(language) if check.reason else ""
        table.add_row(Text(check.layer), Text(check.wanted.text(language)), holds, Text(reason))
    console = Console(highlight=False, emoji=False)
    console.print(table)
    official = sufficient(found.tier)
    verdict = (
        say("Tier: {tier}. Official grading is possible here.", tier=found.tier)
        if official
        else say("Tier: {tier}. Only self-checks are possible here, not official grading.", tier=found.tier)
    )
    console.print(Text("\n" + verdict.text(language)))
    ctx.exit(0 if official else 3)
