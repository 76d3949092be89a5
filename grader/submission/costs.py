"""What reading a submission may cost (CPU time, bytes, words), and what is kept until the next submission."""

from __future__ import annotations

import gc
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType
from typing import ParamSpec, TypeVar

from grader.errors import Span, SubmissionError
from grader.language import say

SECONDS = 10.0
"""Of this process's CPU time: the longest honest file in the tests takes 0.3 s, 1 MiB of nothing but slips 30 s."""


class TookTooLong(BaseException):
    """It took too long; no Exception, so that no `except Exception` on the way takes it for a fault of the text."""


@contextmanager
def bounded(seconds: float | None = None) -> Iterator[None]:
    """Raise TookTooLong where what is inside takes more than `seconds`, by default `SECONDS`.

    The kernel's timer of CPU time is used (setitimer(2), ITIMER_PROF), so that a busy machine makes no difference. An
    exception that a timer raises may get lost in a finalizer, or turn into another one; TookTooLong is raised all the
    same. There is no bound on Windows, which has no such timer, nor outside of the main thread, where none can be set.
    """
    inside, over = True, False

    def stop(_: int, __: FrameType | None) -> None:
        nonlocal over
        if inside:
            over = True
            raise TookTooLong

    left = SECONDS if seconds is None else seconds
    if left <= 0:
        raise TookTooLong
    try:
        before = signal.signal(signal.SIGPROF, stop)
    except (AttributeError, ValueError):
        yield
        return
    try:
        signal.setitimer(signal.ITIMER_PROF, left, left / 2)  # again, should it get lost
        yield
    except Exception:
        if not over:
            raise
    finally:
        inside = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    if over:
        raise TookTooLong


class TimeLeft:
    """What is left of `SECONDS` of CPU time for something that is done piece by piece."""

    def __init__(self) -> None:
        self.left = SECONDS

    @contextmanager
    def spend(self) -> Iterator[None]:
        """Raise TookTooLong where nothing is left, or as soon as what is inside has spent it."""
        before = time.process_time()
        try:
            with bounded(self.left):
                yield
        except TookTooLong:
            self.left = 0
            raise
        self.left -= time.process_time() - before


_P = ParamSpec("_P")
_T = TypeVar("_T")
_CLEAR: list[Callable[[], None]] = []
_MUCH = 200_000
"""Blocks of memory, about 15 MB, after which garbage is collected: that takes 20 ms, too long for every submission."""
_settled = [sys.getallocatedblocks()]


def once(function: Callable[_P, _T], most: int = 1) -> Callable[_P, _T]:
    """Return a function that keeps its last answer, or as many as `most`, until `forget`."""
    cached = lru_cache(maxsize=most)(function)
    _CLEAR.append(cached.cache_clear)
    return cached  # type: ignore[return-value]  # the type of what lru_cache makes has no parameters


def forget() -> None:
    """Let go of all that was kept for the submission that was graded last.

    The analysis of a text leaves circles of objects. If there are many, garbage is collected: left to itself, Python
    would do so only when a class has filled the memory.
    """
    for clear in _CLEAR:
        clear()
    if sys.getallocatedblocks() > _settled[-1] + _MUCH:
        gc.collect()
        _settled[-1] = sys.getallocatedblocks()


SCRIPT = 1 << 20
"""The most bytes of Python text that are read."""
NOTEBOOK = 20 << 20
"""The most bytes of a notebook that are read: nearly all of a large one is saved pictures."""
WORDS = 100_000
"""Words, signs and lines of all that is read for one submission; each takes up to a kilobyte and a half of trees."""
_WORD = re.compile(r"\w+|[^\w\s]|\n")


class WordsLeft:
    """How much text may still be read of one submission: its own file first, then its helper modules."""

    def __init__(self) -> None:
        self._left = WORDS
        self._characters = 0
        self._uncounted: list[str] = []

    def take(self, text: str, path: str) -> None:
        """Count a text before it is parsed. Raises SubmissionError if it is too much."""
        at = Span(path=path)
        if len(text) > SCRIPT:
            raise too_large(len(text.encode()), SCRIPT, at)
        self._characters += len(text)
        self._uncounted.append(text)
        if self._characters <= WORDS:  # there are no more words than characters; counting words takes 1 ms
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


def too_large(size: int, limit: int, at: Span) -> SubmissionError:
    """Return the error for a file of `size` bytes where `limit` are read."""
    return SubmissionError(
        say("The file has {size:.1f} MiB; at most {limit} MiB are read.", size=size / 2**20, limit=limit >> 20),
        hint=say("Hand in the code alone; data and saved pictures do not belong in it."),
        at=at,
    )
