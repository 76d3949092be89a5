"""The sentence for one case: of a mismatch, unless the check's kind has one of its own, or of a call without a value.

A hidden case's sentence has no input, no expected value and no word that the student could have chosen. It has no
number either: how many elements differ, or by how much, gets smaller as an answer gets nearer, so the expected values
could be found by asking again and again. `grader.comparison.structure` decides before what else may be told.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.checks.kind import led
from grader.comparison.values import spelt
from grader.explain.kinds import KINDS, cure, known_type, of_kind
from grader.language import Message, inert, plain, say, say_count
from grader.model import Absent, Limits, Mismatch, Outcome, Raised, Returned, Stopped
from grader.model.categories import WAYS, way
from grader.values import shown

if TYPE_CHECKING:
    from grader.checks.kind import Kind
    from grader.model import Value


def sentence(mismatch: Mismatch, *, public: bool, kind: Kind | None = None) -> Message:
    """Return what a student reads of a `mismatch`, led by the output's name; `public` allows the values themselves.

    `kind` is the check's, which may have a sentence of its own.
    """
    output = named(mismatch, public=public)
    if kind is not None and (said := kind.sentence(replace(mismatch, output=output), public=public)) is not None:
        return said
    return led(output, _public(mismatch) if public else _hidden(mismatch))


def named(mismatch: Mismatch, *, public: bool) -> str:
    """Return the name of what differs; of a hidden case without places and keys that would tell too much.

    Knowing which item of a list is the first that differs, somebody could find one after the other. And a mismatch of a
    property has the student's own places and keys.
    """
    formal = mismatch.category in WAYS and way(mismatch.category).about != "content"
    telling = not public and (not formal or mismatch.property)
    return mismatch.output.partition("[")[0] if telling else spelt(mismatch.output)


def pair(got: Value, want: Value) -> tuple[str, str]:
    """Return two values in just enough digits (at least 6) to differ; texts are cut short."""
    if isinstance(got, str) or isinstance(want, str):
        return inert(repr(got), 120), inert(repr(want), 120)
    for digits in (6, 9, 12, 17):
        mine, theirs = _number(got, digits), _number(want, digits)
        if mine != theirs:
            break
    return mine, theirs


def _public(mismatch: Mismatch) -> Message:
    got, want = pair(mismatch.got, mismatch.want)
    match mismatch.category:
        case "type":
            return _type(mismatch)
        case "length":
            return say("There are {got} items, but {want} are expected.", got=got, want=want)
        case "keys":
            return _keys(mismatch)
        case "members" | "fields" | "columns":
            return _listed(mismatch)
        case "items":
            return _items(mismatch)
        case "rows":
            return say("There are {got} rows, but {want} are expected.", got=got, want=want)
        case "index":
            return say(
                "The row labels are {got}, but {want} are expected.", got=_word(mismatch.got), want=_word(mismatch.want)
            )
        case "shape":
            return say(
                "The shape is {got}, but {want} is expected.", got=_word(mismatch.got), want=_word(mismatch.want)
            )
        case "empty":
            return say("The array is empty, but the shape {want} is expected.", want=_word(mismatch.want))
        case "dtype":
            return _dtype(mismatch)
        case "text" if not mismatch.index:
            return say("The text is {got}, but {want} is expected.", got=got, want=want)
        case "raised" if not mismatch.got:
            return _nothing_raised(mismatch)
        case "raised":
            asked = _word(mismatch.want)
            return say("{got} was raised, but {want} is expected.", got=_word(mismatch.got), want=asked)
        case "mask" if mismatch.total > 1:
            at, how = _place(mismatch), _count(mismatch)
            if mismatch.want:
                return say("At {at} a masked element is expected, but it is not masked; {how}", at=at, how=how)
            return say("At {at} the element is masked, but should not be; {how}", at=at, how=how)
        case "mask":
            return way("mask").hidden
        case "nan" | "values" | "text":
            return _elements(mismatch, got, want)
        case "property" | "condition" | "sealed" | "slow" | "printed":
            return way(mismatch.category).hidden
        case _:  # an installed package's own
            return way("sealed").hidden if mismatch.got is mismatch.want is None else _elements(mismatch, got, want)


def _elements(mismatch: Mismatch, got: str, want: str) -> Message:
    if not mismatch.index:
        return say("The value is {got}, but {want} is expected.", got=got, want=want)
    at = _place(mismatch)
    return say("At {at} there is {got}, but {want} is expected; {how}", at=at, got=got, want=want, how=_count(mismatch))


def _place(mismatch: Mismatch) -> str:
    return f"[{', '.join(map(str, mismatch.index or ()))}]"


def _hidden(mismatch: Mismatch) -> Message:
    match mismatch.category:
        case "type":
            return _type(replace(mismatch, got=known_type(str(mismatch.got)) or "object"))
        case "dtype":
            return _dtype(mismatch)
        case "raised" if not mismatch.got:
            return _nothing_raised(mismatch)
        case "sealed" if mismatch.total > 1:
            return say(
                "This answer is sealed together with others, and one of them is not the expected one; a kit cannot "
                "tell them apart. Your course can, and may give more points."
            )
        case "nan" if mismatch.total <= 1:
            return say("The value is NaN or infinite and should not be, or should be and is not.")
        case "nan":
            return say("NaN or infinity is in the wrong places.")
        case "values" if mismatch.total <= 1:
            return say("The value differs.")
        case _:
            return way(mismatch.category).hidden


def _count(mismatch: Mismatch) -> Message:
    if mismatch.differing == mismatch.total > 1:
        return say("all {total} elements differ", total=mismatch.total)
    return say_count(
        "{count} of {total} elements differs", "{count} of {total} elements differ",
        mismatch.differing, total=mismatch.total,
    )  # fmt: skip


def _type(mismatch: Mismatch) -> Message:
    got, want = _kind(mismatch.got), _kind(mismatch.want) if mismatch.want else say("something else")
    if mismatch.want == "tuple" and mismatch.got not in ("None", "list"):
        return say("Your function gives {got} here, but {want} is expected: is something left out?", got=got, want=want)
    if (cured := cure(str(mismatch.got), str(mismatch.want))) is not None:
        wrong = say("Your function gives {got} here, but {want} is expected.", got=got, want=want)
        return say("{first} {second}", first=wrong, second=cured)
    if mismatch.got == "list" and mismatch.want == "array":
        return say("Your function gives {got} here, but {want} is expected: return `np.array(…)` of it.",
                   got=got, want=want)  # fmt: skip
    if mismatch.got != "None":
        return say("Your function gives {got} here, but {want} is expected.", got=got, want=want)
    if mismatch.output:
        return say("Your function gives None here, but {want} is expected: is a None still to be filled in?", want=want)
    return say(
        "Your function gives None, but {want} is expected: is a return missing, or a None still to be filled in?",
        want=want,
    )


def _nothing_raised(mismatch: Mismatch) -> Message:
    """Return the sentence of a call that returned; the names are the rubric's, and no case's own."""
    return say("Nothing was raised, but {want} is expected.", want=_word(mismatch.want))


def _dtype(mismatch: Mismatch) -> Message:
    return say("The dtype is {got}, but {want} is expected.", got=_word(mismatch.got), want=_word(mismatch.want))


def _keys(mismatch: Mismatch) -> Message:
    extra, missing = _word(mismatch.got), _word(mismatch.want)
    if extra and missing:
        return say("The keys {missing} are missing, and {extra} should not be there.", missing=missing, extra=extra)
    if missing:
        return say("The keys {missing} are missing.", missing=missing)
    return say("The keys {extra} should not be there.", extra=extra)


_MISSING: dict[str, tuple[Message, Message, Message]] = {
    "members": (
        say("The set lacks {missing}, and should not hold {extra}."),
        say("The set lacks {missing}."),
        say("The set should not hold {extra}."),
    ),
    "fields": (
        say("The fields {missing} are missing, and {extra} should not be there."),
        say("The fields {missing} are missing."),
        say("The fields {extra} should not be there."),
    ),
    "columns": (
        say("The columns {missing} are missing, and {extra} should not be there."),
        say("The columns {missing} are missing."),
        say("The columns {extra} should not be there."),
    ),
}  # fmt: skip
"""What is said of parts that are missing and too many, of those missing alone, of those too many alone."""


def _listed(mismatch: Mismatch) -> Message:
    extra, missing = _word(mismatch.got), _word(mismatch.want)
    if mismatch.category == "columns" and not mismatch.differing:
        return say("The order of the columns is {got}, but {want} is expected.", got=extra, want=missing)
    both, lacking, surplus = _MISSING[mismatch.category]
    said = both if extra and missing else lacking if missing else surplus
    return replace(said, parameters={"missing": missing, "extra": extra})


def _items(mismatch: Mismatch) -> Message:
    extra, missing = inert(str(mismatch.got), 300), inert(str(mismatch.want), 300)
    if extra and missing:
        return say("Missing, in whatever order: {missing}; too many: {extra}.", missing=missing, extra=extra)
    if missing:
        return say("Missing, in whatever order: {missing}.", missing=missing)
    return say("Too many, in whatever order: {extra}.", extra=extra)


def _kind(value: Value) -> Message | str:
    return KINDS.get(str(value), _word(value))


def _word(value: Value) -> str:
    return inert(str(value), 120)


def _number(value: Value, digits: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | complex):
        return inert(shown(value), 120)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else f"{value:.{digits}e}" if abs(value) < 10**300 else "…"
    return f"{value:.{digits}g}"


NEARLY = 0.95
"""A call that was stopped sooner than this share of its time had less time: earlier calls had used it."""


def python_name(name: str) -> str:
    """Return an exception type's name if it is one of Python's own, else "".

    A student's own class could carry a hidden input in its name.
    """
    found = getattr(builtins, name, None)
    return name if isinstance(found, type) and issubclass(found, BaseException) else ""


def of_outcome(outcome: Outcome, limits: Limits, *, public: bool) -> Message | None:
    """Return the sentence for a call that gave no value, None for one that returned.

    The student's own words (an exception's message, a type's name) are repeated only if `public`.
    """
    match outcome:
        case Returned():
            return None
        case Raised():
            return raising(outcome, public=public)
        case Stopped():
            return _stopped(outcome, limits, public)
        case Absent(found=found):
            if found and public:
                return say("The name is defined, but it is not a function: {found}.", found=inert(found, 60))
            return say("There is no function of this name in the file.")


def raising(outcome: Raised, *, public: bool) -> Message:
    """Return an exception's type and, if `public`, its own words."""
    if outcome.type == "NotImplementedError":
        return say("Not written yet (NotImplementedError).")
    if public:
        if outcome.message:
            text = plain(outcome.message)
            return say("Raised {type}: {text}", type=inert(outcome.type, 60), text=text)
        return say("Raised {type}.", type=inert(outcome.type, 60))
    name = python_name(outcome.type)
    return say("Raised {type}.", type=name) if name else say("Raised an exception that is not one of Python's own.")


_STOPPED = {
    "unreached": say("Not run: earlier cases of this function took too long."),
    "output": say("Printed without end and was stopped: is there a print in a loop?"),
    "result": say("Returned far more than is expected: is the shape right?"),
    "exit": say("Ended the whole program (exit, quit or os._exit) instead of returning."),
    "compile": say(
        "Python cannot compile this file within the limits of time and memory: is something in it nested very deeply?"
    ),
    "forged": say("Interfered with the grader's own channel; the answer was not accepted."),
}


def _stopped(outcome: Stopped, limits: Limits, public: bool) -> Message:
    detail = inert(outcome.detail, 60) if public else ""
    match outcome.reason:
        case "timeout" if outcome.seconds < NEARLY * limits.seconds:
            return say("Was stopped: the earlier cases of this function used most of the time that all of them have.")
        case "timeout" | "cpu":
            most = limits.seconds if outcome.reason == "timeout" else limits.cpu_seconds
            return say("Ran longer than {seconds:g} s and was stopped: does a loop never end?", seconds=most)
        case "memory":
            return say(
                "Needed more than {size} MiB of memory: is an array far larger than it should be?",
                size=limits.memory >> 20,
            )
        case "kind":
            return of_kind(detail if public else known_type(outcome.detail))
        case "crash" if detail:
            return say("Crashed the Python process ({signal}).", signal=detail)
        case "crash":
            return say("Crashed the Python process.")
        case reason:
            return _STOPPED[reason]
