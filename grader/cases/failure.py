"""An expression that cannot be read or computed, before it has a place in a file."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from grader.language import Message, inert, say


class Failure(Exception):
    """What is wrong with an expression, and from where to where in it.

    `start` and `end` count bytes of the stripped text in UTF-8, as `ast` does; -1 means the whole expression. `word` is
    Python's name for such an error.
    """

    def __init__(self, message: Message, hint: Message | None = None, *, word: str = "ValueError") -> None:
        super().__init__(message.text("en"))
        self.message = message
        self.hint = hint
        self.word = word
        self.start = -1
        self.end = -1

    def at(self, start: int, end: int) -> Failure:
        """Give the failure its place, unless a part further inside has done so; return it."""
        if self.start < 0:
            self.start, self.end = start, end
        return self

    def in_node(self, node: ast.expr) -> Failure:
        """Give the failure the place of `node`; return it."""
        return self.at(node.col_offset, node.end_col_offset or 0)


def quoted(text: str) -> str:
    """Return an author's word fit to stand in a sentence: short, on one line, nothing invisible."""
    return inert(text, 60)


def resembling(word: str, names: Iterable[str]) -> Message | None:
    """Return "did you mean" with the nearest of `names`, if one is near."""
    if len(word) > 60:
        return None
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in sorted(names)}
    near = get_close_matches(word.casefold(), folded, n=1)
    return say("Did you mean `{name}`?", name=quoted(folded[near[0]])) if near else None
