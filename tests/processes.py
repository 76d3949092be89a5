"""The processes below another one, as Linux tells of them, and waiting for what they do."""

import os
import time
from pathlib import Path


def of_process(pid):
    """Return the parent, the start and the CPU seconds of a process; `None` of one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else (int(fields[1]), fields[19], int(fields[11]) / os.sysconf("SC_CLK_TCK"))


def below(pid):
    """Return the processes that descend from `pid`, each with its start and its CPU time."""
    every = {int(each.name): of_process(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal()}
    found, waiting = {}, [pid]
    while waiting:
        above = waiting.pop()
        for each, seen in every.items():
            if seen is not None and seen[0] == above and each not in found:
                found[each] = seen[1:]
                waiting.append(each)
    return found


def until(holds, seconds=100):
    """Wait until `holds` returns something true, and return it."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)
    return found
