"""What grading asks of an engine that runs sources, and how one is opened."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

from msgspec import Struct

from grader.model import Call, Happening, Limits, Outcome, Source, Value

T = TypeVar("T")
Wait: TypeAlias = Generator[float, None, T]
"""Work that waits: it goes on when bytes have come or at the time that it yields (of time.monotonic)."""
StandIn: TypeAlias = Callable[[str, str, tuple[Value, ...], Mapping[str, Value]], Wait[Outcome]]
"""Answers for a helper: from the function that asks, the helper's name, its arguments and the files there, as a call is
`given` them, to an outcome."""
QUESTIONS = 10_000
"""A call may ask so many where `Helpers.most` is not given: at 0.4 ms each, 4 s."""


class Usage(NamedTuple):
    """Seconds that a worker ran, all its threads together, and that it was ready and `queued` for a processor.

    The kernel counts both; what it does not count is 0.
    """

    cpu: float = 0.0
    queued: float = 0.0


class Helpers(NamedTuple):
    """Which helpers are replaced in the worker of a function, by the function's name, and what answers for them.

    `most` returns how many questions the call at a place may ask (`QUESTIONS` if it is not given). It may be costly, so
    it is called only for a call that asks more than a few. `seconds` says what all calls of a function may take (what
    its limits say, if the function is not in it).
    """

    replaced: Mapping[str, tuple[str, ...]]
    answer: StandIn
    most: Callable[[int], Wait[int]] | None = None
    seconds: Mapping[str, float] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """All helpers that are replaced in some function."""
        return tuple(dict.fromkeys(name for each in self.replaced.values() for name in each))


class Ran(Struct, frozen=True, kw_only=True, eq=False):
    """What came of a run: one outcome per call, in the order of the calls.

    `happenings` are what went wrong while the source was loaded. `seconds` is the wall time of the whole run, `left`
    the seconds that each function has left, by the grader's clock (none once two of its calls had to be stopped).
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

    def make(self, call: Call) -> Outcome:
        """Do what `call` does, with all that a call may ask for."""
        ...

    def calling(
        self, function: str, arguments: tuple[Value, ...], given: Mapping[str, Value] = {}, act: str = "call"
    ) -> Wait[Outcome]:
        """Do what `call` does while other workers of the engine are served, too; calls are made one after the other.

        What is `given` is there meanwhile, as it is for a call's `act`.
        """
        ...

    @property
    def happenings(self) -> tuple[Happening, ...]:
        """What went wrong while the source was loaded, in the order of its lines."""
        ...

    @property
    def usage(self) -> Usage:
        """What the present worker has had of the processors so far, nothing if there is none."""
        ...

    def paused(self) -> AbstractContextManager[None]:
        """Keep the worker from running meanwhile (not on Windows)."""
        ...

    def kill(self) -> None:
        """End the worker's process now; this may be called by another thread than the one that waits for it."""
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
        public: Collection[int] | None = None,
    ) -> Ran:
        """Make `calls` on `source`: a fresh worker for each function, or as few as there are cores if `together`.

        Outcomes come back in the order of `calls`, but the calls are made in another order: of each function the public
        ones first, and the function whose calls may take longest (`Call.seconds`) begins, so that all cores end soon.

        `limits` are by function. `helpers` are answered for in this process. `public` are the places of the calls whose
        outcome the source's author may see (by default all). Unless `together`, no hidden call is made by any worker
        before all public ones are answered, so that nothing of the hidden ones can be seen there.
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


_SLOW = ("pandas", "matplotlib.pyplot", "scipy.sparse", "torch", "jax")
"""Modules that take a worker 0.2 to 2 s to import."""


def slow_to_import(text: str) -> list[str]:
    """Return the modules that a reference speaks of which are better imported once for all workers.

    No other one that it imports is among them: a student's process sees what is imported already. That the reference
    uses these, the values and the figures tell anyway.
    """
    return [each for each in _SLOW if each.partition(".")[0] in text]


def open_engine(kind: str | None = None, *, python: str = "", ahead: Collection[str] = ()) -> Engine:
    """Return the engine `kind`, "fork" or "spawn".

    Default: "fork" on Linux, else "spawn". `python` runs the workers (default: this one); a server that `start`
    started with it is used, else one is started. The modules `ahead`, which sources may import, are imported once for
    all workers where these are forked. Raises EngineError if no server can be started.
    """
    chosen = kind or ("fork" if sys.platform == "linux" else "spawn")
    if chosen == "spawn":
        from grader.execution.workers import SpawnEngine

        return SpawnEngine(python)
    from grader.execution.workers import ForkEngine

    return ForkEngine(python, ahead)
