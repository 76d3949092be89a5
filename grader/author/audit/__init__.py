"""The audit: it makes slips in the reference, each of which the rubric must notice. It works for every subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from grader.author.audit.attempts import Attempt, Testbed, tried_hollow, tried_mistakes, tried_slips
from grader.author.audit.expecting import expecting_nothing
from grader.author.audit.findings import Audit, Caught, CheckAudit, Equivalent, FunctionAudit, Suggestion, Survivor
from grader.author.audit.mutants import mark_for
from grader.author.audit.suggesting import suggest
from grader.errors import UsageError
from grader.execution import Engine
from grader.grading import Plan, prepare
from grader.grading.checking import with_checkers
from grader.language import say
from grader.model import Problem
from grader.report.lines import show_place


def audit(plan: Plan, engine: Engine, only: Sequence[str] = (), *, advice: bool = True) -> Audit:
    """Return how strong the rubric of `plan` is (in the functions `only`, if given); `advice` takes most of the time.

    Raises RubricError for a draw or a reference that fails, and for an equivalence mark that is stale or refuted;
    UsageError for a rubric without a reference or a name it lacks.
    """
    if plan.expected is not None:
        raise UsageError(say("A student kit has no reference, so there is nothing to audit."))
    with with_checkers(plan, engine):
        testbed = Testbed(prepare(plan, engine, only), engine)
        problems = testbed.prepared.chosen
        attempts = [*tried_slips(testbed), *tried_mistakes(testbed), *tried_hollow(testbed)]
        alive = sorted(
            (each for each in attempts if each.fate in ("survived", "allowed")), key=lambda each: each.sort == "mutant"
        )
        found = suggest(plan, engine, alive) if advice else {}
    return Audit(
        title=plan.rubric.title,
        language=plan.rubric.language,
        functions=tuple(
            _function(problem, [each for each in attempts if each.function == problem.function]) for problem in problems
        ),
        checks=_checks(problems, attempts),
        survivors=tuple(_survivor(plan, each, found.get(each.name)) for each in alive),
        equivalents=tuple(
            Equivalent(function=each.function, slip=each.mark.slip, reason=each.mark.reason, at=each.at)
            for each in attempts
            if each.mark and each.fate == "equivalent"
        ),
        unfailing=tuple(
            say(
                "{place}: {function}, {check}: {what}",
                place=show_place(check.at),
                function=function,
                check=check.name,
                what=why,
            )
            for function, check, why in expecting_nothing(testbed.prepared)
        ),
    )


def _survivor(plan: Plan, attempt: Attempt, suggestion: Suggestion | None) -> Survivor:
    mutant = attempt.mutant
    return Survivor(
        sort=attempt.sort,
        function=attempt.function,
        name=attempt.name,
        says=attempt.says,
        at=attempt.at,
        before=mutant.before if mutant else (),
        after=mutant.after if mutant else (),
        slip=mutant.slip if mutant else "",
        mark=mark_for(mutant, plan.rubric.language) if mutant else "",
        rubric_at=next(each.at for each in plan.rubric.problems if each.function == attempt.function),
        suggestion=suggestion,
        allowed=attempt.fate == "allowed",
    )


def _checks(problems: Sequence[Problem], attempts: Sequence[Attempt]) -> tuple[CheckAudit, ...]:
    """Return what each check notices, in the rubric's order; stillborn mutants do not count."""
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
    """Return the counts of a function's variants."""
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


__all__ = ["Audit", "audit"]
