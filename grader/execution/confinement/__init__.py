"""Confinement: what holds a student's process, layer by layer, on the machine at hand.

The server calls `layers.prepare` once, single-threaded, after `import numpy` and after importing all it will ever need
from outside the standard library. For each worker it calls `Layers.fork` (as os.fork). The child calls `Layers.enter`
once its own descriptors are in place, and `Layers.seal` when the limits are known, just before the student's source is
read::

    layers = prepare()
    pid = layers.fork()
    if pid == 0:
        os.setsid()                       # stdin, stdout, stderr and the wire in place, all else closed but layers.keep
        tier = layers.enter()             # raises OSError rather than go on with less than `layers.tier`
        layers.seal(memory=1 << 30, cpu_seconds=10)

The child is the worker itself: the pid the server got is the one to kill and to wait for. But for `examining`, which is
the grader's, this package knows the standard library only.
"""

from __future__ import annotations

from collections.abc import Collection, MutableMapping

LAYERS = ("namespaces", "landlock", "seccomp", "limits")
"""The layers that a machine may or may not grant."""

TIERS = ("namespaces", "landlock+seccomp", "limits", "process")
"""namespaces: files (a private root, and Landlock where there is one), processes, network and system calls are held;
landlock+seccomp: the same but for the existence of files, and nothing can be written at all; limits: memory, CPU and
file size only; process: a process of its own and a clock."""


ONE_THREAD = (
    "OPENBLAS_NUM_THREADS",
    "GOTO_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMEXPR_MAX_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "LOKY_MAX_CPU_COUNT",
)
"""Variables that are "1" as long as a worker lives. A package brings its own BLAS, which it loads when a source imports
it; under seccomp it dies, and the worker with it, if it tries to start a thread."""


def only_threads(environment: MutableMapping[str, str]) -> None:
    """Leave nothing in `environment` but `ONE_THREAD`."""
    environment.clear()
    environment.update(dict.fromkeys(ONE_THREAD, "1"))


def tier_of(held: Collection[str]) -> str:
    """Return the name for the `held` layers."""
    if "seccomp" in held and "namespaces" in held:
        return "namespaces"
    if "seccomp" in held and "landlock" in held:
        return "landlock+seccomp"
    return "limits" if "limits" in held else "process"


def sufficient(name: str) -> bool:
    """Return whether tier `name` is enough for official grading of strangers' code."""
    return name in TIERS[:2]
