"""How much effort an expression may take over values that somebody else has made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from grader.cases.expression import Failure
from grader.language import say


class Meter:
    """Counts the elements of arrays that are made and multiplied, up to the `most` that may be."""

    def __init__(self, most: float = float("inf")) -> None:
        self.most = most
        self.spent = 0

    def count(self, elements: int) -> None:
        """Count. Raises Failure beyond the most."""
        self.spent += elements
        if self.spent > self.most:
            message = say("This would take far more effort than with the value that the reference returns.")
            raise Failure(message, word="MemoryError")


_METERS: list[Meter] = []


@contextmanager
def metered(meter: Meter) -> Iterator[Meter]:
    """Let a meter count what is computed inside."""
    _METERS.append(meter)
    try:
        yield meter
    finally:
        _METERS.pop()


def counted(elements: int) -> None:
    """Let all meters that are at work count. Raises Failure beyond what one of them lets through."""
    for meter in _METERS:
        meter.count(elements)
