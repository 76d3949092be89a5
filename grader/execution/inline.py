"""An engine without a process of its own: for tests. It loads and calls as a worker does, and stops nothing.

No clock, no limit of memory and no death is survived: `os._exit` ends the tests.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from typing import Any

from grader.execution import answers
from grader.execution.conversation import Budget, Loading, StandIns, reply
from grader.execution.engine import Helpers, Ran, T, Wait
from grader.execution.running import SEED, grouped
from grader.execution.wire import HEAD, Frame, Wire, frame_bytes, parse_frame
from grader.execution.worker.loading import LoadedModule, load
from grader.execution.worker.serving import answer
from grader.model import Call, Happening, Limits, Outcome, Source, Value
from grader.values.family import Buffer
from grader.values.packing import pack


class _Loop(Wire):
    """A worker's line whose other end is in the same process: it answers what the worker asks of stand-ins."""

    def __init__(self, stand_ins: StandIns | None) -> None:
        super().__init__(-1, -1)
        self._stand_ins = stand_ins
        self.asker = ""
        self._reply: Frame | None = None

    def write(self, header: dict[str, Any], buffers: Sequence[Buffer] = ()) -> None:
        """Take in what the worker says."""
        frame = _crossed(header, buffers)
        if frame.header["was"] != "asks":
            return
        assert self._stand_ins is not None  # nobody else asks
        self._reply = _crossed(*reply(_come(self._stand_ins.answer(self.asker, *answers.question(frame)))))

    def read(self) -> Frame | None:
        """Return the answer to what was asked last."""
        return self._reply


class InlineSession:
    """A source loaded in this process."""

    cpu_seconds = 0.0  # the grader's own are counted with it
    paused = nullcontext

    def __init__(self, source: Source, limits: Limits, stand_ins: StandIns | None = None) -> None:
        self._limits = limits
        names = stand_ins.names if stand_ins else ()
        header, texts = Loading(source=source, limits=limits, cpu_seconds=0, lean=False, stand_ins=names).frame("")
        header.update(file=source.path, patience=0)
        sys.modules.pop("submission", None)  # another session's: a worker process has one source only
        self._line = _Loop(stand_ins)
        with _printing():
            self._loaded: LoadedModule = load(_crossed(header, texts), self._line)
        self.happenings: tuple[Happening, ...] = answers.happenings(
            _crossed({"was": "loaded", "happenings": self._loaded.happenings})
        )

    def call(self, function: str, arguments: tuple[Value, ...]) -> Outcome:
        """Call `function` and return what came of it."""
        return self.make(function, arguments, SEED, Budget(self._limits))

    def calling(self, function: str, arguments: tuple[Value, ...]) -> Wait[Outcome]:
        """Do what `call` does, which nobody waits for here."""
        yield from ()
        return self.call(function, arguments)

    def make(self, function: str, arguments: tuple[Value, ...], seed: int, budget: Budget) -> Outcome:
        """Call `function` at the expense of `budget`; return what came of it."""
        packed = pack(arguments, sys.maxsize)
        self._line.room, self._line.asker = budget.room, function
        header = {"id": "", "function": function, "seed": seed, "result": budget.room}
        with _printing() as printed:
            frame = _crossed({**header, "arguments": packed.node}, packed.buffers)
            told = _parsed(answer(frame, self._loaded))
        budget.room -= min(budget.room, told.weight)
        stdout = printed.getvalue().encode("utf-8", "replace")[: self._limits.output].decode("utf-8", "replace")
        return answers.outcome(told, stdout)


class InlineEngine:
    """Runs sources in this process; `Engine` says what each method does."""

    tier = "inline"

    @property
    def versions(self) -> Mapping[str, str]:
        """The versions of this process."""
        import platform

        import numpy as np

        return {"python": platform.python_version(), "numpy": np.__version__}

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
        """Make `calls` on `source`, loaded anew for each function."""
        began = time.monotonic()
        results: dict[int, Outcome] = {}
        happenings: dict[Happening, None] = {}
        for group in grouped(calls, limits, helpers, shown):
            session = InlineSession(source, group.limits, group.stand_ins)
            happenings.update(dict.fromkeys(session.happenings))
            budget = Budget(group.limits)
            for number, (place, call) in enumerate(group.calls):
                results[place] = session.make(call.function, call.arguments, SEED + number, budget)
        outcomes = tuple(results[place] for place in range(len(calls)))
        return Ran(outcomes=outcomes, happenings=tuple(happenings), seconds=time.monotonic() - began)

    @contextmanager
    def session(self, source: Source, limits: Limits, *, helpers: Helpers | None = None) -> Iterator[InlineSession]:
        """Return a session on `source`, as `Engine.session` says."""
        yield InlineSession(
            source, limits, StandIns("", helpers.names, helpers.answer) if helpers is not None else None
        )

    def close(self) -> None:
        """Do nothing: there is nothing to end."""


def _come(wait: Wait[T]) -> T:
    while True:
        try:
            next(wait)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]


@contextmanager
def _printing() -> Iterator[io.StringIO]:
    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        yield printed


def _crossed(header: Mapping[str, object], buffers: Sequence[Buffer] = ()) -> Frame:
    """Return the frame that the other side would read."""
    return _parsed(frame_bytes(dict(header), buffers))


def _parsed(pieces: Sequence[Buffer]) -> Frame:
    data = b"".join(pieces)
    _, text, _ = HEAD.unpack(data[: HEAD.size])
    return parse_frame(data[HEAD.size : HEAD.size + text], bytearray(data[HEAD.size + text :]))
