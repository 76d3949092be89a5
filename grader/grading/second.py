"""A second look, so that no one pays twice: what failed is run again with the reference's helpers in place.

It changes points and nothing else. Code that is run beside the reference's helpers can ask them for what it was not
given, so what it prints, raises and returns there is shown to nobody; a helper that comes back to the function does not
answer; and a case may ask about as often as the reference does. It counts as a whole or not at all: code can tell by a
helper which look it is in, so the better of both, case by case, would be two guesses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.execution import Engine, Helpers, Wait
from grader.grading import lending
from grader.grading.judging import Judged, Trial, judge_all
from grader.grading.runs import generous, regroup, roomy
from grader.model import Absent, Returned, Rubric, Submission

if TYPE_CHECKING:
    from grader.grading.prepared import Prepared

FACTOR = 4
"""So many times as many questions as the reference's own function may a case ask."""
UNCOUNTED = 10_000
"""Questions that a case may ask where the reference asks none: it does without the helper, and is no measure."""


def second_look(
    engine: Engine,
    student: Submission,
    prepared: Prepared,
    judged: Mapping[str, Judged],
    left: Mapping[str, float],
) -> dict[str, Judged]:
    """Return the functions that do better with the reference's helpers, with these points and their `blames`.

    A function has what is `left` of its time, at least that of one call.
    """
    helpers = _candidates(judged, student)
    found: dict[str, Judged] = {}
    for names in _turns(helpers, prepared.plan.rubric):
        asking = {name: helpers[name] for name in names}
        again = _look(engine, student, prepared, judged, asking, left)
        merged = {name: _merged(judged[name], one, helpers[name]) for name, one in again.items()}
        found |= {name: one for name, one in merged.items() if one.earned > judged[name].earned}
    return found


def _look(
    engine: Engine,
    student: Submission,
    prepared: Prepared,
    judged: Mapping[str, Judged],
    helpers: Mapping[str, tuple[str, ...]],
    left: Mapping[str, float],
) -> dict[str, Judged]:
    """Return what the functions are with the reference's `helpers` in place of the student's."""
    reference, limits = prepared.plan.reference, prepared.limits
    checks = [(check.visibility == "hidden", each) for name in helpers for check, each in judged[name].trials]
    trials = [trial for _, each in sorted(checks, key=itemgetter(0)) for trial in each]  # public first, as before
    calls = roomy([trial.case for trial in trials], [trial.want for trial in trials])
    places = [place for place, group in enumerate(calls) for _ in group]
    seconds = {name: max(left.get(name, 0.0), limits[name].seconds) for name in helpers}
    source, granted = lending.lendable(reference.source, lending.asking(helpers)), generous(limits)

    def questions(number: int) -> Wait[int]:
        """Return how many questions a call may ask, by those that the reference asks; a few where that raises.

        Each is counted in a worker of its own: what the reference remembers of another it would not ask again.
        """
        case, known = trials[places[number]].case, prepared.memory.questions
        place = (case.function, case.check, case.index, case.seed, helpers[case.function])
        if place not in known:
            with engine.session(source, granted) as session:
                asked = []
                for each in case.truth:
                    asked.append((yield from lending.count(session, each.function, place[-1], each.arguments)))
            numbers = [one.value for one in asked if isinstance(one, Returned) and isinstance(one.value, int)]
            known[place] = (FACTOR * max(numbers) or UNCOUNTED) if numbers else 0
        return known[place]

    with ExitStack() as sessions:
        # A worker for each who asks: what one had it remember is no answer to another, and nobody waits for another.
        lenders = {name: lending.lender(sessions.enter_context(engine.session(source, granted))) for name in helpers}
        lent = Helpers(helpers, lambda asker, *asked: lenders[asker](asker, *asked), questions, seconds)
        ran = engine.run(student.source, [call for group in calls for call in group], limits, helpers=lent)
    problems = [judged[name].problem for name in helpers]
    want = [trial.want for trial in trials]
    return judge_all(problems, [trial.case for trial in trials], regroup(ran.outcomes, calls), want)


def _turns(names: Collection[str], rubric: Rubric) -> Iterator[tuple[str, ...]]:
    """Yield the functions that may be run side by side, those first that others need.

    Who may ask for a function's answers could tell them to its worker, by how long the own questions take, as long as
    both run.
    """
    from graphlib import CycleError, TopologicalSorter

    needs = {problem.function: problem.needs or () for problem in rubric.problems}
    order = TopologicalSorter({name: [each for each in _needed(name, needs) if each in names] for name in names})
    try:
        order.prepare()
    except CycleError:
        yield from ((name,) for name in names)
        return
    while order.is_active():
        turn = order.get_ready()
        yield turn
        order.done(*turn)


def _needed(name: str, needs: Mapping[str, Sequence[str]]) -> list[str]:
    """Return all that a function needs, and all that these need."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        new = [each for each in needs.get(waiting.pop(), ()) if each not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return list(found)


def _merged(first: Judged, again: Judged, blames: tuple[str, ...]) -> Judged:
    """Return the first look with the points of the second."""
    trials = tuple(
        (check, tuple(_again(one, other) for one, other in zip(mine, theirs, strict=True)))
        for (check, mine), (_, theirs) in zip(first.trials, again.trials, strict=True)
    )
    return replace(first, trials=trials, blames=blames)


def _again(first: Trial, again: Trial) -> Trial:
    if again.verdict.share == first.verdict.share:
        return first
    evidence = first.verdict.mismatches if again.verdict.share < 1 else ()
    points = replace(first.verdict, share=again.verdict.share, by_part=again.verdict.by_part, mismatches=evidence)
    return replace(first, verdict=points, lent="better" if again.verdict.share > first.verdict.share else "worse")


def _candidates(judged: Mapping[str, Judged], student: Submission) -> dict[str, tuple[str, ...]]:
    """Return, for each function worth a second look, the helpers to replace: those that are not right themselves.

    A stub or a missing function is not looked at again: whatever its helpers do, nothing is there.
    """
    wrong = {name for name, one in judged.items() if one.earned < 1}
    found = {}
    for name in filter(wrong.__contains__, judged):  # in the same order in every run
        symbol = student.symbols.get(name)
        if (symbol is not None and symbol.untouched) or _absent(judged[name]):
            continue
        helpers = tuple(need for need in judged[name].problem.needs or () if need in wrong)
        if helpers:
            found[name] = helpers
    return found


def _absent(judged: Judged) -> bool:
    return any(isinstance(got, Absent) for _, trials in judged.trials for trial in trials for got in trial.got)
