"""The faults found so far, each with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from grader.errors import Fault, Span
from grader.language import Message, inert, say
from grader.reading import lookalikes
from grader.reading.nodes import Mapping, Node, Scalar

LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What YAML 1.1 and libyaml count as the end of a line."""

PYTHON_LINE_END = re.compile("\r\n|\r|\n")

MOST_SUGGESTIONS = 50
MOST_NAMES = 200
LONGEST_WORD = 60
LONGEST_LINE = 400


class Log:
    """Collects the faults of one file; a suggestion is looked for only while it can still be shown.

    `margin` are the keys that may stand at the left margin of the file.
    """

    def __init__(
        self, path: str, text: str, line_end: re.Pattern[str] = LINE_END, margin: Collection[str] = ()
    ) -> None:
        self.path = path
        self.margin = margin
        self._text = text
        self._line_end = line_end
        self._lines: list[str] | None = None
        self._faults: list[Fault] = []

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All faults, in file order."""
        return tuple(sorted(self._faults, key=lambda fault: (fault.at.line, fault.at.column)))

    @property
    def count(self) -> int:
        """How many faults there are."""
        return len(self._faults)

    def add(self, at: Span, message: Message, hint: Message | None = None) -> None:
        """Record a fault; the same place and sentence once. A full-width sign in the marked text is its way out."""
        line = self.line(at.line)
        hint = lookalikes.hint(line[at.column - 1 : at.end_column - 1] if at.end_column else "") or hint
        fault = Fault(at=at, message=message, hint=hint, line_text=line)
        if not self._faults or self._faults[-1] != fault:
            self._faults.append(fault)

    def expected(self, wanted: Message, node: Node, hint: Message | None = None) -> None:
        """Record that `node` is something else than `wanted`."""
        self.add(node.at, say("Expected {wanted}, found {found}.", wanted=wanted, found=_found(node)), hint)

    def nearest(self, word: str, names: Iterable[str]) -> str | None:
        """Return the one of `names` that `word` was probably meant to be."""
        if len(self._faults) >= MOST_SUGGESTIONS or len(word) > LONGEST_WORD:
            return None
        from difflib import get_close_matches

        by_folded = {name.casefold(): name for name, _ in zip(names, range(MOST_NAMES), strict=False)}
        near = get_close_matches(word.casefold(), by_folded, n=1)
        return by_folded[near[0]] if near else None

    def line(self, number: int) -> str:
        """Return a line of the file, counted from 1; "" for one that is too long to be shown."""
        if self._lines is None:
            self._lines = self._line_end.split(self._text)
        text = self._lines[number - 1] if 0 < number <= len(self._lines) else ""
        return text if len(text) <= LONGEST_LINE else ""


def did_you_mean(name: str | None) -> Message | None:
    """Return the question, if there is a name to ask about."""
    return None if name is None else say("Did you mean `{name}`?", name=quoted(name))


def quoted(text: str) -> str:
    """Return an author's word fit to stand in a sentence: short, on one line, nothing invisible."""
    return inert(text, LONGEST_WORD)


def _found(node: Node) -> Message:
    if isinstance(node, Scalar):
        return (
            say("`{text}`", text=quoted(node.text)) if node.text.strip() and not node.is_null else say("an empty value")
        )
    if isinstance(node, Mapping):
        return say("a mapping") if node.pairs else say("an empty mapping")
    return say("a list") if node.items else say("an empty list")
