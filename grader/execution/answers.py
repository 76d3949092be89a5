"""Reads what a worker answers, strictly: it is what is expected, or `Forged` is raised."""

from __future__ import annotations

import re
from itertools import islice
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from grader.errors import EngineError
from grader.execution.wire import Frame
from grader.language import inert, say
from grader.model import Absent, Happening, Outcome, Raised, Returned, SourceLine, Stopped, Value
from grader.values import unpack_all
from grader.values.family import Forged

_Text: TypeAlias = Annotated[str, Meta(max_length=4_000)]
_Amount: TypeAlias = Annotated[float, Meta(ge=0, lt=1 << 53)]
_LineNumber: TypeAlias = Annotated[int, Meta(ge=0, lt=1 << 31)]
_Few = Meta(max_length=200)


class _Absent(Struct):
    found: _Text


class _Returned(Struct):
    seconds: _Amount
    peak: _Amount
    moved: bool = False


class _Raised(Struct):
    seconds: _Amount
    type: _Text
    message: _Text
    parents: Annotated[list[_Text], _Few]
    frames: Annotated[list[tuple[_LineNumber, _Text]], _Few]


class _Stopped(Struct):
    seconds: _Amount
    reason: Literal["kind", "result", "exit", "memory"]  # those that only the worker can know
    detail: _Text = ""


class _Printed(Struct):
    printed: _Amount


_ENDS = {"absent": _Absent, "returned": _Returned, "raised": _Raised, "stopped": _Stopped}
_Happenings: TypeAlias = Annotated[list[tuple[Literal["raised", "module", "timeout"], _LineNumber, _Text]], _Few]


def outcome(frame: Frame, stdout: str) -> Outcome:
    """Return the outcome in `frame`. Raises Forged."""
    header = frame.header
    was = header.get("was")
    if type(was) is not str or was not in _ENDS:
        raise Forged("no answer")
    end = _checked(header, _ENDS[was])
    if isinstance(end, _Absent):
        return Absent(found=end.found)
    if isinstance(end, _Returned):
        value, arguments = unpack_all((header.get("value"), header.get("arguments")), frame.body)
        if arguments is not None and type(arguments) is not tuple:
            raise Forged("arguments that are none")
        peak = int(end.peak)
        return Returned(
            value=value, arguments=arguments, stdout=stdout, seconds=end.seconds, peak=peak, random_moved=end.moved
        )
    if len(frame.body):
        raise Forged("bytes are left over")
    if isinstance(end, _Stopped):
        return Stopped(reason=end.reason, detail=end.detail, stdout=stdout, seconds=end.seconds)
    return Raised(
        type=end.type,
        message=end.message,
        parents=tuple(end.parents),
        frames=tuple(SourceLine(line=line, function=function) for line, function in end.frames),
        stdout=stdout,
        seconds=end.seconds,
    )


def printed(frame: Frame) -> int:
    """Return how many bytes the call printed through the worker's own streams. Raises Forged."""
    return int(_checked(frame.header, _Printed).printed)


def question(frame: Frame) -> tuple[str, tuple[Value, ...]]:
    """Return the helper's name and the arguments that `frame` asks about. Raises Forged."""
    (arguments,) = unpack_all((frame.header.get("arguments"),), frame.body)
    if type(arguments) is not tuple:
        raise Forged("arguments that are none")
    return _checked(frame.header.get("name"), _Text), arguments


def laid(frame: Frame | str) -> None:
    """Raise EngineError unless a worker says that it can reach the source's data files (a text: how it ended)."""
    if isinstance(frame, str):
        fault = frame
    elif frame.header.get("was") == "laid":
        fault = str(_checked(frame.header.get("fault"), _Text))
    else:
        fault = "no word of them"
    if fault:
        raise EngineError(say("The data files cannot be laid beside the code that reads them: {why}", why=inert(fault)))


def code(frame: Frame) -> bytes | None:
    """Return a source's text as a worker compiled it, for other workers of the same source; `None` if it is too long.

    Only a worker, which would run the source anyway, ever takes these bytes apart. Raises Forged.
    """
    if frame.header.get("was") != "compiled":
        raise Forged("nothing compiled")
    return bytes(frame.body) if frame.header.get("fits") is True else None


_HEAD = b"(most recent call first):\n"
_FRAME = re.compile(rb'  File "([^"\n]*)", line (\d{1,9}) in (.*)')
_FRAMES = 100  # as many as `faulthandler` writes


def samples(printed: bytes, file: str) -> tuple[tuple[SourceLine, ...], ...]:
    """Return the lines of `file` in each traceback that `faulthandler` wrote into `printed`, innermost last.

    The student's code may have printed it: a line is any number, and a name any text.
    """
    name = file.encode("ascii", "backslashreplace")
    found = []
    for block in printed.split(_HEAD)[1:]:
        frames = [match.groups() for match in islice(_FRAME.finditer(block), _FRAMES)]
        own = [SourceLine(line=int(line), function=_named(home)) for path, line, home in frames if path == name]
        if own:
            found.append(tuple(own[::-1]))
    return tuple(found)


def _named(home: bytes) -> str:
    return home[:100].decode("ascii", "replace")


def happenings(frame: Frame) -> tuple[Happening, ...]:
    """Return what happened while a source was loaded. Raises Forged."""
    if frame.header.get("was") != "loaded":
        raise Forged("no end of loading")
    found = _checked(frame.header.get("happenings"), _Happenings)
    return tuple(Happening(kind=kind, line=line, detail=detail) for kind, line, detail in found)


def ready(frame: Frame) -> tuple[str, dict[str, str]]:
    """Return the tier and the versions of a worker that is ready. Raises Forged with the reason if it is not."""
    if frame.header.get("was") != "ready":
        raise Forged(str(frame.header.get("detail", "")))
    return _checked(frame.header.get("tier"), _Text), _checked(frame.header.get("versions"), dict[str, str])


def _checked(answer: object, kind: Any) -> Any:
    """Return what a worker answered as a value of `kind`. Raises Forged, which never repeats what was read.

    A Struct is checked in 1 us; any other type is taken apart anew each time, for 5 us.
    """
    try:
        return msgspec.convert(answer, kind)
    except (msgspec.ValidationError, UnicodeError, RecursionError):
        raise Forged("not what is expected here") from None
