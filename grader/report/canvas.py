"""Lines for a terminal: a language, a width, and what the terminal's encoding can carry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from grader.language import Bilingual, Language, Message
from grader.model import Status
from grader.report.width import wrap
from grader.report.words import STATES

if TYPE_CHECKING:
    from rich.text import Text


class Canvas:
    """Makes rich texts; student text reaches rich only as data, never as markup."""

    def __init__(self, language: Language, width: int, *, fancy: bool, colour: bool) -> None:
        self.language: Language = language
        self.width = width
        self.fancy = fancy
        self.colour = colour

    def say(self, message: Message | Bilingual) -> str:
        """Return the message in this canvas's language."""
        return message.text(self.language)

    def sign(self, status: Status) -> tuple[str, str]:
        """Return a status's sign and its colour."""
        state = STATES[status]
        return (state.sign if self.fancy else state.ascii), state.colour

    def text(self, *parts: str | tuple[str, str]) -> Text:
        """Return one line of parts, each plain or with a style."""
        from rich.text import Text

        text = Text()
        for part in parts:
            text.append(*((part, "") if isinstance(part, str) else part))
        return text

    def wrapped(self, message: Message | str, style: str = "", *, indent: int = 0, hang: int = 0) -> Iterable[Text]:
        """Yield the lines of a message; the first is `indent` cells in, the others `hang` more."""
        text = message if isinstance(message, str) else self.say(message)
        for number, line in enumerate(wrap(text, self.width - indent - hang)):
            yield self.text((" " * (indent + (hang if number else 0)) + line, style))
