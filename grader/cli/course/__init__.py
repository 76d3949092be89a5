"""`grade class`: a whole class, from what the course system exported to a gradebook that it accepts."""

from __future__ import annotations

import importlib
from typing import Any

import click

_MODULES = {
    "run": "running",
    "merge": "running",
    "regrade": "running",
    "undo": "running",
    "show": "looking",
    "export": "looking",
    "diff": "looking",
    "verify": "looking",
    "override": "deciding",
    "extend": "deciding",
    "leave": "deciding",
    "withdraw": "deciding",
    "note": "deciding",
    "manual": "deciding",
    "report": "understanding",
    "learn": "understanding",
    "similar": "comparing",
}
"""The subcommands, each with its module here; it is imported when it is called."""


class Classes(click.Group):
    """The subcommands of `grade class`; a first word that is none of them is a path that was handed in."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the subcommands in the order of the list."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the subcommand, in the language of the one above, or `None` if there is none."""
        if cmd_name not in _MODULES:
            return None
        module = importlib.import_module(f"grader.cli.course.{_MODULES[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        from grader.cli.app import app, translate

        if getattr(app, "language", None) == "zh":
            translate(command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand. Raises UsageError where the store turns out to be damaged."""
        import sqlite3

        try:
            return super().invoke(ctx)
        except sqlite3.DatabaseError as error:
            from grader.errors import UsageError
            from grader.language import inert, say

            raise UsageError(
                say("The store of the class cannot be read or written: {why}", why=inert(str(error), 200)),
                say("If it is damaged, take a copy of it from before. If another run is at work, wait for it."),
            ) from error

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` in front where no subcommand is named."""
        if args and args[0] not in _MODULES and args[0] not in ("--help", "-h"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(name="class", cls=Classes)
def class_command(**_: Any) -> None:
    """Grade a whole class, and keep what was found.

    `grade class SUBMISSIONS…` grades what is new in the exports of a course system, and goes on where it was stopped.
    """
