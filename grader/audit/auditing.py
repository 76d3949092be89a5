"""The audit on one screen: wrong variants are tried on the rubric's cases, and what nobody notices is reported."""

from __future__ import annotations

from collections.abc import Sequence

from grader.audit.attempts import Attempt, hollow, mistakes, slips
from grader.audit.findings import Audit, Equivalent, Suggestion, Survivor
from grader.audit.marks import Mark, written
from grader.audit.suggesting import suggest
from grader.audit.summing import checks, functions
from grader.audit.trying import Bench
from grader.errors import Span, UsageError
from grader.execution import Engine
from grader.grading import Plan, prepare
from grader.language import say


def audit(plan: Plan, engine: Engine, only: Sequence[str] = ()) -> Audit:
    """Return how strong the rubric of `plan` is (for the functions `only`, if given).

    Raises RubricError for a draw or a reference that fails, and for an equivalence mark that is stale or refuted;
    UsageError for a rubric without a reference or a name it lacks.
    """
    if plan.kept is not None:
        raise UsageError(say("A student kit has no reference, so there is nothing to audit."))
    bench = Bench(prepare(plan, engine, only), engine)
    problems = bench.prepared.chosen
    attempts = [*slips(plan, bench), *mistakes(plan, bench), *hollow(bench)]
    alive = sorted((each for each in attempts if each.fate == "survived"), key=lambda each: each.sort == "mutant")
    found = suggest(plan, engine, alive)
    return Audit(
        title=plan.rubric.title,
        language=plan.rubric.language,
        functions=functions(problems, attempts),
        checks=checks(problems, attempts),
        survivors=tuple(_survivor(plan, each, found.get(each.name)) for each in alive),
        equivalents=tuple(_equivalent(each, each.mark) for each in attempts if each.mark and each.fate == "equivalent"),
    )


def _survivor(plan: Plan, attempt: Attempt, suggestion: Suggestion | None) -> Survivor:
    mutant = attempt.mutant
    at: Span = next(problem.at for problem in plan.rubric.problems if problem.function == attempt.function)
    return Survivor(
        sort=attempt.sort,
        function=attempt.function,
        name=attempt.name,
        says=attempt.says,
        at=attempt.at,
        before=mutant.before if mutant else (),
        after=mutant.after if mutant else (),
        slip=mutant.slip if mutant else "",
        mark=written(mutant, plan.rubric.language) if mutant else "",
        rubric_at=at,
        suggestion=suggestion,
    )


def _equivalent(attempt: Attempt, mark: Mark) -> Equivalent:
    return Equivalent(function=attempt.function, slip=mark.slip, reason=mark.reason, at=attempt.at)
