"""Times whole commands by turns, so that a ratio holds while the machine's speed drifts."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence


def by_turns(commands: Mapping[str, Sequence[str]], rounds: int = 15) -> dict[str, list[float]]:
    """Return wall milliseconds of each command, run A B … A B …, after one warm-up round that is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            if turn:
                taken[name].append((time.perf_counter() - began) * 1e3)
    return taken


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def ratio(values: Sequence[float], base: Sequence[float]) -> float:
    """Return the median of the ratios pair by pair."""
    return statistics.median(a / b for a, b in zip(values, base, strict=True))
