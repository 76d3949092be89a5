"""What an expression may call: plain functions and generators, registered where they are defined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct

_Work = TypeVar("_Work", bound=Callable[..., Any])
_VARARGS = 0x04


class Function(Struct, frozen=True, kw_only=True):
    """A function by the name it has in a rubric.

    It takes at least `least` and at most `most` arguments (None: any number). One that `draws` gets the source of
    random numbers first; `legacy` says it needs a `legacy_seed`. `sizes` is the position of the first of the sizes of
    an array that it takes, -1 if it takes none.
    """

    name: str
    work: Callable[..., Any]
    least: int
    most: int | None
    draws: bool = False
    legacy: bool = False
    sizes: int = -1


FUNCTIONS: dict[str, Function] = {}
"""Every registered function by name."""


def plain(work: _Work) -> _Work:
    """Register a function that draws nothing; an underscore at the end of its name is left out."""
    least, most, _ = _arity(work, 0)
    name = work.__name__.rstrip("_")
    FUNCTIONS[name] = Function(name=name, work=work, least=least, most=most)
    return work


def generator(work: _Work) -> _Work:
    """Register a function that draws: it takes the source, its own arguments, and perhaps the sizes of an array."""
    _register(work, legacy=False)
    return work


def legacy_generator(work: _Work) -> _Work:
    """Register a generator that has a meaning only after `numpy.random.seed`."""
    _register(work, legacy=True)
    return work


def _register(work: Callable[..., Any], *, legacy: bool) -> None:
    least, most, sizes = _arity(work, 1)
    name = work.__name__
    FUNCTIONS[name] = Function(name=name, work=work, least=least, most=most, draws=True, legacy=legacy, sizes=sizes)


def _arity(work: Callable[..., Any], given: int) -> tuple[int, int | None, int]:
    """Return the fewest and most arguments besides the first `given`, and where arguments called `shape` begin."""
    code = work.__code__
    count = code.co_argcount - given
    rest = code.co_varnames[code.co_argcount] if code.co_flags & _VARARGS else ""
    least = count - len(work.__defaults__ or ())
    return least, None if rest else count, count if rest == "shape" else -1
