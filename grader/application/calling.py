"""One call of an application's function in a worker: its value, or why there is none and the line to blame."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.application.building import START, STATE, Built
from grader.execution import Session
from grader.explain.sentences import of_outcome, raising
from grader.language import Message, inert, say
from grader.model import Call, Happening, Limits, Outcome, Raised, Returned, Stopped, Value
from grader.values import Oversized, Refused, pack

MOST_GIVEN = 64 << 20
"""Bytes of arguments and state together: as many as a worker may return."""


class NoValue(Exception):
    """A call gave no value: of what `kind` that is, and a sentence about it.

    "locked": a function that it needs is not right yet. "raised": it raised an exception. "stopped": it was stopped, or
    gave what cannot be used. "refused": there is no such function, or it does not take such arguments. "gone": the
    grader is ending.
    """

    def __init__(self, kind: str, message: Message) -> None:
        super().__init__(message.text("en"))
        self.kind, self.message = kind, message


def apply(session: Session, built: Built, limits: Limits, name: str, named: Mapping[str, Value]) -> Value:
    """Return what the module's function gives for arguments by name. Raises NoValue.

    A line of the student's own file is told beside that of the module, since either may be to blame.
    """
    if not can_be_given(named):
        raise NoValue("refused", say("`{name}` is given more than a call can take.", name=name))
    file = f"{built.name}.py"
    given: Value = {key: item for key, item in named.items()}  # noqa: C416 (a dict's keys may be numbers, too)
    call = Call(function=name, arguments=(), act="apply", given={"named": given, "beside": file})
    outcome = session.make(call)
    came: Any = outcome.value if isinstance(outcome, Returned) else None
    if isinstance(came, dict) and "value" in came:
        value: Value = came["value"]
        return value
    if session.happenings and not (isinstance(outcome, Stopped) and outcome.reason != "kind"):
        raise NoValue("raised", loaded_in_part(built, session.happenings[0]))
    if isinstance(came, dict):
        lines = [(file, _last(came.get("beside"))), (_module(built), _last(came.get("lines")))]
        said = raising(Raised(type=str(came.get("raised")), message=str(came.get("message"))), public=True)
        for place, line in [(place, line) for place, line in reversed(lines) if line]:
            said = say("{file}, line {line}: {what}", file=place, line=line, what=said)
        raise NoValue("raised", said)
    raise NoValue("stopped", _stopped(outcome, limits, name))


def parted(name: str, value: Value) -> tuple[Value, ...]:
    """Return what the function of this name gives for the page and, behind it, the new state, if it gives one."""
    if isinstance(value, dict) and STATE in value and name != START:
        return {key: item for key, item in value.items() if key != STATE}, value[STATE]
    return (value,)


def can_be_given(named: Mapping[str, Value], most: int = MOST_GIVEN) -> bool:
    """Return whether a worker can be sent arguments: they have a bound on their parts, levels and bytes."""
    try:
        pack(((), {"named": {**named}}), most)
    except (Oversized, Refused):
        return False
    return True


def loaded_in_part(built: Built, happening: Happening) -> Message:
    """Return what went wrong while the module was loaded, with its line."""
    if happening.kind == "module":
        what = say("there is no module `{name}`; an application is one file, and may import the standard library and "
                   "NumPy", name=inert(happening.detail, 80))  # fmt: skip
    else:
        what = say("it was loaded only in part: {detail}", detail=inert(happening.detail or "timeout", 300))
    return say("{file}, line {line}: {what}", file=_module(built), line=happening.line, what=what)


def no_json(name: str, kind: str) -> Message:
    """Return that a function gave what a page cannot be shown: a value of a type, or "" for too much."""
    if not kind:
        return say("`{name}` gives more than a page can be shown.", name=name)
    return say("`{name}` gives a value of type {type}, which has no JSON.", name=name, type=inert(kind, 60))


def _stopped(outcome: Outcome, limits: Limits, name: str) -> Message:
    match outcome:
        case Stopped(reason="result"):
            return no_json(name, "")
        case Stopped(reason="kind", detail=detail):
            return no_json(name, detail)
    said = of_outcome(outcome, limits, public=True)
    assert said is not None  # it did not return
    return said


def _module(built: Built) -> str:
    return inert(Path(built.application.module).name, 80)


def _last(frames: object) -> int:
    """Return the line of the last of the frames that a worker told of, 0 for none."""
    found = frames[-1] if isinstance(frames, list | tuple) and frames else None
    line = found[0] if isinstance(found, list | tuple) and found else 0
    return line if isinstance(line, int) and 0 < line < 10**6 else 0
