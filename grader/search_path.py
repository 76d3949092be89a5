"""The module search path without the current folder: what was handed in lies there and must not replace a library.

`python -m`, `python -c`, notebooks and an empty entry of PYTHONPATH all put the current folder on the path, in front.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

_INSTALLED = tuple(os.path.join(prefix, "lib", "") for prefix in (sys.prefix, sys.base_prefix))  # noqa: PTH118
"""Python's own libraries stay on the path, even for a user who works in their folder."""


def sound(entries: Iterable[str]) -> list[str]:
    """Return the `entries` that are absolute and do not lead to the current folder."""
    try:
        here = os.path.realpath(os.getcwd())  # noqa: PTH109
    except OSError:  # it is gone
        here = ""
    return [
        each
        for each in entries
        if os.path.isabs(each) and (os.path.realpath(each) != here or each.startswith(_INSTALLED))  # noqa: PTH117
    ]


class WithoutHere:
    """While it lasts, nothing is imported from the current folder."""

    def __enter__(self) -> None:
        self._before = sys.path[:]
        sys.path[:] = sound(sys.path)

    def __exit__(self, *_: object) -> None:
        sys.path[:] = self._before
