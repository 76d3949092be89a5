"""Namespaces and a private root: a worker's own processes, network and names, and the few files it can see, read-only.

Installed packages other than numpy are left out on purpose: a course grades what a student wrote.

The private root has no /proc, no /home and no /tmp of the machine. Landlock refuses to open other files; here they do
not even exist, so their names, sizes and times cannot be asked for either. Where Python lies in a folder that only root
can enter, the private root also lets root's worker run as a foreign user.

The server calls `enter` once. It gets a user namespace (from which an ordinary user gets the right to the others; root
has that right and needs none), an empty network, own IPC and host names, own mounts. Then each worker is forked with
`fork` as process 1 of a process namespace: killing it ends all it might have started, and it sees no other process.
Workers share the empty network and the IPC namespace, but seccomp allows them no call that uses these.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from . import kernel

_PACKAGES = ("site-packages", "dist-packages")
_LIBRARY_FOLDERS = ("/lib64", "/usr/lib64", "/usr/lib", "/lib", "/usr/local/lib")
_LIBRARIES = (  # what the standard library's extension modules and numpy's link to, on glibc and on musl
    "ld-", "libb2.", "libbz2.", "libc.", "libc-", "libcrypt", "libdb-", "libdl", "libexpat.", "libffi.", "libgcc_s.",
    "libgdbm", "libgfortran.", "libintl.", "liblzma.", "libm.", "libm-", "libmpdec.", "libncurses", "libnsl.",
    "libopenblas", "libpanel", "libpthread", "libpython", "libquadmath.", "libreadline.", "librt", "libsqlite3.",
    "libssl.", "libstdc++.", "libtinfo", "libtirpc.", "libutil", "libuuid.", "libz.", "libzstd.",
)  # fmt: skip
LIBRARY_CACHE = "/etc/ld.so.cache"
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")


def standard_library() -> str:
    """Return the folder of the running interpreter's standard library."""
    return os.path.dirname(os.path.realpath(os.__file__))


def numpy() -> list[str]:
    """Return numpy's folder and the one of the libraries its wheel brings."""
    module = sys.modules.get("numpy")
    if module is None or not module.__file__:
        return []
    package = os.path.dirname(os.path.realpath(module.__file__))
    return [package, package + ".libs"]


def samples() -> list[str]:
    """Return a file of the standard library and one of numpy: a user that can read these can read the rest."""
    return [os.path.join(standard_library(), "os.py"), *(os.path.join(each, "__init__.py") for each in numpy()[:1])]


def masked() -> list[str]:
    """Return the folders of installed packages within the standard library's."""
    folders = [os.path.join(standard_library(), name) for name in _PACKAGES]
    return [folder for folder in folders if os.path.isdir(folder)]


def python() -> list[str]:
    """Return the standard library's own entries (installed packages may lie in the same folder), and numpy's."""
    own = [entry.path for entry in os.scandir(standard_library()) if entry.name not in _PACKAGES]
    return own + numpy()


def library_folders() -> list[str]:
    """Return the folders of the system's shared libraries."""
    multiarch = getattr(sys.implementation, "_multiarch", "")
    folders = [f"{sys.base_prefix}/lib", *_LIBRARY_FOLDERS]
    folders += [f"{folder}/{multiarch}" for folder in ("/usr/lib", "/lib") if multiarch]
    return [folder for folder in folders if os.path.isdir(folder)]


def libraries() -> list[str]:
    """Return the system's shared libraries that the standard library and numpy may load later."""
    folders = {os.path.realpath(folder): None for folder in library_folders()}
    entries = [entry for folder in folders for entry in os.scandir(folder) if entry.name.startswith(_LIBRARIES)]
    return [entry.path for entry in entries if ".so" in entry.name] + [LIBRARY_CACHE]


_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_PLACE = "/proc"  # a folder that is always there, and under which no Python lives
SCRATCH_PARENT = "/tmp"
SCRATCH = "/tmp/work"
_SCRATCH_BYTES, _SCRATCH_ENTRIES = 64 << 20, 1024


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
    kernel.call(kernel.number("pivot_root"), b".", b".")
    kernel.detach(".")  # the old root lies over the new one (pivot_root(2), "pivot_root(".", ".")")
    os.chdir("/")


def scratch(user: int) -> None:
    """Mount an empty scratch for `user`, bounded in bytes and in files, and go there. Raises OSError."""
    options = f"mode=700,size={_SCRATCH_BYTES},nr_inodes={_SCRATCH_ENTRIES},uid={user}"
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


_NEW_MOUNTS, _NEW_NAMES, _NEW_IPC = 0x00020000, 0x04000000, 0x08000000
_NEW_USER, _NEW_PROCESSES, _NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000


def enter() -> bool:
    """Move this single-threaded process to namespaces of its own, all but the processes'.

    Return whether the users' is among them, so that no user but this process's own is known there. Raises OSError.
    """
    flags = _NEW_MOUNTS | _NEW_NAMES | _NEW_IPC | _NEW_NETWORK
    own_users = os.geteuid() != 0
    if not own_users:
        try:
            kernel.unshare(flags)
        except PermissionError:  # a container's root that lacks the right
            own_users = True
    if own_users:
        _unshare_users(flags)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    return own_users


def _unshare_users(flags: int) -> None:
    user, group = os.geteuid(), os.getegid()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else /proc/self/uid_map belongs to root
    kernel.unshare(flags | _NEW_USER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        kernel.write_own(name, text)


def fork() -> int:
    """Fork; the child is process 1 of a new process namespace. Returns as os.fork does. Raises OSError.

    Not by unshare(2): after it the server would have to fork twice for each worker, which takes 2 ms more.
    """
    return kernel.fork_into(kernel.number("clone"), _NEW_PROCESSES)


def own_mounts() -> None:
    """Give this process a copy of the mounts, so that no other process sees its scratch. Raises OSError."""
    kernel.unshare(_NEW_MOUNTS)
