"""Answers whose marks are known, run on a rubric's cases: they stand beside the reference under names of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from grader.execution import Engine
from grader.grading import Prepared
from grader.grading.judging import Judged, judge
from grader.grading.runs import run
from grader.model import Call, Case, Mistake, Source


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
