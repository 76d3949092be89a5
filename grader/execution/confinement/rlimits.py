"""Resource limits: the kernel's own count of memory, CPU seconds, files and processes."""

from __future__ import annotations

import math
import os
from typing import NamedTuple

from . import kernel

_FILE_BYTES = 16 << 20  # one file; the scratch as a whole is smaller still
_DESCRIPTORS = 64


class Limits(NamedTuple):
    """What one worker may use: bytes of memory beyond what numpy took, and CPU seconds."""

    memory: int = 1 << 30
    cpu_seconds: float = 10.0


def available() -> str:
    """Return "" if the system knows resource limits, else the reason why not."""
    try:
        import resource  # noqa: F401
    except ImportError:
        return "this system has no resource limits"
    return ""


def address_space() -> int:
    """Return this process's address space in bytes (0: cannot be read); its children start with the same."""
    try:
        text = kernel.told("statm")
    except OSError:
        return 0
    return int(text.split()[0]) * os.sysconf("SC_PAGE_SIZE")


def apply(limits: Limits, floor: int) -> None:
    """Bound this process; `floor` is the address space it already has. Raises OSError and ValueError.

    CPU: one second for the import of numpy and the like is on the house; soft and hard limits are the same, so SIGXCPU
    cannot be caught. Processes: none more (this does not bind root; seccomp does).
    """
    import resource

    seconds = math.ceil(limits.cpu_seconds) + 1
    for kind, bound in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS),
        (resource.RLIMIT_CORE, 0),
        (getattr(resource, "RLIMIT_NPROC", None), 0),
        (resource.RLIMIT_AS, floor + limits.memory if floor else None),
    ):
        if kind is not None and bound is not None:
            hard = resource.getrlimit(kind)[1]
            least = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
            resource.setrlimit(kind, (least, least))
