"""Looks at the known mistakes: each loses points, in its own function only, and is recognised."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from msgspec.structs import replace

from grader.author.check.checkup import Checkup, Look, look, of_mistake
from grader.explain.failing import recognise, size
from grader.grading import Prepared, narrow
from grader.grading.judging import Judged, judge
from grader.grading.memo import Memo
from grader.grading.runs import generous, run
from grader.grading.second import second_look
from grader.grading.variants import Variant, beside, in_place
from grader.language import Message, say, say_count
from grader.model import Mistake, Submission


def mistakes_lose_points(checkup: Checkup) -> Look:
    """Look whether every known mistake loses points in its own function."""
    full = [
        of_mistake(mistake, say("gets full marks. Draw cases on which it shows."))
        for mistake, judged in checkup.tried
        if judged.earned == 1
    ]
    count = len(checkup.tried)
    return look(
        say_count("The known mistake loses points.", "All {count} known mistakes lose points.", count),
        say("{wrong} of {count} known mistakes lose no points.", wrong=len(full), count=count),
        full,
    )


def mistakes_are_recognised(checkup: Checkup) -> Look:
    """Look whether every known mistake that loses points is recognised as itself, so that its own hints are told."""
    known = [mistake for mistake, _ in checkup.tried]
    wrong, memo = [], Memo()
    with checkup.engine.session(
        beside(checkup.plan.reference.source, known), generous(checkup.prepared.limits)
    ) as session:
        for mistake, judged in checkup.tried:
            if judged.earned == 1:
                continue
            own = [each for each in known if each.function == mistake.function]
            found = recognise(own, judged.trials, partial(memo.outcome, session))
            if found is not mistake:
                wrong.append(of_mistake(mistake, _taken(found)))
    return look(
        say("Each known mistake is recognised and gets its own hints."),
        say_count("{count} of them is not recognised.", "{count} of them are not recognised.", len(wrong)),
        wrong,
    )


def _taken(found: Mistake | None) -> Message:
    if found is None:
        return say("is not recognised.")
    return say("is taken for {other}: do they differ on any case?", other=found.name)


def failed(judged: Judged) -> set[tuple[str, str]]:
    """Return the checks, by function and key, in which an answer lost something."""
    return {
        (judged.problem.function, check.key)
        for check, trials in judged.trials
        if any(trial.verdict.share < 1 for trial in trials)
    }


FEW = 4
"""Cases of each function that builds on a wrong one: who is to blame is the same for all of them."""


def mistakes_cost_once(checkup: Checkup) -> Look:
    """Look for known mistakes that cost points in another function, one that only calls the wrong one."""
    functions = {mistake.function for mistake, judged in checkup.tried if judged.earned < 1}
    dependents = {function: _dependents(checkup, function) for function in functions}
    costly = [
        of_mistake(
            mistake, say("costs points in {function} too, which only builds on it: name it in needs.", function=name)
        )
        for mistake, judged in checkup.tried
        if judged.earned < 1 and dependents[mistake.function]
        for name in _wronged(checkup, mistake, dependents[mistake.function])
    ]
    return look(
        say("Each known mistake costs points in its own function only."),
        say_count(
            "{count} costs points in other functions too.", "{count} cost points in other functions too.", len(costly)
        ),
        costly,
    )


def _dependents(checkup: Checkup, function: str) -> set[str]:
    """Return the functions that fail where `function` does, whatever the rubric says of their needs."""
    names = {problem.function for problem in checkup.prepared.chosen} - {function}
    part = _thinned(narrow(checkup.prepared, names))
    broken = Variant(function=function, symbol="raises__", text="def raises__(*given):\n    raise RuntimeError\n")
    return _failing(_judged(checkup, part, in_place(checkup.plan.reference, [broken])))


def _wronged(checkup: Checkup, mistake: Mistake, dependents: Collection[str]) -> set[str]:
    """Return those of the `dependents` that lose points because of the mistake."""
    own = narrow(checkup.prepared, {mistake.function})
    others = _thinned(narrow(checkup.prepared, dependents))
    part = replace(others, chosen=own.chosen + others.chosen, tasks=own.tasks + others.tasks)
    student = in_place(checkup.plan.reference, [mistake])
    judged = dict(_judged(checkup, part, student))
    judged |= second_look(checkup.engine, student, part, judged, {}, Memo())
    return _failing(judged) - {mistake.function}


def _judged(checkup: Checkup, part: Prepared, student: Submission) -> Mapping[str, Judged]:
    _, got = run(checkup.engine, student.source, [task.case.calls for task in part.tasks], part.limits)
    return judge(part.chosen, part.tasks, got)


def _failing(judged: Mapping[str, Judged]) -> set[str]:
    return {name for name, one in judged.items() if failed(one)}


def _thinned(prepared: Prepared) -> Prepared:
    """Return what is prepared with only the smallest cases of each function, which are quick."""
    by_size = sorted(prepared.tasks, key=lambda task: size(task.case.calls[0].arguments))
    tasks = [
        task
        for problem in prepared.chosen
        for task in [task for task in by_size if task.case.function == problem.function][:FEW]
    ]
    return replace(prepared, tasks=tuple(tasks))
