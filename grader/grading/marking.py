"""From outcomes to results: verdicts, a second look where something failed, reasons, sentences.

What only a wrong submission needs is imported late, so that a right one does not wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from grader.errors import GraderError, whereabouts
from grader.execution import Engine
from grader.explain import NOTHING, Explanation
from grader.grading import judging
from grader.grading.adjusting import adjust
from grader.grading.expected import Expected
from grader.grading.judging import Judged
from grader.grading.prepared import Prepared
from grader.grading.reference_answers import ReferenceAnswers
from grader.grading.results import problem_result
from grader.grading.tally import tally
from grader.language import Bilingual, say
from grader.model import Absent, Cause, Exhibit, Happening, Outcome, ProblemResult, Submission, Verdict, Withheld

__all__ = ["explain", "judge", "results", "tally", "undefined", "unseal"]


def judge(
    prepared: Prepared,
    student: Submission,
    engine: Engine,
    got: Sequence[tuple[Outcome, ...]],
    left: Mapping[str, float],
    answers: ReferenceAnswers,
) -> dict[str, Judged]:
    """Return each function's trials: judged, run again where a helper is to blame, held to rules, and timed.

    `left` are the seconds that each function has left.
    """
    unaided = judging.judge(prepared.chosen, prepared.tasks, got, unseal(prepared, got))
    judged = dict(unaided)
    if prepared.plan.expected is None and any(one.earned < 1 for one in unaided.values()):
        from grader.grading.second_look import second_look

        judged |= second_look(engine, student, prepared, unaided, left, answers)
    judged |= judging.with_violations(judged, student, prepared.plan.rubric)
    if prepared.timed:
        from grader.grading.measuring import measure

        timed = [task.case for task in prepared.timed]
        judged |= measure(engine, student.source, prepared.plan.reference.source, timed, judged, unaided)
    if any(one.earned < 1 for one in judged.values()):
        from grader.grading.shortening import shortened

        judged |= shortened(prepared, student, engine, judged)
    return {name: _unwritten(one, student) for name, one in judged.items()}


def _unwritten(one: Judged, student: Submission) -> Judged:
    """Return what was judged without points for a stub, unless the stub is right as it is given."""
    symbol = student.symbols.get(one.problem.function)
    return replace(one, unwritten=True) if symbol is not None and symbol.untouched and one.earned < 1 else one


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
    answers: ReferenceAnswers,
) -> dict[str, Explanation]:
    """Return for each function that is wrong the reason, as far as it is found, and its hints.

    `attempts` (from 1) says how many hints to show. Where answers are sealed it is only known that they differ.
    """
    failing = {name: one for name, one in judged.items() if one.earned < 1 and _tried(student, name)}
    if not failing:
        return {}
    from grader.explain.failing import Failing, hinted, why

    at_home = prepared.plan.expected
    taught = {name: _learned(at_home, one) for name, one in failing.items()} if at_home is not None else {}
    known = {name: hinted(hints, attempts.get(name, 1)) for name, hints in taught.items() if hints}
    failing = {name: one for name, one in failing.items() if name not in known}
    if prepared.seals or not failing:
        return known | {name: hinted(one.problem.hints, attempts.get(name, 1)) for name, one in failing.items()}
    from grader.grading.runs import reference_limits
    from grader.grading.variants import MendedRuns, beside, mendable, mending_limits

    plan, found = prepared.plan, known
    mistakes = answers.read(plan.rubric, plan.reference.source.text, failing)
    limits = reference_limits(prepared.limits)
    with (
        engine.session(beside(plan.reference.source, mistakes), limits) as session,
        engine.session(mendable(student.source), mending_limits(limits)) as workshop,
    ):
        for name, one in failing.items():
            attempt = attempts.get(name, 1)
            if one.blames:  # its results came of wrong helpers too
                found[name] = hinted(one.problem.hints, attempt)
                continue
            failing_one = Failing(
                problem=one.problem,
                trials=one.trials,
                student=student,
                reference=plan.reference,
                parameters=plan.signatures[name].parameters,
                mistakes=[mistake for mistake in mistakes if mistake.function == name],
                outcome=partial(answers.outcome, session),
                answer=partial(answers.answer, session),
                workshop=MendedRuns(workshop, name),
            )
            try:
                found[name] = why(failing_one, attempt)
            except GraderError:
                raise
            except Exception as error:  # our bug: it costs the function its reason, not the submission its points
                said = say("The grader failed while it looked for the reason ({where}). The points are not touched by "
                           "this. Please report it with the submission.", where=whereabouts(error))  # fmt: skip
                found[name] = hinted(one.problem.hints, attempt, found=said)
    return found


def _learned(expected: Expected, judged: Judged) -> tuple[Bilingual, ...]:
    """Return the hints of the known mistake of a kit that was made, if one is recognised."""
    own = [one for one in expected.lessons if one.function == judged.problem.function]
    if not own:
        return ()
    from grader.comparison.lessons import learned

    return learned(own, judged.trials)


def _tried(student: Submission, name: str) -> bool:
    return name in student.symbols and not student.symbols[name].untouched


def undefined(
    student: Submission, happenings: Sequence[Happening], judged: Mapping[str, Judged]
) -> dict[str, Explanation]:
    """Return the functions whose `def` stands in the file but failed, with what it raised."""
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
    prepared: Prepared,
    student: Submission,
    judged: Mapping[str, Judged],
    explained: Mapping[str, Explanation],
    happenings: Sequence[Happening],
) -> list[ProblemResult[Exhibit | Withheld]]:
    """Return each function's result with the reason why it is wrong, after every adjustment."""
    signatures = prepared.plan.signatures
    shared: Mapping[str, Cause] = {}
    if any(one.earned < 1 for one in judged.values()):
        from grader.grading.causes import causes

        shared = causes(judged, student, happenings, signatures)
    found = []
    for name, one in judged.items():
        result = problem_result(one, student, signatures[name], explained.get(name, NOTHING))
        cause = shared.get(name)
        if cause is not None:  # what is said of the function by itself follows from it
            result = replace(
                result, cause=cause, message=cause.message, diagnosis=None, found_at=None, mistake="", hints=(),
                more_hints=0,
            )  # fmt: skip
        found.append(adjust(one.problem, result))
    return found
