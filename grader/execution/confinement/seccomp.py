"""Seccomp: which system calls a worker may make.

An allow-list, so a call that a later kernel brings is refused by itself (fchmodat2 and setxattrat slipped through
deny-lists). Not on it, and why: fork, vfork, clone, execve (survivors, fork bombs, threads that outlive an answer);
sockets; ptrace, process_vm_*, pidfd_* (other processes); chmod, chown, utime, xattr (Landlock does not cover them);
link, symlink, mknod; setrlimit, setuid, prctl (a way out of the other layers); mount, unshare, setns; SysV IPC, message
queues, memfd, splice, keyctl, io_uring, bpf, perf, userfaultfd, open_by_handle_at (state that outlives the worker, and
where kernels break).

Nor what tells one worker of another, for one may be in a hidden case: locks (flock, fcntl), another's CPU clock,
futexes on a page that files share, what is in the page cache (mincore, preadv2 with RWF_NOWAIT) and what drives it out
(fadvise64, MADV_PAGEOUT), memory and load of the machine (sysinfo), free space (statfs), and a pipe: the kernel numbers
the pipes of all, and all of a user's share one allowance of pages.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from . import bpf, kernel, syscalls

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000
_FIRST_UNKNOWN = 452  # fchmodat2: from here on a libc takes ENOSYS for an old kernel and finds another way
_SELF = 0x0BADC0DE  # stands for the worker's pid until it is known

_IOCTL = (0x5401, 0x5421, 0x541B, 0x5450, 0x5451)  # TCGETS, FIONBIO, FIONREAD, FIONCLEX, FIOCLEX
_FCNTL = (0, 1, 2, 3, 4, 1030, 1032)  # dup, flags, pipe size; no lock, owner, signal or lease
_CLOCKS = tuple(range(12))  # CLOCK_REALTIME to CLOCK_TAI; others name another process or a device
_MADVISE = (0, 1, 2, 3, 4, 8, 10, 11, 14, 15, 16, 17, 18, 19)  # own pages; none driven out, shared or poisoned
_PRIVATE_FUTEX = 0x80
_TRUNCATE, _MODE, _WRITING = 0o1000, 0o3, (0o1001, 0o1002)


def available() -> str:
    """Return "" if filters can be set here, else the reason why not (nothing is changed by asking)."""
    machine = kernel.machine()
    if not machine:
        return "no table of system calls for this machine"
    try:
        kernel.call(syscalls.number("seccomp", machine), 2, 0, ctypes.create_string_buffer(struct.pack("=I", bpf.KILL)))
    except OSError as error:
        return f"seccomp: {error.strerror}"
    return ""


def program(machine: str) -> bytes:
    """Return the filter for `machine`; `install` puts the worker's pid in."""
    refused, unknown = bpf.end(bpf.refuse(errno.EPERM)), bpf.end(bpf.refuse(errno.ENOSYS))
    leaves = {0: refused, _FIRST_UNKNOWN: unknown, _X32: bpf.end(bpf.KILL)}
    blocks: dict[int, bpf.Block] = {}
    guards = _guards()
    for name, numbers in syscalls.ALLOWED.items():
        place = numbers[machine == "aarch64"]
        if place is not None:
            blocks[place] = guards.get(name) or bpf.end(bpf.ALLOW)
    for place, block in blocks.items():
        leaves[place] = block
        if place + 1 not in blocks:
            leaves[place + 1] = refused if place + 1 < _FIRST_UNKNOWN else unknown
    merged: list[tuple[int, bpf.Block]] = []
    for place, block in sorted(leaves.items()):
        if not merged or merged[-1][1] != block:
            merged.append((place, block))
    ours = [bpf.load(bpf.NUMBER), *bpf.search(merged)]
    code = [bpf.load(bpf.ARCHITECTURE), *bpf.one_of((_AUDIT_ARCH[machine],), ours, bpf.end(bpf.KILL))]
    return bpf.assemble(code)


def _guards() -> dict[str, bpf.Block]:
    allow, refuse = bpf.end(bpf.ALLOW), bpf.end(bpf.refuse(errno.EPERM))
    null = [bpf.load(bpf.high(2)), *bpf.one_of((0,), allow, refuse)]
    asking = [bpf.load(bpf.low(2)), *bpf.one_of((0,), null, refuse)]
    only_itself = [bpf.load(bpf.low(0)), *bpf.one_of((_SELF,), allow, refuse)]
    about_itself = [bpf.load(bpf.low(0)), *bpf.one_of((0, _SELF), allow, refuse)]
    its_clock = [bpf.load(bpf.low(0)), *bpf.one_of(_CLOCKS, allow, refuse)]
    return {
        # Landlock before ABI 3 lets O_RDONLY|O_TRUNC empty a file it may not write.
        "open": _no_silent_truncation(1),
        "openat": _no_silent_truncation(2),
        # F_SETOWN and F_SETSIG send signals to others; F_SETLEASE and F_NOTIFY watch their files.
        "fcntl": [bpf.load(bpf.low(1)), *bpf.one_of(_FCNTL, allow, refuse)],
        # TIOCSTI types into a terminal.
        "ioctl": [bpf.load(bpf.low(1)), *bpf.one_of(_IOCTL, allow, bpf.end(bpf.refuse(errno.ENOTTY)))],
        "kill": only_itself,
        "tgkill": only_itself,
        # Limits may be read, its own, and never set.
        "prlimit64": [bpf.load(bpf.low(0)), *bpf.one_of((0, _SELF), asking, refuse)],
        "getpgid": about_itself,
        "getsid": about_itself,
        "sched_getaffinity": about_itself,
        "getpriority": [bpf.load(bpf.low(1)), *bpf.one_of((0, _SELF), allow, refuse)],
        "clock_gettime": its_clock,
        "clock_getres": its_clock,
        "clock_nanosleep": its_clock,
        "futex": [bpf.load(bpf.low(1)), bpf.mask(_PRIVATE_FUTEX), *bpf.one_of((_PRIVATE_FUTEX,), allow, refuse)],
        "madvise": [bpf.load(bpf.low(2)), *bpf.one_of(_MADVISE, allow, refuse)],
        # Its flags are behind a pointer that a filter cannot follow; libc falls back to clone, which is refused.
        "clone3": bpf.end(bpf.refuse(errno.ENOSYS)),
    }


def _no_silent_truncation(flags: int) -> bpf.Block:
    allow, refuse = bpf.end(bpf.ALLOW), bpf.end(bpf.refuse(errno.EPERM))
    truncates = [bpf.load(bpf.low(flags)), bpf.mask(_TRUNCATE | _MODE), *bpf.one_of(_WRITING, allow, refuse)]
    return [bpf.load(bpf.low(flags)), bpf.mask(_TRUNCATE), *bpf.one_of((0,), allow, truncates)]


def install(filter_: bytes) -> None:
    """Put this process under `filter_` for good; it needs no_new_privs. Raises OSError."""
    code = ctypes.create_string_buffer(filter_.replace(struct.pack("=I", _SELF), struct.pack("=I", os.getpid())))
    header = struct.pack("@HP", len(filter_) // 8, ctypes.addressof(code))
    kernel.call(syscalls.number("seccomp", kernel.machine()), 1, 0, ctypes.create_string_buffer(header))
