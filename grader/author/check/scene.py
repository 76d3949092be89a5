"""A rubric with its cases drawn and its known mistakes tried: what the looks at it share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.execution import Engine
from grader.grading import Plan, Prepared, prepare
from grader.grading.judging import Judged, judge
from grader.grading.runs import run
from grader.language import Message
from grader.model import Call, Case, Mistake, Source
from grader.rubric.mistakes import mistakes


class Finding(Struct, frozen=True, kw_only=True):
    """One line of the screen: what was looked at, whether it holds, and what does not, each with a way out."""

    title: Message
    holds: bool
    details: tuple[Message, ...] = ()


def finding(good: Message, bad: Message, details: Sequence[Message]) -> Finding:
    """Return the finding: it holds, and is called `good`, where there are no `details` to complain of."""
    return Finding(title=bad if details else good, holds=not details, details=tuple(details))


class Answer(Struct, frozen=True, kw_only=True):
    """Another answer to `function`: the source of one or more functions, of which `symbol` is the one that is called.

    Names in `text` are the reference's; `modules` are those that it imports, by name, with their text.
    """

    function: str
    symbol: str
    text: str
    modules: tuple[tuple[str, str], ...] = ()


def of_mistakes(mistakes: Iterable[Mistake]) -> list[Answer]:
    """Return the known mistakes as answers."""
    return [Answer(function=each.function, symbol=each.symbol, text=each.text) for each in mistakes]


def try_all(prepared: Prepared, engine: Engine, answers: Sequence[Answer]) -> list[Judged]:
    """Return each answer judged on the cases of its function, in order.

    All run in the reference's worker: they are the author's, or ours.
    """
    tried = [[each for each in prepared.cases if each.function == answer.function] for answer in answers]
    calls = [_calls(case, answer.symbol) for answer, cases in zip(answers, tried, strict=True) for case in cases]
    limits = {answer.symbol: prepared.limits[answer.function] for answer in answers}
    _, got = run(engine, _beside(prepared.plan.reference.source, answers), calls, limits, together=True, shown=())
    want = {id(case): outcomes for case, outcomes in zip(prepared.cases, prepared.want, strict=True)}
    problems = {problem.function: problem for problem in prepared.chosen}
    rest = iter(got)
    return [
        judge(problems[answer.function], cases, [next(rest) for _ in cases], [want[id(case)] for case in cases])
        for answer, cases in zip(answers, tried, strict=True)
    ]


def _calls(case: Case, symbol: str) -> tuple[Call, ...]:
    return tuple(Call(function=symbol, arguments=call.arguments) for call in case.calls)


def _beside(source: Source, answers: Sequence[Answer]) -> Source:
    texts = dict.fromkeys(answer.text for answer in answers)
    modules = dict.fromkeys(module for answer in answers for module in answer.modules)
    return replace(source, text="\n\n\n".join([source.text, *texts]), modules=(*source.modules, *modules))


Way = Callable[[Callable[..., Any], Sequence[Any]], Any]


def called(function: str, module: ModuleType, ways: Sequence[Way]) -> list[Answer]:
    """Return answers that call `function` by each of the `ways` of `module`, whose text goes to the worker."""
    name = f"pingfen_{module.__name__.rpartition('.')[2]}"
    symbols = {way.__name__: f"{function}__{way.__name__}_{name}" for way in ways}
    text = f"import {name}\n" + "".join(
        f"\n\ndef {symbol}(*given):\n    return {name}.{way}({function}, given)\n" for way, symbol in symbols.items()
    )
    modules = ((name, Path(str(module.__file__)).read_text("utf-8")),)
    return [Answer(function=function, symbol=symbol, text=text, modules=modules) for symbol in symbols.values()]


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
    judged = try_all(prepared, engine, of_mistakes(known))
    return Scene(engine=engine, prepared=prepared, tried=tuple(zip(known, judged, strict=True)))


def known_mistakes(plan: Plan) -> tuple[Mistake, ...]:
    """Return the author's known mistakes of the rubric's functions, none if there is no file of them."""
    if not plan.rubric.mistakes:
        return ()
    graded = {problem.function for problem in plan.rubric.problems}
    found = mistakes(Path(plan.rubric.mistakes), plan.reference.source.text)
    return tuple(mistake for mistake in found if mistake.function in graded)


def with_seed(plan: Plan, seed: int) -> Plan:
    """Return the plan with another seed."""
    return replace(plan, rubric=replace(plan.rubric, seed=seed))
