"""Hollow answers: what is handed in without any work, and must not be worth anything.

Each makes an outcome of a call from the honest outcome and the public answers, so nothing need be run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct

from grader.language import Message, say
from grader.model import Call, Outcome, Returned, Stopped, Value

Public: TypeAlias = Sequence[tuple[Call, Value]]
"""The calls of the public examples with their answers."""


class Hollow(Struct, frozen=True, kw_only=True):
    """One way to answer without work; `answer` gives None where there is none (no public example, no argument)."""

    name: str
    says: Message
    answer: Callable[[Call, Outcome, Public], Outcome | None]


def hollows(
    calls: Sequence[Sequence[Call]], honest: Sequence[Sequence[Outcome]], public: Public
) -> Iterator[tuple[Hollow, list[tuple[Outcome, ...]]]]:
    """Yield the hollow answers that can be given to all `calls`, with what comes of each call."""
    for hollow in HOLLOW:
        given = [
            [hollow.answer(call, outcome, public) for call, outcome in zip(group, outcomes, strict=True)]
            for group, outcomes in zip(calls, honest, strict=True)
        ]
        whole = [tuple(each for each in group if each is not None) for group in given]
        if all(len(group) == len(some) for group, some in zip(given, whole, strict=True)):
            yield hollow, whole


def _nothing(call: Call, honest: Outcome, public: Public) -> Outcome:
    return Returned(value=None)


def _nones(call: Call, honest: Outcome, public: Public) -> Outcome | None:
    if not isinstance(honest, Returned) or not isinstance(honest.value, tuple | list | dict):
        return None
    value = honest.value
    return Returned(value=dict.fromkeys(value) if isinstance(value, dict) else type(value)(None for _ in value))


def _zeros(call: Call, honest: Outcome, public: Public) -> Outcome:
    return Returned(value=_emptied(honest.value) if isinstance(honest, Returned) else None)


def _echo(call: Call, honest: Outcome, public: Public) -> Outcome | None:
    return Returned(value=call.arguments[0]) if call.arguments else None


def _public(call: Call, honest: Outcome, public: Public) -> Outcome | None:
    """Return the public answer to the same arguments, else to arguments of the same form, else the first one."""
    if not public:
        return None
    for alike in (_same, _formed_alike):
        for known, answer in public:
            if alike(call.arguments, known.arguments):
                return Returned(value=answer)
    return Returned(value=public[0][1])


def _exit(call: Call, honest: Outcome, public: Public) -> Outcome:
    return Stopped(reason="exit")


HOLLOW = (
    Hollow(name="nothing", says=say("nothing is returned (`pass`)"), answer=_nothing),
    Hollow(name="nones", says=say("None for every output"), answer=_nones),
    Hollow(name="zeros", says=say("zeros of the right shape"), answer=_zeros),
    Hollow(name="echo", says=say("the first argument is handed back"), answer=_echo),
    Hollow(name="public", says=say("the public answers written out"), answer=_public),
    Hollow(name="exit", says=say("`sys.exit(0)`"), answer=_exit),
)


def _emptied(value: Value) -> Value:
    """Return a value of the same form with nothing in it: zeros, False, the empty text."""
    if isinstance(value, tuple):
        return tuple(_emptied(each) for each in value)
    if isinstance(value, list):
        return [_emptied(each) for each in value]
    if isinstance(value, dict):
        return {key: _emptied(each) for key, each in value.items()}
    if value is None or isinstance(value, bool | int | float | complex | str):
        return None if value is None else type(value)()
    import numpy as np

    return np.zeros_like(value)


def _same(one: Value, other: Value) -> bool:
    return _agree(one, other, values=True)


def _formed_alike(one: Value, other: Value) -> bool:
    return _agree(one, other, values=False)


def _agree(one: Value, other: Value, *, values: bool) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(_agree(a, b, values=values) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_agree(one[key], other[key], values=values) for key in one)
    if one is None or isinstance(one, bool | int | float | complex | str):
        return one == other or not values
    import numpy as np

    mine, theirs = np.asarray(one), np.asarray(other)
    return mine.shape == theirs.shape and (not values or np.array_equal(mine, theirs))
