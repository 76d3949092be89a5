"""Runs of `grade`: in a process of its own where that is what is tested, else here, which takes a fifth of the time.

Either way what comes back has an exit code and the bytes that were written to standard output and standard error.
"""

import io
import os
import signal
import subprocess
import sys
from contextlib import chdir, contextmanager
from unittest import mock

from grader.cli import entry
from grader.cli.app import app

MOST_SECONDS = 120


def in_process(words, *, cwd, environment):
    """Run `grade` as `grader.cli.entry.main` does, but for what only a process of its own needs."""
    words = [*map(str, words)]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with (
        chdir(cwd),
        mock.patch.dict(os.environ, environment),
        mock.patch.multiple(sys, argv=["grade", *words], stdout=out, stderr=err),
        _in_time(),
    ):
        code = entry.refused(words)
        if code is None:
            code = entry.carry_out(words)
    assert app.language != "zh", "help in Chinese changes the commands for good: it takes a process of its own"
    app.language = None
    return subprocess.CompletedProcess(words, code or 0, out.buffer.getvalue(), err.buffer.getvalue())


def as_process(words, *, cwd, environment):
    """Run `grade` as a shell does."""
    command = [sys.executable, "-P", "-m", "grader", *map(str, words)]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run(command, cwd=cwd, capture_output=True, check=False, env=env, timeout=MOST_SECONDS)


def in_text(run):
    """Return the run with text in place of bytes."""
    texts = [stream.decode("utf-8").replace(os.linesep, "\n") for stream in (run.stdout, run.stderr)]
    return subprocess.CompletedProcess(run.args, run.returncode, *texts)


@contextmanager
def _in_time():
    """Raise TimeoutError where a run would go on for ever, as at a pipe that nobody writes to."""
    if not hasattr(signal, "alarm"):
        yield
        return

    def late(*_):
        raise TimeoutError(f"grade ran for {MOST_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(MOST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
