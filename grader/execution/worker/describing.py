"""What is told of an exception: its type, its words, and the lines of the source that led to it."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from types import TracebackType
from typing import Any

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


def described(error: BaseException, file: str) -> dict[str, Any]:
    """Return type, message, builtin bases and the frames in `file` (line and function, innermost last)."""
    kind = type(error)
    return {
        "type": name_of(kind),
        "message": message_of(error),
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


def message_of(error: BaseException) -> str:
    """Return an exception's words, at most 2,000 characters; "" where they cannot be had."""
    try:
        return str.__getitem__(str(error), slice(MESSAGE))
    except BaseException:
        return ""
