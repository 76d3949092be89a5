"""Texts, for assignments that are not about numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.cases.arithmetic import MOST_ITEMS, kind, whole
from grader.cases.failure import Failure
from grader.cases.registry import generator
from grader.language import say

if TYPE_CHECKING:
    from grader.cases.randomness import Randomness

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@generator
def text(source: Randomness, length: int, alphabet: str = _LETTERS) -> str:
    """Return a text of `length` characters of `alphabet` (small letters, if it is left out).

    >>> text(8)
    yljectna
    >>> text(1..5, "01")
    10
    """
    if not isinstance(alphabet, str) or not alphabet:
        raise Failure(say("Characters to choose from are needed, not {kind}.", kind=kind(alphabet)), word="TypeError")
    places = source.integers(0, len(alphabet) - 1, (whole(length, 0, MOST_ITEMS),))
    return "".join(alphabet[place] for place in places.tolist())


@generator
def words(source: Randomness, count: int) -> list[str]:
    """Return a list of `count` made-up words of one to eight small letters.

    >>> words(3)
    ['ectnaeme', 'zypb', 'kvc']
    """
    lengths: Any = source.integers(1, 8, (whole(count, 0, MOST_ITEMS // 8),))
    return [text(source, length) for length in lengths.tolist()]
