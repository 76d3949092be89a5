"""The outputs that a rubric names in `returns`: which value each is, and what each earns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from grader.comparison.values import container_differences, differences, part_name, ruled, same_form
from grader.errors import Fault, RubricError
from grader.language import Message, inert, say
from grader.model import (
    Absent,
    Check,
    Comparison,
    Mismatch,
    Outcome,
    Part,
    Raised,
    Returned,
    Stopped,
    Verdict,
)
from grader.model.categories import WAYS
from grader.values import compared_as, family_of, foreign, parts

if TYPE_CHECKING:
    from grader.model import Value

_ORDER: dict[str, int] = {category: rank for rank, category in enumerate(WAYS)}
"""Which mismatch of an output is told first; a category that is not listed comes last."""

Differ: TypeAlias = "Callable[[Value, Value, Comparison, str], Sequence[Mismatch]]"
"""Compares two undivided outputs under a rule; the text names the output."""


class Scored(Struct, frozen=True, kw_only=True, eq=False):
    """One undivided output (or a container of them): the share at stake, what was earned of it, what differs.

    `undivided` is false for a container's own mismatch (another length), which has no share of its own.
    """

    name: str
    stake: Fraction
    earned: Fraction = Fraction(0)
    mismatches: tuple[Mismatch, ...] = ()
    undivided: bool = True


def output_shares(returns: Iterable[Part], prefix: str = "") -> list[tuple[str, Fraction]]:
    """Return the undivided outputs with their shares, in order: `[("Z", 4/5), ("cache.W", 1/20)]`."""
    found: list[tuple[str, Fraction]] = []
    for part in returns:
        name = prefix + part.name
        found += output_shares(part.parts, name + ".") if part.parts else [(name, part.share)]
    return found


def verdict(scored: Iterable[Scored], *, named: bool = True, call: int = 0) -> Verdict:
    """Return the verdict of these outputs: the largest stake first, form before numbers."""
    every = list(scored)
    ranked = sorted(
        ((one.stake, mismatch) for one in every for mismatch in one.mismatches),
        key=lambda pair: (-pair[0], _ORDER.get(pair[1].category, len(_ORDER))),
    )
    return Verdict(
        share=sum((one.earned for one in every), Fraction(0)),
        mismatches=tuple(mismatch for _, mismatch in ranked),
        by_part=tuple((one.name, one.earned) for one in every if one.undivided) if named else (),
        call=call,
    )


def misnamed(returns: tuple[Part, ...], want: Value, prefix: str = "") -> Message | None:
    """Return what is wrong if the reference's value does not have the parts that `returns` names."""
    if not returns or names_whole(returns, want):
        return misnamed(returns[0].parts, want, returns[0].name + ".") if returns and returns[0].parts else None
    where = prefix.rstrip(".") or "returns"
    if isinstance(want, dict):
        absent = [part.name for part in returns if part.name not in want]
        if absent:
            return say("{where} names {names}, which the reference does not return.", where=where, names=absent[0])
        inner: list[Value] = [want[part.name] for part in returns]
    elif isinstance(want, tuple | list):
        if len(want) != len(returns):
            return say(
                "{where} names {named} outputs, but the reference returns {returned}.",
                where=where, named=len(returns), returned=len(want),
            )  # fmt: skip
        inner = list(want)
    else:
        return say("{where} names {named} outputs, but the reference returns one.", where=where, named=len(returns))
    found = (misnamed(part.parts, value, f"{prefix}{part.name}.") for part, value in zip(returns, inner, strict=True))
    return next((message for message in found if message is not None), None)


def score(
    got: Value,
    want: Value,
    returns: tuple[Part, ...],
    rule: Comparison,
    prefix: str = "",
    *,
    differ: Differ = differences,
) -> list[Scored]:
    """Return what each undivided output earns: all of its share or nothing.

    A wrong number of outputs is told, and the outputs are still compared by place (a dict's by key): one that is
    missing earns nothing, and one too many costs the last output's share, so a wrong form never earns everything. A
    bare number or array in place of the outermost tuple is compared with the first output. Each place is compared with
    one value only, so several guesses earn no more than one. `differ` compares two undivided outputs.
    """
    if not returns:
        found = tuple(differ(got, want, rule, prefix))
        return [Scored(name=prefix, stake=Fraction(1), earned=Fraction(not found), mismatches=found)]

    def part(one: Part, mine: Value, theirs: Value) -> list[Scored]:
        name = prefix + one.name
        if one.parts:
            return score(mine, theirs, one.parts, rule, name + ".", differ=differ)
        found = tuple(differ(mine, theirs, ruled(rule, name), name))
        return [Scored(name=name, stake=one.share, earned=Fraction(0) if found else one.share, mismatches=found)]

    if names_whole(returns, want):
        return part(returns[0], got, want)
    stake = sum((part.share for part in returns), Fraction(0))
    own, pairs = _paired(got, want, returns, rule, prefix.rstrip("."))
    scored = [Scored(name=prefix, stake=stake, mismatches=tuple(own), undivided=False)] if own else []
    for one, mine, theirs in pairs:
        scored += part(one, mine[0], theirs) if mine else _missing(one, prefix)
    return scored


def _paired(
    got: Value, want: Value, returns: tuple[Part, ...], rule: Comparison, output: str
) -> tuple[list[Mismatch], list[tuple[Part, list[Value], Value]]]:
    """Return the container's own mismatches, and each part with what was handed in for it (at most one) and wanted."""
    own = container_differences(got, want, rule, output)
    if isinstance(want, dict):
        theirs = [want[part.name] for part in returns]
        held = got if isinstance(got, dict) else {}
        mine = [[held[part.name]] if part.name in held else [] for part in returns]
        surplus = any(key not in want for key in held)
    else:
        theirs = list(want) if isinstance(want, tuple | list) else []
        handed: Sequence[Value] = got if same_form(got, want, rule) and isinstance(got, tuple | list) else ()
        if compared_as(got) == "number" and not output:
            handed = (got,)
        mine = [[value] for value in handed[: len(returns)]] + [[] for _ in returns[len(handed) :]]
        surplus = len(handed) > len(returns)
    if surplus:
        mine[-1] = []
    return own, list(zip(returns, mine, theirs, strict=True))


def _missing(part: Part, prefix: str) -> list[Scored]:
    return [Scored(name=name, stake=share) for name, share in output_shares([part], prefix)]


def names_whole(returns: tuple[Part, ...], want: Value) -> bool:
    """Return whether a single name is that of the whole value, as in `returns: {Z: 100%}` for an array."""
    if len(returns) != 1:
        return False
    if isinstance(want, dict):
        return returns[0].name not in want
    return not isinstance(want, tuple | list) or len(want) != 1


def find_output(value: Value, name: str, returns: tuple[Part, ...]) -> list[Value]:
    """Return the output called `name` (`Z`, `cache.W`, or `result` for the whole), or nothing if it is not there."""
    if name == "result":
        return [value]
    for index, part in enumerate(returns):
        if name != part.name and not name.startswith(part.name + "."):
            continue
        inner = _item(value, index, part.name, len(returns))
        if name == part.name or not inner:
            return inner
        return find_output(inner[0], name[len(part.name) + 1 :], part.parts)
    return []


def has_output(name: str, returns: tuple[Part, ...]) -> bool:
    """Return whether `returns` has an output of this name, divided or not; `result` is always there."""
    if name == "result":
        return True
    return any(
        name == part.name or (name.startswith(part.name + ".") and has_output(name[len(part.name) + 1 :], part.parts))
        for part in returns
    )


def named_numbers(value: Value, name: str, returns: tuple[Part, ...] = ()) -> Iterator[tuple[str, Value]]:
    """Yield every number and array within `value` with its name: `Z`, `cache.W`, `cache.hparameters['pad']`, `[0]`."""
    if compared_as(value) == "number":
        yield name, value
    named = named_parts(value, returns)
    for key, item in parts(value) if family_of(value).placed else ():
        part = named.get(key)
        if part is None:
            yield from named_numbers(item, part_name(value, name, key))
        else:
            yield from named_numbers(item, f"{name}.{part.name}" if name else part.name, part.parts)


def named_parts(value: Value, returns: tuple[Part, ...]) -> dict[str | int, Part]:
    """Return which of the parts that `returns` names stands at which place or key of a container."""
    if isinstance(value, dict):
        return {part.name: part for part in returns}
    return dict(enumerate(returns)) if isinstance(value, tuple | list) and len(value) == len(returns) else {}


def _item(value: Value, index: int, name: str, count: int) -> list[Value]:
    if isinstance(value, dict):
        return [value[name]] if name in value else []
    if isinstance(value, tuple | list) and (count > 1 or len(value) == 1):
        return [value[index]] if index < len(value) else []
    return [value] if count == 1 else []


_DRAWN = frozenset(("Axes", "Figure", "PolarAxes", "Line2D", "BarContainer", "PathCollection", "AxesImage"))
"""Types of matplotlib's that a function that draws may return."""


def reference_values(check: Check, function: str, outcomes: Sequence[Outcome]) -> list[Value]:
    """Return the reference's values; raise RubricError at the check if one of the calls did not return.

    So it is with a value that holds what cannot be graded.
    """
    values = []
    for outcome in outcomes:
        if not isinstance(outcome, Returned):
            what = outcome_in_words(outcome)
            message = say("The reference's {function} did not return: {what}", function=function, what=what)
            drawn = isinstance(outcome, Stopped) and outcome.reason == "kind" and outcome.detail in _DRAWN
            hint = say("What a function draws is graded by `figure: …`.") if drawn else None
            raise RubricError([Fault(at=check.at, message=message, hint=hint)])
        if kind := foreign(outcome.value):
            raise check_error(check, ungradable(function, kind))
        values.append(outcome.value)
    return values


def ungradable(function: str, kind: str) -> Message:
    """Return that what the reference returns holds something that cannot be graded."""
    return say(
        "What the reference's {function} returns holds something that cannot be graded: {kind}.",
        function=function, kind=inert(kind, 80),
    )  # fmt: skip


def check_error(check: Check, message: Message) -> RubricError:
    """Return the error that says `message` at the check's line."""
    return RubricError([Fault(at=check.at, message=message)])


def outcome_in_words(outcome: Outcome) -> str:
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
