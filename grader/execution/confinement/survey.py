"""Find out what this machine grants by asking for it, once, in the server."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from . import kernel, landlock, mounts, namespaces, privileges, readable, rlimits, seccomp, tiers
from .ground import Ground, Plan

ON_REQUEST = "left out on request"
ELSEWHERE = "only on Linux"
ROOTS_PYTHON = "Python lies where only root can read it"
_OOM_SCORE = "700"  # if the machine runs out of memory, a worker goes before the grader does


def prepare(plan: Plan) -> Ground:
    """Return the ground for this server's workers: every layer of `plan` that the machine grants.

    Call it once, in a process with one thread. Where namespaces are granted the process itself moves behind the
    private root: afterwards it can open only what a worker may read.
    """
    missing = dict.fromkeys(plan.without, ON_REQUEST)
    if rlimits.available():
        missing.setdefault("limits", rlimits.available())
    if sys.platform != "linux":
        missing = {**dict.fromkeys(("namespaces", "landlock", "seccomp"), ELSEWHERE), **missing}
        return Ground(plan, tiers.tier([layer for layer in tiers.LAYERS if layer not in missing]), missing)
    floor = rlimits.address_space()
    with suppress(OSError):
        kernel.tell("oom_score_adj", _OOM_SCORE)
    user = privileges.foreign_user() if os.geteuid() == 0 else -1
    paths = [*readable.python(), *plan.readable, *readable.libraries()]
    alone = _namespaces(plan, missing)
    if user >= 0 and not (alone or privileges.readable_by_all(readable.samples(), within="namespaces" not in missing)):
        missing["user"], user = ROOTS_PYTHON, -1
    if alone or user == 0:
        user = -1  # no other id is known here, or none may be taken
    rules = _landlock(paths, missing)
    reason = seccomp.available()
    if reason:
        missing.setdefault("seccomp", reason)
    program = seccomp.program(kernel.machine()) if "seccomp" not in missing else b""
    tier = tiers.tier([layer for layer in tiers.LAYERS if layer not in missing])
    return Ground(plan, tier, missing, user, floor, rules, program)


def _namespaces(plan: Plan, missing: dict[str, str]) -> bool:
    """Move behind namespaces and a private root, if wanted and granted; return whether users have one of their own."""
    alone = False
    if "namespaces" in missing:
        return alone
    try:
        if not kernel.machine():
            raise OSError("no table of system calls for this machine")
        alone = namespaces.enter()
        shown = [
            readable.standard_library(),
            *readable.numpy(),
            *plan.readable,
            *readable.library_folders(),
            readable.LIBRARY_CACHE,
        ]
        mounts.private_root(shown, readable.masked(), readable.DEVICES)
    except OSError as error:
        missing["namespaces"] = _reason(error)
    return alone


def _landlock(paths: list[str], missing: dict[str, str]) -> int:
    if "landlock" in missing:
        return -1
    grants = [(readable.standard_library(), landlock.LIST)]  # the import system lists it; packages in it stay closed
    grants += [(path, landlock.READ) for path in paths]
    grants += [(path, landlock.DEVICE) for path in readable.DEVICES]
    if "namespaces" not in missing:
        grants.append((mounts.SCRATCH_PARENT, landlock.WRITE))
    try:
        return landlock.ruleset(grants)
    except OSError as error:
        missing["landlock"] = _reason(error)
        return -1


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
