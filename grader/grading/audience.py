"""Takes away from a report what students may not see."""

from __future__ import annotations

import math
from typing import TypeAlias, cast

from msgspec.structs import replace

from grader.model import CaseResult, CheckResult, Exhibit, ProblemResult, Report, Withheld

Full: TypeAlias = "Exhibit | Withheld"


def for_students(report: Report[Full]) -> Report[Exhibit]:
    """Return the report without hidden exhibits, without the seed, and with its time in whole seconds.

    Exact times are withheld because the duration of a call can carry a hidden input out.
    """
    problems = tuple(_problem(problem) for problem in report.problems)
    changed = replace(report, problems=problems, seed=None, seconds=float(math.ceil(report.seconds)))
    return cast("Report[Exhibit]", changed)


def _problem(problem: ProblemResult[Full]) -> ProblemResult[Exhibit]:
    checks = tuple(_check(check) for check in problem.checks)
    return cast("ProblemResult[Exhibit]", replace(problem, checks=checks, mistake=""))


def _check(check: CheckResult[Full]) -> CheckResult[Exhibit]:
    return cast("CheckResult[Exhibit]", replace(check, cases=tuple(_case(case) for case in check.cases)))


def _case(case: CaseResult[Full]) -> CaseResult[Exhibit]:
    exhibit = case.exhibit if isinstance(case.exhibit, Exhibit) else None
    return cast("CaseResult[Exhibit]", replace(case, exhibit=exhibit))
