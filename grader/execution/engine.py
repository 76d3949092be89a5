"""The seam between grading and whatever runs a source."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

from msgspec import Struct

from grader.model import Call, Happening, Limits, Outcome, Source, Value

T = TypeVar("T")
Wait: TypeAlias = Generator[float, None, T]
"""Something that goes on when bytes have come or when the time it yields (of time.monotonic) has come."""
StandIn: TypeAlias = Callable[[str, str, tuple[Value, ...]], Wait[Outcome]]
"""What answers for a helper that the reference stands in for: who asks, its name and its arguments to an outcome."""
QUESTIONS = 10_000
"""A call may ask so many where nobody says how many: at 0.4 ms each, 4 s."""


class Helpers(NamedTuple):
    """Which helpers are replaced in the worker of a function, by the function's name, and what answers for them.

    `most` says how many questions the call at a place may ask (`QUESTIONS` if there is none); it is asked itself only
    where that are more than a few.
    `seconds` says what all calls of a function may take (what its limits say, if it says nothing).
    """

    replaced: Mapping[str, tuple[str, ...]]
    answer: StandIn
    most: Callable[[int], Wait[int]] | None = None
    seconds: Mapping[str, float] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """All that are replaced in some function."""
        return tuple(dict.fromkeys(name for own in self.replaced.values() for name in own))


class Ran(Struct, frozen=True, kw_only=True, eq=False):
    """What a run came to: one outcome per call, in the order of the calls.

    `happenings` is what the source did while it was loaded; `seconds` the wall time of the whole run, `left` what each
    function has left of its time, by the grader's clock.
    """

    outcomes: tuple[Outcome, ...]
    happenings: tuple[Happening, ...] = ()
    seconds: float = 0.0
    left: Mapping[str, float] = {}


class Session(Protocol):
    """One worker that keeps a source loaded for calls made one at a time."""

    def call(self, function: str, arguments: tuple[Value, ...]) -> Outcome:
        """Call `function` and return what came of it; a worker that died is replaced. Raises EngineError."""
        ...

    def calling(self, function: str, arguments: tuple[Value, ...]) -> Wait[Outcome]:
        """Do what `call` does while other workers of the engine are heard, too: one call after the other."""
        ...

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds that the present worker has used, as the kernel counts them; 0 where that cannot be known."""
        ...

    def paused(self) -> AbstractContextManager[None]:
        """Keep the worker from running meanwhile (not on Windows)."""
        ...


class Engine(Protocol):
    """Runs sources. What a source does is an outcome; only our own faults are raised, as EngineError."""

    @property
    def tier(self) -> str:
        """What holds the workers: "namespaces", "landlock+seccomp", "limits" or "process"."""
        ...

    @property
    def versions(self) -> Mapping[str, str]:
        """The versions of `python` and `numpy` that run the sources."""
        ...

    def run(
        self,
        source: Source,
        calls: Sequence[Call],
        limits: Mapping[str, Limits],
        *,
        together: bool = False,
        helpers: Helpers | None = None,
        shown: Collection[int] | None = None,
    ) -> Ran:
        """Make `calls` on `source`: a fresh worker for each function, or as few as there are cores if `together`.

        Outcomes come back in the order of `calls`. In which order the calls are made is the engine's affair: of a
        function those that are shown come first, and the function whose calls may take longest (`Call.seconds`) begins,
        so that all cores end soon.

        `limits` are by function. `helpers` are answered for in this process. `shown` are the places of the calls whose
        outcome the source's author may see (by default all). Unless `together`, no other call is made, by any worker,
        before all of these are answered, so that nothing of the others can be seen there.
        """
        ...

    def session(
        self, source: Source, limits: Limits, *, helpers: Helpers | None = None
    ) -> AbstractContextManager[Session]:
        """Return a session on `source`; its worker ends with the context.

        All `helpers` are replaced, whichever function is called; they are answered for in this process.
        """
        ...

    def close(self) -> None:
        """End every worker; the engine cannot be used again."""
        ...


def open_engine(kind: str | None = None, *, python: str = "") -> Engine:
    """Return the engine `kind`, "fork" or "spawn".

    Default: "fork" on Linux, else "spawn". `python` runs the workers (default: this one); a server that `start`
    started with it is used, else one is started. Raises EngineError if it cannot be.
    """
    chosen = kind or ("fork" if sys.platform == "linux" else "spawn")
    if chosen == "spawn":
        from grader.execution.workers import SpawnEngine

        return SpawnEngine(python)
    from grader.execution.workers import ForkEngine

    return ForkEngine(python)
