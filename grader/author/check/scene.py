"""A rubric with its cases drawn and its known mistakes tried: what the looks at it share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.execution import Engine
from grader.grading import Plan, Prepared, prepare
from grader.grading.judging import Judged
from grader.grading.variants import Variant, known_mistakes, of_mistake, try_all
from grader.language import Message
from grader.model import Mistake


class Finding(Struct, frozen=True, kw_only=True):
    """One line of the screen: what was looked at, whether it holds, and what does not, each with a way out."""

    title: Message
    holds: bool
    details: tuple[Message, ...] = ()


def finding(good: Message, bad: Message, details: Sequence[Message]) -> Finding:
    """Return the finding: it holds, and is called `good`, where there are no `details` to complain of."""
    return Finding(title=bad if details else good, holds=not details, details=tuple(details))


Way = Callable[[Callable[..., Any], Sequence[Any]], Any]


def called(function: str, module: ModuleType, ways: Sequence[Way]) -> list[Variant]:
    """Return variants that call `function` by each of the `ways` of `module`, whose text goes to the worker."""
    name = f"pingfen_{module.__name__.rpartition('.')[2]}"
    symbols = {way.__name__: f"{function}__{way.__name__}_{name}" for way in ways}
    text = f"import {name}\n" + "".join(
        f"\n\ndef {symbol}(*given):\n    return {name}.{way}({function}, given)\n" for way, symbol in symbols.items()
    )
    modules = ((name, Path(str(module.__file__)).read_text("utf-8")),)
    return [Variant(function=function, symbol=symbol, text=text, modules=modules) for symbol in symbols.values()]


class Scene(Struct, frozen=True, kw_only=True, eq=False):
    """A prepared rubric, and each known mistake judged on it, in the order of the file."""

    engine: Engine
    prepared: Prepared
    tried: tuple[tuple[Mistake, Judged], ...]

    @property
    def plan(self) -> Plan:
        """The rubric and its reference, as read."""
        return self.prepared.plan


def set_scene(plan: Plan, engine: Engine) -> Scene:
    """Draw the cases and try the known mistakes.

    Raises RubricError for a draw that cannot be made, a reference that fails, or faults in the file of mistakes.
    """
    prepared = prepare(plan, engine)
    known = known_mistakes(plan)
    judged = try_all(prepared, engine, [of_mistake(each) for each in known])
    return Scene(engine=engine, prepared=prepared, tried=tuple(zip(known, judged, strict=True)))


def with_seed(plan: Plan, seed: int) -> Plan:
    """Return the plan with another seed."""
    return replace(plan, rubric=replace(plan.rubric, seed=seed))
