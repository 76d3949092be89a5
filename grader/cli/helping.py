"""Help and usage errors in Chinese; imported only where one of them is shown.

Options and commands carry their English, which is the catalogue's key, so that a grading run neither reads nor makes
any of it. click's own words go through `gettext` (click.palletsprojects.com): its domain becomes ours.
"""

from __future__ import annotations

import click

from grader.language import Language, Message, say, say_count

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


def speak(language: Language) -> None:
    """Let click say its own words in `language` from now on."""
    import gettext
    import os
    from pathlib import Path

    import grader.language

    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("pingfen", str(Path(grader.language.__file__).parent / "locale"))
    gettext.textdomain("pingfen")


def translate(command: click.Command, language: Language) -> None:
    """Put the help of a command and its options into `language`."""
    if command.help:
        parts = command.help.split("\n\n")
        command.help = "\n\n".join(_said(part, language) for part in parts)
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = _said(parameter.help, language)


def _said(text: str, language: Language) -> str:
    """Return a paragraph of help in `language`; its line breaks are the source's and mean nothing."""
    return Message(template=" ".join(text.split())).text(language)
