"""What is kept while one submission is graded, no longer: the trees of a large text take a hundred megabytes."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")
_CLEAR: list[Callable[[], None]] = []
_MUCH = 200_000
"""Blocks of memory, about 15 MB. To collect takes 20 ms, so it is not done for every submission."""
_settled = [sys.getallocatedblocks()]


def once(function: Callable[_P, _T], most: int = 1) -> Callable[_P, _T]:
    """Return a function that keeps its last answer, or as many as `most`, until `forget`."""
    kept = lru_cache(maxsize=most)(function)
    _CLEAR.append(kept.cache_clear)
    return kept  # type: ignore[return-value]  # the type of what lru_cache makes has no parameters


def forget() -> None:
    """Let go of all that was kept for the submission that was graded last.

    What flows in a text goes around in circles, so much of it is collected at once: the collector by itself comes only
    when a class has filled the memory.
    """
    for clear in _CLEAR:
        clear()
    if sys.getallocatedblocks() > _settled[-1] + _MUCH:
        gc.collect()
        _settled[-1] = sys.getallocatedblocks()
