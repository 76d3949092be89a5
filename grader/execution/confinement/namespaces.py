"""Namespaces: processes, files, network and names of its own.

The server takes its part once, with `enter`: a user namespace (an ordinary user gets the right to the others from it;
root has that right and needs none), an empty network, own IPC and host names, own mounts. Then each worker is forked
with `fork` as process 1 of a process namespace: killing it ends all it might have started, and it sees nobody else.
Workers share the empty network and the IPC namespace, which seccomp gives them no call to use.
"""

from __future__ import annotations

import os

from . import kernel, syscalls

_NEW_MOUNTS, _NEW_NAMES, _NEW_IPC = 0x00020000, 0x04000000, 0x08000000
_NEW_USER, _NEW_PROCESSES, _NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000


def enter() -> bool:
    """Move this single-threaded process to namespaces of its own, all but the processes'.

    Return whether the users' is among them, so that no user but this process's own is known there. Raises OSError.
    """
    flags = _NEW_MOUNTS | _NEW_NAMES | _NEW_IPC | _NEW_NETWORK
    own_users = os.geteuid() != 0
    if not own_users:
        try:
            kernel.unshare(flags)
        except PermissionError:  # a container's root that lacks the right
            own_users = True
    if own_users:
        _unshare_users(flags)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    return own_users


def _unshare_users(flags: int) -> None:
    user, group = os.geteuid(), os.getegid()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else /proc/self/uid_map belongs to root
    kernel.unshare(flags | _NEW_USER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        kernel.tell(name, text)


def fork() -> int:
    """Fork; the child is process 1 of a new process namespace. Returns as os.fork does. Raises OSError.

    Not by unshare(2), after which only a child's child can be this process's: it would be forked twice, for 2 ms more.
    """
    return kernel.fork_into(syscalls.number("clone", kernel.machine()), _NEW_PROCESSES)


def own_mounts() -> None:
    """Give this process a copy of the mounts, so that its scratch is seen by nobody else. Raises OSError."""
    kernel.unshare(_NEW_MOUNTS)
