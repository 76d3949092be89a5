"""A wrong function is paid for once: what builds on it is graded with a right one in its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from grader.grading import Prepared, narrow
from grader.grading.judging import Judged, judge_all
from grader.grading.memory import size
from grader.grading.runs import run
from grader.grading.second import second_look
from grader.language import say, say_count
from grader.model import Mistake, Submission
from grader.rehearsal.finding import Finding, finding
from grader.rehearsal.scene import Scene
from grader.rehearsal.slips import failed, said

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
    part = replace(
        others, chosen=own.chosen + others.chosen, cases=own.cases + others.cases, want=own.want + others.want
    )
    student = with_mistake(scene.plan.reference, mistake)
    judged = dict(_judged(scene, part, student))
    judged |= second_look(scene.engine, student, part, judged, {})
    return _failing(judged) - {mistake.function}


def _judged(scene: Scene, part: Prepared, student: Submission) -> Mapping[str, Judged]:
    _, got = run(scene.engine, student.source, [case.calls for case in part.cases], part.limits)
    return judge_all(part.chosen, part.cases, got, part.want)


def _failing(judged: Mapping[str, Judged]) -> set[str]:
    return {name for name, one in judged.items() if failed(one)}


def _thinned(prepared: Prepared) -> Prepared:
    """Return what is prepared with the smallest cases of each function, for these are quick."""
    sizes = sorted((size(case.calls[0].arguments), place) for place, case in enumerate(prepared.cases))
    kept = [
        place
        for problem in prepared.chosen
        for place in [place for _, place in sizes if prepared.cases[place].function == problem.function][:FEW]
    ]
    cases, want = (tuple(each[place] for place in kept) for each in (prepared.cases, prepared.want))
    return replace(prepared, cases=cases, want=want)


def with_mistake(right: Submission, mistake: Mistake) -> Submission:
    """Return the reference with one function wrong.

    The variant sees the names as they are before it takes its function's place, and so may call the right one.
    """
    name, symbol = mistake.function, mistake.symbol
    rebound = f"{name} = type({name})({symbol}.__code__, {{**globals()}}, {name!r}, {symbol}.__defaults__)\n"
    return _with(right, f"{mistake.text}\n\n\n{rebound}")


def _with(right: Submission, more: str) -> Submission:
    text = f"{right.source.text}\n\n\n{more}"
    return replace(right, source=replace(right.source, text=text), original=text)
