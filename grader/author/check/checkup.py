"""What all looks at a rubric share: a result, the drawn cases, the known mistakes with their judgements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.author.check import ways
from grader.checks.compared import agree
from grader.checks.kind import kind_of
from grader.execution import Engine
from grader.grading import Plan, Prepared, prepare
from grader.grading.judging import Judged
from grader.grading.variants import Variant, as_variant, known_mistakes, try_all
from grader.language import Message, say
from grader.model import Case, Check, Comparison, Mistake, Part, Returned
from grader.report.lines import show_place


class Look(Struct, frozen=True, kw_only=True):
    """What was looked at, whether it holds, and a sentence with a remedy for each thing that does not."""

    title: Message
    holds: bool
    details: tuple[Message, ...] = ()


def look(good: Message, bad: Message, details: Sequence[Message]) -> Look:
    """Return a look that holds and is called `good` where there are no `details`, else one that is called `bad`."""
    return Look(title=bad if details else good, holds=not details, details=tuple(details))


def of_check(function: str, check: Check, what: Message) -> Message:
    """Return the sentence `what` with the place, the function and the name of the check in front."""
    return say("{place}: {function}, {check}: {what}", place=show_place(check.at), function=function, check=check.name,
               what=what)  # fmt: skip


def of_mistake(mistake: Mistake, what: Message) -> Message:
    """Return the sentence `what` with the place, the function and the name of the known mistake in front."""
    return say("{place}: {function}.{name} {what}", place=show_place(mistake.at), function=mistake.function,
               name=mistake.name, what=what)  # fmt: skip


def values_agree(
    got: Returned, want: Returned, check: Check, returns: tuple[Part, ...], case: Case, factor: float
) -> bool:
    """Return whether two values agree within `factor` times the tolerance of the check."""
    scaled = replace(check, compare=_within(check.compare, factor))
    if case.calls[0].act == "call":
        return agree(scaled, returns, case, got.value, want.value)
    return kind_of(check).alike(scaled, returns, case, [got], [want])


def _within(rule: Comparison, factor: float) -> Comparison:
    atol = None if rule.atol is None else rule.atol * factor
    outputs = tuple((name, _within(own, factor)) for name, own in rule.outputs)
    return replace(rule, rtol=rule.rtol * factor, atol=atol, outputs=outputs)


Way = Callable[[Callable[..., Any], Sequence[Any]], Any]


def calling(function: str, each_way: Sequence[Way]) -> list[Variant]:
    """Return variants of `function`, one for each way of `ways` to call it; the text of `ways` goes to the worker."""
    name = "pingfen_ways"
    symbols = {way.__name__: f"{function}__{way.__name__}_{name}" for way in each_way}
    text = f"import {name}\n" + "".join(
        f"\n\ndef {symbol}(*given):\n    return {name}.{way}({function}, given)\n" for way, symbol in symbols.items()
    )
    modules = ((name, Path(ways.__file__).read_text("utf-8")),)
    return [Variant(function=function, symbol=symbol, text=text, modules=modules) for symbol in symbols.values()]


class Checkup(Struct, frozen=True, kw_only=True, eq=False):
    """A prepared rubric, and each known mistake judged on it, in the order of the file."""

    engine: Engine
    prepared: Prepared
    tried: tuple[tuple[Mistake, Judged], ...]

    @property
    def plan(self) -> Plan:
        """The rubric and its reference, as read."""
        return self.prepared.plan


def set_up(plan: Plan, engine: Engine) -> Checkup:
    """Draw the cases and try the known mistakes.

    Raises RubricError for a draw that cannot be made, a reference that fails, or faults in the file of mistakes.
    """
    prepared = prepare(plan, engine)
    known = known_mistakes(plan)
    judged = try_all(prepared, engine, [as_variant(each) for each in known])
    return Checkup(engine=engine, prepared=prepared, tried=tuple(zip(known, judged, strict=True)))
