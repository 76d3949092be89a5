"""What a worker tries in order to get out. Each trial returns what it could do, "" if nothing, or raises.

`examining` runs this module in a fresh interpreter, as the server is run. It prepares the layers as the server does and
makes each trial in a worker of its own.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from . import kernel
from .layers import Layers, prepare


class Targets:
    """What a trial may aim at: a secret file, a port that listens, the process that asks, all made for the purpose."""

    def __init__(self, secret: str, port: int, process: int) -> None:
        self.secret, self.port, self.process = Path(secret), port, process


def _reading(at: Targets) -> str:
    at.secret.read_bytes()
    return str(at.secret)


def _seeing(at: Targets) -> str:
    at.secret.stat()
    return str(at.secret)


def _processes(at: Targets) -> str:
    Path(f"/proc/{at.process}/environ").read_bytes()
    return f"/proc/{at.process}/environ"


def _writing(at: Targets) -> str:
    path = at.secret.with_name("written")
    path.write_bytes(b"")
    return str(path)


def _metadata(at: Targets) -> str:
    path, name = str(at.secret), os.fsencode(at.secret)
    ways: dict[str, Callable[[], object]] = {
        "chmod": lambda: os.chmod(path, 0o600),
        "utime": lambda: os.utime(path, (1, 1)),
        "chown": lambda: os.chown(path, os.getuid(), os.getgid()),
        "setxattr": lambda: os.setxattr(path, "user.tried", b"1"),
        "truncate": lambda: os.truncate(path, 1),
        "fchmodat2": lambda: kernel.call(452, -100, name, 0o600, 0),
        "setxattrat": lambda: kernel.call(463, -100, name, 0, b"user.tried", None, 0),
    }
    return ", ".join(name for name, way in ways.items() if _worked(way))


def _filling(_: Targets) -> str:
    names = [f"tried-{number}" for number in range(1100)]
    if _made(names, b"") == len(names):
        return f"{len(names)} files"
    megabytes = 15 * _made(names[:6], bytes(15 << 20))
    return f"{megabytes} MiB" if megabytes > 64 else ""


def _made(names: list[str], content: bytes) -> int:
    """Return how many of these files could be made; they are removed again."""
    made = 0
    for name in names:
        try:
            Path(name).write_bytes(content)
        except OSError:
            break
        made += 1
    for name in names[: made + 1]:  # the last one may be there without its content
        Path(name).unlink(missing_ok=True)
    return made


def _connecting(at: Targets) -> str:
    import socket

    with socket.create_connection(("127.0.0.1", at.port), timeout=1):
        return f"127.0.0.1:{at.port}"


def _sending(at: Targets) -> str:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"tried", ("127.0.0.1", at.port))
    return "UDP"


def _forking(_: Targets) -> str:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    return "fork"


def _threading(_: Targets) -> str:
    import threading

    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    return "thread"


def _executing(_: Targets) -> str:
    os.execv(sys.executable, [sys.executable, "-c", "print('executed', flush=True)"])


def _signalling(at: Targets) -> str:
    os.kill(at.process, 0)
    return f"kill({at.process})"


def _debugging(at: Targets) -> str:
    seize = {"x86_64": 101, "aarch64": 117}[kernel.machine()]
    kernel.call(seize, 0x4206, at.process, 0, 0)  # PTRACE_SEIZE does not stop it
    return f"ptrace({at.process})"


def _privileges(_: Targets) -> str:
    ways: dict[str, Callable[[], object]] = {
        "chroot": lambda: os.chroot("/"),
        "setuid": lambda: os.setuid(0) if os.getuid() else os.setuid(65534),
        "unshare": lambda: kernel.unshare(0x10000000),
        "mount": lambda: kernel.mount("tmpfs", "/", "tmpfs", 0),
    }
    return ", ".join(name for name, way in ways.items() if _worked(way))


def _memory(_: Targets) -> str:
    return f"{len(bytes(1 << 30)) >> 20} MiB"


def _computing(_: Targets) -> str:
    import time

    while time.process_time() < _CPU_SECONDS:
        pass
    return f"{_CPU_SECONDS} s"


def _worked(way: Callable[[], object]) -> bool:
    try:
        way()
    except (OSError, ctypes.ArgumentError):
        return False
    return True


TRIALS: dict[str, Callable[[Targets], str]] = {
    "reading": _reading,
    "seeing": _seeing,
    "processes": _processes,
    "writing": _writing,
    "filling": _filling,
    "metadata": _metadata,
    "connecting": _connecting,
    "sending": _sending,
    "forking": _forking,
    "threading": _threading,
    "executing": _executing,
    "signalling": _signalling,
    "debugging": _debugging,
    "privileges": _privileges,
    "memory": _memory,
    "computing": _computing,
}

_BEGUN = "begun:"
_MEMORY = 512 << 20  # half of what a trial asks for
_CPU_SECONDS = 1.5  # more than the one second that is granted


def main(arguments: list[str]) -> None:
    """Try out this machine; print one JSON object: the tier, what is missing, and each trial's result.

    `arguments`: layers to leave out (separated by commas), a secret file, a listening port.
    """
    targets = Targets(arguments[1], int(arguments[2]), os.getppid())
    layers = prepare(without=arguments[0].split(",") if arguments[0] else ())
    results = {name: _tried(name, targets, layers) for name in TRIALS}
    json.dump({"tier": layers.tier, "missing": dict(layers.missing), "results": results}, sys.stdout)


def _tried(name: str, targets: Targets, layers: Layers) -> str | None:
    """Return what the trial could do ("": nothing), or None if no worker came so far as to try."""
    source, sink = os.pipe()
    pid = layers.fork()
    if not pid:
        os.close(source)
        _try(name, targets, layers, sink)
    os.close(sink)
    with open(source, "rb") as answer:
        text = answer.read(1000).decode("utf-8", "backslashreplace")
    os.waitpid(pid, 0)
    return text[len(_BEGUN) :].strip() if text.startswith(_BEGUN) else None


def _try(name: str, targets: Targets, layers: Layers, sink: int) -> NoReturn:
    done = ""
    try:
        layers.enter()
        layers.seal(_MEMORY, cpu_seconds=0)  # one second more than this is granted
        os.write(sink, _BEGUN.encode())
        os.dup2(sink, 1)  # for a program that should not have been started
        done = TRIALS[name](targets)
    except (OSError, MemoryError, RuntimeError):
        pass  # refused, as it should be
    finally:
        os.write(sink, done.encode())
        os._exit(0)
