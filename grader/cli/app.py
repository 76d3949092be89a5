"""The list of commands, and how errors reach a person."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from grader.errors import GraderError

COMMANDS = {
    "grade": "Grade submissions (the default: `grade PATH…`).",
    "watch": "Grade what was edited whenever the file is saved.",
    "show": "Show the cases that a rubric draws, or replay one.",
    "check": "Check a rubric: reference, stub, known mistakes, tolerances, seeds, student kit.",
    "audit": "Show how strong a rubric is, by slips made in its reference.",
    "init": "Make a new assignment that grades at once.",
    "release": "Make the student kit from the author's files.",
    "doctor": "Show how well this machine can confine student code.",
}
"""Each command is `grader.cli.NAME.command`, imported when called; the sentences are for `grade --help`."""


class Commands(click.Group):
    """A group whose commands are imported when called, and where a first word that is no command is a path."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the list."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or `None` if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"grader.cli.{cmd_name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front where none is named."""
        if not args or (args[0] not in COMMANDS and args[0] not in ("--help", "-h", "--version")):
            args = ["grade", *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run; show a GraderError as sentences with a way out, and exit with its code."""
        try:
            return super().main(*args, **extra)
        except GraderError as error:
            from grader.cli.language import asked_language
            from grader.report import faults

            click.echo(faults.render(error, language=asked_language(sys.argv)), err=True)
            sys.exit(error.exit_code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pingfen", prog_name="grade")
def app() -> None:
    """评分 · Grade numerical assignments fairly, safely and with reasons.

    `grade` grades the rubric's own submission, `grade PATH…` the given files, notebooks, folders or archives,
    against the nearest grading.yaml.
    """
