"""The filters of both machines, decided call by call in a model of the kernel's interpreter."""

import errno
import functools
import struct

import pytest

from grader.execution.confinement import seccomp

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SELF = 0x0BADC0DE
REFUSED, UNKNOWN = seccomp.refuse(errno.EPERM), seccomp.refuse(errno.ENOSYS)

# From the kernel's tables (asm/unistd_64.h, asm-generic/unistd.h): (x86-64, aarch64).
FORBIDDEN = {
    "clone": (56, 220),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "setrlimit": (160, 164),
    "prctl": (157, 167),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utimensat": (280, 88),
    "utime": (132, None),
    "setxattr": (188, 5),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "truncate": (76, 45),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "mount_setattr": (442, 442),
    "fsopen": (430, 430),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "openat2": (437, 437),
    "personality": (135, 92),
    "setuid": (105, 146),
    "setpgid": (109, 154),
    "setsid": (112, 157),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "link": (86, None),
    "linkat": (265, 37),
    "symlinkat": (266, 36),
    "mknodat": (259, 33),
    "sched_setaffinity": (203, 122),
    "setpriority": (141, 140),
    "mlock": (149, 228),
    "splice": (275, 76),
    "vmsplice": (278, 75),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "landlock_create_ruleset": (444, 444),
    "seccomp": (317, 277),
    "modify_ldt": (154, None),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "sethostname": (170, 161),
    "flock": (73, 32),
    "mincore": (27, 232),
    "fadvise64": (221, 223),
    "preadv2": (327, 286),
    "sysinfo": (99, 179),
    "statfs": (137, 43),
}


@functools.cache
def instructions(machine):
    code = seccomp.program(machine)
    return [struct.unpack_from("=HBBI", code, at) for at in range(0, len(code), 8)]


def decide(machine, number, arguments=(), arch=None):
    """Return the filter's decision, by running it as the kernel does."""
    values = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=IIQ6Q", number, MACHINES[machine] if arch is None else arch, 0, *values)
    program = instructions(machine)
    accumulator, at = 0, 0
    while True:
        kind, yes, no, constant = program[at]
        at += 1
        if kind == 0x20:
            accumulator = struct.unpack_from("=I", data, constant)[0]
        elif kind == 0x05:
            at += constant
        elif kind in (0x15, 0x35):
            holds = accumulator == constant if kind == 0x15 else accumulator >= constant
            at += yes if holds else no
        elif kind == 0x54:
            accumulator &= constant
        else:
            assert kind == 0x06
            return constant


@pytest.mark.parametrize("machine", MACHINES)
def test_forbidden_calls_are_refused(machine):
    for name, numbers in FORBIDDEN.items():
        number = numbers[machine == "aarch64"]
        if number is not None:
            assert decide(machine, number, (SELF, 0, 0)) == REFUSED, name


@pytest.mark.parametrize("machine", MACHINES)
def test_only_what_is_listed_is_allowed(machine):
    from grader.execution.confinement import seccomp

    plain = {**seccomp.MEMORY, **seccomp.FILES, **seccomp.TIME, **seccomp.SIGNALS, **seccomp.ITSELF}
    listed = {numbers[machine == "aarch64"] for numbers in plain.values()} - {None}
    guarded = {numbers[machine == "aarch64"] for numbers in seccomp.GUARDED.values()} - {None}
    allowed = {number for number in range(700) if decide(machine, number) == seccomp.ALLOW}
    assert allowed - guarded == listed
    assert all(decide(machine, number) == UNKNOWN for number in range(452, 700))


@pytest.mark.parametrize("machine", MACHINES)
def test_a_foreign_architecture_and_x32_kill(machine):
    for arch in (0x40000003, 0x40000028, *(arch for name, arch in MACHINES.items() if name != machine)):
        assert decide(machine, 0, arch=arch) == seccomp.KILL
    for number in (0x40000000, 0x40000027, 0x7FFFFFFF, 0xFFFFFFFF):
        assert decide(machine, number) == seccomp.KILL


GUARDED = {"kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261), "openat": (257, 56)}
GUARDED |= {"fcntl": (72, 25), "ioctl": (16, 29), "clone3": (435, 435), "clock_gettime": (228, 113)}
GUARDED |= {"futex": (202, 98), "getsid": (124, 156), "getpriority": (140, 141), "madvise": (28, 233)}
FOREIGN_CLOCK = (~1234 << 3 | 2) & 0xFFFFFFFF
ARGUMENTS = [
    ("kill", (SELF, 9), seccomp.ALLOW),
    ("kill", (SELF + 1, 9), REFUSED),
    ("kill", (0, 9), REFUSED),
    ("kill", (2**64 - 1, 9), REFUSED),
    ("tgkill", (SELF, SELF, 6), seccomp.ALLOW),
    ("tgkill", (1, 1, 6), REFUSED),
    ("prlimit64", (0, 7, 0, 1234), seccomp.ALLOW),
    ("prlimit64", (SELF, 7, 0, 1234), seccomp.ALLOW),
    ("prlimit64", (0, 7, 1234, 0), REFUSED),
    ("prlimit64", (0, 7, 1 << 40, 0), REFUSED),
    ("prlimit64", (1, 7, 0, 1234), REFUSED),
    ("openat", (0, 0, 0o0), seccomp.ALLOW),
    ("openat", (0, 0, 0o1101), seccomp.ALLOW),
    ("openat", (0, 0, 0o1002), seccomp.ALLOW),
    ("openat", (0, 0, 0o1000), REFUSED),
    ("openat", (0, 0, 0o1003), REFUSED),
    ("fcntl", (3, 3), seccomp.ALLOW),
    ("fcntl", (3, 8), REFUSED),
    ("fcntl", (3, 10), REFUSED),
    ("fcntl", (3, 1024), REFUSED),
    ("ioctl", (1, 0x5401), seccomp.ALLOW),
    ("ioctl", (1, 0x5412), seccomp.refuse(errno.ENOTTY)),
    ("clone3", (0, 0), UNKNOWN),
    *(("fcntl", (3, command), REFUSED) for command in (5, 6, 7, 36, 37, 38)),
    ("clock_gettime", (2, 0), seccomp.ALLOW),
    ("clock_gettime", (FOREIGN_CLOCK, 0), REFUSED),
    ("clock_gettime", (12, 0), REFUSED),
    ("futex", (0, 128), seccomp.ALLOW),
    ("futex", (0, 0x189), seccomp.ALLOW),
    ("futex", (0, 1), REFUSED),
    ("getsid", (0,), seccomp.ALLOW),
    ("getsid", (1,), REFUSED),
    ("getpriority", (0, SELF), seccomp.ALLOW),
    ("getpriority", (0, 1), REFUSED),
    ("madvise", (0, 0, 4), seccomp.ALLOW),
    ("madvise", (0, 0, 21), REFUSED),
]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("name", "arguments", "decision"), ARGUMENTS)
def test_arguments_decide(machine, name, arguments, decision):
    assert decide(machine, GUARDED[name][machine == "aarch64"], arguments) == decision


def test_no_way_through_the_filter_is_too_long():
    """A worker's every call runs through it; the kernel takes at most 4096 instructions."""
    for machine in MACHINES:
        assert len(instructions(machine)) < 600
