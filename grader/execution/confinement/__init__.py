"""Confinement: what holds a student's process, layer by layer, on the machine at hand.

The server calls `prepare` once, single-threaded, after `import numpy` and after importing all it will ever need from
outside the standard library. For each worker it calls `Ground.fork` (as os.fork), and the child calls `Ground.enter`
after its own descriptors are in place, and `Ground.seal` when the limits are known, just before the student's
source is read::

    ground = prepare(Plan())
    pid = ground.fork()
    if pid == 0:
        os.setsid()                       # stdin, stdout, stderr and the wire in place, all else closed but ground.keep
        tier = ground.enter()             # raises OSError rather than go on with less than `ground.tier`
        ground.seal(Limits(memory=1 << 30, cpu_seconds=10))

The child is the worker itself: the pid the server got is the one to kill and to wait for. This package is imported
under its own name by the server (`python -I`, by folder) and knows the standard library only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .tiers import LAYERS, TIERS, sufficient

if TYPE_CHECKING:
    from .ground import Ground, Plan, prepare
    from .privileges import Limits

__all__ = ["LAYERS", "TIERS", "Ground", "Limits", "Plan", "prepare", "sufficient"]

_PLACES = {"Ground": "ground", "Plan": "ground", "Limits": "privileges", "prepare": "ground"}


def __getattr__(name: str) -> Any:
    """Find the layers when they are first used: the grader's side needs the tiers only, and starts sooner."""
    if name not in _PLACES:
        raise AttributeError(name)
    import importlib

    return getattr(importlib.import_module(f".{_PLACES[name]}", __name__), name)
