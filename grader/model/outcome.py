"""What came of a call. A student's fault is one of these, never an exception of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from grader.model.case import Value


class Call(Struct, frozen=True, kw_only=True, eq=False):
    """A function of a source called by position with plain values.

    Its result may weigh `room` bytes in the grader's memory (0: what the limits grant to all calls together).
    """

    function: str
    arguments: tuple[Value, ...]
    room: int = 0


class Frame(Struct, frozen=True, kw_only=True):
    """One line of the student's own source in a traceback (line of `Source.text`)."""

    line: int
    function: str


class Returned(Struct, frozen=True, kw_only=True, eq=False):
    """The call returned `value`.

    `arguments` are the arguments as they were after the call where any of them changed, else `None`.
    `stdout` is what was printed during this call, cut at the limit; `seconds` wall time as the worker saw it;
    `peak` the worker's peak memory in bytes.
    """

    value: Value
    arguments: tuple[Value, ...] | None = None
    stdout: str = ""
    seconds: float = 0.0
    peak: int = 0


class Raised(Struct, frozen=True, kw_only=True):
    """The call raised; `type` and `message` are the student's words, `frames` only the student's own lines.

    `parents` are the names of the exception type's builtin bases, nearest first (for `errors` checks).
    """

    type: str
    message: str
    parents: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    stdout: str = ""
    seconds: float = 0.0


StopReason: TypeAlias = Literal[
    "timeout",  # wall clock
    "cpu",  # CPU seconds
    "memory",  # memory limit
    "output",  # printed more than the limit by far
    "result",  # returned value too large
    "kind",  # returned something the wire does not carry; `detail` names it
    "exit",  # ended the process itself
    "crash",  # died of a signal; `detail` names it
    "compile",  # its text could not be compiled within the limits
    "forged",  # wrote on the wire what is no answer
    "unreached",  # not run: the function's time was used up by earlier cases
]


class Stopped(Struct, frozen=True, kw_only=True):
    """The call did not come to an end, or its answer could not be taken."""

    reason: StopReason
    detail: str = ""
    stdout: str = ""
    seconds: float = 0.0


class Absent(Struct, frozen=True, kw_only=True):
    """The source, once loaded, has no such function; `found` says what the name is instead, if anything."""

    found: str = ""


Outcome: TypeAlias = Returned | Raised | Stopped | Absent


class Happening(Struct, frozen=True, kw_only=True):
    """Something a source did while it was loaded: a statement outside functions that failed, a missing module.

    `kind`: "raised" (detail: `Type: message`), "module" (detail: the module that is not installed),
    "timeout" (the statement was cut off).
    """

    kind: Literal["raised", "module", "timeout"]
    line: int
    detail: str = ""
