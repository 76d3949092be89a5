"""How times are taken: the student's call and the reference's by turns, each in a worker of its own.

So the reference is never in the student's process. A call's time is the grader's own clock around it, so no worker can
make itself look faster. Taken off is the time that the worker was queued for a processor, which grows faster than the
call where a machine is busy: a short call seldom loses its turn (with six workers on two cores a linear function's time
grew with the power 1.3). The way there and back, which is the grader's, is taken off, too: it is what the reference's
call took beyond the seconds that its own worker, which can be trusted, says it worked. Beside it stands the CPU time
that the kernel counts for the student's worker. Every sweep has fresh workers, and no worker is given the same
arguments twice, so a result kept from an earlier call is of no use. What a source computes while it is loaded is not
timed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from statistics import linear_regression
from typing import NamedTuple, Protocol

from msgspec import Struct

from grader.execution import Engine, Helpers, Session
from grader.model import Call, Case, Limits, Outcome, Returned, Source, Stopped, Trial
from grader.values import fingerprint

FLOOR = 1e-3
"""Seconds: what takes less is not told apart from what takes this long."""
PATIENCE = 8.0
"""All that is timed of one function may take so many times the seconds of a call."""
_LEAST_RISE = 2.0  # a reference that is too quick to be timed may seem not to grow; then nothing could be told apart


class Turn(Struct, frozen=True, kw_only=True, eq=False):
    """One case measured once: what came of it on both sides, and the seconds of its calls, from small to large.

    `seconds` are by the clock without the time queued, `cpu` the student's worker's: at least FLOOR, and infinite where
    there is no right result. `whole` are by the clock with it. `reference` are the reference's, as its worker says.
    `first` says that the workers had made no call before.
    """

    got: tuple[Outcome, ...]
    want: tuple[Outcome, ...]
    seconds: tuple[float, ...]
    cpu: tuple[float, ...]
    whole: tuple[float, ...]
    reference: tuple[float, ...]
    first: bool = False

    @property
    def ratios(self) -> list[float]:
        """How many times as long as the reference's each call took."""
        return [mine / max(theirs, FLOOR) for mine, theirs in zip(self.seconds, self.reference, strict=True)]

    @property
    def fixed(self) -> float:
        """The part of the time that does not grow as the reference's does, in the reference's times for the smallest.

        It is `a` where the time is a + b * the reference's at the smallest and the largest size, by the clock with the
        time queued: who waits busily until the clock says so has been queued meanwhile, where the machine is busy.
        """
        least, most = self.whole[0], self.whole[-1]
        if math.inf in (least, most):
            return math.inf
        rise = max(self.reference[-1] / max(self.reference[0], 1e-9), _LEAST_RISE)
        return max(0.0, (least * rise - most) / (rise - 1)) / max(self.reference[0], FLOOR)

    def growth(self, sizes: Sequence[int]) -> float:
        """Return the exponent of the time's growth: by the clock or of CPU time, whichever is larger.

        A function that sleeps on small inputs, so that they take as long as large ones, uses no CPU time meanwhile.
        """
        return max(_slope(sizes, self.seconds), _slope(sizes, self.cpu))


class Clocked(NamedTuple):
    """One call: what came of it, the seconds `around` it and `inside` its worker, and those of CPU time.

    The time that the worker was queued for a processor is in `whole` alone, which is otherwise `around`.
    """

    outcome: Outcome
    around: float
    inside: float
    cpu: float
    whole: float


class Timing(Protocol):
    """A check whose cases have been timed once."""

    def decided(self) -> tuple[Trial, ...]:
        """Return the trials once it is decided what was too slow, after as many more sweeps as that takes."""


class Bench:
    """Where the two are timed; `left` are the seconds that all of the student's calls may still take.

    `helpers` stand in for the student's own. The way to them takes time, so a call that is stopped then tells nothing
    of the function: nothing more is timed.
    """

    def __init__(
        self,
        engine: Engine,
        student: Source,
        reference: Source,
        limits: Limits,
        *,
        left: float = math.inf,
        helpers: Helpers | None = None,
    ) -> None:
        self.left = left
        self._engine, self._student, self._reference = engine, student, reference
        self._limits, self._helpers = limits, helpers

    def sweep(self, cases: Sequence[Case], number: int) -> list[Turn]:
        """Time each case once, in fresh workers; which side begins alternates with the case and the sweep's `number`.

        Where nothing is `left`, the student's call is not made.
        """
        return [turn for some in _apart(cases) for turn in self._sweep(some, number)]

    def _sweep(self, cases: Sequence[tuple[int, Case]], number: int) -> Iterator[Turn]:
        with (
            self._engine.session(self._student, self._limits, helpers=self._helpers) as theirs,
            self._engine.session(self._reference, self._limits) as ours,
        ):
            self._load(theirs)
            _load(ours)
            for each, (place, case) in enumerate(cases):
                yield self._turn(case, theirs, ours, ours_first=bool((number + place) % 2), first=not each)

    def _turn(self, case: Case, theirs: Session, ours: Session, *, ours_first: bool, first: bool) -> Turn:
        mine: list[Clocked] = []
        right: list[Clocked] = []
        for call, truth in zip(case.calls, case.truth, strict=True):
            if ours_first:
                right.append(_undisturbed(ours, truth, theirs))
            mine.append(self._timed(theirs, call))
            if not ours_first:
                right.append(_undisturbed(ours, truth, theirs))
        inside = [each.inside for each in right]
        returned = [isinstance(each.outcome, Returned) for each in mine]
        return Turn(
            got=tuple(each.outcome for each in mine),
            want=tuple(each.outcome for each in right),
            seconds=_without_the_way([each.around for each in mine], [each.around for each in right], inside, returned),
            cpu=_without_the_way([each.cpu for each in mine], [each.cpu for each in right], inside, returned),
            whole=_without_the_way([each.whole for each in mine], [each.around for each in right], inside, returned),
            reference=tuple(inside),
            first=first,
        )

    def _timed(self, session: Session, call: Call) -> Clocked:
        if self.left <= 0:
            return Clocked(Stopped(reason="unreached"), 0.0, 0.0, 0.0, 0.0)
        clocked = _clocked(session, call)
        self.left -= clocked.around
        if isinstance(clocked.outcome, Stopped):
            if self._helpers is not None:
                self.left = 0.0
            self._load(session)  # the next call is not to pay for a new worker
        return clocked

    def _load(self, session: Session) -> None:
        if self.left > 0:
            self.left -= _load(session)


def _load(session: Session) -> float:
    """Have the worker load its source; return the seconds it took."""
    return _clocked(session, Call(function="", arguments=())).around  # there is no such function


def _clocked(session: Session, call: Call) -> Clocked:
    before, began = session.usage, time.perf_counter()
    outcome = session.make(call)
    seconds, after = time.perf_counter() - began, session.usage
    queued = max(0.0, after.queued - before.queued)
    around = max(0.0, seconds - queued)
    inside = max(0.0, outcome.seconds - queued) if isinstance(outcome, Returned) else around
    return Clocked(outcome, around, inside, max(0.0, after.cpu - before.cpu), seconds)


def _undisturbed(ours: Session, truth: Call, theirs: Session) -> Clocked:
    """Make the reference's call while the student's worker stands still: a timer there could take the processor."""
    with theirs.paused():
        return _clocked(ours, truth)


def _without_the_way(
    mine: Sequence[float], around: Sequence[float], inside: Sequence[float], returned: Sequence[bool]
) -> tuple[float, ...]:
    """Return the student's times without the way there and back, which is known from the reference's."""
    return tuple(
        max(each - max(whole - part, 0.0), FLOOR) if good else math.inf
        for each, whole, part, good in zip(mine, around, inside, returned, strict=True)
    )


def _apart(cases: Sequence[Case]) -> list[list[tuple[int, Case]]]:
    """Return the cases with their places, in groups in which no arguments come twice."""
    groups: list[list[tuple[int, Case]]] = []
    seen: list[set[int]] = []
    for place, case in enumerate(cases):
        given = {hash(fingerprint(call.arguments)) for call in case.calls}
        number = next((each for each, known in enumerate(seen) if not known & given), len(seen))
        if number == len(seen):
            seen.append(set())
            groups.append([])
        seen[number] |= given
        groups[number].append((place, case))
    return groups


def _slope(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Return the slope of log seconds over log size by least squares, 0 for a single size."""
    if len(sizes) < 2:
        return 0.0
    if math.inf in seconds:
        return math.inf
    return linear_regression([math.log(size) for size in sizes], [math.log(each) for each in seconds]).slope
