"""The claim on a store: one process grades into it at a time, and others can tell which.

It is a lock of the system's on a file beside the store (POSIX, fcntl(2): F_SETLK). It belongs to the process alone, not
to those that it started, and is free as soon as the process is gone, whatever ended it; so nothing is ever to be
cleaned up. The file stays: to remove it would let two processes lock two files of one name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.course.store.journal import now
from grader.errors import UsageError, unwritable
from grader.language import inert, say


@contextmanager
def claimed(store: Path) -> Iterator[None]:
    """Hold the store at this path for the block. Raises UsageError where another process holds it, and names that.

    Where the system has no such locks (Windows), nothing is held.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    path = store.with_name(f"{store.name}.lock")
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        why = inert(error.strerror or "", 200)
        said = say("{path} cannot be written: {why}", path=inert(str(path), 1000), why=why)
        raise unwritable(error, said) from error
    try:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _held(store, os.read(file, 100).decode("ascii", "replace")) from error
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()} {now()}".encode(), 0)
        yield
    finally:
        os.close(file)


def _held(store: Path, holder: str) -> UsageError:
    process, _, since = holder.partition(" ")
    return UsageError(
        say("Another run is at work on {path}: process {process}, since {since}.", path=inert(str(store), 1000),
            process=inert(process or "?", 20), since=inert(since[:16].replace("T", " "), 40) + " UTC"),
        say("Wait until it has ended, or stop it with Ctrl-C: what it graded is kept. To grade at the same time, grade "
            "parts of the class into stores of their own (--shard 1/2)."),
    )  # fmt: skip
