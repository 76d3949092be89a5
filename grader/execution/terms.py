"""What a conversation is held under: what is asked, how long and how much it may take."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

from grader.execution.engine import StandIn, Wait
from grader.model import Call, Limits, Source

PASSAGE = 2e-4  # seconds that a question's way to the grader and back takes the worker; the answer's own time is ours
FREELY = 64  # questions that any call may ask
LENT = 8
"""So many times the seconds of a call may all answers to one function's questions take that do not count as its time:
the reference has twice these seconds for all its cases, and a case asks four times as often as the reference."""
FLOOD_FACTOR, FLOOD_FLOOR = 16, 8 << 20  # who prints this much more than is kept is stopped


class Clock(NamedTuple):
    """When to stop waiting: a time of time.monotonic, a CPU time of the worker, a number of bytes printed."""

    deadline: float
    cpu: float = float("inf")
    flood: int = 1 << 62

    def later(self, seconds: float) -> Clock:
        """Return the clock with so much more time, which the worker spent waiting for us."""
        return self._replace(deadline=self.deadline + seconds, cpu=self.cpu + PASSAGE)


class StandIns(NamedTuple):
    """The helpers of the function `asker` that something else answers for, and what does."""

    asker: str
    names: tuple[str, ...]
    answer: StandIn


class Ask(NamedTuple):
    """A call to be made: where np.random and random stand before it.

    `most` says how many questions it may ask of stand-ins, and is asked once it has asked `FREELY`; there may be none.
    """

    call: Call
    seed: int
    most: Callable[[], Wait[int]] | None


class Budget:
    """What is left to one function: seconds for its calls, bytes for their results, seconds of others' answers."""

    def __init__(self, limits: Limits, seconds: float | None = None) -> None:
        self.seconds = 2 * limits.seconds if seconds is None else seconds
        self.room = limits.result
        self.lent = LENT * limits.seconds

    def lend(self, seconds: float) -> float:
        """Return how many of the `seconds` that an answer took do not count as the function's own."""
        granted = min(seconds, self.lent)
        self.lent -= granted
        return granted

    def granted(self, call: Call) -> int:
        """Return how many bytes the result of `call` may weigh."""
        return min(self.room, call.room or self.room)


class Loading(Struct, frozen=True, kw_only=True):
    """How a source is to be loaded; `code` is its text compiled by another worker, if one has done that."""

    source: Source
    limits: Limits
    cpu_seconds: float
    lean: bool
    code: bytes = b""
    stand_ins: tuple[str, ...] = ()


def flood(limits: Limits) -> int:
    """Return how many bytes a call may print before it is stopped."""
    return max(FLOOD_FACTOR * limits.output, FLOOD_FLOOR)
