"""Whether this machine holds strangers' code: each layer is tried out, and official grading is refused without some."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from pathlib import Path

import msgspec

from grader.errors import ConfinementError, EngineError
from grader.execution.confinement import sufficient
from grader.language import Message, inert, say

_SECONDS = 60
_SERVER = (
    "import sys; sys.path.insert(0, sys.argv[1]); import numpy; from confinement.trials import main; main(sys.argv[2:])"
)


class LayerCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a `layer` is there for: a sentence (`wanted`), whether it holds, and if not, why not."""

    layer: str
    wanted: Message
    holds: bool
    reason: Message | None = None


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """The tier that this machine grants, and what came of each trial."""

    tier: str
    checks: tuple[LayerCheck, ...]


class _Answer(msgspec.Struct, frozen=True):
    tier: str
    missing: dict[str, str]
    results: dict[str, str | None]


_WANTED: dict[str, tuple[str, Message]] = {
    "reading": ("landlock", say("reads nothing but Python, numpy and its own scratch")),
    "writing": ("landlock", say("writes nothing outside its scratch")),
    "seeing": ("namespaces", say("does not even see that other files exist")),
    "processes": ("namespaces", say("sees no other process and no environment of one")),
    "filling": ("namespaces", say("cannot fill the disk: its scratch is bounded in bytes and in files")),
    "metadata": ("seccomp", say("changes no mode, owner, time, attribute or length of a file")),
    "connecting": ("seccomp", say("opens no connection")),
    "sending": ("seccomp", say("sends no datagram")),
    "forking": ("seccomp", say("starts no process")),
    "threading": ("seccomp", say("starts no thread")),
    "executing": ("seccomp", say("starts no program")),
    "signalling": ("seccomp", say("signals no other process")),
    "debugging": ("seccomp", say("looks into no other process")),
    "privileges": ("seccomp", say("gains no privilege")),
    "memory": ("limits", say("takes no more memory than the limit")),
    "computing": ("limits", say("computes no longer than the limit")),
}


def examine(without: Collection[str] = ()) -> Examination:
    """Return what holds here, without the layers named in `without`. It takes about 2 s. Raises EngineError."""
    import socket
    import tempfile

    with tempfile.TemporaryDirectory(prefix="pingfen-") as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        Path(folder).chmod(0o1777)  # as /tmp: a worker of root's is another user, and only a layer should hold it
        secret = Path(folder, "secret")
        secret.write_text("secret", encoding="ascii")
        secret.chmod(0o644)
        answer = _ask(without, str(secret), listener.getsockname()[1])
    checks = [
        LayerCheck(layer=layer, wanted=wanted, holds=answer.results[name] == "", reason=_reason(layer, answer, name))
        for name, (layer, wanted) in _WANTED.items()
    ]
    return Examination(tier=answer.tier, checks=tuple(checks))


def _ask(without: Collection[str], secret: str, port: int) -> _Answer:
    import subprocess

    arguments = [str(Path(__file__).parents[1]), ",".join(without), secret, str(port)]
    try:
        ran = subprocess.run(
            [sys.executable, "-I", "-c", _SERVER, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={"OPENBLAS_NUM_THREADS": "1", "PATH": os.defpath},
            timeout=_SECONDS,
            check=True,
        )
        return msgspec.json.decode(ran.stdout, type=_Answer)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
        raise EngineError(say("The confinement could not be tried out: {why}", why=inert(str(error)))) from error


def _reason(layer: str, answer: _Answer, name: str) -> Message | None:
    result = answer.results[name]
    if result == "":
        return None
    if result is None:
        return say("no worker could be prepared for the trial")
    from grader.execution.confinement import layers

    known = {
        layers.ON_REQUEST: say("left out on request"),
        layers.ELSEWHERE: say("only Linux has it"),
    }
    if layer in answer.missing:
        why = answer.missing[layer]
        return known.get(why, say("the machine refuses it: {why}", why=inert(why)))
    return say("it could: {what}", what=inert(result))


def refusal(tier: str) -> ConfinementError | None:
    """Return the error to raise for official grading under `tier`, or None if the tier is enough."""
    if sufficient(tier):
        return None
    return ConfinementError(
        say(
            "Official grading was refused: this machine cannot hold strangers' code (tier: {tier}; "
            "needed: landlock+seccomp or namespaces). Nothing was graded.",
            tier=tier,
        ),
        say(
            "Use Linux 5.13 or newer with Landlock switched on (`lsm=` in the kernel's command line), or one that lets "
            "ordinary users have namespaces; in a container, a runtime whose default profile allows Landlock "
            "(Docker 23 or newer). `grade doctor` shows what is missing. On macOS or Windows, run grade in a "
            "Linux container."
        ),
    )


def remark(tier: str) -> Message | None:
    """Return the one-line note for a student's own run under `tier`, or None if strangers' code would be held too."""
    if sufficient(tier):
        return None
    return say(
        "Self-check: this machine does not confine code (tier: {tier}), so grade only code you trust.", tier=tier
    )
