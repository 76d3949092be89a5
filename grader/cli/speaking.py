"""What a command writes besides its output: errors, notes and progress, in the language asked for."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from grader.errors import GraderError
from grader.language import Language, Message, environment_language


def asked_language(words: Sequence[str]) -> Language:
    """Return the language after `--lang` in a command line that click may have refused, else the environment's."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        value = word.removeprefix("--lang=") if word.startswith("--lang=") else following if word == "--lang" else ""
        if value in ("zh", "en"):
            return "zh" if value == "zh" else "en"
    return environment_language()


def tell(error: GraderError) -> int:
    """Write the error as sentences with a way out to standard error; return its exit code."""
    from grader.report.lines import show_error

    _write(show_error(error, language=asked_language(sys.argv)))
    return error.exit_code


def note(message: Message) -> None:
    """Write a sentence to standard error."""
    _write(message.text(asked_language(sys.argv)))


def _write(text: str) -> None:
    encoding = sys.stderr.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), file=sys.stderr)


@contextmanager
def progress(after: float = 1.0) -> Iterator[None]:
    """While the block runs, count the seconds on standard error, from `after` seconds on; erase it at the end.

    `rich.status` would take 25 ms of CPU to import, which the grading would have to wait for.
    """
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_count, args=(done, after), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _count(done: threading.Event, after: float) -> None:
    began = time.monotonic()
    if done.wait(after):
        return
    while not done.wait(0.2):
        sys.stderr.write(f"\r⋯ {time.monotonic() - began:.0f} s ")
        sys.stderr.flush()
    sys.stderr.write("\r        \r")
    sys.stderr.flush()
