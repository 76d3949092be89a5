"""Known mistakes: each loses points in its own function, and is told from the others."""

from __future__ import annotations

from grader.grading.judging import Judged
from grader.grading.known import beside, recognise
from grader.grading.runs import generous
from grader.language import Message, say, say_count
from grader.model import Mistake
from grader.rehearsal.finding import Finding, finding
from grader.rehearsal.scene import Scene
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
    wrong, memory = [], scene.prepared.memory
    with scene.engine.session(beside(scene.plan.reference.source, known), generous(scene.prepared.limits)) as session:
        for mistake, judged in scene.tried:
            if judged.earned < 1 and (found := recognise(session, known, judged, memory)) is not mistake:
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
