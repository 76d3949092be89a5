"""What a server has prepared for its workers: the layers that hold here, and how a child puts them on."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NamedTuple

from . import kernel, landlock, mounts, namespaces, privileges, rlimits, seccomp


class Plan(NamedTuple):
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

    plan: Plan
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
        """Put this process, a child of `fork`, behind all layers that do not depend on limits; return the tier.

        It is then in an empty scratch of its own (also TMPDIR), or, where no bounded scratch can be had, in the root
        folder, where it can write nothing. Raises OSError if a layer that was prepared does not hold.
        """
        if sys.platform != "linux":
            return self.tier
        own = self.user if self.user >= 0 else os.geteuid()
        if self.within:
            namespaces.own_mounts()
            mounts.scratch(self.plan.scratch_bytes, self.plan.scratch_entries, own)
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

    def seal(self, limits: rlimits.Limits) -> None:
        """Bound this process by `limits` and, last of all, by the calls it may make. Raises OSError."""
        if "limits" not in self.missing:
            rlimits.apply(limits, self.floor)
        if self.program:
            seccomp.install(self.program)
