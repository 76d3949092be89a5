"""Starts the server before anything else, so that it imports numpy while the grader does its own imports.

This module imports almost nothing. The server cannot know anything of the rubric: it is started before that is read.
"""

from __future__ import annotations

import os
import sys

from grader.execution.confinement import ONE_THREAD
from grader.search_path import sound

TYPE_CHECKING = False  # that of `typing` costs 3 ms
if TYPE_CHECKING:
    from collections.abc import Collection

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **dict.fromkeys(ONE_THREAD, "1")}
"""The whole environment of a server or worker. With a second thread it could have no namespaces, and one is enough."""

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker")  # noqa: PTH100, PTH118, PTH120


class Started:
    """A server that is starting: its control socket (a descriptor), its process id, its Python, its shelf.

    The shelf is a folder that its workers may read from, as `grader.execution.shelf` says.
    """

    def __init__(self, control: int, pid: int, python: str, shelf: str) -> None:
        self.control, self.pid, self.python, self.shelf = control, pid, python, shelf


_started: list[Started] = []


def start(python: str = "", without: str = "", ahead: Collection[str] = ()) -> Started | None:
    """Start the server with `python` (default: this one) and return at once; `open_engine` takes it from here.

    `without` names layers of confinement to leave out, separated by commas: for tests of what the others hold. The
    modules `ahead` are imported once, before a worker is forked. Returns None where there is no fork server (any system
    but Linux).
    """
    if sys.platform != "linux":
        return None
    import _socket  # the class in `socket` costs 4 ms of imports and adds nothing here

    python = python or sys.executable
    ours, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDWR, 0),
        (os.POSIX_SPAWN_DUP2, 0, 1),
        (os.POSIX_SPAWN_DUP2, 0, 2),
        (os.POSIX_SPAWN_DUP2, theirs.fileno(), 3),
    ]
    shelf = new_shelf()
    options = [os.path.join(WORKER, "main.py"), ROOT, str(os.getpid()), without, shelf, ",".join(ahead)]  # noqa: PTH118
    command = [python, *isolation(python), *options, *paths(python)]
    pid = os.posix_spawn(python, command, ENVIRONMENT, file_actions=actions, setsid=True)
    theirs.close()
    started = Started(ours.detach(), pid, python, shelf)
    _started.append(started)
    return started


def take(python: str = "", ahead: Collection[str] = ()) -> Started | None:
    """Return the server that `start` started with `python`, or start one. Any other server ends.

    One that is to have imported the modules `ahead` is always started.
    """
    python = python or sys.executable
    found = None
    while _started:
        each = _started.pop()
        if each.python == python and found is None and not ahead:
            found = each
        else:
            os.close(each.control)
    if found is None:
        start(python, ahead=ahead)
        found = _started.pop() if _started else None
    return found


def new_shelf() -> str:
    """Return the path of a folder that is not there and whose name nobody can guess."""
    # A TMPDIR may be closed to the user that a worker becomes, so it is asked only where there is no /tmp.
    above = os.environ.get("TEMP", ".") if sys.platform == "win32" else "/tmp"
    return os.path.join(above, f"pingfen-{os.urandom(12).hex()}")  # noqa: PTH118


def isolation(python: str) -> list[str]:
    """Return the options that keep `python` from reading the environment, the folder and, if it is ours, site's files.

    Without `site` it starts 20 ms sooner; `paths` then says where numpy is.
    """
    return ["-I", "-S", "-X", "utf8"] if python == sys.executable else ["-I", "-X", "utf8"]


def paths(python: str) -> list[str]:
    """Return the folder to import numpy from, if `python` is ours; another one finds its own.

    It is never the current folder: a numpy there was handed in.
    """
    if python != sys.executable:
        return []
    return [path for path in sound(sys.path) if os.path.isfile(os.path.join(path, "numpy", "__init__.py"))][:1]  # noqa: PTH113, PTH118
