"""The list of commands, the options that several of them have, and how help and errors reach a person.

Options and commands carry their English, which is the catalogue's key, so that a grading run translates none of it.
click's own words go through `gettext` (click.palletsprojects.com): its domain becomes ours.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from grader.cli.entry import COMMANDS
from grader.errors import GraderError
from grader.language import Language, Message, say, say_count

MODULES = {
    "check": "authoring",
    "audit": "authoring",
    "show": "authoring",
    "trust": "machine",
    "doctor": "machine",
    "class": "course",
    "app": "application",
}
"""The modules of `grader.cli` that hold several commands; any other command has a module of its own name.

The command NAME is called `NAME_command` there.
"""

RUBRIC = click.option(
    "--rubric", metavar="FILE", help="The rubric (default: the nearest grading.yaml, here or in a folder above)."
)
REFERENCE = click.option("--reference", metavar="FILE", help="The reference (default: the one in the rubric).")
LANG = click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="The language of the output (default: the environment's)."
)
REPORT_LANG = click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="The report's language (default: the rubric's)."
)
TO = click.option(
    "--to",
    metavar="KIND=FILE",
    multiple=True,
    help="Write the reports in this format to this file, too (may be repeated; a folder for a file each).",
)
FILL = click.option(
    "--fill",
    metavar="KIND=FILE",
    multiple=True,
    help="The file that the platform gave out, in which --to fills in the points (canvas, moodle).",
)

CLICK = (
    say("Usage:"),
    say("Options"),
    say("Commands"),
    say("Positional arguments"),
    say("Show this message and exit."),
    say("Show the version and exit."),
    say("Error: {message}"),
    say("Try '{command} {option}' for help."),
    say("default: {default}"),
    say("required"),
    say("Missing argument"),
    say("Missing option"),
    say("Missing command."),
    say("No such option: {name}"),
    say("No such option {name!r}."),
    say("Option {name!r} does not take a value."),
    say("Invalid value: {message}"),
    say("Invalid value for {param_hint}: {message}"),
    say("Choose from:\n\t{choices}"),
    say("{value!r} is not a valid {number_type}."),
    say("{value} is not in the range {range}."),
    say_count("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", 1),
    say_count("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", 1),
    say_count("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", 1),
    say_count("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", 1),
)
"""What click may say here, of its versions 8.1 to 8.5."""


class Commands(click.Group):
    """A group whose commands are imported when called, and where a first word that is no command is a path.

    Help and usage errors are in `language`, the one asked for, which is found only where one of them is shown.
    """

    language: Language | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the list."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, or `None` if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"grader.cli.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        if self.language == "zh":
            translate(command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front where none is named; `grade class --each` is about a folder called class."""
        if args[:1] == ["class"] and "--each" in args:
            args = ["grade", *args]
        if not args or (args[0] not in COMMANDS and args[0] not in ("--help", "-h", "--version")):
            args = ["grade", *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing any command."""
        language = self.language or "en"
        with formatter.section(Message(template="Commands").text(language)):
            formatter.write_dl([(name, Message(template=says).text(language)) for name, says in COMMANDS.items()])

    def speak(self) -> None:
        """Find the language asked for, and show help and errors in it from now on."""
        from grader.cli.speaking import asked_language

        self.language = asked_language(sys.argv)
        if self.language == "zh":
            _let_click_speak_chinese()
            translate(self)

    def main(self, **extra: Any) -> Any:  # type: ignore[override]
        """Run; show a GraderError as sentences with a way out, and exit with its code."""
        try:
            if {"-h", "--help"} & set(sys.argv):
                self.speak()
            code = super().main(standalone_mode=False, **extra)
            sys.exit(code if isinstance(code, int) else 0)
        except click.UsageError:
            if self.language is None:
                self.speak()
            sys.exit(self._refuse(extra))
        except click.Abort:  # click's word for Ctrl-C
            raise KeyboardInterrupt from None
        except GraderError as error:
            from grader.cli.speaking import tell

            sys.exit(tell(error))

    def _refuse(self, extra: dict[str, Any]) -> int:
        """Read the words again, say what is wrong with them in the language asked for, and return the exit code."""
        try:
            super().main(standalone_mode=False, **extra)
        except click.MissingParameter as error:  # click ends it with a point that no catalogue can change
            said = error.format_message()
            said = said.removesuffix(".") + "。" if self.language == "zh" else said
            click.UsageError(said, error.ctx).show()
        except click.UsageError as error:
            error.show()
        return click.UsageError.exit_code


def _let_click_speak_chinese() -> None:
    import gettext
    import os
    from pathlib import Path

    import grader.language

    os.environ["LANGUAGE"] = "zh"
    gettext.bindtextdomain("pingfen", str(Path(grader.language.__file__).parent / "locale"))
    gettext.textdomain("pingfen")


def translate(command: click.Command) -> None:
    """Put the help of a command and of its options into Chinese."""
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        translate(below)
    if command.help:
        command.help = "\n\n".join(map(_in_chinese, command.help.split("\n\n")))
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = _in_chinese(parameter.help)


def _in_chinese(text: str) -> str:
    """Return a paragraph of help in Chinese; its line breaks are the source's and mean nothing."""
    return Message(template=" ".join(text.split())).text("zh")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pingfen", prog_name="grade")
def app() -> None:
    """评分 · Grade numerical assignments fairly, safely and with reasons.

    `grade` grades the rubric's own submission, `grade PATH…` the given files, notebooks, folders or archives,
    against the nearest grading.yaml.

    Exit code 0: full required marks; 1: fewer; 2: the command line or the rubric is wrong; 3: the grader itself failed;
    130: stopped with Ctrl-C.
    """
