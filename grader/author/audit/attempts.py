"""Every wrong variant there is of the graded functions, tried: mutants, known mistakes, hollow answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.author.audit.findings import Sort
from grader.author.audit.mutants import Mark, Mutant, mutants, numbered, read_marks, stale, symbol, variant
from grader.author.audit.sources import units
from grader.author.audit.trying import Bench, Result
from grader.author.written import Written
from grader.errors import Fault, RubricError, Span
from grader.execution import Session
from grader.grading import Plan
from grader.grading.variants import Variant, of_mistake
from grader.language import Message, inert, say
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


Fate: TypeAlias = Literal["killed", "survived", "equivalent", "stillborn"]


Answer: TypeAlias = Callable[[Session, Call], Outcome]
"""What a wrong variant makes of a call, in a session on the reference with the variant's text behind it."""


class Attempt(Struct, frozen=True, kw_only=True, eq=False):
    """One wrong variant and what it came to, in each function that runs it; it counts for the first, `function`.

    `at` is where it was written: the slip's line, the mistake's, the rubric's for a hollow answer.
    """

    sort: Sort
    function: str
    name: str
    says: Message
    at: Span
    results: tuple[tuple[str, Result], ...]
    answer: Answer
    variant: Variant | None = None
    mutant: Mutant | None = None
    mark: Mark | None = None

    @property
    def fate(self) -> Fate:
        """What became of it: noticed by any function is noticed."""
        if all(result.stillborn and result.killed for _, result in self.results):
            return "stillborn"
        if self.killers:
            return "killed"
        return "equivalent" if self.mark is not None else "survived"

    @property
    def killers(self) -> list[tuple[str, str]]:
        """The checks that notice it, by function and key."""
        return [(function, key) for function, result in self.results for key in sorted(result.killers)]


def slips(plan: Plan, bench: Bench) -> list[Attempt]:
    """Try every mutant. Raises RubricError for marks that say nothing, are stale, or are refuted by a check."""
    source = plan.reference.source
    graded = [problem.function for problem in plan.rubric.problems]
    every = mutants(source.text, graded)
    declared, faults = read_marks(source)
    if faults := [*faults, *stale(declared, every)]:
        raise RubricError(faults)
    plans = list(_planned(source.text, every, declared, bench))
    plans.sort(key=lambda each: graded.index(each[2].function))
    results: dict[int, list[tuple[str, Result]]] = {}
    for (number, _, each), result in zip(plans, bench.try_all([each for _, _, each in plans]), strict=True):
        results.setdefault(number, []).append((each.function, result))
    tried: dict[int, Attempt] = {}
    for number, mutant, each in plans:
        tried[number] = tried.get(number) or Attempt(
            sort="mutant",
            function=each.function,
            name=each.symbol,
            says=mutant.says,
            at=source.span(mutant.line),
            results=tuple(results[number]),
            answer=_called(each.symbol),
            variant=each,
            mutant=mutant,
            mark=_mark(declared, mutant),
        )
    found = list(tried.values())
    if faults := [fault for mark in declared for fault in _refuted(mark, found, bench)]:
        raise RubricError(faults)
    return found


def mistakes(plan: Plan, bench: Bench) -> list[Attempt]:
    """Try the author's known mistakes. Raises RubricError for faults in their file."""
    if not plan.rubric.mistakes:
        return []
    from grader.rubric.mistakes import mistakes as read

    every = read(Path(plan.rubric.mistakes), plan.reference.source.text)
    known = [each for each in every if each.function in bench.problems]
    order = list(bench.problems)
    known.sort(key=lambda each: order.index(each.function))
    variants = [replace(of_mistake(each), limits=bench.hasty(each.function)) for each in known]
    return [
        Attempt(
            sort="mistake",
            function=each.function,
            name=each.symbol,
            says=say("the known mistake {name}", name=each.name),
            at=each.at,
            results=((each.function, result),),
            answer=_called(tried.symbol),
            variant=tried,
        )
        for each, tried, result in zip(known, variants, bench.try_all(variants), strict=True)
    ]


def hollow(bench: Bench) -> list[Attempt]:
    """Judge the hollow answers to every function."""
    return [attempt for name in bench.problems for attempt in _hollow(bench, name)]


def _planned(
    text: str, every: Sequence[Mutant], declared: Sequence[Mark], bench: Bench
) -> Iterator[tuple[int, Mutant, Variant]]:
    known = units(Written(text))
    graded = [each.function for each in bench.prepared.plan.rubric.problems]
    for number, mutant in enumerate(every, start=1):
        for name in mutant.functions:
            if name in bench.problems:
                template = variant(known, name, mutant.unit, mutant.edit, graded)
                limits = None if _mark(declared, mutant) is not None else bench.hasty(name)
                own = numbered(template, number)
                yield number, mutant, Variant(function=name, symbol=symbol(name, number), text=own, limits=limits)


def _hollow(bench: Bench, function: str) -> Iterator[Attempt]:
    problem, honest = bench.problems[function], bench.answers(function)
    cases = [task.case for task in bench.tasks(function)]
    seen = {check.key for check in problem.checks if check.visibility == "public"}
    public = [
        (case.calls[0], outcomes[0].value)
        for case, outcomes in zip(cases, honest, strict=True)
        if case.check in seen and case.truth and isinstance(outcomes[0], Returned)
    ]
    for each, given in hollows([case.calls for case in cases], honest, public):
        result = bench.judge(function, given)
        yield Attempt(
            sort="hollow",
            function=function,
            name=f"{function}__{each.name}",
            says=each.says,
            at=problem.at,
            results=((function, result),),
            answer=_answered(each, public),
        )


def _called(symbol: str) -> Answer:
    return lambda session, call: session.call(symbol, call.arguments)


def _answered(hollow: Hollow, public: Public) -> Answer:
    def answer(session: Session, call: Call) -> Outcome:
        return hollow.answer(call, session.call(call.function, call.arguments), public) or Returned(value=None)

    return answer


def _mark(declared: Sequence[Mark], mutant: Mutant) -> Mark | None:
    return next((mark for mark in declared if mark.fits(mutant)), None)


def _refuted(mark: Mark, tried: Sequence[Attempt], bench: Bench) -> Iterator[Fault]:
    """Yield a fault if every mutant the mark fits is noticed."""
    own = [each for each in tried if each.mutant is not None and mark.fits(each.mutant)]
    if own and all(each.killers for each in own):
        function, key = own[0].killers[0]
        check = next(each.name for each in bench.problems[function].checks if each.key == key)
        message = say(
            "`{slip}` is not equivalent: “{check}” of {function} notices it.",
            slip=inert(mark.slip),
            function=function,
            check=check,
        )
        yield mark.fault(message)
