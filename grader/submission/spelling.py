"""Which known name was probably meant by one that is not known: by its letters, its case and its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial

from grader.submission.costs import once

_MOST = 1000
"""Names that one is compared with at most."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
_BESIDE = frozenset({"test", "tests", "check", "helper", "plot", "print", "show", "demo", "example", "run", "main"})
"""Words of functions that stand beside the one that is meant."""


def spelled(name: str, known: Iterable[str], cutoff: float = 0.7) -> str:
    """Return the known name that is spelled most like `name`, "" if there is none.

    Case decides only between names that are as near without it.
    """
    return _spelled(name, tuple(sorted(known)[:_MOST]), cutoff)


@partial(once, most=64)
def _spelled(name: str, known: tuple[str, ...], cutoff: float) -> str:
    from difflib import SequenceMatcher, get_close_matches

    plain: dict[str, list[str]] = {}
    for each in known:
        plain.setdefault(_plain(each), []).append(each)
    close = get_close_matches(_plain(name), plain, n=1, cutoff=cutoff)
    alike = plain[close[0]] if close else [""]
    return max(alike, key=lambda each: SequenceMatcher(None, name, each).ratio())


def worded(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the known names with the words of `name` and up to two more, or longer words, or the other way round.

    For `zero_pad` these are `zero_padding`, `my_zero_pad` and `zero_pads`.
    """
    words = _words(name)
    every = ((each, _words(each)) for each in sorted(known)[:_MOST])
    return tuple(each for each, theirs in every if _is_wordier(words, theirs) or _is_wordier(theirs, words))


def same(one: str, other: str) -> bool:
    """Return whether two names differ in nothing but underscores and case."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(name)]


def _is_wordier(short: Sequence[str], long: Sequence[str]) -> bool:
    """Return whether `long` has the words of `short` in a row, each perhaps longer, and at most two more."""
    if len("".join(short)) < 4 or len(long) - len(short) > 2 or _BESIDE & ({*long} - {*short}):
        return False
    return any(
        all(each.startswith(word) for word, each in zip(short, long[start:], strict=False))
        for start in range(len(long) - len(short) + 1)
    )
