"""Landlock: which files a worker may read and write, and that it reaches no port, socket or process outside.

Everything that is not granted is refused, even if a bug in this package should leave a descriptor to a folder open.
Execution is granted nowhere: loading a shared library does not need it.
https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from . import kernel

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same on every machine
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_HANDLED_SINCE = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}  # 5: ioctl on devices
_TCP = 0b11  # bind, connect: from ABI 4
_SCOPES = 0b11  # abstract unix sockets, signals: from ABI 6

LIST = _READ_DIR
OPEN = _READ_FILE
READ = OPEN | LIST
WRITE = READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
DEVICE = _READ_FILE | _WRITE_FILE
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE


def version() -> int:
    """Return the ABI of this kernel's Landlock. Raises OSError where there is none."""
    return kernel.call(_CREATE, None, 0, 1)


def ruleset(grants: Iterable[tuple[str, int]]) -> int:
    """Return a descriptor of the rules: each (path, access) of `grants` that exists, and nothing else.

    One ruleset serves every worker. Raises OSError.
    """
    abi = version()
    handled = _HANDLED_SINCE[max(since for since in _HANDLED_SINCE if since <= abi)]
    fields = [handled] + [_TCP] * (abi >= 4) + [_SCOPES] * (abi >= 6)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    rules = kernel.call(_CREATE, ctypes.create_string_buffer(attributes), len(attributes), 0)
    for path, access in grants:
        _grant(rules, path, access & handled)
    return rules


def _grant(rules: int, path: str, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what does not exist or cannot be opened needs no grant
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            access &= _FOR_FILES
        rule = struct.pack("=Qi", access, place)
        kernel.call(_ADD_RULE, rules, _PATH_BENEATH, ctypes.create_string_buffer(rule), 0)
    finally:
        os.close(place)


def restrict(rules: int) -> None:
    """Put this process under `rules` for good; it needs no_new_privs. Raises OSError."""
    kernel.call(_RESTRICT, rules, 0)
