"""The system calls that Python has no function for, through ctypes; every failure is an `OSError`.

No module that the server imports from this folder may import pathlib: it takes 4 ms, for which every student waits.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
from functools import lru_cache

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

# (x86_64, aarch64)
_NUMBERS = {"seccomp": (317, 277), "capset": (126, 91), "pivot_root": (155, 41), "clone": (56, 220)}


def machine() -> str:
    """Return "x86_64" or "aarch64", or "" for any other machine (a 32-bit Python included)."""
    name = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    return name if name in ("x86_64", "aarch64") and ctypes.sizeof(ctypes.c_void_p) == 8 else ""


def number(name: str) -> int:
    """Return the number of one of the system calls in `_NUMBERS` on this machine, for which there is a table."""
    return _NUMBERS[name][machine() == "aarch64"]


@lru_cache(maxsize=1)
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def call(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Make system call `number` and return its result.

    Buffers go in as pointers, `None` as the null pointer. Raises OSError.
    """
    typed = [ctypes.c_long(item) if isinstance(item, int) else item for item in arguments]
    return _checked(_libc().syscall(ctypes.c_long(number), *typed))


def prctl(option: int, value: int = 0) -> None:
    """Set `option` of this process. Raises OSError."""
    zero = ctypes.c_ulong(0)
    _checked(_libc().prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero))


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Show `source` at `target`; the arguments are those of the system call. Raises OSError."""
    texts = [os.fsencode(text) or None for text in (source, target, kind, data)]
    _checked(_libc().mount(*texts[:3], ctypes.c_ulong(flags), texts[3]))


def detach(target: str) -> None:
    """Remove the mount at `target` from this namespace, in use or not (MNT_DETACH). Raises OSError."""
    _checked(_libc().umount2(os.fsencode(target), 2))


def unshare(flags: int) -> None:
    """Give this process new namespaces; `flags` says which. Raises OSError."""
    _checked(_libc().unshare(ctypes.c_int(flags)))


def read_own(name: str) -> str:
    """Return the text of /proc/self/`name`. Raises OSError."""
    with open(f"/proc/self/{name}", encoding="ascii", errors="replace") as file:
        return file.read()


def write_own(name: str, text: str) -> None:
    """Write `text` to /proc/self/`name`. Raises OSError."""
    with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
        file.write(text)


def fork_into(number: int, namespaces: int) -> int:
    """Fork a child that is born into new `namespaces`, by system call `number` (clone); return as os.fork does.

    The process must have one thread only: then it holds no lock that the child might wait for. Before and after it
    Python does what it does for os.fork. What the C library's own fork does besides concerns locks, and the thread's
    id, which is not used. Raises OSError.
    """
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = ctypes.PyDLL(None, use_errno=True).syscall(
        ctypes.c_long(number), ctypes.c_ulong(namespaces | signal.SIGCHLD), *[ctypes.c_long(0)] * 4
    )
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    return _checked(pid)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
