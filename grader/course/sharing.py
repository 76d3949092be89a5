"""Shares submissions out to those that grade, and finds the one that kills whoever grades it.

Submissions go out in chunks, and only as many chunks as keep everybody busy, so memory does not grow with the class.
Where whoever graded a chunk died, the chunk is halved. A submission that was a whole chunk is tried once more when
nothing else is out, so that no other one is blamed for it. One that kills again is not graded, and said to be so: that
is our fault unless somebody shows otherwise, and never a zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol, TypeAlias

from msgspec.structs import replace

from grader.course.grading import GradedWork, GradingJob, refusal
from grader.errors import EngineError
from grader.language import say

Chunk: TypeAlias = tuple[GradingJob, ...]
MOST_SUSPECTS = 8
"""Submissions that wait to be tried alone; with more, nothing new goes out, so memory stays flat."""
MOST_DEATHS = 20
"""Deaths in a row, without a report in between, after which the machine is at fault: a chunk of 50 takes 7 of them."""


class Hands(Protocol):
    """Those who grade; `close` ends what they still do."""

    @property
    def room(self) -> int:
        """How many chunks may be out at a time."""
        ...

    def give(self, chunk: Chunk) -> None:
        """Hand out a chunk; return at once."""
        ...

    def taken(self) -> Iterator[tuple[Chunk, Sequence[GradedWork] | None]]:
        """Wait for a chunk and yield those that came back, with their reports; `None` where who graded it died.

        Raises GraderError for what no other chunk could survive either.
        """
        ...

    def close(self) -> None:
        """Take back what is still out."""
        ...


Alone: TypeAlias = Callable[[Iterable[GradingJob]], Iterator[GradedWork]]
"""Grades in this process."""


def shared(jobs: Iterable[GradingJob], hands: Hands, *, size: int, alone: Alone) -> Iterator[GradedWork]:
    """Have jobs graded in chunks of `size`; yield each report as it comes, in any order.

    The report of a submission that kills is made by `alone`. Raises EngineError where everything kills.
    """
    return _Sharing(hands, alone).reports(iter(jobs), size)


class _Sharing:
    """What is out, what waits to go out in halves, and what is suspected to kill."""

    def __init__(self, hands: Hands, alone: Alone) -> None:
        self._hands, self._alone = hands, alone
        self._out = self._deaths = 0
        self._halves: list[Chunk] = []
        self._suspects: list[GradingJob] = []

    def reports(self, jobs: Iterator[GradingJob], size: int) -> Iterator[GradedWork]:
        while True:
            while self._out < self._hands.room and len(self._suspects) < MOST_SUSPECTS:
                if not (chunk := self._halves.pop() if self._halves else tuple(islice(jobs, size))):
                    break
                self._give(chunk)
            if self._out:
                yield from self._taken(self._halved)
            elif self._suspects:
                self._give((self._suspects.pop(),))
                yield from self._taken(self._not_graded)
            else:
                return

    def _give(self, chunk: Chunk) -> None:
        self._hands.give(chunk)
        self._out += 1

    def _taken(self, of_death: Callable[[Chunk], Iterator[GradedWork]]) -> Iterator[GradedWork]:
        died = False
        for chunk, reports in self._hands.taken():
            self._out -= 1
            died = died or reports is None
            if reports is not None:
                self._deaths = 0
            yield from reports if reports is not None else of_death(chunk)
        self._deaths += died
        if self._deaths > MOST_DEATHS:
            raise EngineError(
                say("The processes that grade died {count} times in a row.", count=self._deaths),
                say("Look whether they have memory enough. What was graded is kept, and the same command goes on."),
            )

    def _halved(self, chunk: Chunk) -> Iterator[GradedWork]:
        half = len(chunk) // 2
        if half:
            self._halves += [chunk[half:], chunk[:half]]
        else:
            self._suspects += chunk
        return iter(())

    def _not_graded(self, chunk: Chunk) -> Iterator[GradedWork]:
        killed = refusal(EngineError(say("A process of the grader died while it graded this, twice.")))
        return self._alone(replace(job, killed=killed) for job in chunk)
