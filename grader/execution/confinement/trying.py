"""The other side of `examining`: prepare as the server does, and try everything, each trial in a worker of its own."""

from __future__ import annotations

import json
import os
import sys
from typing import NoReturn

from . import Ground, Limits, Plan, prepare
from .trials import TRIALS, Targets

_BEGUN = "begun:"
_LIMITS = Limits(memory=512 << 20, cpu_seconds=0)  # a second of CPU and half the memory that a trial asks for


def main(arguments: list[str]) -> None:
    """Try out this machine; print one JSON object: the tier, what is missing, and each trial's result.

    `arguments`: layers to leave out (separated by commas), a secret file, a listening port.
    """
    targets = Targets(arguments[1], int(arguments[2]), os.getppid())
    ground = prepare(Plan(without=frozenset(filter(None, arguments[0].split(",")))))
    results = {name: _tried(name, targets, ground) for name in TRIALS}
    json.dump({"tier": ground.tier, "missing": dict(ground.missing), "results": results}, sys.stdout)


def _tried(name: str, targets: Targets, ground: Ground) -> str | None:
    """Return what the trial could do ("": nothing), or None if no worker came so far as to try."""
    source, sink = os.pipe()
    pid = ground.fork()
    if not pid:
        os.close(source)
        _try(name, targets, ground, sink)
    os.close(sink)
    with open(source, "rb") as answer:
        text = answer.read(1000).decode("utf-8", "backslashreplace")
    os.waitpid(pid, 0)
    return text[len(_BEGUN) :].strip() if text.startswith(_BEGUN) else None


def _try(name: str, targets: Targets, ground: Ground, sink: int) -> NoReturn:
    done = ""
    try:
        ground.enter()
        ground.seal(_LIMITS)
        os.write(sink, _BEGUN.encode())
        os.dup2(sink, 1)  # for a program that should not have been started
        done = TRIALS[name](targets)
    except (OSError, MemoryError, RuntimeError):
        pass  # refused, as it should be
    finally:
        os.write(sink, done.encode())
        os._exit(0)
