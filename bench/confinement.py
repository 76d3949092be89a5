"""What confinement costs per worker, tier by tier, against a plain fork of the same server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.timing import median, ratio

ROOT = Path(__file__).resolve().parents[1]
LAUNCHER = ROOT / "tests" / "redteam" / "redteam_launcher.py"
TIERS = {
    "plain fork": None,
    "limits, Landlock, seccomp": "namespaces",
    "all, with namespaces and a private root": "",
}
SERVER = """
import json, os, statistics, sys, time
sys.path[:0] = sys.argv[1:3]
import numpy
from grader.execution.confinement.layers import prepare
without = sys.argv[3]
layers = None if without == "-" else prepare([*filter(None, [without])])
taken = []
for _ in range(60):
    began = time.perf_counter()
    pid = layers.fork() if layers else os.fork()
    if not pid:
        if layers:
            layers.enter()
            layers.seal(memory=1 << 30, cpu_seconds=10)
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        sys.exit("a worker could not be confined")
    taken.append((time.perf_counter() - began) * 1e3)
print(json.dumps([layers.tier if layers else "process", statistics.median(taken[10:])]))
"""
ROUNDS = 7


def measure(user: str, without: str | None) -> tuple[str, float]:
    """Return the tier reached and the median milliseconds from fork to reaped corpse."""
    import numpy as np

    site = str(Path(np.__file__).parents[1])
    command = [sys.executable, "-I", "-c", SERVER, site, str(ROOT), "-" if without is None else without]
    launcher = [sys.executable, str(LAUNCHER), user, "60", os.devnull]
    environment = {"OPENBLAS_NUM_THREADS": "1", "PATH": os.defpath}
    ran = subprocess.run([*launcher, *command], env=environment, capture_output=True, check=True)
    tier, taken = json.loads(ran.stdout)
    return tier, taken


def main() -> None:
    users = {"asis": "root" if os.geteuid() == 0 else "an ordinary user"}
    if os.geteuid() == 0:
        users["user"] = "an ordinary user"
    print("| a worker, from fork to its end | as | tier reached | median ms | more than a plain fork, ms | ratio |")
    print("|---|---|---|---|---|---|")
    for user, called in users.items():
        taken: dict[str, list[float]] = {name: [] for name in TIERS}
        tiers: dict[str, str] = {}
        for _ in range(ROUNDS):
            for name, without in TIERS.items():
                tiers[name], milliseconds = measure(user, without)
                taken[name].append(milliseconds)
        base = taken["plain fork"]
        for name, values in taken.items():
            figures = f"{median(values):.1f} | {median(values) - median(base):.1f} | {ratio(values, base):.1f}"
            print(f"| {name} | {called} | {tiers[name]} | {figures} |")


if __name__ == "__main__":
    main()
