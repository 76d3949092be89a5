"""How arguments reach a function: by position, or by name what it takes by name only."""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType
from typing import Any

_LAYERS = 8  # of decorators that are looked through
_VARARGS, _VARKEYWORDS = 4, 8  # as in `inspect`, whose import costs the server 5 ms
_ANY = _VARARGS | _VARKEYWORDS

By = tuple[tuple[Any, ...], dict[str, Any]]


def bound(function: Any, arguments: tuple[Any, ...], names: Sequence[str]) -> By:
    """Return `arguments` as `function` can take them: those by position, and those by name.

    `names` are those of the reference's parameters. A call that can be made by position is. Else the arguments behind
    the last positional parameter go by name, or all do, if the function has their names in the same order.
    """
    function = _innermost(function)
    if type(function) is not FunctionType or len(arguments) > len(names):
        return arguments, {}
    code = function.__code__
    count = code.co_argcount
    only = code.co_varnames[count : count + code.co_kwonlyargcount]
    required = {*only} - {*(function.__kwdefaults__ or ())}
    if code.co_flags & _VARARGS or (len(arguments) <= count and not required):
        return arguments, {}
    named = dict(zip(names, arguments, strict=False))
    anything = bool(code.co_flags & _VARKEYWORDS)
    rest = dict(zip(names[count:], arguments[count:], strict=False))
    if required <= rest.keys() and (anything or rest.keys() <= {*only}):
        return arguments[:count], rest
    first = [name for name in names if name in code.co_varnames[code.co_posonlyargcount : count]]
    in_order = tuple(first) == code.co_varnames[:count]
    if in_order and required <= named.keys() and (anything or named.keys() <= {*first, *only}):
        return (), named
    return arguments, {}


def _innermost(function: Any) -> Any:
    """Return what `function` passes all its arguments on to, if it is a decorator's work."""
    for _ in range(_LAYERS):
        inner = getattr(function, "__dict__", {}).get("__wrapped__")
        if type(function) is not FunctionType or inner is None or function.__code__.co_flags & _ANY != _ANY:
            break
        function = inner
    return function


def by_position(own: Any, arguments: tuple[Any, ...], named: dict[str, Any], names: Sequence[str]) -> tuple[Any, ...]:
    """Return all arguments of a call of a student's `own` function by position, as the reference takes them.

    `names` are those of the reference's parameters; those that go by position may have other names in `own`. Raises
    TypeError for what does not fit.
    """
    if not named:
        return arguments
    if type(own) is not FunctionType:
        raise TypeError("takes its arguments by position here")
    code = own.__code__
    parameters = code.co_varnames[: code.co_argcount]
    only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    defaults = own.__defaults__ or ()
    known = dict(zip(parameters[len(parameters) - len(defaults) :], defaults, strict=True))
    known.update(own.__kwdefaults__ or {})
    known.update(zip(parameters, arguments, strict=False))
    known.update(named)
    order = (*parameters, *(each for each in names[len(parameters) :] if each in only))
    last = max((place for place, each in enumerate(order) if each in named), default=-1)
    given = order[: max(last + 1, len(arguments))]
    if not {*named} <= {*order} or not all(each in known for each in given):
        raise TypeError("got arguments that do not fit its parameters")
    return tuple(known[each] for each in given)
