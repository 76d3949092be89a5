"""Says that something is going on, once it takes longer than a second; on a terminal only."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def progress(after: float = 1.0) -> Iterator[None]:
    """While the block runs, count the seconds on standard error, from `after` seconds on; erase it at the end."""
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
