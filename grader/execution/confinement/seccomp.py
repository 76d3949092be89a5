"""Seccomp: which system calls a worker may make.

It is an allow-list, so a call that a later kernel brings is refused by itself (fchmodat2 and setxattrat got through
deny-lists). Not on it, and why: fork, vfork, clone, execve (survivors, fork bombs, threads that outlive an answer);
sockets; ptrace, process_vm_*, pidfd_* (other processes); chmod, chown, utime, xattr (Landlock does not cover them);
link, symlink, mknod; setrlimit, setuid, prctl (a way out of the other layers); mount, unshare, setns; SysV IPC, message
queues, memfd, splice, keyctl, io_uring, bpf, perf, userfaultfd, open_by_handle_at (state that outlives the worker, and
where kernels break).

Nor calls that tell one worker something of another, which may be in a hidden case: locks (flock, fcntl), another's CPU
clock, futexes on a page that files share, what is in the page cache (mincore, preadv2 with RWF_NOWAIT) and what drives
it out (fadvise64, MADV_PAGEOUT), memory and load of the machine (sysinfo), free space (statfs), and a pipe: the kernel
numbers the pipes of all, and all of a user's share one allowance of pages.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import TYPE_CHECKING

from . import kernel

if TYPE_CHECKING:
    from typing import TypeAlias


Instruction: TypeAlias = "tuple[int, int, int, int]"
Block: TypeAlias = "list[Instruction]"

ALLOW = 0x7FFF0000
KILL = 0x80000000
_REFUSE = 0x00050000

_LOAD, _JUMP, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x54, 0x06
NUMBER, ARCHITECTURE = 0, 4


def refuse(errno: int) -> int:
    """Return the decision "fail with `errno`"."""
    return _REFUSE | errno


def load(offset: int) -> Instruction:
    """Return the instruction that loads 32 bits of the call."""
    return (_LOAD, 0, 0, offset)


def low(argument: int) -> int:
    """Return the offset of the low half of an argument, counted from 0 (both machines are little-endian)."""
    return 16 + 8 * argument


def high(argument: int) -> int:
    """Return the offset of the high half of an argument."""
    return low(argument) + 4


def end(decision: int) -> Block:
    """Return the block that ends with `decision`."""
    return [(_RETURN, 0, 0, decision)]


def one_of(values: tuple[int, ...], then: Block, otherwise: Block) -> Block:
    """Return the block that goes on with `then` if what was loaded is one of `values`."""
    tests = [(_EQUAL, len(values) - place + len(otherwise) - 1, 0, value) for place, value in enumerate(values)]
    return [*tests, *otherwise, *then]


def mask(bits: int) -> Instruction:
    """Return the instruction that keeps only `bits` of what was loaded."""
    return (_AND, 0, 0, bits)


def search(ranges: list[tuple[int, Block]]) -> Block:
    """Return the block that goes on with the block in whose range the loaded number lies.

    `ranges` are (first number, block), sorted; each reaches to the next one's first number. They are searched by
    halving, since this runs on every system call of a student's program.
    """
    if len(ranges) == 1:
        return ranges[0][1]
    middle = len(ranges) // 2
    below, above = search(ranges[:middle]), search(ranges[middle:])
    return [(_AT_LEAST, 0, 1, ranges[middle][0]), (_JUMP, 0, 0, len(below)), *below, *above]


def assemble(block: Block) -> bytes:
    """Return `block` as an array of `struct sock_filter`."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in block)


MEMORY: dict[str, tuple[int | None, int | None]] = {
    "brk": (12, 214),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "msync": (26, 227),
}

# What may be opened, made or removed is Landlock's and the mounts' business.
FILES: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "preadv": (295, 69),
    "pwritev": (296, 70),
    "creat": (85, None),
    "close": (3, 57),
    "close_range": (436, 436),
    "lseek": (8, 62),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "ftruncate": (77, 46),
    "fallocate": (285, 47),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents": (78, None),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "fchdir": (81, 50),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "umask": (95, 166),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
}

TIME: dict[str, tuple[int | None, int | None]] = {
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "alarm": (37, None),
    "getitimer": (36, 102),
    "setitimer": (38, 103),
}

SIGNALS: dict[str, tuple[int | None, int | None]] = {
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136),
    "rt_sigsuspend": (130, 133),
    "rt_sigtimedwait": (128, 137),
    "sigaltstack": (131, 132),
    "pause": (34, None),
}

# Questions about itself, and the little that libc needs to run and to end.
ITSELF: dict[str, tuple[int | None, int | None]] = {
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getgroups": (115, 158),
    "getpgrp": (111, None),
    "capget": (125, 90),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "uname": (63, 160),
    "getcpu": (309, 168),
    "getrandom": (318, 278),
    "sched_yield": (24, 124),
    "set_robust_list": (273, 99),
    "set_tid_address": (218, 96),
    "rseq": (334, 293),
    "wait4": (61, 260),
    "waitid": (247, 95),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "restart_syscall": (219, 128),
}

# Allowed with some arguments only; `seccomp` says which.
GUARDED: dict[str, tuple[int | None, int | None]] = {
    "open": (2, None),
    "openat": (257, 56),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
    "kill": (62, 129),
    "tgkill": (234, 131),
    "prlimit64": (302, 261),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "getpriority": (140, 141),
    "sched_getaffinity": (204, 123),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "futex": (202, 98),
    "madvise": (28, 233),
    "clone3": (435, 435),
}

ALLOWED = {**MEMORY, **FILES, **TIME, **SIGNALS, **ITSELF, **GUARDED}

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
    if not kernel.machine():
        return "no table of system calls for this machine"
    try:
        kernel.call(kernel.number("seccomp"), 2, 0, ctypes.create_string_buffer(struct.pack("=I", KILL)))
    except OSError as error:
        return f"seccomp: {error.strerror}"
    return ""


def program(machine: str) -> bytes:
    """Return the filter for `machine`; `install` puts the worker's pid in."""
    others, unknown = end(refuse(errno.EPERM)), end(refuse(errno.ENOSYS))
    ranges = {0: others, _FIRST_UNKNOWN: unknown, _X32: end(KILL)}
    blocks: dict[int, Block] = {}
    guards = _guards()
    for name, numbers in ALLOWED.items():
        place = numbers[machine == "aarch64"]
        if place is not None:
            blocks[place] = guards.get(name) or end(ALLOW)
    for place, block in blocks.items():
        ranges[place] = block
        if place + 1 not in blocks:
            ranges[place + 1] = others if place + 1 < _FIRST_UNKNOWN else unknown
    merged: list[tuple[int, Block]] = []
    for place, block in sorted(ranges.items()):
        if not merged or merged[-1][1] != block:
            merged.append((place, block))
    ours = [load(NUMBER), *search(merged)]
    code = [load(ARCHITECTURE), *one_of((_AUDIT_ARCH[machine],), ours, end(KILL))]
    return assemble(code)


def _guards() -> dict[str, Block]:
    allow, refused = end(ALLOW), end(refuse(errno.EPERM))
    null = [load(high(2)), *one_of((0,), allow, refused)]
    asking = [load(low(2)), *one_of((0,), null, refused)]
    only_itself = [load(low(0)), *one_of((_SELF,), allow, refused)]
    about_itself = [load(low(0)), *one_of((0, _SELF), allow, refused)]
    its_clock = [load(low(0)), *one_of(_CLOCKS, allow, refused)]
    return {
        # Landlock before ABI 3 lets O_RDONLY|O_TRUNC empty a file it may not write.
        "open": _no_silent_truncation(1),
        "openat": _no_silent_truncation(2),
        # F_SETOWN and F_SETSIG send signals to others; F_SETLEASE and F_NOTIFY watch their files.
        "fcntl": [load(low(1)), *one_of(_FCNTL, allow, refused)],
        # TIOCSTI types into a terminal.
        "ioctl": [load(low(1)), *one_of(_IOCTL, allow, end(refuse(errno.ENOTTY)))],
        "kill": only_itself,
        "tgkill": only_itself,
        # Limits may be read, its own, and never set.
        "prlimit64": [load(low(0)), *one_of((0, _SELF), asking, refused)],
        "getpgid": about_itself,
        "getsid": about_itself,
        "sched_getaffinity": about_itself,
        "getpriority": [load(low(1)), *one_of((0, _SELF), allow, refused)],
        "clock_gettime": its_clock,
        "clock_getres": its_clock,
        "clock_nanosleep": its_clock,
        "futex": [load(low(1)), mask(_PRIVATE_FUTEX), *one_of((_PRIVATE_FUTEX,), allow, refused)],
        "madvise": [load(low(2)), *one_of(_MADVISE, allow, refused)],
        # Its flags are behind a pointer that a filter cannot follow; libc falls back to clone, which is refused.
        "clone3": end(refuse(errno.ENOSYS)),
    }


def _no_silent_truncation(flags: int) -> Block:
    allow, refused = end(ALLOW), end(refuse(errno.EPERM))
    truncates = [load(low(flags)), mask(_TRUNCATE | _MODE), *one_of(_WRITING, allow, refused)]
    return [load(low(flags)), mask(_TRUNCATE), *one_of((0,), allow, truncates)]


def install(filter_: bytes) -> None:
    """Put this process under `filter_` for good; it needs no_new_privs. Raises OSError."""
    code = ctypes.create_string_buffer(filter_.replace(struct.pack("=I", _SELF), struct.pack("=I", os.getpid())))
    header = struct.pack("@HP", len(filter_) // 8, ctypes.addressof(code))
    kernel.call(kernel.number("seccomp"), 1, 0, ctypes.create_string_buffer(header))
