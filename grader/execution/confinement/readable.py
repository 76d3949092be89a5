"""What a worker may read: the standard library, numpy, the libraries they load, and three devices. Nothing else.

Other packages are left out on purpose: a course grades what a student wrote, not what happens to be installed.
"""

from __future__ import annotations

import os
import sys

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
    """Return a file of the standard library and one of numpy: who can read these can read the rest."""
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
