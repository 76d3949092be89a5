"""What becomes of outcomes: verdicts, a second look where something failed, reasons, results.

What only a submission with something wrong needs is imported when it is: a right one should not wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from grader.execution import Engine
from grader.explain import NOTHING, Explanation
from grader.grading.judging import Judged, judge_all
from grader.grading.prepared import Prepared
from grader.grading.results import problem_result
from grader.grading.ruling import hold
from grader.grading.tally import tally
from grader.model import Exhibit, Happening, Outcome, ProblemResult, Submission, Verdict, Withheld

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


__all__ = ["judge", "results", "tally"]


def judge(
    prepared: Prepared,
    student: Submission,
    engine: Engine,
    got: Sequence[tuple[Outcome, ...]],
    left: Mapping[str, float],
) -> dict[str, Judged]:
    """Return each function's trials: judged, run again where another function is to blame, held to rules and clock.

    `left` is what each function has left of its time.
    """
    alone = judge_all(prepared.chosen, prepared.cases, got, prepared.want, unseal(prepared, got))
    judged = dict(alone)
    if prepared.plan.kept is None and _wrong(alone):
        from grader.grading.second import second_look

        judged |= second_look(engine, student, prepared, alone, left)
    judged |= hold(judged, student, prepared.plan.rubric)
    if prepared.timed:
        from grader.grading.efficiency import measure

        judged |= measure(engine, student.source, prepared.plan.reference.source, prepared.timed, judged, alone)
    return judged


def results(
    prepared: Prepared,
    student: Submission,
    engine: Engine,
    judged: Mapping[str, Judged],
    happenings: Sequence[Happening],
    attempts: Mapping[str, int],
) -> list[ProblemResult[Exhibit | Withheld]]:
    """Return each function's result, with the reasons of what is wrong."""
    told: dict[str, Explanation] = {}
    if _wrong(judged):
        from grader.grading import explaining

        told = explaining.explain(prepared, student, engine, judged, attempts)
        told |= explaining.undefined(student, happenings, judged)
    return [
        problem_result(one, student, prepared.plan.signatures[name], told.get(name, NOTHING))
        for name, one in judged.items()
    ]


def _wrong(judged: Mapping[str, Judged]) -> bool:
    return any(one.earned < 1 for one in judged.values())
