"""The audit in one line, where it is asked for."""

from __future__ import annotations

from fractions import Fraction

from grader.audit import audit
from grader.execution import Engine
from grader.grading import Plan
from grader.language import say
from grader.rehearsal.finding import Finding, finding
from grader.report.focus import show_place

LEAST = Fraction(95, 100)
"""Of the slips that are made in the reference so many lose points."""


def audited(plan: Plan, engine: Engine) -> Finding:
    """Look how many slips in the reference the rubric notices; `grade audit` shows them. Raises as `audit` does."""
    found = audit(plan, engine)
    killed, total = found.killed, found.killed + found.survived
    alive = [] if found.holds(LEAST) else [
        say("{place}: {function}: {slip} gets full marks. See grade audit.", place=show_place(each.at),
            function=each.function, slip=each.slip or each.says)
        for each in found.survivors
    ]  # fmt: skip
    return finding(
        say("{killed} of {total} slips made in the reference lose points.", killed=killed, total=total),
        say("Only {killed} of {total} slips made in the reference lose points.", killed=killed, total=total),
        alive,
    )
