"""The engine of every other system: a fresh interpreter per worker, the same wire and the same clocks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from grader.execution.answers import Line
from grader.execution.boards import Board, PollBoard
from grader.execution.start import ENVIRONMENT, ROOT, WORKER, isolation, paths
from grader.execution.workers import WorkerEngine, cannot_start

_PATIENCE = 0.1  # seconds for a process that hung up to end by itself


class SpawnEngine(WorkerEngine):
    """Workers by exec; `threads` chooses the board that needs no poll(2) (Windows has none for pipes)."""

    def __init__(self, python: str = "", *, without: str = "", threads: bool = sys.platform == "win32") -> None:
        super().__init__(_board(threads), python)
        self._without = without

    def lease(self, more: int) -> Line:
        """Return the ends of a worker that is starting; `more` says nothing here."""
        script = str(Path(WORKER, "alone.py"))
        command = [self._python, *isolation(self._python), script, ROOT, self._without, *paths(self._python)]
        (theirs_in, ours_out), (ours_in, theirs_out), (output, printed) = os.pipe(), os.pipe(), os.pipe()
        environment = dict(ENVIRONMENT)
        if "SYSTEMROOT" in os.environ:  # Windows cannot start Python without it
            environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
        try:
            process = subprocess.Popen(
                command,
                stdin=theirs_in,
                stdout=theirs_out,
                stderr=printed,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            for descriptor in (ours_in, ours_out, output):
                os.close(descriptor)
            raise cannot_start(self._python, error.strerror or "") from error
        finally:
            for descriptor in (theirs_in, theirs_out, printed):
                os.close(descriptor)
        return Line((ours_in, ours_out), output, process.pid, lambda: _kill(process), lambda: _end(process))


def _board(threads: bool) -> Board:
    if threads:
        from grader.execution.threads import ThreadBoard

        return ThreadBoard()
    return PollBoard()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the worker and, where there are process groups, what it started."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _end(process: subprocess.Popen[bytes]) -> int:
    with suppress(subprocess.TimeoutExpired):
        process.wait(_PATIENCE)
    _kill(process)
    return process.returncode
