"""What becomes of outcomes: verdicts, a second look where something failed, reasons, results.

What only a submission with something wrong needs is imported when it is: a right one should not wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from grader.execution import Engine
from grader.explain import NOTHING, Explanation
from grader.grading import judging
from grader.grading.adjusting import adjust
from grader.grading.judging import Judged
from grader.grading.memo import Memo
from grader.grading.prepared import Prepared
from grader.grading.results import problem_result
from grader.grading.ruling import hold
from grader.grading.tally import tally
from grader.model import Absent, Exhibit, Happening, Outcome, ProblemResult, Submission, Verdict, Withheld

__all__ = ["explain", "judge", "results", "tally", "undefined", "unseal"]


def judge(
    prepared: Prepared,
    student: Submission,
    engine: Engine,
    got: Sequence[tuple[Outcome, ...]],
    left: Mapping[str, float],
    memo: Memo,
) -> dict[str, Judged]:
    """Return each function's trials: judged, run again where another function is to blame, held to rules and clock.

    `left` is what each function has left of its time.
    """
    alone = judging.judge(prepared.chosen, prepared.tasks, got, unseal(prepared, got))
    judged = dict(alone)
    if prepared.plan.expected is None and _wrong(alone):
        from grader.grading.second import second_look

        judged |= second_look(engine, student, prepared, alone, left, memo)
    judged |= hold(judged, student, prepared.plan.rubric)
    if prepared.timed:
        from grader.grading.measuring import measure

        timed = [task.case for task in prepared.timed]
        judged |= measure(engine, student.source, prepared.plan.reference.source, timed, judged, alone)
    return judged


def unseal(prepared: Prepared, got: Sequence[tuple[Outcome, ...]]) -> Mapping[int, Verdict]:
    """Return the verdicts of the sealed tasks by their places; none if nothing is sealed."""
    if not prepared.seals:
        return {}
    from grader.comparison import seals

    checks, returns = prepared.checks, {problem.function: problem.returns for problem in prepared.chosen}
    closed = {
        place: seals.Closed(
            check=checks[task.key],
            returns=returns[task.case.function],
            case=task.case,
            sealed=task.sealed,
            got=outcomes,
        )
        for place, (task, outcomes) in enumerate(zip(prepared.tasks, got, strict=True))
        if task.sealed is not None
    }
    return seals.unseal(closed, prepared.seals)


def explain(
    prepared: Prepared,
    student: Submission,
    engine: Engine,
    judged: Mapping[str, Judged],
    attempts: Mapping[str, int],
    memo: Memo,
) -> dict[str, Explanation]:
    """Return by function why it is wrong, as far as that can be told, and its hints; nothing of what is right.

    `attempts` (from 1) says how many hints to show. Where answers are sealed nothing is known but that they differ.
    """
    failing = {name: one for name, one in judged.items() if one.earned < 1 and _tried(student, name)}
    if prepared.seals or not failing:
        return {}
    from grader.explain.failing import Failing, hinted, why
    from grader.grading.runs import generous
    from grader.grading.variants import beside

    plan, told = prepared.plan, {}
    mistakes = memo.read(plan.rubric.mistakes, plan.reference.source.text, failing)
    with engine.session(beside(plan.reference.source, mistakes), generous(prepared.limits)) as session:
        for name, one in failing.items():
            attempt = attempts.get(name, 1)
            if one.blames:  # what came of it came of a wrong helper too
                told[name] = hinted(one.problem.hints, attempt)
                continue
            case = Failing(
                problem=one.problem,
                trials=one.trials,
                student=student,
                reference=plan.reference,
                parameters=plan.signatures[name].parameters,
                mistakes=[mistake for mistake in mistakes if mistake.function == name],
                outcome=partial(memo.outcome, session),
                answer=partial(memo.answer, session),
            )
            told[name] = why(case, attempt)
    return told


def _tried(student: Submission, name: str) -> bool:
    return name in student.symbols and not student.symbols[name].untouched


def undefined(
    student: Submission, happenings: Sequence[Happening], judged: Mapping[str, Judged]
) -> dict[str, Explanation]:
    """Return the functions that stand in the file but were never defined, because their `def` failed."""
    found = {}
    for name, one in judged.items():
        symbol = student.symbols.get(name)
        first = next((trial.got[0] for _, trials in one.trials for trial in trials), None)
        if symbol is None or not isinstance(first, Absent):
            continue
        for happening in happenings:
            if happening.kind == "raised" and symbol.line <= happening.line <= symbol.end_line:
                found[name] = Explanation(undefined=happening.detail)
    return found


def results(
    prepared: Prepared, student: Submission, judged: Mapping[str, Judged], told: Mapping[str, Explanation]
) -> list[ProblemResult[Exhibit | Withheld]]:
    """Return each function's result, with the reasons of what is wrong, and adjusted."""
    return [
        adjust(one.problem, problem_result(one, student, prepared.plan.signatures[name], told.get(name, NOTHING)))
        for name, one in judged.items()
    ]


def _wrong(judged: Mapping[str, Judged]) -> bool:
    return any(one.earned < 1 for one in judged.values())
