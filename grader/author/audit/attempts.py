"""Tries wrong variants of the graded functions: mutants, known mistakes and hollow answers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.author.audit.findings import Sort
from grader.author.audit.mutants import EquivalenceMark, Mutant, mutants, numbered, read_marks, stale, symbol, variant
from grader.author.audit.units import units
from grader.author.source_text import SourceText
from grader.checks.kind import kind_of
from grader.errors import Fault, RubricError, Span
from grader.execution import Engine, Session
from grader.grading import Prepared
from grader.grading.judging import Judged, judge
from grader.grading.runs import run
from grader.grading.variants import Variant, as_variant, beside, called_as, known_mistakes, try_all
from grader.language import Message, inert, say
from grader.model import Call, Limits, Outcome, Raised, Returned, Stopped, Task, Value, Violation
from grader.values import family_of, fingerprint, parts

SLOWER = 20
"""How many times slower than the reference a variant may be before it counts as hanging."""
SHORTEST = 0.5
"""Seconds that a call may take at least, however quick the reference is."""

Public: TypeAlias = Sequence[tuple[Call, Value]]
"""The calls of the public examples with their answers."""
Fate: TypeAlias = Literal["killed", "survived", "allowed", "equivalent", "stillborn"]
Answer: TypeAlias = Callable[[Session, Call], Outcome]
"""A function that returns a wrong variant's outcome of a call; the session's source ends with the variant's text."""

HOLLOW: Mapping[str, Message] = {
    "nothing": say("nothing returned (`pass`)"),
    "nones": say("None for every output"),
    "zeros": say("zeros of the right shape"),
    "echo": say("the first argument returned"),
    "public": say("the public answers returned whatever is asked"),
    "exit": say("`sys.exit(0)`"),
}
"""The ways to answer without work."""


class Result(Struct, frozen=True, kw_only=True, eq=False):
    """A variant's result: the fraction `earned`, and the keys of the checks that take points from it (`killers`).

    It is `stillborn` if it raised wherever the reference returns.
    """

    earned: Fraction
    killers: frozenset[str]
    stillborn: bool


class Attempt(Struct, frozen=True, kw_only=True, eq=False):
    """One wrong variant, and its result in each graded function that runs it; it counts for the first, `function`.

    `at` is the line of the slip or of the mistake; for a hollow answer, the rubric's line for the function.
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
    mark: EquivalenceMark | None = None

    @property
    def fate(self) -> Fate:
        """What became of the variant; it is killed as soon as a check of one function notices it."""
        if all(result.stillborn and result.earned < 1 for _, result in self.results):
            return "stillborn"
        if self.killers:
            return "killed"
        if self.mark is not None:
            return "equivalent"
        return "allowed" if self.mutant is not None and self.mutant.habit else "survived"

    @property
    def killers(self) -> list[tuple[str, str]]:
        """The checks that notice it, by function and key."""
        return [(function, key) for function, result in self.results for key in sorted(result.killers)]


class Testbed:
    """A prepared rubric on which variants are tried."""

    def __init__(self, prepared: Prepared, engine: Engine) -> None:
        self.prepared = prepared
        self.problems = {problem.function: problem for problem in prepared.chosen}
        self.graded = [problem.function for problem in prepared.plan.rubric.problems]
        self._engine = engine
        self._source = prepared.plan.reference.source
        calls = [task.case.calls for task in prepared.tasks]
        # `task.want` has the outcomes of the calls that make the truth, not of those that a student's function gets.
        _, answers = run(engine, self._source, calls, prepared.limits, together=True, public=())
        self._answered = list(zip(prepared.tasks, answers, strict=True))

    def answered(self, function: str) -> list[tuple[Task, tuple[Outcome, ...]]]:
        """Return the tasks of a function, each with the reference's outcomes of the calls that students get."""
        return [each for each in self._answered if each[0].case.function == function]

    def try_all(self, variants: Sequence[Variant]) -> Iterator[Result]:
        """Yield the result of each variant, in order."""
        tried = try_all(self.prepared, self._engine, variants)
        for each, judged in zip(variants, tried, strict=True):
            yield self._result(replace(judged, violations=self._violations(each)))

    def judge(self, function: str, got: Sequence[tuple[Outcome, ...]]) -> Result:
        """Return the result of the outcomes `got`, one group for each task of the function."""
        tasks = [task for task, _ in self.answered(function)]
        return self._result(judge([self.problems[function]], tasks, got)[function])

    def hasty(self, function: str) -> Limits:
        """Return limits that stop a variant soon after the reference would have finished."""
        limits = self.problems[function].limits
        outcomes = [each for _, answers in self.answered(function) for each in answers]
        taken = sum(each.seconds for each in outcomes if isinstance(each, Returned | Raised))
        return replace(limits, seconds=min(limits.seconds, max(SHORTEST, SLOWER * taken)))

    def _result(self, judged: Judged) -> Result:
        """Return the result. Nothing is timed, so a slip that only makes a function slow gets full marks."""
        returning = {
            id(task)
            for task, outcomes in self.answered(judged.problem.function)
            if all(isinstance(each, Returned) for each in outcomes)
        }
        usual = [trial.got[0] for _, trials in judged.trials for trial in trials if id(trial.task) in returning]
        return Result(
            earned=judged.earned,
            killers=frozenset(
                check.key
                for check, trials in judged.trials
                if (check.share or check.penalty is not None) and judged.passed(check) < 1
            ),
            stillborn=bool(usual) and all(isinstance(outcome, Raised) for outcome in usual),
        )

    def _violations(self, variant: Variant) -> dict[str, tuple[Violation, ...] | None]:
        """Return where a variant breaks the rules of its function's checks, by their keys."""
        ruled = [check for check in self.problems[variant.function].checks if not check.demand.drawn]
        if not ruled:
            return {}
        reference = self.prepared.plan.reference
        name = replace(reference.symbols[variant.function], name=variant.symbol, untouched=False)
        student = replace(reference, source=beside(self._source, [variant]), symbols={variant.symbol: name})
        return {check.key: kind_of(check).violations(student, variant.symbol, self.graded) for check in ruled}


def planned_slips(testbed: Testbed) -> tuple[list[tuple[Mutant, Variant]], list[EquivalenceMark]]:
    """Return every mutant with the variant of each function that it is in, and the author's marks.

    Raises RubricError for marks that say nothing or are stale.
    """
    source = testbed.prepared.plan.reference.source
    programs = [name for name in testbed.prepared.plan.rubric.programs if name in testbed.problems]
    printing = any(check.demand.printing for problem in testbed.problems.values() for check in problem.checks)
    every = mutants(source.text, testbed.graded, programs, printing=printing)
    marks, faults = read_marks(source)
    if faults := [*faults, *stale(marks, every)]:
        raise RubricError(faults)
    known = units(SourceText(source.text), programs, printing=printing)
    planned: list[tuple[Mutant, Variant]] = []
    for number, mutant in enumerate(every, start=1):
        limited = mutant.marked(marks) is None
        for name in mutant.functions:
            if name in testbed.problems:
                text = numbered(variant(known, name, mutant.unit, mutant.edit, testbed.graded), number)
                limits = testbed.hasty(name) if limited else None
                planned.append((mutant, Variant(function=name, symbol=symbol(name, number), text=text, limits=limits)))
    planned.sort(key=lambda each: testbed.graded.index(each[1].function))
    return planned, marks


def tried_slips(testbed: Testbed) -> list[Attempt]:
    """Try every mutant. Raises RubricError for marks that say nothing, are stale, or are refuted by a check."""
    source = testbed.prepared.plan.reference.source
    planned, marks = planned_slips(testbed)
    tried: dict[Mutant, list[tuple[Variant, Result]]] = {}
    for (mutant, each), result in zip(planned, testbed.try_all([each for _, each in planned]), strict=True):
        tried.setdefault(mutant, []).append((each, result))
    found = [
        Attempt(
            sort="mutant",
            function=results[0][0].function,
            name=results[0][0].symbol,
            says=mutant.says,
            at=source.span(mutant.line),
            results=tuple((each.function, result) for each, result in results),
            answer=_calling(results[0][0].symbol),
            variant=results[0][0],
            mutant=mutant,
            mark=mutant.marked(marks),
        )
        for mutant, results in tried.items()
    ]
    if faults := [fault for mark in marks for fault in _refuted(mark, found, testbed)]:
        raise RubricError(faults)
    return found


def tried_mistakes(testbed: Testbed) -> list[Attempt]:
    """Try the author's known mistakes. Raises RubricError for faults in their file."""
    order = list(testbed.problems)
    known = [each for each in known_mistakes(testbed.prepared.plan) if each.function in order]
    known.sort(key=lambda each: order.index(each.function))
    variants = [replace(as_variant(each), limits=testbed.hasty(each.function)) for each in known]
    return [
        Attempt(
            sort="mistake",
            function=each.function,
            name=each.symbol,
            says=say("the known mistake {name}", name=each.name),
            at=each.at,
            results=((each.function, result),),
            answer=_calling(each.symbol),
            variant=tried,
        )
        for each, tried, result in zip(known, variants, testbed.try_all(variants), strict=True)
    ]


def tried_hollow(testbed: Testbed) -> Iterator[Attempt]:
    """Try every hollow way to answer on each function, where it has an answer in every case."""
    for function, problem in testbed.problems.items():
        answered = testbed.answered(function)
        seen = {check.key for check in problem.checks if check.visibility == "public"}
        public = [
            (task.case.calls[0], outcomes[0].value)
            for task, outcomes in answered
            if task.case.check in seen and task.case.truth and isinstance(outcomes[0], Returned)
        ]
        made = [
            [hollow(call, outcome, public) for call, outcome in zip(task.case.calls, outcomes, strict=True)]
            for task, outcomes in answered
        ]
        for name, says in HOLLOW.items():
            if all(name in each for group in made for each in group):
                result = testbed.judge(function, [tuple(each[name] for each in group) for group in made])
                yield Attempt(
                    sort="hollow",
                    function=function,
                    name=f"{function}__{name}",
                    says=says,
                    at=problem.at,
                    results=((function, result),),
                    answer=_hollow_again(name, public),
                )


def hollow(call: Call, honest: Outcome, public: Public) -> dict[str, Outcome]:
    """Return the outcome of a call by each way in `HOLLOW`; a way that has none is left out."""
    value = honest.value if isinstance(honest, Returned) else None
    found: dict[str, Outcome] = {
        "nothing": Returned(value=None),
        "zeros": Returned(value=_zeros(value)),
        "exit": Stopped(reason="exit"),
    }
    if family_of(value).any_parts:
        found["nones"] = Returned(value=family_of(value).rebuilt(value, [None for _ in parts(value)]))
    if call.arguments:
        found["echo"] = Returned(value=call.arguments[0])
    if public:
        found["public"] = Returned(value=_written_out(call, public))
    return found


def _written_out(call: Call, public: Public) -> Value:
    """Return the public answer to the same arguments, else to arguments of the same structure, else the first one."""
    for alike in (fingerprint, _structure):
        for known, answer in public:
            if alike(call.arguments) == alike(known.arguments):
                return answer
    return public[0][1]


def _structure(value: Value) -> Hashable:
    """Return the types and shapes within a value."""
    inside = sorted(parts(value), key=lambda part: repr(part[0]))
    return type(value).__name__, getattr(value, "shape", ()), tuple((key, _structure(item)) for key, item in inside)


def _zeros(value: Value) -> Value:
    """Return zeros in place of all that is in a value; a set or a table is made as a whole."""
    family = family_of(value)
    if not family.container:
        return _zero(value)
    inside = [_zeros(item) for _, item in parts(value)]
    made: Value = family.rebuilt(value, inside) if family.any_parts else family.zero(value)
    return made


def _zero(value: Value) -> Value:
    """Return the value of the same type and shape with nothing in it: zeros, False, the empty text."""
    if value is None or isinstance(value, bool | int | float | complex | str):
        return None if value is None else type(value)()
    import numpy as np

    return np.zeros_like(value) if isinstance(value, np.ndarray | np.generic) else family_of(value).zero(value)


def _calling(symbol: str) -> Answer:
    return lambda session, call: session.make(called_as(symbol, call))


def _hollow_again(name: str, public: Public) -> Answer:
    nothing = Returned(value=None)
    return lambda session, call: hollow(call, session.make(call), public).get(name, nothing)


def _refuted(mark: EquivalenceMark, tried: Sequence[Attempt], testbed: Testbed) -> Iterator[Fault]:
    """Yield a fault if checks notice every mutant that the mark fits."""
    own = [each for each in tried if each.mutant is not None and mark.fits(each.mutant)]
    if own and all(each.killers for each in own):
        function, key = own[0].killers[0]
        check = next(each.name for each in testbed.problems[function].checks if each.key == key)
        message = say(
            "`{slip}` is not equivalent: “{check}” of {function} notices it.",
            slip=inert(mark.slip),
            function=function,
            check=check,
        )
        yield mark.fault(message)
