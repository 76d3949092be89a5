"""A second look, so that no one pays twice: what failed is run again with the reference's helpers in place.

It changes points and nothing else. Code that is run beside the reference's helpers can ask them for what it was not
given, so what it prints, raises and returns there is shown to nobody; and a helper that needs the function itself is
not lent, for its answers are the function's. A case may ask about as often as the reference does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.execution import Engine, Helpers, Session
from grader.grading.judging import Judged, Trial, judge_all
from grader.grading.needs import mentions, reachable
from grader.grading.runs import generous, regroup, roomy
from grader.model import Absent, Case, Returned, Source, Submission

if TYPE_CHECKING:
    from grader.grading.memory import Memory
    from grader.grading.prepared import Prepared

FACTOR = 4
"""So many times as many questions as the reference's own function may a case ask."""
UNCOUNTED = 10_000
"""Questions that a case may ask where the reference asks none: it does without the helper, and is no measure."""
_COUNTER = """


def _pingfen_counted(function):
    def counted(*arguments, **named):
        _pingfen_asked[0] += 1
        return function(*arguments, **named)

    return counted


def _pingfen_ask(name, *arguments):
    _pingfen_asked[0] = 0
    _pingfen_own[name](*arguments)
    return _pingfen_asked[0]


_pingfen_asked = [0]
_pingfen_own = dict(globals())
"""


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
    reference, limits = prepared.plan.reference, prepared.limits
    helpers = _candidates(judged, student, reference)
    if not helpers:
        return {}
    checks = [(check.visibility == "hidden", each) for name in helpers for check, each in judged[name].trials]
    trials = [trial for _, each in sorted(checks, key=itemgetter(0)) for trial in each]  # public first, as before
    calls = roomy([trial.case for trial in trials], [trial.want for trial in trials])
    places = [place for place, group in enumerate(calls) for _ in group]
    seconds = {name: max(left.get(name, 0.0), limits[name].seconds) for name in helpers}
    names = sorted({each for own in helpers.values() for each in own})
    with engine.session(_counting(reference.source, names), generous(limits)) as session:

        def most(number: int) -> int:
            return _most(session, trials[places[number]].case, names, prepared.memory)

        flat = [call for group in calls for call in group]
        ran = engine.run(student.source, flat, limits, helpers=Helpers(helpers, session.call, most, seconds))
    problems = [judged[name].problem for name in helpers]
    want = [trial.want for trial in trials]
    again = judge_all(problems, [trial.case for trial in trials], regroup(ran.outcomes, calls), want)
    merged = {name: _merged(judged[name], one, helpers[name]) for name, one in again.items()}
    return {name: one for name, one in merged.items() if one.earned > judged[name].earned}


def _merged(first: Judged, again: Judged, blames: tuple[str, ...]) -> Judged:
    """Return the first look with the better points of both."""
    trials = tuple(
        (check, tuple(_better(one, other) for one, other in zip(mine, theirs, strict=True)))
        for (check, mine), (_, theirs) in zip(first.trials, again.trials, strict=True)
    )
    return replace(first, trials=trials, blames=blames)


def _better(first: Trial, again: Trial) -> Trial:
    if again.verdict.share <= first.verdict.share:
        return first
    evidence = first.verdict.mismatches if again.verdict.share < 1 else ()
    points = replace(first.verdict, share=again.verdict.share, by_part=again.verdict.by_part, mismatches=evidence)
    return replace(first, verdict=points, lent=True)


def _candidates(judged: Mapping[str, Judged], student: Submission, reference: Submission) -> dict[str, tuple[str, ...]]:
    """Return, for each function worth a second look, the helpers to replace: those that are not right themselves.

    A stub or a missing function is not looked at again: whatever its helpers do, nothing is there. A helper that comes
    back to the function is not replaced.
    """
    wrong = {name for name, one in judged.items() if one.earned < 1}
    graph = mentions(reference)
    for name, one in judged.items():
        graph[name] = graph.get(name, frozenset()) | set(one.problem.needs or ())
    found = {}
    for name in wrong:
        symbol = student.symbols.get(name)
        if (symbol is not None and symbol.untouched) or _absent(judged[name]):
            continue
        needs = [need for need in judged[name].problem.needs or () if need in wrong]
        helpers = tuple(need for need in needs if name not in reachable(need, graph))
        if helpers:
            found[name] = helpers
    return found


def _absent(judged: Judged) -> bool:
    return any(isinstance(got, Absent) for _, trials in judged.trials for trial in trials for got in trial.got)


def _counting(source: Source, names: Sequence[str]) -> Source:
    """Return the reference, with the calls of `names` in it counted."""
    counted = "".join(f"{name} = _pingfen_counted({name})\n" for name in names)
    return replace(source, text=source.text + _COUNTER + counted)


def _most(session: Session, case: Case, names: Sequence[str], memory: Memory) -> int:
    """Return how many questions a case may ask, by those that the reference asks; none beyond a few where it raises."""
    place = (case.function, case.check, case.index, case.seed, *names)
    if place not in memory.questions:
        came = [session.call("_pingfen_ask", (call.function, *call.arguments)) for call in case.truth]
        numbers = [one.value for one in came if isinstance(one, Returned) and isinstance(one.value, int)]
        memory.questions[place] = (FACTOR * max(numbers) or UNCOUNTED) if numbers else 0
    return memory.questions[place]
