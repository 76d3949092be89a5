"""Writes the commands' reference from the commands themselves: `python -m bench.commands`; a test holds it to them.

The Chinese is the catalogue's, as `grade --help` shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeGuard

import click

from bench.reference import LANGUAGES, ROOT
from grader.cli.app import COMMANDS, app
from grader.language import Language, Message

DEFAULT = {"zh": "；默认 `{}`", "en": "; `{}` if left out"}
HEAD = {"zh": "| 选项 | 含义 |\n|---|---|", "en": "| option | meaning |\n|---|---|"}


def page(language: Language) -> str:
    """Return the page in one language: a hand-written text in which `{{commands}}` stands for all commands."""
    text = (ROOT / "docs" / language / "commands.in.md").read_text("utf-8")
    return text.replace("{{commands}}", "\n\n".join(_commands(language)))


def _commands(language: Language) -> Iterator[str]:
    for name in COMMANDS:
        command = app.get_command(click.Context(app), name)
        assert command is not None
        yield from _command(_called(name), command, language, "##")


def _command(called: str, command: click.Command, language: Language, head: str) -> Iterator[str]:
    """Yield what a command's help says, and below it that of the commands that it has."""
    assert command.help
    context = click.Context(command)
    taken = [each.make_metavar(context) for each in command.params if _is_argument(each)]
    yield f"{head} `{' '.join([called, *taken])}`"
    yield from (_said(" ".join(part.split()), language) for part in command.help.split("\n\n"))
    rows = [_option(each, language) for each in command.params if _is_shown(each)]
    if rows:
        yield "\n".join([HEAD[language], *rows])
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _command(f"{called} {name}", below, language, f"{head}#")


def _is_argument(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Argument)


def _is_shown(parameter: click.Parameter) -> TypeGuard[click.Option]:
    return isinstance(parameter, click.Option) and not parameter.hidden


def _called(name: str) -> str:
    return "grade" if name == "grade" else f"grade {name}"


def _said(sentence: str, language: Language) -> str:
    """Return a sentence of the help, as Markdown."""
    said = Message(template=sentence).text(language)
    return re.sub(r"`[^`]*`|--[a-z]+(?: [A-Z]+)?", lambda found: f"`{found[0].strip('`')}`", said)


def _option(option: click.Option, language: Language) -> str:
    names = " / ".join(f"`{each}`" for each in [*option.opts, *option.secondary_opts])
    said = _said(option.help, language).rstrip(".。") if option.help else ""
    if isinstance(option.type, click.Choice):
        words = {"zh": "、", "en": ", "}[language].join(f"`{each}`" for each in option.type.choices)
        said += {"zh": f"（{words}）", "en": f" ({words})"}[language] if said else words
    elif not option.is_flag:
        names = f"{names[:-1]} {option.metavar or option.type.name.upper()}`"
    shown = DEFAULT[language].format(option.default) if option.show_default else ""
    return f"| {names} | {said}{shown} |"


def main() -> None:
    """Write the page in both languages."""
    for language in LANGUAGES:
        (ROOT / "docs" / language / "commands.md").write_text(page(language), "utf-8")


if __name__ == "__main__":
    main()
