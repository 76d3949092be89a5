"""The reference's helpers in a student's module: proxies that ask the grader for each result.

What the reference changes in its arguments is changed in the student's, so a helper that works in place does here too.
Two arguments that share memory are apart there: a change of one is none of the other.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from types import FunctionType
from typing import Any

from ...values import Oversized, Refused, family_of
from ...values.packing import pack, unpack
from ..wire import Wire


def replace(namespace: dict[str, Any], names: list[str], wire: Wire) -> None:
    """Put proxies for `names` into `namespace`."""
    for name in names:
        namespace[name] = _proxy(name, namespace.get(name), wire)


def _proxy(name: str, own: Any, wire: Wire) -> Callable[..., Any]:
    def stand_in(*arguments: Any, **named: Any) -> Any:
        return _ask(wire, name, _by_position(name, own, arguments, named))

    stand_in.__name__ = stand_in.__qualname__ = name
    return stand_in


def _by_position(name: str, own: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """Return all arguments by position: the names are those of the student's own function, which may differ."""
    if not named:
        return arguments
    if not isinstance(own, FunctionType):
        raise TypeError(f"{name}() takes its arguments by position here")
    code = own.__code__
    parameters = code.co_varnames[: code.co_argcount]
    defaults = own.__defaults__ or ()
    known = dict(zip(parameters[len(parameters) - len(defaults) :], defaults, strict=True))
    known.update(zip(parameters, arguments, strict=False))
    known.update(named)
    last = max((place for place, each in enumerate(parameters) if each in named), default=-1)
    given = parameters[: max(last + 1, len(arguments))]
    if not set(named) <= set(parameters) or not all(each in known for each in given):
        raise TypeError(f"{name}() got arguments that do not fit its parameters")
    return tuple(known[each] for each in given)


def _ask(wire: Wire, name: str, arguments: tuple[Any, ...]) -> Any:
    try:
        packed = pack(arguments, wire.room)
    except Refused as refused:
        raise TypeError(f"{name}() got a value of type {refused}") from None
    except Oversized:
        raise MemoryError(f"{name}() got too large a value") from None
    wire.write({"was": "asks", "id": wire.call, "name": name, "arguments": packed.node}, packed.buffers)
    frame = wire.read()
    if frame is None:
        raise SystemExit
    header = frame.header
    if header["was"] == "returned":
        value, changed = unpack(header["value"], frame.body, own=True)
        for own, new in zip(arguments, changed or (), strict=False):
            _change(own, new)
        return value
    raise _error(header["type"], header["message"])


def _change(own: Any, new: Any) -> bool:
    """Change an argument, or what is in it, in place as the reference changed its own; return whether that was done.

    What is as it was is left alone: it may be an array that nobody can write to.
    """
    family = family_of(own)
    return family is family_of(new) and family.assign(own, new, _change)


def _error(kind: str, message: str) -> BaseException:
    found = getattr(builtins, kind, None)
    if isinstance(found, type) and issubclass(found, Exception):
        try:
            return found(message)
        except TypeError:  # UnicodeDecodeError and its like want more than a message
            pass
    return RuntimeError(f"{kind}: {message}")
