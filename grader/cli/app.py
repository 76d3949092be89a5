"""The list of commands, and how errors reach a person."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from grader.cli.entry import COMMANDS
from grader.errors import GraderError


class Commands(click.Group):
    """A group whose commands are imported when called, and where a first word that is no command is a path.

    Help and usage errors are in `spoken`, the language asked for, which is found only where one of them is shown.
    """

    spoken = ""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the list."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or `None` if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"grader.cli.{cmd_name}").command
        if self.spoken == "zh":
            from grader.cli.helping import translate

            translate(command, "zh")
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front where none is named."""
        if not args or (args[0] not in COMMANDS and args[0] not in ("--help", "-h", "--version")):
            args = ["grade", *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing any command."""
        from grader.language import Language, Message

        language: Language = "zh" if self.spoken == "zh" else "en"
        with formatter.section(Message(template="Commands").text(language)):
            formatter.write_dl([(name, Message(template=says).text(language)) for name, says in COMMANDS.items()])

    def speak(self) -> None:
        """Find the language asked for, and speak it from now on."""
        from grader.cli.speaking import asked_language

        self.spoken = asked_language(sys.argv)
        if self.spoken == "zh":
            from grader.cli.helping import speak, translate

            speak("zh")
            translate(self, "zh")

    def main(self, **extra: Any) -> Any:  # type: ignore[override]
        """Run; show a GraderError as sentences with a way out, and exit with its code."""
        try:
            if {"-h", "--help"} & set(sys.argv):
                self.speak()
            code = super().main(standalone_mode=False, **extra)
            sys.exit(code if isinstance(code, int) else 0)
        except click.UsageError:
            if not self.spoken:
                self.speak()
            return super().main(**extra)  # reads the words again, says what is wrong with them, and exits
        except click.Abort:
            sys.exit(1)
        except GraderError as error:
            from grader.cli.speaking import tell

            sys.exit(tell(error))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pingfen", prog_name="grade")
def app() -> None:
    """评分 · Grade numerical assignments fairly, safely and with reasons.

    `grade` grades the rubric's own submission, `grade PATH…` the given files, notebooks, folders or archives,
    against the nearest grading.yaml.
    """
