"""The second look: a function that failed is run again with the reference's helpers in place of the student's.

So no mistake costs points twice. The second look changes points and nothing else. Code that runs beside the reference's
helpers can ask them for more than it was given. So what it prints, raises and returns there is shown to nobody, a
helper that comes back to the function does not answer, and a case may ask about as often as the reference does. The
second look counts as a whole or not at all: a function can tell by its helpers which run it is in, so the better of
both, case by case, would be two guesses.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.execution import Engine, Helpers, Session, StandIn, Wait
from grader.grading.judging import Judged, judge
from grader.grading.prepared import narrow
from grader.grading.runs import reference_limits, regroup
from grader.model import Absent, Call, Outcome, Problem, Returned, Rubric, Source, Submission, Trial, Value

if TYPE_CHECKING:
    from grader.grading.prepared import Prepared
    from grader.grading.reference_answers import ReferenceAnswers


_HEAD = """
def _pingfen_entered(name, _pingfen={"asker": "", "counted": (), "entered": 0}):
    if name == _pingfen["asker"]:
        raise RuntimeError(f"it would come back to {name}")
    _pingfen["entered"] += name in _pingfen["counted"]
"""
_FOOT = """
def _pingfen_answer(asker, helper, *arguments):
    _pingfen_entered.__defaults__[0].update(asker=asker, counted=())
    return globals()[helper](*arguments)

def _pingfen_count(function, counted, *arguments):
    _pingfen_entered.__defaults__[0].update(asker="", counted=counted, entered=0)
    globals()[function](*arguments)
    return _pingfen_entered.__defaults__[0]["entered"]

def _pingfen_counting(*counted):
    before = _pingfen_entered.__defaults__[0]["entered"]
    _pingfen_entered.__defaults__[0].update(asker="", counted=counted, entered=0)
    return before

class _PingfenLent:
    def __init__(self, name, own):
        self.__dict__.update(_pingfen_name=name, _pingfen_own=own)
    def __call__(self, *arguments, **named):
        _pingfen_entered(self._pingfen_name)
        return self._pingfen_own(*arguments, **named)
    def __getattr__(self, name):
        return getattr(self._pingfen_own, name)
    def __setattr__(self, name, value):
        setattr(self._pingfen_own, name, value)
"""


def instrumented(reference: Source, names: Collection[str]) -> Source:
    """Return the reference in which each of the functions `names` tells when it is entered; its lines have moved.

    A session on it is what `answering` and `count_entries` need.
    """
    return replace(reference, text=_instrumented(reference.text, frozenset(names)))


def answering(session: Session) -> StandIn:
    """Return the function that answers for a helper, in a session on what `instrumented` made.

    A helper that comes back to the function that asks it raises.
    """

    def answer(asker: str, helper: str, arguments: tuple[Value, ...], given: Mapping[str, Value] = {}) -> Wait[Outcome]:
        came = yield from session.calling("_pingfen_answer", (asker, helper, *arguments), given)
        if isinstance(came, Returned) and came.arguments is not None:
            return replace(came, arguments=came.arguments[2:])
        return came

    return answer


def count_entries(session: Session, call: Call, helpers: tuple[str, ...]) -> Wait[Outcome]:
    """Return how often `helpers` are entered while the reference is called so, in a session as `answering`'s.

    It finds the files of the call, and `input()` is answered there. A training is run as a whole.
    """
    if call.act == "steps":
        yield from session.calling("_pingfen_counting", helpers)
        came = yield from session.calling(call.function, call.arguments, call.given, call.act)
        return (yield from session.calling("_pingfen_counting", ())) if isinstance(came, Returned) else came
    there = {key: value for key, value in call.given.items() if key in ("files", "stdin")}
    return (yield from session.calling("_pingfen_count", (call.function, helpers, *call.arguments), there))


@lru_cache(maxsize=8)  # a class asks for the same few
def _instrumented(text: str, names: frozenset[str]) -> str:
    from grader.submission.symbols import statements

    tree = ast.parse(text)
    plain = set()
    for node in statements(tree):
        match node:
            case ast.FunctionDef(name=name, decorator_list=decorators):
                own = {name, *map(_owner, decorators)} & names  # `@name.register` adds a body to `name`
                node.body[:0] = [_entered(each) for each in sorted(own)]
                plain |= own if not decorators else set()
            case ast.Assign(value=ast.Lambda() as made) | ast.AnnAssign(value=ast.Lambda() as made):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                own = {target.id for target in targets if isinstance(target, ast.Name)} & names
                steps = [*(_entered(each).value for each in sorted(own)), made.body]
                made.body = ast.Subscript(ast.Tuple(steps, ast.Load()), ast.Constant(-1), ast.Load())
                plain |= own
    wrapped = "".join(f"{name} = _PingfenLent({name!r}, {name})\n" for name in sorted(names - plain))
    first = _after_the_future(tree.body)
    tree.body[first:first] = ast.parse(_HEAD).body
    return f"{ast.unparse(ast.fix_missing_locations(tree))}\n{_FOOT}\n{wrapped}"


def _entered(name: str) -> ast.Expr:
    return ast.Expr(ast.Call(ast.Name("_pingfen_entered", ast.Load()), [ast.Constant(name)], []))


def _owner(decorator: ast.expr) -> str:
    """Return the name before the dot of a decorator such as `name.register(list)`, "" for any other."""
    match decorator.func if isinstance(decorator, ast.Call) else decorator:
        case ast.Attribute(value=ast.Name(id=name)):
            return name
    return ""


def _after_the_future(body: Sequence[ast.stmt]) -> int:
    """Return the place behind a module's docstring and its imports from `__future__`, which must come first."""
    place = 0
    for number, node in enumerate(body):
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and number == 0
        if not text and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        place = number + 1
    return place


def participants(helpers: Mapping[str, Sequence[str]]) -> set[str]:
    """Return all functions that ask or are asked."""
    return {*helpers, *(name for own in helpers.values() for name in own)}


FACTOR = 4
"""A case may ask so many times as many questions as the reference's own function does."""
UNCOUNTED = 10_000
"""Questions that a case may ask where the reference asks none (it does without the helper, so it sets no measure), and
those that a program or a variable may ask."""


def second_look(
    engine: Engine,
    student: Submission,
    prepared: Prepared,
    judged: Mapping[str, Judged],
    left: Mapping[str, float],
    answers: ReferenceAnswers,
) -> dict[str, Judged]:
    """Return the functions that earn more with the reference's helpers, with these points and their `blames`.

    A function may take what is `left` of its time, and at least the time of one call.
    """
    helpers = _candidates(judged, student)
    found: dict[str, Judged] = {}
    for turn in _turns(helpers, prepared.plan.rubric):
        theirs = [name for name in turn if _is_theirs(judged[name].problem, helpers[name], found)]
        lent = {name: own for name in theirs if (own := _still_wrong(helpers[name], judged, found))}
        if not lent:
            continue
        seconds = {name: max(left.get(name, 0.0), prepared.limits[name].seconds) for name in lent}
        again = _look(engine, student, narrow(prepared, lent), lent, seconds, answers)
        merged = {name: _merged(judged[name], one, lent[name]) for name, one in again.items()}
        found |= {name: one for name, one in merged.items() if one.earned > judged[name].earned}
    return found


def _look(
    engine: Engine,
    student: Submission,
    part: Prepared,
    helpers: Mapping[str, tuple[str, ...]],
    seconds: Mapping[str, float],
    answers: ReferenceAnswers,
) -> dict[str, Judged]:
    """Return what the functions of `part` are with the reference's `helpers` in place of the student's."""
    calls = [task.case.calls for task in part.tasks]
    asked_for = [task.case for task in part.tasks for _ in task.case.calls]
    functions = participants(helpers).intersection(part.plan.rubric.defined)  # programs and variables are none
    source, granted = instrumented(part.plan.reference.source, functions), reference_limits(part.limits)

    def questions(number: int) -> Wait[int]:
        """Return how many questions a call may ask, by those that the reference asks; none where that raises.

        Each case is counted in a worker of its own: the reference would not ask again what it remembers of another.
        """
        case, known = asked_for[number], answers.questions
        if case.function not in functions and any(each.act != "steps" for each in case.calls):
            return UNCOUNTED
        place = (case.function, case.check, case.index, case.seed, helpers[case.function])
        if place not in known:
            with engine.session(source, granted) as session:
                asked = []
                for each in case.truth:
                    asked.append((yield from count_entries(session, each, place[-1])))
            numbers = [one.value for one in asked if isinstance(one, Returned) and isinstance(one.value, int)]
            known[place] = (FACTOR * max(numbers) or UNCOUNTED) if numbers else 0
        return known[place]

    with ExitStack() as sessions:
        # A worker for each function that asks: what the reference remembers of one cannot answer another.
        answers_of = {
            name: answers.remembered(answering(sessions.enter_context(engine.session(source, granted))), name, own)
            for name, own in helpers.items()
        }
        lent = Helpers(helpers, lambda asker, *asked: answers_of[asker](asker, *asked), questions, seconds)
        ran = engine.run(student.source, [call for group in calls for call in group], part.limits, helpers=lent)
    return judge(part.chosen, part.tasks, regroup(ran.outcomes, calls))


def _turns(names: Collection[str], rubric: Rubric) -> Iterator[tuple[str, ...]]:
    """Yield the functions that may be run side by side, those first that others need.

    A function never runs beside one that asks for its answers: the one that is told an answer could pass it on to the
    other's worker, by how long its questions take.
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

    A stub or a missing function gets no second look: it does not use its helpers. A variable may be missing because one
    of them failed. What a program or a variable does with a stub may be given, too, so there no stub is replaced.
    Objects cannot be lent: they do not cross the wire.
    """
    wrong = {name for name, one in judged.items() if one.earned < 1}
    functions = {name for name in wrong if judged[name].problem.subject == "function"}
    written = {name for name in functions if (own := student.symbols.get(name)) is not None and not own.untouched}
    found = {}
    for name in filter(wrong.__contains__, judged):  # in the same order in every run
        symbol = student.symbols.get(name)
        if (symbol is not None and symbol.untouched) or (judged[name].problem.named and _absent(judged[name])):
            continue
        lendable = functions if judged[name].problem.named else written
        helpers = tuple(need for need in judged[name].problem.needs or () if need in lendable)
        if helpers:
            found[name] = helpers
    return found


def _is_theirs(problem: Problem, helpers: Sequence[str], found: Mapping[str, Judged]) -> bool:
    """Return whether what is graded is still the student's with these helpers replaced.

    A training has no code of theirs but its functions, so at least half of these have to be right themselves: else who
    writes nonsense into all but one would be given all its points.
    """
    wrong = [name for name in helpers if name not in found or found[name].earned < 1]
    return problem.subject != "training" or 2 * len(wrong) <= len(problem.needs or ())


def _still_wrong(helpers: Sequence[str], judged: Mapping[str, Judged], found: Mapping[str, Judged]) -> tuple[str, ...]:
    """Return which functions to lend: in place of a helper that the second look found right, those that it was lent.

    What a helper prints would be printed elsewhere, so one that is to print is not lent.
    """
    lent: dict[str, None] = {}
    for name in helpers:
        if name in found and found[name].earned == 1:
            lent |= dict.fromkeys(found[name].blames)
        elif not any(check.demand.printing for check in judged[name].problem.checks):
            lent[name] = None
    return tuple(lent)


def _absent(judged: Judged) -> bool:
    return any(isinstance(got, Absent) for _, trials in judged.trials for trial in trials for got in trial.got)
