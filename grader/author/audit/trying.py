"""Tries wrong variants of graded functions on a rubric's cases, beside the reference and judged as in grading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.execution import Engine
from grader.grading import Prepared
from grader.grading.judging import judge
from grader.grading.runs import run
from grader.model import Call, Case, Limits, Outcome, Problem, Raised, Returned, Rules, Violation

Violations: TypeAlias = "tuple[Violation, ...] | None"

SLOWER = 20
"""How many times slower than the reference a variant may be before it counts as hanging."""
SHORTEST = 0.5
"""Seconds a call may take at least, however quick the reference is."""
TOGETHER = 48
"""Variants in one source: few enough to be compiled again quickly where one ended its worker."""


class Variant(Struct, frozen=True, kw_only=True):
    """A wrong variant of the graded `function`: `text` defines it as `symbol`. A `patient` one may take its time."""

    function: str
    symbol: str
    text: str
    patient: bool = False


class Result(Struct, frozen=True, kw_only=True, eq=False):
    """What a variant came to: the fraction `earned`, the keys of the checks that take points from it (`killers`).

    `stillborn` says that it raised wherever the reference returns; `first` is the first case that it fails.
    """

    earned: Fraction
    killers: frozenset[str]
    stillborn: bool = False
    first: Case | None = None

    @property
    def killed(self) -> bool:
        """Whether it gets less than full marks."""
        return self.earned < 1


class Bench:
    """A prepared rubric on which variants are tried; `honest` is what the reference does in the students' place."""

    def __init__(self, prepared: Prepared, engine: Engine) -> None:
        self.prepared = prepared
        self._engine = engine
        self._source = prepared.plan.reference.source
        self.problems = {problem.function: problem for problem in prepared.chosen}
        self._own: dict[str, list[int]] = {name: [] for name in self.problems}
        for index, case in enumerate(prepared.cases):
            self._own[case.function].append(index)
        calls = [case.calls for case in prepared.cases]
        self.honest = run(engine, self._source, calls, prepared.limits, together=True, shown=())[1]

    def cases(self, function: str) -> list[Case]:
        """Return the cases of a function."""
        return [self.prepared.cases[index] for index in self._own[function]]

    def answers(self, function: str) -> list[tuple[Outcome, ...]]:
        """Return what the reference does in each case of a function."""
        return [self.honest[index] for index in self._own[function]]

    def try_all(self, variants: Sequence[Variant]) -> list[Result]:
        """Return what each variant comes to, in order."""
        return [
            result
            for function, group in groupby(variants, key=lambda each: each.function)
            for several in _portions(list(group))
            for result in self._try(function, several)
        ]

    def judge(
        self, function: str, got: Sequence[tuple[Outcome, ...]], violations: Mapping[str, Violations] = {}
    ) -> Result:
        """Return what the outcomes `got` come to, one group for each case of the function, and broken rules with them.

        Nothing is timed: a slip that only makes a function slow is none.
        """
        want = [self.prepared.want[index] for index in self._own[function]]
        judged = replace(judge(self.problems[function], self.cases(function), got, want), violations=violations)
        failed = [(check, trials) for check, trials in judged.trials if check.share and judged.own(check, trials) < 1]
        first = (trial.case for _, trials in failed for trial in trials if trial.verdict.share < 1)
        usual = [
            mine
            for mine, theirs in zip(got, self.answers(function), strict=True)
            if all(isinstance(each, Returned) for each in theirs)
        ]
        return Result(
            earned=judged.earned,
            killers=frozenset(check.key for check, _ in failed),
            stillborn=bool(usual) and all(isinstance(outcomes[0], Raised) for outcomes in usual),
            first=next(first, None),
        )

    def _try(self, function: str, variants: Sequence[Variant]) -> Iterator[Result]:
        text = "\n\n\n".join([self._source.text, *(variant.text for variant in variants)])
        cases = self.cases(function)
        calls = [
            tuple(Call(function=variant.symbol, arguments=call.arguments) for call in case.calls)
            for variant in variants
            for case in cases
        ]
        limits = {variant.symbol: self._limits(variant) for variant in variants}
        _, got = run(self._engine, replace(self._source, text=text), calls, limits, together=True)
        for number, variant in enumerate(variants):
            own = got[number * len(cases) : (number + 1) * len(cases)]
            yield self.judge(function, own, self._violations(variant))

    def _violations(self, variant: Variant) -> dict[str, Violations]:
        """Return where a variant breaks the rules of its function's checks, by their keys."""
        rules = [(check.key, check.plan) for check in self.problems[variant.function].checks]
        ruled = [(key, plan) for key, plan in rules if isinstance(plan, Rules)]
        if not ruled:
            return {}
        from grader.checks.rules.judging import violations

        reference = self.prepared.plan.reference
        symbol = replace(reference.symbols[variant.function], name=variant.symbol, untouched=False)
        source = replace(self._source, text=f"{self._source.text}\n\n\n{variant.text}")
        student = replace(reference, source=source, symbols={variant.symbol: symbol})
        graded = [problem.function for problem in self.prepared.plan.rubric.problems]
        return {key: violations(student, variant.symbol, plan, graded) for key, plan in ruled}

    def _limits(self, variant: Variant) -> Limits:
        problem: Problem = self.problems[variant.function]
        if variant.patient:
            return problem.limits
        outcomes = [each for group in self.answers(variant.function) for each in group]
        taken = sum(each.seconds for each in outcomes if isinstance(each, Returned | Raised))
        return replace(problem.limits, seconds=min(problem.limits.seconds, max(SHORTEST, SLOWER * taken)))


def _portions(variants: list[Variant]) -> Iterator[list[Variant]]:
    for start in range(0, len(variants), TOGETHER):
        yield variants[start : start + TOGETHER]
