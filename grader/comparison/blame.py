"""The author's side: what the reference must have done for a case to be judged at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.errors import Fault, RubricError
from grader.language import Message, inert, say
from grader.model import Absent, Check, Outcome, Raised, Returned, Stopped

if TYPE_CHECKING:
    from grader.model import Value


def returned(check: Check, function: str, outcomes: Sequence[Outcome]) -> list[Value]:
    """Return the reference's values; raise RubricError at the check if one of the calls did not return."""
    return [_value(check, function, outcome) for outcome in outcomes]


def fault(check: Check, message: Message) -> RubricError:
    """Return the error that says `message` at the check's line."""
    return RubricError([Fault(at=check.at, message=message)])


def did(outcome: Outcome) -> str:
    """Return what a call did in the shortest words: `ValueError: …`, `timeout`, `returned a value`."""
    match outcome:
        case Returned():
            return "returned a value"
        case Raised(type=name, message=message):
            return inert(f"{name}: {message}" if message else name, 200)
        case Stopped(reason=reason, detail=detail):
            return inert(f"{reason}: {detail}" if detail else reason, 200)
        case Absent():
            return "no such function"


def _value(check: Check, function: str, outcome: Outcome) -> Value:
    if isinstance(outcome, Returned):
        return outcome.value
    raise fault(check, say("The reference's {function} did not return: {what}", function=function, what=did(outcome)))
