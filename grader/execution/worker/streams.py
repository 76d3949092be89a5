"""Standard streams over descriptors 0 to 2, and exceptions told without running more than their `__str__`."""

from __future__ import annotations

import builtins
import io
import sys
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

from ...values.family import Buffer

MESSAGE = 2_000
NAME = 100
FRAMES = 50

_mro: Callable[[type], Any] = type.__dict__["__mro__"].__get__
_name: Callable[[type], str] = type.__dict__["__name__"].__get__
_BUILTIN = {
    each: name for name, each in vars(builtins).items() if isinstance(each, type) and issubclass(each, BaseException)
}


def name_of(kind: type) -> str:
    """Return the name of `kind`, at most 100 characters."""
    return str.__getitem__(_name(kind), slice(NAME))


def told(error: BaseException, file: str) -> dict[str, Any]:
    """Return type, message, builtin bases and the frames in `file` (line and function, innermost last)."""
    kind = type(error)
    return {
        "type": name_of(kind),
        "message": _message(error),
        "parents": [_BUILTIN[each] for each in _mro(kind)[1:] if each in _BUILTIN],
        "frames": frames(error.__traceback__, file),
    }


def frames(traceback: TracebackType | None, file: str) -> list[list[Any]]:
    """Return `[line, function]` for each frame of `traceback` in `file`: the outermost and the innermost ones."""
    found: list[list[Any]] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == file:
            found.append([traceback.tb_lineno or 0, code.co_name[:NAME]])
            if len(found) > FRAMES:
                del found[FRAMES // 2]
        traceback = traceback.tb_next
    return found


def _message(error: BaseException) -> str:
    try:
        return str.__getitem__(str(error), slice(MESSAGE))
    except BaseException:
        return ""


_ours: list[io.TextIOWrapper] = []
_written = 0


class _Counted(io.FileIO):
    """A descriptor that is not closed with its stream; what is written goes into the count."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "w", closefd=False)

    def write(self, data: Buffer) -> int:  # type: ignore[override]
        """Write and return how many bytes were taken."""
        global _written  # noqa: PLW0603
        taken = super().write(data)
        _written += taken
        return taken


def written() -> int:
    """Return how many bytes went out by our own streams since the last time this was asked."""
    global _written
    count, _written = _written, 0
    return count


def settle() -> None:
    """Put our own sys.stdin, sys.stdout and sys.stderr in place: UTF-8, written out at each line's end."""
    if not _ours or any(stream.closed for stream in _ours):
        reader = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), encoding="utf-8")
        writer = _writer(1)  # one for both, so that they stand in the order they were printed in
        _ours[:] = [reader, writer, writer]
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__ = _ours  # type: ignore[misc]


def flush() -> None:
    """Write out what was printed; a stream that a source closed or replaced by something else is left alone."""
    for stream in (sys.stdout, sys.stderr, *_ours[1:2]):
        with suppress(BaseException):  # what a source put there may raise SystemExit
            stream.flush()


def _writer(descriptor: int) -> io.TextIOWrapper:
    raw = io.BufferedWriter(_Counted(descriptor))  # type: ignore[type-var]
    return io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)
