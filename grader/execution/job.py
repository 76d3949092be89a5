"""One source on its way through the workers: what is still to be run on it, and what is known of its loading."""

from __future__ import annotations

import time
from collections.abc import Callable, Sized
from functools import partial
from pathlib import PurePath

from msgspec import Struct

from grader.execution.conversation import Conversation
from grader.execution.engine import Wait
from grader.execution.terms import Ask, Loading, StandIns
from grader.model import Call, Happening, Limits, Source, Stopped

CORES = 4  # at most so many workers at once
SEED = 8128  # where np.random and random stand before the first call; the next calls follow
_TURN = 0.05  # seconds between looks at whether it is compiled; bytes that come wake everybody at once
_CODES = 8  # compiled texts that an engine keeps: a reference's, with and without mistakes, and a submission's
_LOADINGS = 3  # all loadings of a source together take at most so many times what one may

Hire = Callable[[int], Wait[Conversation]]
"""Gives a worker that is ready, told how many more will soon be wanted."""


class Group(Struct, frozen=True, kw_only=True, eq=False):
    """The calls of one function, each with its place among all calls, and what answers for its helpers.

    The first `alone` calls are each answered before anything of the next is sent. `most` is as in `Helpers`. All calls
    may take `seconds`, if not what `limits` say.
    """

    function: str
    calls: tuple[tuple[int, Call], ...]
    limits: Limits
    alone: int = 1 << 31
    stand_ins: StandIns | None = None
    most: Callable[[int], Wait[int]] | None = None
    seconds: float | None = None

    def ask(self, number: int) -> Ask:
        """Return what is to be asked of a worker for the call of this number."""
        place, call = self.calls[number]
        return Ask(call, SEED + number, self.most and partial(self.most, place))


class Job:
    """One source on its way through the workers, and what is known of its loading.

    A source that cannot be compiled within the limits cannot be run at all. Once loading has taken too long or has
    ended a worker, only definitions are loaded (`lean`); if even that fails, nothing of the source can be run either.
    `hopeless` says why. `together` are the limits of a worker that serves every function. What happens while a source
    is loaded is listened to (`listening`) as long as nothing was run that its author may not see. `waiting` says how
    many groups have no worker yet, `parked` how many bytes the workers hold that were stopped. `codes` are texts that
    the engine's workers compiled so far, each before anything of it was run.
    """

    def __init__(self, source: Source, hire: Hire, codes: dict[str, bytes], together: Limits | None = None) -> None:
        self.source, self.hire, self.together = source, hire, together
        self.waiting: Sized = ()
        self.lean = False
        self.listening = True
        self.parked = 0
        self.hopeless: Stopped | None = None
        self.happenings: dict[tuple[str, int, str], Happening] = {}
        self._codes = codes
        self._first: Conversation | None = None  # who compiles
        self._seconds = 0.0

    @property
    def more(self) -> int:
        """How many more workers are likely to be wanted, for this source or the next one."""
        return len(self.waiting) if self.together is None else CORES

    def ready(self, group: Group) -> Wait[Conversation | Stopped]:
        """Return a worker with the source loaded for `group`, or how loading comes to nothing."""
        while self.hopeless is None:
            worker = yield from self.hire(self.more)
            try:
                loaded = yield from self._load(worker, group, lean=self.lean)
            except BaseException:  # of another task too, which closes this one: nobody else knows of the worker yet
                worker.leave()
                raise
            if loaded:
                return worker
        return self.hopeless

    def _load(self, worker: Conversation, group: Group, *, lean: bool) -> Wait[bool]:
        limits = self.together or group.limits
        key = f"{PurePath(self.source.path).name}\0{self.source.text}"
        while not lean and self._first is not None and self._first.code is None and not self._first.over:
            yield time.monotonic() + _TURN  # compiling on both cores would take one from the grader's own imports
        if self._first is not None and self._first.code:
            self._codes[key] = self._first.code
        if self.hopeless is not None:  # it could not be
            worker.leave()
            return False
        loading = Loading(
            source=self.source,
            limits=limits,
            cpu_seconds=limits.load_seconds + 2 * limits.cpu_seconds,
            lean=lean,
            code=b"" if lean else self._codes.get(key, b""),
            stand_ins=group.stand_ins.names if group.stand_ins else (),
        )
        if not (lean or loading.code):
            self._first = worker
        began = time.monotonic()
        came = yield from worker.load(loading)
        self._seconds += time.monotonic() - began
        if worker.code:
            self._codes[key] = worker.code
            for old in [*self._codes][:-_CODES]:
                del self._codes[old]
        if isinstance(came, Stopped):
            self.hopeless = self.hopeless or (came if lean or came.reason == "compile" else None)
        elif self._seconds > _LOADINGS * limits.load_seconds:
            self.hopeless = Stopped(reason="timeout")
        happenings = [_happening(came)] if isinstance(came, Stopped) else came
        heard = self.listening and not lean and not (isinstance(came, Stopped) and came.reason == "compile")
        for each in happenings if heard else ():
            self.happenings.setdefault((each.kind, each.line, each.detail), each)
        late = isinstance(came, Stopped) or any(each.kind == "timeout" for each in happenings)
        self.lean = self.lean or late or self._seconds > (_LOADINGS - 1) * limits.load_seconds
        return not isinstance(came, Stopped)


def _happening(stopped: Stopped) -> Happening:
    """Return what ended a worker while it loaded; only the worker would have known the line."""
    late = stopped.reason in ("timeout", "cpu")
    return Happening(kind="timeout" if late else "raised", line=0, detail=stopped.detail or stopped.reason)
