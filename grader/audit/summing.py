"""Sums up attempts by function and by check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from grader.audit.attempts import Attempt
from grader.audit.findings import Caught, CheckAudit, FunctionAudit
from grader.model import Problem


def functions(problems: Sequence[Problem], attempts: Sequence[Attempt]) -> tuple[FunctionAudit, ...]:
    """Return what became of each function's variants, in the rubric's order."""
    return tuple(
        _function(problem, [each for each in attempts if each.function == problem.function]) for problem in problems
    )


def checks(problems: Sequence[Problem], attempts: Sequence[Attempt]) -> tuple[CheckAudit, ...]:
    """Return what each check is good for, in the rubric's order; what is stillborn is no merit of any check."""
    noticed = [each.killers for each in attempts if each.fate == "killed"]
    killed = Counter(killer for killers in noticed for killer in killers)
    alone = Counter(killers[0] for killers in noticed if len(killers) == 1)
    return tuple(
        CheckAudit(
            function=problem.function,
            key=check.key,
            name=check.name,
            kind=check.kind,
            at=check.at,
            killed=killed[problem.function, check.key],
            alone=alone[problem.function, check.key],
        )
        for problem in problems
        for check in problem.checks
    )


def _function(problem: Problem, attempts: Sequence[Attempt]) -> FunctionAudit:
    fates = Counter(each.fate for each in attempts if each.sort == "mutant")
    hollow = [each for each in attempts if each.sort == "hollow"]
    return FunctionAudit(
        function=problem.function,
        at=problem.at,
        killed=fates["killed"],
        survived=fates["survived"],
        equivalent=fates["equivalent"],
        stillborn=fates["stillborn"],
        mistakes=_caught([each for each in attempts if each.sort == "mistake"]),
        hollow=_caught(hollow),
        hollow_earns=max((result.earned for each in hollow for _, result in each.results), default=Fraction(0)),
    )


def _caught(attempts: Sequence[Attempt]) -> Caught:
    return Caught(sum(bool(each.killers) for each in attempts), len(attempts))
