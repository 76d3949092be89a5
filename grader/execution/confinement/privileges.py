"""Privileges: a foreign user where the server is root, no capability, none to be gained, death with the server."""

from __future__ import annotations

import ctypes
import os
import signal
import stat
import struct
from collections.abc import Iterable

from . import kernel, syscalls

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
    kernel.call(syscalls.number("capset", kernel.machine()), *buffers)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def die_with_server() -> None:
    """Have the kernel kill this process when the one that forked it ends. Raises OSError.

    A change of user forgets it, so this comes after `become`.
    """
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
