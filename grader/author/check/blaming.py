"""A wrong function is paid for once: what builds on it is graded with a right one in its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from msgspec.structs import replace

from grader.author.check.scene import Finding, Scene, finding
from grader.explain.known import recognise, size
from grader.grading import Prepared, narrow
from grader.grading.judging import Judged, judge
from grader.grading.memo import Memo
from grader.grading.runs import generous, run
from grader.grading.second import second_look
from grader.grading.variants import beside, in_place
from grader.language import Message, say, say_count
from grader.model import Mistake, Submission
from grader.report.focus import show_place


def lost(scene: Scene) -> Finding:
    """Look whether every known mistake loses points in its own function."""
    full = [
        said(mistake, say("gets full marks. Draw cases on which it shows."))
        for mistake, judged in scene.tried
        if judged.earned == 1
    ]
    count = len(scene.tried)
    return finding(
        say_count("The known mistake loses points.", "All {count} known mistakes lose points.", count),
        say("{wrong} of {count} known mistakes lose no points.", wrong=len(full), count=count),
        full,
    )


def told_apart(scene: Scene) -> Finding:
    """Look whether every known mistake that loses points is recognised as itself, so that its own hints are told."""
    known = [mistake for mistake, _ in scene.tried]
    wrong, memo = [], Memo()
    with scene.engine.session(beside(scene.plan.reference.source, known), generous(scene.prepared.limits)) as session:
        for mistake, judged in scene.tried:
            if judged.earned == 1:
                continue
            own = [each for each in known if each.function == mistake.function]
            found = recognise(own, judged.trials, partial(memo.outcome, session))
            if found is not mistake:
                wrong.append(said(mistake, _taken(found)))
    return finding(
        say("Each is recognised, and gets its own hints."),
        say_count("{count} of them is not recognised.", "{count} of them are not recognised.", len(wrong)),
        wrong,
    )


def _taken(found: Mistake | None) -> Message:
    if found is None:
        return say("is recognised as none.")
    return say("is taken for {other}: do they differ on any case?", other=found.name)


def said(mistake: Mistake, what: Message) -> Message:
    """Return what is to be said of a mistake, with its place and name."""
    return say(
        "{place}: {function}.{name} {what}",
        place=show_place(mistake.at),
        function=mistake.function,
        name=mistake.name,
        what=what,
    )


def failed(judged: Judged) -> set[tuple[str, str]]:
    """Return the checks, by function and key, in which an answer lost something."""
    return {
        (judged.problem.function, check.key)
        for check, trials in judged.trials
        if any(trial.verdict.share < 1 for trial in trials)
    }


FEW = 4
"""Cases of each function that builds on a wrong one: who is to blame is the same for all of them."""


def own_function_only(scene: Scene) -> Finding:
    """Look for known mistakes that cost points in a function that only builds on the wrong one."""
    functions = {mistake.function for mistake, judged in scene.tried if judged.earned < 1}
    dependents = {function: _dependents(scene, function) for function in functions}
    costly = [
        said(mistake, say("costs points in {function} too, which only builds on it: name it in needs.", function=name))
        for mistake, judged in scene.tried
        if judged.earned < 1 and dependents[mistake.function]
        for name in _wronged(scene, mistake, dependents[mistake.function])
    ]
    return finding(
        say("Each costs points in its own function only."),
        say_count("{count} costs points elsewhere too.", "{count} cost points elsewhere too.", len(costly)),
        costly,
    )


def _dependents(scene: Scene, function: str) -> set[str]:
    """Return the functions that fail where `function` does, whatever the rubric says of their needs."""
    names = {problem.function for problem in scene.prepared.chosen} - {function}
    part = _thinned(narrow(scene.prepared, names))
    broken = f"def {function}(*given):\n    raise RuntimeError\n"
    return _failing(_judged(scene, part, _with(scene.plan.reference, broken)))


def _wronged(scene: Scene, mistake: Mistake, dependents: Collection[str]) -> set[str]:
    """Return those of the `dependents` that lose points for a mistake that is not theirs."""
    own = narrow(scene.prepared, {mistake.function})
    others = _thinned(narrow(scene.prepared, dependents))
    part = replace(others, chosen=own.chosen + others.chosen, tasks=own.tasks + others.tasks)
    student = in_place(scene.plan.reference, [mistake])
    judged = dict(_judged(scene, part, student))
    judged |= second_look(scene.engine, student, part, judged, {}, Memo())
    return _failing(judged) - {mistake.function}


def _judged(scene: Scene, part: Prepared, student: Submission) -> Mapping[str, Judged]:
    _, got = run(scene.engine, student.source, [task.case.calls for task in part.tasks], part.limits)
    return judge(part.chosen, part.tasks, got)


def _failing(judged: Mapping[str, Judged]) -> set[str]:
    return {name for name, one in judged.items() if failed(one)}


def _thinned(prepared: Prepared) -> Prepared:
    """Return what is prepared with the smallest cases of each function, for these are quick."""
    by_size = sorted(prepared.tasks, key=lambda task: size(task.case.calls[0].arguments))
    tasks = [
        task
        for problem in prepared.chosen
        for task in [task for task in by_size if task.case.function == problem.function][:FEW]
    ]
    return replace(prepared, tasks=tuple(tasks))


def _with(right: Submission, more: str) -> Submission:
    text = f"{right.source.text}\n\n\n{more}"
    return replace(right, source=replace(right.source, text=text), original=text)
