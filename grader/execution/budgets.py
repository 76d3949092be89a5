"""How long a call, and all calls of a function together, may take; how much they may print and return."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import NamedTuple

from grader.model import Call, Limits, Outcome, Stopped

ROUND_TRIP = 2e-4  # seconds that a question's way to the grader and back takes the worker, besides the answer itself
UNCOUNTED = 8
"""The answers to one function's questions may take so many times the seconds of a call that do not count as its time:
a reference seldom needs twice these seconds, and a case asks four times as often as the reference."""


class Clock(NamedTuple):
    """When to stop waiting: a time of time.monotonic, CPU seconds of the worker, a number of bytes printed."""

    deadline: float
    cpu: float = float("inf")
    flood: int = 1 << 62

    def later(self, seconds: float) -> Clock:
        """Return the clock with `seconds` more, which the worker spent waiting for an answer."""
        return self._replace(deadline=self.deadline + seconds, cpu=self.cpu + ROUND_TRIP)


MOST_CALLS = 20
"""All calls of a function together may take the seconds of so many, or of all of them if they are fewer."""
ENDLESS = 2  # calls that had to be stopped: after these a function has no time left


def calls_granted(count: int) -> int:
    """Return the seconds of how many calls a function with so many calls has."""
    return min(max(count, ENDLESS), MOST_CALLS)


class Budget:
    """What is left to one function: seconds for its calls, bytes of `room` for their results, `uncounted` seconds.

    `loading` are the seconds for loading the source again where a call ended the worker.
    """

    def __init__(self, limits: Limits, calls: int, seconds: float | None = None) -> None:
        self.seconds = calls_granted(calls) * limits.seconds if seconds is None else seconds
        self.loading = ENDLESS * limits.seconds
        self.room = limits.result
        self._stopped = 0
        self.uncounted = UNCOUNTED * limits.seconds

    def uncount(self, seconds: float) -> float:
        """Return how many of the `seconds` that an answer took do not count as the function's own."""
        granted = min(seconds, self.uncounted)
        self.uncounted -= granted
        return granted

    def loaded_again(self, seconds: float) -> None:
        """Charge a loading that the function's own code made necessary."""
        self.loading -= seconds
        if self.loading <= 0:
            self.seconds = 0.0

    def ended(self, outcome: Outcome) -> None:
        """Leave no time to a function with as many calls as are `ENDLESS` that had to be stopped."""
        if isinstance(outcome, Stopped) and outcome.reason in ("timeout", "cpu"):
            self._stopped += 1
            if self._stopped >= ENDLESS:
                self.seconds = 0.0

    def granted(self, call: Call) -> int:
        """Return how many bytes the result of `call` may weigh."""
        return min(self.room, call.room or self.room)


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds a process has used, as the kernel counts them, 0 where it cannot be known.

    The clock's id is that of clock_getcpuclockid(3).
    """
    if sys.platform != "linux":
        return 0.0
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:  # it has ended
        return 0.0


def queued_seconds(pid: int) -> float:
    """Return how long a process was ready and waited for a processor, 0 where it cannot be known.

    It is the second number of /proc/PID/schedstat, in nanoseconds (the kernel's Documentation/scheduler).
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[1]) / 1e9
    except OSError:  # it has ended, or its kernel does not count that
        return 0.0
