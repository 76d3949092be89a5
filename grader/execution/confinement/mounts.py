"""A private root: a small tmpfs that shows the readable files, read-only, and nothing else of the machine.

There is no /proc, no /home and no /tmp of the machine in it. Landlock refuses to open other files; here they do not
even exist, so their names, sizes and times cannot be asked for either. It also lets root's worker run as a foreign user
where Python lives in a folder that only root can enter.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from . import kernel, syscalls

_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_PLACE = "/proc"  # a folder that is always there, and under which no Python lives
SCRATCH_PARENT = "/tmp"
SCRATCH = "/tmp/work"


def private_root(shown: Iterable[str], masked: Iterable[str], devices: Iterable[str]) -> None:
    """Make a root with the folders and files `shown`, without the rest of the folders `masked`, and `devices`.

    Each is shown under the path given and under the one without symbolic links. Raises OSError.
    """
    kernel.mount("", "/", "", _REC | _PRIVATE)
    kernel.mount("tmpfs", _PLACE, "tmpfs", _NOSUID | _NODEV, "mode=755,size=1m,nr_inodes=2k")
    masks = _spellings(masked)
    paths = _spellings(shown)
    below = [path for path in paths if any(path.startswith(mask + "/") for mask in masks)]
    for path in paths:
        _show(path, _RDONLY | _NOSUID | _NODEV)
    for path in masks:
        kernel.mount("tmpfs", _PLACE + path, "tmpfs", _NOSUID | _NODEV, "mode=755,size=64k,nr_inodes=64")
    for path in below:
        _show(path, _RDONLY | _NOSUID | _NODEV)
    for path in devices:
        _show(path, _NOSUID | _NOEXEC)
    os.makedirs(_PLACE + SCRATCH)
    for path in ("", *masks):
        kernel.mount("", _PLACE + path, "", _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV)
    os.chdir(_PLACE)
    kernel.call(syscalls.number("pivot_root", kernel.machine()), b".", b".")
    kernel.detach(".")  # the old root lies over the new one (pivot_root(2), "pivot_root(".", ".")")
    os.chdir("/")


def scratch(size: int, entries: int, user: int) -> None:
    """Mount an empty scratch of at most `size` bytes and `entries` files for `user` and go there. Raises OSError."""
    options = f"mode=700,size={size},nr_inodes={entries},uid={user}"
    kernel.mount("tmpfs", SCRATCH, "tmpfs", _NOSUID | _NODEV | _NOEXEC, options)
    os.chdir(SCRATCH)


def _spellings(paths: Iterable[str]) -> list[str]:
    """Return the existing `paths`, as given and resolved, outer folders first."""
    existing = [path for path in paths if os.path.exists(path)]
    found = {name: None for path in existing for name in (path, os.path.realpath(path))}
    return sorted(found, key=lambda name: name.count("/"))


def _show(path: str, flags: int) -> None:
    place = _PLACE + path
    if os.path.isdir(path):
        os.makedirs(place, exist_ok=True)
    elif not os.path.exists(place):
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT, 0o644))
    kernel.mount(path, place, "", _BIND)
    flags |= os.statvfs(place).f_flag & _NOEXEC  # a user namespace may not take a restriction off
    kernel.mount("", place, "", _REMOUNT | _BIND | flags)
