"""What a worker says, read strictly: an outcome, or `Forged`."""

from __future__ import annotations

import math
from typing import Any, cast

from grader.execution.wire import Forged, Frame, unpack_all
from grader.model import Absent, Happening, Outcome, Raised, Returned, Stopped, StopReason, Value
from grader.model import Frame as SourceLine

_TEXT = 4_000
_ITEMS = 200
_REPORTED = ("kind", "result", "exit", "memory")  # reasons that only the worker can know


def outcome(frame: Frame, stdout: str) -> Outcome:
    """Return the outcome that `frame` tells of. Raises Forged."""
    header = frame.header
    was = header.get("was")
    if was == "absent":
        return Absent(found=_text(header, "found"))
    seconds = _number(header, "seconds")
    if was == "returned":
        value, arguments = unpack_all((header.get("value"), header.get("arguments")), frame.body)
        if arguments is not None and type(arguments) is not tuple:
            raise Forged("arguments that are none")
        peak = int(_number(header, "peak"))
        return Returned(value=value, arguments=arguments, stdout=stdout, seconds=seconds, peak=peak)
    if len(frame.body):
        raise Forged("bytes are left over")
    if was == "raised":
        return Raised(
            type=_text(header, "type"),
            message=_text(header, "message"),
            parents=tuple(_texts(header, "parents")),
            frames=tuple(_source_line(item) for item in _items(header, "frames")),
            stdout=stdout,
            seconds=seconds,
        )
    if was == "stopped" and header.get("reason") in _REPORTED:
        reason = cast(StopReason, header["reason"])
        detail = _text(header, "detail") if "detail" in header else ""
        return Stopped(reason=reason, detail=detail, stdout=stdout, seconds=seconds)
    raise Forged("no answer")


def printed(frame: Frame) -> int:
    """Return how many bytes the call printed, as far as the worker knows. Raises Forged."""
    return int(_number(frame.header, "printed"))


def question(frame: Frame) -> tuple[str, tuple[Value, ...]]:
    """Return the helper's name and the arguments that `frame` asks about. Raises Forged."""
    (arguments,) = unpack_all((frame.header.get("arguments"),), frame.body)
    if type(arguments) is not tuple:
        raise Forged("arguments that are none")
    return _text(frame.header, "name"), arguments


def code(frame: Frame) -> bytes | None:
    """Return a source's text as a worker compiled it, for other workers of the same source; `None` if it is too long.

    It is bytes here and stays so: only a worker, which would run the source anyway, ever reads them. Raises Forged.
    """
    if frame.header.get("was") != "compiled":
        raise Forged("nothing compiled")
    return bytes(frame.body) if frame.header.get("fits") is True else None


def happenings(frame: Frame) -> tuple[Happening, ...]:
    """Return what happened while a source was loaded. Raises Forged."""
    if frame.header.get("was") != "loaded":
        raise Forged("no end of loading")
    found = []
    for item in _items(frame.header, "happenings"):
        if type(item) is not list or len(item) != 3 or item[0] not in ("raised", "module", "timeout"):
            raise Forged("no happening")
        kind, line, detail = item
        if type(line) is not int or not 0 <= line < 1 << 31 or type(detail) is not str or len(detail) > _TEXT:
            raise Forged("no happening")
        found.append(Happening(kind=kind, line=line, detail=detail))
    return tuple(found)


def ready(frame: Frame) -> tuple[str, dict[str, str]]:
    """Return the tier and the versions of a worker that is ready. Raises Forged with what it says if it is not."""
    if frame.header.get("was") != "ready":
        raise Forged(str(frame.header.get("detail", "")))
    versions = frame.header.get("versions")
    if type(versions) is not dict or not all(type(each) is str for pair in versions.items() for each in pair):
        raise Forged("no versions")
    return _text(frame.header, "tier"), versions


def _source_line(item: Any) -> SourceLine:
    if type(item) is not list or len(item) != 2 or type(item[0]) is not int or type(item[1]) is not str:
        raise Forged("no frame of a traceback")
    if not 0 <= item[0] < 1 << 31 or len(item[1]) > _TEXT:
        raise Forged("no frame of a traceback")
    return SourceLine(line=item[0], function=item[1])


def _number(header: dict[str, Any], key: str) -> float:
    value = header.get(key)
    if (type(value) is int or type(value) is float) and math.isfinite(value) and 0 <= value < 1 << 53:
        return value
    raise Forged("no number")


def _text(header: dict[str, Any], key: str) -> str:
    value = header.get(key)
    if type(value) is not str or len(value) > _TEXT:
        raise Forged("no text")
    return value


def _texts(header: dict[str, Any], key: str) -> list[str]:
    found = _items(header, key)
    if not all(type(each) is str and len(each) <= _TEXT for each in found):
        raise Forged("no texts")
    return found


def _items(header: dict[str, Any], key: str) -> list[Any]:
    value = header.get(key)
    if type(value) is not list or len(value) > _ITEMS:
        raise Forged("no list")
    return value
