"""Tries wrong variants of graded functions on a rubric's cases, beside the reference and judged as in grading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.execution import Engine
from grader.grading import Prepared
from grader.grading.judging import Judged, judge
from grader.grading.runs import run
from grader.grading.variants import Variant, beside, try_all
from grader.model import Case, Limits, Outcome, Raised, Returned, Rules, Task, Violation

Violations: TypeAlias = "tuple[Violation, ...] | None"

SLOWER = 20
"""How many times slower than the reference a variant may be before it counts as hanging."""
SHORTEST = 0.5
"""Seconds a call may take at least, however quick the reference is."""


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
        calls = [task.case.calls for task in prepared.tasks]
        _, honest = run(engine, self._source, calls, prepared.limits, together=True, shown=())
        self._tasks: dict[str, list[Task]] = {name: [] for name in self.problems}
        self._honest: dict[str, list[tuple[Outcome, ...]]] = {name: [] for name in self.problems}
        for task, outcomes in zip(prepared.tasks, honest, strict=True):
            self._tasks[task.case.function].append(task)
            self._honest[task.case.function].append(outcomes)

    def tasks(self, function: str) -> list[Task]:
        """Return the tasks of a function."""
        return self._tasks[function]

    def answers(self, function: str) -> list[tuple[Outcome, ...]]:
        """Return what the reference does in each task of a function."""
        return self._honest[function]

    def try_all(self, variants: Sequence[Variant]) -> Iterator[Result]:
        """Yield what each variant comes to, in order."""
        tried = try_all(self.prepared, self._engine, variants)
        for variant, judged in zip(variants, tried, strict=True):
            yield self._result(replace(judged, violations=self._violations(variant)))

    def judge(self, function: str, got: Sequence[tuple[Outcome, ...]]) -> Result:
        """Return what the outcomes `got` come to, one group for each task of the function."""
        return self._result(judge([self.problems[function]], self.tasks(function), got)[function])

    def _result(self, judged: Judged) -> Result:
        """Return what was judged; nothing is timed: a slip that only makes a function slow is none."""
        failed = [(check, trials) for check, trials in judged.trials if check.share and judged.own(check, trials) < 1]
        first = (trial.case for _, trials in failed for trial in trials if trial.verdict.share < 1)
        function = judged.problem.function
        right = {
            id(task)
            for task, outcomes in zip(self.tasks(function), self.answers(function), strict=True)
            if all(isinstance(each, Returned) for each in outcomes)
        }
        usual = [trial.got[0] for _, trials in judged.trials for trial in trials if id(trial.task) in right]
        return Result(
            earned=judged.earned,
            killers=frozenset(check.key for check, _ in failed),
            stillborn=bool(usual) and all(isinstance(outcome, Raised) for outcome in usual),
            first=next(first, None),
        )

    def _violations(self, variant: Variant) -> dict[str, Violations]:
        """Return where a variant breaks the rules of its function's checks, by their keys."""
        rules = [(check.key, check.plan) for check in self.problems[variant.function].checks]
        ruled = [(key, plan) for key, plan in rules if isinstance(plan, Rules)]
        if not ruled:
            return {}
        from grader.checks.rules.judging import violations

        reference = self.prepared.plan.reference
        symbol = replace(reference.symbols[variant.function], name=variant.symbol, untouched=False)
        student = replace(reference, source=beside(self._source, [variant]), symbols={variant.symbol: symbol})
        graded = [problem.function for problem in self.prepared.plan.rubric.problems]
        return {key: violations(student, variant.symbol, plan, graded) for key, plan in ruled}

    def hasty(self, function: str) -> Limits:
        """Return the limits of a variant that is not to take its time."""
        limits = self.problems[function].limits
        outcomes = [each for group in self.answers(function) for each in group]
        taken = sum(each.seconds for each in outcomes if isinstance(each, Returned | Raised))
        return replace(limits, seconds=min(limits.seconds, max(SHORTEST, SLOWER * taken)))
