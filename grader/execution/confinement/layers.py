"""The layers of confinement that hold on this machine: how a server prepares them, and how a worker puts them on."""

from __future__ import annotations

import ctypes
import math
import os
import signal
import stat
import struct
import sys
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from . import LAYERS, kernel, landlock, namespaces, seccomp, tier_of

ON_REQUEST = "left out on request"
ELSEWHERE = "only on Linux"
ROOTS_PYTHON = "Python lies where only root can read it"
_OOM_SCORE = "700"  # if the machine runs out of memory, a worker goes before the grader does
_FILE_BYTES = 16 << 20  # one file; the scratch as a whole is smaller still
_DESCRIPTORS = 64
_PASSED = 0o711
"""Mode of the shelf: a worker may be another user, who may go through it and not list it."""


def prepare(without: Collection[str] = (), readable: Collection[str] = (), shelf: str = "") -> Layers:
    """Return every layer that the machine grants, except those named in `without` (for tests).

    A worker may read the files and folders `readable` (a course's packages) besides the standard library and numpy.
    Where there is no private root, it may also open, but not list, what lies in the folder `shelf`, which is made.
    Call it once, in a process with one thread. Where namespaces are granted the process itself moves behind the
    private root: afterwards it can open only what a worker may read.
    """
    missing = dict.fromkeys(without, ON_REQUEST)
    if no_limits():
        missing.setdefault("limits", no_limits())
    if sys.platform != "linux":
        missing = {**dict.fromkeys(("namespaces", "landlock", "seccomp"), ELSEWHERE), **missing}
        return Layers(_tier(missing), missing)
    address_space = _address_space()
    with suppress(OSError):
        kernel.write_own("oom_score_adj", _OOM_SCORE)
    user = foreign_user() if os.geteuid() == 0 else -1
    paths = [*namespaces.python(), *readable, *namespaces.libraries()]
    alone = _namespaces(readable, missing)
    private_root = "namespaces" not in missing
    if user >= 0 and not (alone or readable_by_all(namespaces.samples(), private_root=private_root)):
        missing["user"], user = ROOTS_PYTHON, -1
    if alone or user == 0:
        user = -1  # no other id is known here, or none may be taken
    rules = _landlock(paths, shelf, missing)
    reason = seccomp.available()
    if reason:
        missing.setdefault("seccomp", reason)
    program = seccomp.program(kernel.machine()) if "seccomp" not in missing else b""
    return Layers(_tier(missing), missing, user, address_space, rules, program)


def _tier(missing: Mapping[str, str]) -> str:
    return tier_of([layer for layer in LAYERS if layer not in missing])


def _namespaces(readable: Iterable[str], missing: dict[str, str]) -> bool:
    """Move behind namespaces and a private root, if wanted and granted; return whether users have one of their own."""
    alone = False
    if "namespaces" in missing:
        return alone
    try:
        if not kernel.machine():
            raise OSError("no table of system calls for this machine")
        alone = namespaces.enter()
        shown = [
            namespaces.standard_library(),
            *namespaces.numpy(),
            *readable,
            *namespaces.library_folders(),
            namespaces.LIBRARY_CACHE,
        ]
        namespaces.private_root(shown, namespaces.masked(), namespaces.DEVICES)
    except OSError as error:
        missing["namespaces"] = _reason(error)
    return alone


def _landlock(paths: list[str], shelf: str, missing: dict[str, str]) -> int:
    """Return a descriptor of Landlock's rules, -1 if it is not wanted or not granted."""
    if "landlock" in missing:
        return -1
    grants = [(namespaces.standard_library(), landlock.LIST)]  # the import system lists it; packages in it stay closed
    grants += [(path, landlock.READ) for path in paths]
    grants += [(path, landlock.DEVICE) for path in namespaces.DEVICES]
    if "namespaces" not in missing:
        grants.append((namespaces.SCRATCH_PARENT, landlock.WRITE))
    elif shelf:
        with suppress(OSError):  # where it cannot be made, nothing can be laid there, and that is said
            os.mkdir(shelf)
            os.chmod(shelf, _PASSED)
        grants.append((shelf, landlock.OPEN))
    try:
        return landlock.ruleset(grants)
    except OSError as error:
        missing["landlock"] = _reason(error)
        return -1


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


class Layers(NamedTuple):
    """The layers that hold (`tier` names them all), and why others do not (`missing`: layer to reason).

    The rest is for the workers: `user` to become (-1: stay), the bytes of `address_space` that they start with (0: not
    known), Landlock's `rules` as a descriptor (-1: none), and the seccomp `program`.
    """

    tier: str
    missing: Mapping[str, str]
    user: int = -1
    address_space: int = 0
    rules: int = -1
    program: bytes = b""

    @property
    def private_root(self) -> bool:
        """Whether the server moved behind a private root, so that workers get namespaces."""
        return "namespaces" not in self.missing

    @property
    def keep(self) -> tuple[int, ...]:
        """The descriptors that a worker must leave open until `enter` has returned."""
        return (self.rules,) if self.rules >= 0 else ()

    def fork(self) -> int:
        """Fork a worker, in a process namespace of its own where there are any.

        Returns as os.fork does; the pid is the worker's own, as the server and its parent see it. Raises OSError.
        """
        return namespaces.fork() if self.private_root else os.fork()

    def enter(self) -> str:
        """Put this process, a child of `fork`, behind all layers that need no bounds; return the tier.

        It is then in an empty scratch of its own (also TMPDIR), or, where no bounded scratch can be had, in the root
        folder, where it can write nothing. Raises OSError if a layer that was prepared does not hold.
        """
        if sys.platform != "linux":
            return self.tier
        if self.private_root:
            namespaces.own_mounts()
            namespaces.scratch(self.user if self.user >= 0 else os.geteuid())
        elif self.rules >= 0:
            os.chdir("/")
        sys.argv[:] = [""]  # it names the grader's folder
        if hasattr(sys, "orig_argv"):
            sys.orig_argv[:] = [""]
        os.environ["TMPDIR"] = os.environ["HOME"] = os.getcwd()
        if self.user >= 0:
            _become(self.user)
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # a change of user forgets it, so this comes after it
        if kernel.machine():
            _drop_capabilities()
        if self.rules >= 0:
            landlock.restrict(self.rules)
            os.close(self.rules)
            sys.path_importer_cache.clear()  # it remembers packages that can no longer be read
        return self.tier

    def seal(self, memory: int, cpu_seconds: float) -> None:
        """Bound this process and, last of all, the system calls it may make. Raises OSError.

        `memory` is in bytes, beyond what numpy took.
        """
        if "limits" not in self.missing:
            _limit(self.address_space + memory if self.address_space else None, cpu_seconds)
        if self.program:
            seccomp.install(self.program)


def no_limits() -> str:
    """Return why the system has no resource limits, "" if it has them."""
    try:
        import resource  # noqa: F401
    except ImportError:
        return "this system has no resource limits"
    return ""


def _address_space() -> int:
    """Return this process's address space in bytes (0: cannot be read); its children start with the same."""
    try:
        text = kernel.read_own("statm")
    except OSError:
        return 0
    return int(text.split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _limit(address_space: int | None, cpu_seconds: float) -> None:
    """Limit this process's address space in bytes (`None`: not at all), its CPU seconds, files and descriptors.

    CPU: one second more is granted for the import of numpy and the like. Soft and hard limit are the same, so SIGXCPU
    cannot be caught. Processes: none more (this does not bind root; seccomp does). Raises OSError and ValueError.
    """
    import resource

    for kind, bound in (
        (resource.RLIMIT_CPU, math.ceil(cpu_seconds) + 1),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS),
        (resource.RLIMIT_CORE, 0),
        (getattr(resource, "RLIMIT_NPROC", None), 0),
        (resource.RLIMIT_AS, address_space),
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
        lines = kernel.read_own("status").splitlines()
    except OSError:
        return os.geteuid()
    held = next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))
    if held & _SETUID and held & _SETGID:
        for user in (_FOREIGN + os.getpid(), _NOBODY):
            if _mapped("uid_map", user) and _mapped("gid_map", user):
                return user
    return os.geteuid()


def _mapped(name: str, wanted: int) -> bool:
    lines = kernel.read_own(name).splitlines()
    ranges = [[int(word) for word in line.split()] for line in lines]
    return any(first <= wanted < first + count for first, _, count in ranges)


def readable_by_all(files: Iterable[str], *, private_root: bool) -> bool:
    """Return whether any user can read `files` and, without a private root, pass the folders above them."""
    for file in files:
        if not os.stat(file).st_mode & stat.S_IROTH:
            return False
        folder = os.path.realpath(file)
        while not private_root and folder != "/":
            folder = os.path.dirname(folder)
            if not os.stat(folder).st_mode & stat.S_IXOTH:
                return False
    return True


def _become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def _drop_capabilities() -> None:
    """Leave this process no capability, and (no_new_privs) no way to gain one. Raises OSError."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    buffers = ctypes.create_string_buffer(header), ctypes.create_string_buffer(24)
    kernel.call(kernel.number("capset"), *buffers)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
