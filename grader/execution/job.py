"""One source on its way through the workers: what is still to be run on it, and what is known of its loading."""

from __future__ import annotations

import marshal
import time
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import PurePath

from msgspec import Struct

from grader.execution.boards import Wait
from grader.execution.conversation import Conversation, Loading, StandIns
from grader.model import Call, Happening, Limits, Source, Stopped

CORES = 4  # at most so many workers at once
_SHORT = 1 << 16  # characters; compiling these takes 20 ms at most, and for a function's worker 4 ms of a usual 7
_LOADINGS = 3  # all loadings of a source together take at most so many times what one may

Hire = Callable[[int], Wait[Conversation]]
"""Gives a worker that is ready, told how many more will soon be wanted."""


class Group(Struct, frozen=True, kw_only=True, eq=False):
    """The calls of one function, each with its place among all calls, and what answers for its helpers.

    The first `alone` calls are each answered before anything of the next is sent.
    """

    function: str
    calls: tuple[tuple[int, Call], ...]
    limits: Limits
    alone: int = 1 << 31
    stand_ins: StandIns | None = None


class Job:
    """One source, the groups still to be run on it, and what is known of its loading.

    Once loading has taken too long or has ended a worker, only definitions are loaded (`lean`); if even that fails,
    nothing of the source can be run, and `hopeless` says why. `together` are the limits of a worker that serves every
    function. `compiled` says that the workers run the same Python, so that the text need be compiled once only.
    """

    def __init__(
        self,
        source: Source,
        groups: Sequence[Group],
        hire: Hire,
        together: Limits | None = None,
        *,
        compiled: bool = False,
    ) -> None:
        self.source, self.hire, self.together = source, hire, together
        self._code = b"" if compiled else None
        self.groups = deque(groups)
        self.lean = False
        self.hopeless: Stopped | None = None
        self.happenings: dict[tuple[str, int, str], Happening] = {}
        self._seconds = 0.0

    @property
    def more(self) -> int:
        """How many more workers are likely to be wanted, for this source or the next one."""
        return len(self.groups) if self.together is None else CORES

    def ready(self, group: Group) -> Wait[Conversation | Stopped]:
        """Return a worker with the source loaded for `group`, or how loading comes to nothing."""
        while self.hopeless is None:
            worker = yield from self.hire(self.more)
            if (yield from self._load(worker, group, lean=self.lean)):
                return worker
        return self.hopeless

    def _compiled(self) -> bytes:
        if self._code == b"":
            self._code = _marshalled(self.source) or None
        return self._code or b""

    def _load(self, worker: Conversation, group: Group, *, lean: bool) -> Wait[bool]:
        limits = self.together or group.limits
        loading = Loading(
            source=self.source,
            limits=limits,
            cpu_seconds=limits.load_seconds + 2 * limits.cpu_seconds,
            lean=lean,
            code=b"" if lean else self._compiled(),
            stand_ins=group.stand_ins.names if group.stand_ins else (),
        )
        began = time.monotonic()
        came = yield from worker.load(loading)
        self._seconds += time.monotonic() - began
        if isinstance(came, Stopped):
            self.hopeless = came if lean else None
        elif self._seconds > _LOADINGS * limits.load_seconds:
            self.hopeless = Stopped(reason="timeout")
        happenings = [_happening(came)] if isinstance(came, Stopped) else came
        for each in happenings if not lean else ():
            self.happenings.setdefault((each.kind, each.line, each.detail), each)
        late = isinstance(came, Stopped) or any(each.kind == "timeout" for each in happenings)
        self.lean = self.lean or late or self._seconds > (_LOADINGS - 1) * limits.load_seconds
        return not isinstance(came, Stopped)


def _marshalled(source: Source) -> bytes:
    """Return the code of `source` as bytes, b"" if it does not compile or is long; a worker then sees for itself."""
    if len(source.text) > _SHORT:
        return b""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            code = compile(source.text, PurePath(source.path).name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
            return b""
    return marshal.dumps(code)


def _happening(stopped: Stopped) -> Happening:
    """Return what ended a worker while it loaded; only the worker would have known the line."""
    late = stopped.reason in ("timeout", "cpu")
    return Happening(kind="timeout" if late else "raised", line=0, detail=stopped.detail or stopped.reason)
