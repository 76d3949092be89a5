"""What a command writes besides its output: errors, notes and progress, in the language asked for."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from grader.cli.entry import INTERRUPTED
from grader.errors import EngineError, GraderError, whereabouts
from grader.language import Language, Message, environment_language, inert, say


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

    _write(show_error(error, language=_spoken()))
    return error.exit_code


def tell_unexpected(error: BaseException) -> int:
    """Write a sentence about what nobody expected: Ctrl-C, a stream or file that fails, a bug; return the exit code.

    PINGFEN_TRACEBACK=1 shows where a bug is.
    """
    if isinstance(error, KeyboardInterrupt):
        with suppress(OSError):
            _write(say("Stopped with Ctrl-C.").text(_spoken()))
        return INTERRUPTED
    if os.environ.get("PINGFEN_TRACEBACK"):
        import traceback

        traceback.print_exception(error)
    with suppress(OSError):
        return tell(of_system(error) if isinstance(error, OSError) else own_fault(error))
    return EngineError.exit_code


def of_system(error: OSError) -> EngineError:
    """Return what the system refused: a full disk, a closed pipe, a folder that may not be written."""
    why = inert(error.strerror or str(error), 200)
    if error.filename is not None:
        return EngineError(say("{path}: {why}", path=inert(str(error.filename), 400), why=why))
    return EngineError(say("The output cannot be written: {why}", why=why))


def own_fault(error: BaseException) -> EngineError:
    """Return a bug of ours as an error that says where it is."""
    return EngineError(
        say("The grader itself failed here ({where}).", where=whereabouts(error)),
        say("Please report this with the submission; --audience instructor shows more."),
    )


def note(message: Message) -> None:
    """Write a sentence to standard error."""
    _write(message.text(_spoken()))


def _spoken() -> Language:
    """Return the language asked for, English where standard error has no Chinese characters."""
    try:
        "评分".encode(sys.stderr.encoding or "utf-8")
    except UnicodeEncodeError:
        return "en"
    return asked_language(sys.argv)


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
