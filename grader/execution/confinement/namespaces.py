"""Namespaces: processes, files, network and names of its own.

The server takes its part once, with `enter`: a user namespace (an ordinary user gets the right to the others from it;
root has that right and needs none), an empty network, own IPC and host names, own mounts. Then each worker is forked
with `fork` as process 1 of a process namespace: killing it ends all it might have started, and it sees nobody else.
Workers share the empty network and the IPC namespace, which seccomp gives them no call to use.
"""

from __future__ import annotations

import os
from pathlib import Path

from . import kernel

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
        Path("/proc/self", name).write_text(text, encoding="ascii")


def fork() -> int:
    """Fork; the child is process 1 of a new process namespace. Returns as os.fork does. Raises OSError.

    Only a child of the one that asks for the namespace is born in it, so a process in between asks, forks, tells
    the worker's pid and is gone. The worker goes on when it is this process's own child, as `die_with_server` needs it.
    """
    answer, tell = os.pipe()
    start, let_go = os.pipe()
    between = os.fork()
    if between:
        os.close(tell)
        os.close(start)
        text = os.read(answer, 20)
        os.waitpid(between, 0)
        if text:
            os.write(let_go, b"1")
        os.close(answer)
        os.close(let_go)
        if not text:
            raise OSError("no process namespace for a worker")
        return int(text)
    worker = -1
    try:
        kernel.unshare(_NEW_PROCESSES)
        worker = os.fork()
        if worker:
            os.write(tell, b"%d" % worker)
    finally:
        if worker:
            os._exit(0)
    for descriptor in (answer, tell, let_go):
        os.close(descriptor)
    if not os.read(start, 1):
        os._exit(0)  # the server is gone
    os.close(start)
    return 0


def own_mounts() -> None:
    """Give this process a copy of the mounts, so that its scratch is seen by nobody else. Raises OSError."""
    kernel.unshare(_NEW_MOUNTS)
