"""What a server has prepared for its workers: the layers that hold here, and how a child puts them on."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from . import LAYERS, kernel, landlock, namespaces, privileges, seccomp, tier_of

ON_REQUEST = "left out on request"
ELSEWHERE = "only on Linux"
ROOTS_PYTHON = "Python lies where only root can read it"
_OOM_SCORE = "700"  # if the machine runs out of memory, a worker goes before the grader does


def prepare(plan: Setup) -> Ground:
    """Return the ground for this server's workers: every layer of `plan` that the machine grants.

    Call it once, in a process with one thread. Where namespaces are granted the process itself moves behind the
    private root: afterwards it can open only what a worker may read.
    """
    missing = dict.fromkeys(plan.without, ON_REQUEST)
    if privileges.available():
        missing.setdefault("limits", privileges.available())
    if sys.platform != "linux":
        missing = {**dict.fromkeys(("namespaces", "landlock", "seccomp"), ELSEWHERE), **missing}
        return Ground(plan, tier_of([layer for layer in LAYERS if layer not in missing]), missing)
    floor = privileges.address_space()
    with suppress(OSError):
        kernel.tell("oom_score_adj", _OOM_SCORE)
    user = privileges.foreign_user() if os.geteuid() == 0 else -1
    paths = [*namespaces.python(), *plan.readable, *namespaces.libraries()]
    alone = _namespaces(plan, missing)
    within = "namespaces" not in missing
    if user >= 0 and not (alone or privileges.readable_by_all(namespaces.samples(), within=within)):
        missing["user"], user = ROOTS_PYTHON, -1
    if alone or user == 0:
        user = -1  # no other id is known here, or none may be taken
    rules = _landlock(paths, missing)
    reason = seccomp.available()
    if reason:
        missing.setdefault("seccomp", reason)
    program = seccomp.program(kernel.machine()) if "seccomp" not in missing else b""
    tier = tier_of([layer for layer in LAYERS if layer not in missing])
    return Ground(plan, tier, missing, user, floor, rules, program)


def _namespaces(plan: Setup, missing: dict[str, str]) -> bool:
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
            *plan.readable,
            *namespaces.library_folders(),
            namespaces.LIBRARY_CACHE,
        ]
        namespaces.private_root(shown, namespaces.masked(), namespaces.DEVICES)
    except OSError as error:
        missing["namespaces"] = _reason(error)
    return alone


def _landlock(paths: list[str], missing: dict[str, str]) -> int:
    if "landlock" in missing:
        return -1
    grants = [(namespaces.standard_library(), landlock.LIST)]  # the import system lists it; packages in it stay closed
    grants += [(path, landlock.READ) for path in paths]
    grants += [(path, landlock.DEVICE) for path in namespaces.DEVICES]
    if "namespaces" not in missing:
        grants.append((namespaces.SCRATCH_PARENT, landlock.WRITE))
    try:
        return landlock.ruleset(grants)
    except OSError as error:
        missing["landlock"] = _reason(error)
        return -1


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


class Setup(NamedTuple):
    """What to prepare: layers to leave out (for tests), more files to let be read, the scratch's size.

    `readable` are files or folders besides the standard library and numpy: a course's packages.
    """

    without: frozenset[str] = frozenset()
    readable: tuple[str, ...] = ()
    scratch_bytes: int = 64 << 20
    scratch_entries: int = 1024


class Ground(NamedTuple):
    """The layers that hold (`tier` names them all), and why others do not (`missing`: layer to reason).

    The rest is for the children: `user` to become (-1: stay), the address space they start with (`floor`), Landlock's
    `rules` as a descriptor (-1: none), and the seccomp `program`.
    """

    plan: Setup
    tier: str
    missing: Mapping[str, str]
    user: int = -1
    floor: int = 0
    rules: int = -1
    program: bytes = b""

    @property
    def within(self) -> bool:
        """Whether the server moved behind a private root, so that workers get namespaces."""
        return "namespaces" not in self.missing

    @property
    def keep(self) -> tuple[int, ...]:
        """The descriptors a child must leave open until `enter` has returned."""
        return (self.rules,) if self.rules >= 0 else ()

    def fork(self) -> int:
        """Fork a worker, in a process namespace of its own where there are any.

        Returns as os.fork does; the pid is the worker's own, as the server and its parent see it. Raises OSError.
        """
        return namespaces.fork() if self.within else os.fork()

    def enter(self) -> str:
        """Put this process, a child of `fork`, behind all layers that do not depend on bounds; return the tier.

        It is then in an empty scratch of its own (also TMPDIR), or, where no bounded scratch can be had, in the root
        folder, where it can write nothing. Raises OSError if a layer that was prepared does not hold.
        """
        if sys.platform != "linux":
            return self.tier
        own = self.user if self.user >= 0 else os.geteuid()
        if self.within:
            namespaces.own_mounts()
            namespaces.scratch(self.plan.scratch_bytes, self.plan.scratch_entries, own)
        elif self.rules >= 0:
            os.chdir("/")
        sys.argv[:] = [""]  # it names the grader's folder
        if hasattr(sys, "orig_argv"):
            sys.orig_argv[:] = [""]
        os.environ["TMPDIR"] = os.environ["HOME"] = os.getcwd()
        if self.user >= 0:
            privileges.become(self.user)
        privileges.die_with_server()
        if kernel.machine():
            privileges.drop_capabilities()
        if self.rules >= 0:
            landlock.restrict(self.rules)
            os.close(self.rules)
            sys.path_importer_cache.clear()  # it remembers packages that can no longer be read
        return self.tier

    def seal(self, bounds: privileges.Bounds) -> None:
        """Bound this process by `bounds` and, last of all, by the calls it may make. Raises OSError."""
        if "limits" not in self.missing:
            privileges.apply(bounds, self.floor)
        if self.program:
            seccomp.install(self.program)
