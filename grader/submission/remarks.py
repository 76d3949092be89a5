"""Remarks on a submission: some of each kind, since a stranger's file can give cause for as many as it has lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from grader.language import Message, say

MOST = 50
"""Remarks of one kind."""

_At = TypeVar("_At")


def some(remarks: Iterable[tuple[Message, _At]]) -> list[tuple[Message, _At]]:
    """Return remarks of a kind; of more than `MOST` the last says how many there are from its place on."""
    kept: list[tuple[Message, _At]] = []
    count = 0
    for count, each in enumerate(remarks, start=1):
        if count <= MOST:
            kept.append(each)
    if count > MOST:
        kept[-1] = (say("… and {count} more like these.", count=count - MOST + 1), kept[-1][1])
    return kept
