"""How well student code is held, by name, from best to least."""

from __future__ import annotations

from collections.abc import Collection

LAYERS = ("namespaces", "landlock", "seccomp", "limits")
"""The layers that a machine may or may not grant."""

TIERS = ("namespaces", "landlock+seccomp", "limits", "process")
"""namespaces: files (a private root, and Landlock where there is one), processes, network and system calls are held;
landlock+seccomp: the same but for the existence of files, and nothing can be written at all; limits: memory, CPU and
file size only; process: a process of its own and a clock."""


def tier(held: Collection[str]) -> str:
    """Return the name for the `held` layers."""
    if "seccomp" in held and "namespaces" in held:
        return "namespaces"
    if "seccomp" in held and "landlock" in held:
        return "landlock+seccomp"
    return "limits" if "limits" in held else "process"


def sufficient(name: str) -> bool:
    """Return whether tier `name` is enough for official grading of strangers' code."""
    return name in TIERS[:2]
