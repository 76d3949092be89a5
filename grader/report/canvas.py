"""Lines for a terminal: a language, a width, and what the terminal can show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from grader.language import Bilingual, Language, Message
from grader.model import Status
from grader.report.width import wrap
from grader.report.words import STATES

Line: TypeAlias = tuple[tuple[str, str], ...]
"""One line: pieces of text, each with the words of a rich style ("" for none). Text is never markup."""


class Canvas:
    """Makes lines in one language and width; `fancy` has signs beyond ASCII, `colour` has colours."""

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

    def line(self, *pieces: str | tuple[str, str]) -> Line:
        """Return one line of pieces, each plain or with a style."""
        return tuple((piece, "") if isinstance(piece, str) else piece for piece in pieces)

    def wrapped(self, message: Message | str, style: str = "", *, indent: int = 0, hang: int = 0) -> Iterable[Line]:
        """Yield the lines of a message; the first is `indent` cells in, the others `hang` more."""
        text = message if isinstance(message, str) else self.say(message)
        for number, line in enumerate(wrap(text, self.width - indent - hang)):
            yield self.line((" " * (indent + (hang if number else 0)) + line, style))

    def ink(self, line: Line) -> str:
        """Return a line as it is printed: plain, or with the terminal's codes for its styles (256 colours)."""
        if not self.colour:
            return "".join(text for text, _ in line).rstrip()
        from rich.color import ColorSystem
        from rich.style import Style

        return "".join(
            Style.parse(style).render(text, color_system=ColorSystem.EIGHT_BIT) if style else text
            for text, style in line
        ).rstrip()
