"""Judges the sealed cases of a student kit, all at once: a seal may hold the answers of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from grader.model import Outcome, Verdict

if TYPE_CHECKING:
    from grader.grading.prepared import Prepared


def unseal(prepared: Prepared, got: Sequence[tuple[Outcome, ...]]) -> Mapping[int, Verdict]:
    """Return the verdicts of the sealed cases by their places; none if nothing is sealed."""
    kept = prepared.kept
    if kept is None or not kept.answers:
        return {}
    from grader.comparison import seals

    problems = {problem.function: problem for problem in prepared.chosen}
    closed = {}
    for place, sealed in kept.answers.items():
        case = prepared.cases[place]
        problem = problems[case.function]
        check = next(check for check in problem.checks if check.key == case.check)
        closed[place] = seals.Closed(check=check, returns=problem.returns, case=case, sealed=sealed, got=got[place])
    return seals.unseal(closed, kept.seals)
