"""What the kernel counts for a process: the time it runs, and the time it waits for a processor."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.execution.budgets import cpu_seconds, queued_seconds

BUSY = "while True: pass"


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="the kernel does not count it")
def test_who_shares_a_processor_is_queued_and_who_sleeps_is_not():
    core = min(os.sched_getaffinity(0))
    pin = f"import os, time; os.sched_setaffinity(0, {{{core}}})"
    busy = [subprocess.Popen([sys.executable, "-c", f"{pin}\n{BUSY}"]) for _ in range(3)]
    idle = subprocess.Popen([sys.executable, "-c", f"{pin}; time.sleep(60)"])
    try:
        before, until = [queued_seconds(one.pid) for one in busy], time.monotonic() + 20
        while sum(cpu_seconds(one.pid) for one in busy) < 1.5 and time.monotonic() < until:
            time.sleep(0.05)
        queued = [queued_seconds(one.pid) - start for one, start in zip(busy, before, strict=True)]
        assert sum(queued) > 1.5, "two of three wait at any time"
        assert queued_seconds(idle.pid) < min(queued)
    finally:
        for one in (*busy, idle):
            one.kill()
            one.wait()


def test_of_a_process_that_has_ended_nothing_is_known():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert (cpu_seconds(ended.pid), queued_seconds(ended.pid)) == (0.0, 0.0)
