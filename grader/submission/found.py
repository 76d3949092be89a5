"""A submission's bytes, wherever they were found, and the limits on them."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from grader.errors import Span, SubmissionError
from grader.language import Inert, say

SCRIPT = 1 << 20
"""The most bytes of Python text that are read."""
NOTEBOOK = 20 << 20
"""The most bytes of a notebook that are read: nearly all of a large one is saved pictures."""
WORDS = 100_000
"""Words, signs and lines of all that is read for one submission; each takes up to a kilobyte and a half of trees."""
_WORD = re.compile(r"\w+|[^\w\s]|\n")


class Allowance:
    """How much text may still be read for one submission: its own file first, then the helper modules beside it."""

    def __init__(self) -> None:
        self._left = WORDS
        self._characters = 0
        self._uncounted: list[str] = []

    def take(self, text: str, path: str) -> None:
        """Count a text before it is taken apart; raises SubmissionError where it is too much."""
        at = Span(path=path)
        if len(text) > SCRIPT:
            raise too_large(len(text.encode()), SCRIPT, at)
        self._characters += len(text)
        self._uncounted.append(text)
        if self._characters <= WORDS:  # nor are there more words, and counting them takes 1 ms
            return
        for each in self._uncounted:
            words = sum(1 for _ in _WORD.finditer(each))
            self._left -= words
        self._uncounted.clear()
        if self._left >= 0:
            return
        self._left += words  # a helper that is refused is not read
        if words > WORDS:
            raise SubmissionError(say("The file is too long: more than {most} words of code.", most=WORDS), at=at)
        together = say("Together with the files read before it, it has more than {most} words of code.", most=WORDS)
        raise SubmissionError(together, at=at)


class Found(Struct, frozen=True, kw_only=True):
    """One file: how reports call it, its path for spans, its suffix, its bytes.

    `beside` returns the bytes of a helper module in the same folder, or `None`, and raises SubmissionError for one
    that cannot be taken. Without it the file brings no helpers.
    """

    name: Inert
    path: Inert
    suffix: str
    data: bytes
    beside: Callable[[str], bytes | None] | None


def too_large(size: int, limit: int, at: Span) -> SubmissionError:
    """Return the error for a file of `size` bytes where `limit` are read."""
    return SubmissionError(
        say("The file has {size:.1f} MiB; at most {limit} MiB are read.", size=size / 2**20, limit=limit >> 20),
        hint=say("Hand in the code alone; data and saved pictures do not belong in it."),
        at=at,
    )
