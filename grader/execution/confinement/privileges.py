"""Privileges and resource limits: a foreign user, no capability, death with the server, and the kernel's own counts."""

from __future__ import annotations

import ctypes
import math
import os
import signal
import stat
import struct
from collections.abc import Iterable
from typing import NamedTuple

from . import kernel, seccomp

_FILE_BYTES = 16 << 20  # one file; the scratch as a whole is smaller still
_DESCRIPTORS = 64


class Bounds(NamedTuple):
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


def apply(bounds: Bounds, floor: int) -> None:
    """Bound this process; `floor` is the address space it already has. Raises OSError and ValueError.

    CPU: one second more is granted for the import of numpy and the like. Soft and hard limit are the same, so SIGXCPU
    cannot be caught. Processes: none more (this does not bind root; seccomp does).
    """
    import resource

    seconds = math.ceil(bounds.cpu_seconds) + 1
    for kind, bound in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS),
        (resource.RLIMIT_CORE, 0),
        (getattr(resource, "RLIMIT_NPROC", None), 0),
        (resource.RLIMIT_AS, floor + bounds.memory if floor else None),
    ):
        if kind is not None and bound is not None:
            hard = resource.getrlimit(kind)[1]
            least = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
            resource.setrlimit(kind, (least, least))


_FOREIGN, _NOBODY = 0x3F00_0000, 65534  # ids above the first belong to no account; a container may map no such high id
_SETGID, _SETUID = 1 << 6, 1 << 7
_CAPABILITY_VERSION_3 = 0x20080522


def foreign_user() -> int:
    """Return an id this process may change to and that owns nothing: one for each run, else nobody's.

    It is the process's own id if it may not change it.
    """
    try:
        lines = kernel.told("status").splitlines()
    except OSError:
        return os.geteuid()
    held = next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))
    if held & _SETUID and held & _SETGID:
        for user in (_FOREIGN + os.getpid(), _NOBODY):
            if _mapped("uid_map", user) and _mapped("gid_map", user):
                return user
    return os.geteuid()


def _mapped(name: str, wanted: int) -> bool:
    lines = kernel.told(name).splitlines()
    ranges = [[int(word) for word in line.split()] for line in lines]
    return any(first <= wanted < first + count for first, _, count in ranges)


def readable_by_all(files: Iterable[str], *, within: bool) -> bool:
    """Return whether any user can read `files`, and, unless `within`, pass the folders above them."""
    for file in files:
        if not os.stat(file).st_mode & stat.S_IROTH:
            return False
        folder = os.path.realpath(file)
        while not within and folder != "/":
            folder = os.path.dirname(folder)
            if not os.stat(folder).st_mode & stat.S_IXOTH:
                return False
    return True


def become(user: int) -> None:
    """Give up this process's user and groups for `user`. Raises OSError."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def drop_capabilities() -> None:
    """Leave this process no capability, and (no_new_privs) no way to gain one. Raises OSError."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    buffers = ctypes.create_string_buffer(header), ctypes.create_string_buffer(24)
    kernel.call(seccomp.number("capset", kernel.machine()), *buffers)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def die_with_server() -> None:
    """Have the kernel kill this process when the one that forked it ends. Raises OSError.

    A change of user forgets it, so this comes after `become`.
    """
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
