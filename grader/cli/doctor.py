"""`grade doctor`: how well this machine can confine student code, because it was tried."""

from __future__ import annotations

import click

from grader.execution.confinement import sufficient
from grader.execution.confinement.examining import examine
from grader.language import environment_language, say


@click.command(name="doctor")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Else the environment's.")
@click.pass_context
def command(ctx: click.Context, lang: str | None) -> None:
    """Try every forbidden thing inside a worker and show what really holds.

    Exit code 0 if official grading is possible here, 3 if not.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    language = "zh" if lang == "zh" else "en" if lang == "en" else environment_language()
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
