"""Imports modules while this process would wait."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_TURN = 0.0005  # seconds; with Python's 0.005 an answer of a worker would wait that long for an import to pause


@contextmanager
def importing(*names: str) -> Iterator[None]:
    """While the block runs, import the modules `names` on another thread; what goes wrong there is left to tell later.

    It is told by whoever imports the module next.
    """
    missing = [name for name in names if name not in sys.modules]
    if not missing:
        yield
        return
    import threading

    thread = threading.Thread(target=_import, args=(missing,), daemon=True)
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        sys.setswitchinterval(before)


def _import(names: list[str]) -> None:
    from contextlib import suppress
    from importlib import import_module

    for name in names:
        with suppress(Exception):
            import_module(name)
