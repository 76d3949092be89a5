"""Runs cases on a source and judges what came of them, function by function."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from grader import comparison
from grader.errors import ReferenceFailure
from grader.execution import Engine, Ran, Session
from grader.language import inert, say
from grader.model import (
    Call,
    Case,
    Check,
    Efficiency,
    Limits,
    Outcome,
    Problem,
    Raised,
    Returned,
    Rules,
    Source,
    Stopped,
    Value,
    Verdict,
    Violation,
)


class Trial(Struct, frozen=True, kw_only=True, eq=False):
    """One case, what came of it on both sides, and the verdict."""

    case: Case
    got: tuple[Outcome, ...]
    want: tuple[Outcome, ...]
    verdict: Verdict


class Judged(Struct, frozen=True, kw_only=True, eq=False):
    """All trials of one problem, check by check, in the rubric's order.

    `blames` are the student's helpers that had to be replaced by the reference's for these outcomes. `violations` are
    those of each check of rules, by its key, once it was held against the text; `None` where there is nothing to hold
    it against.
    """

    problem: Problem
    trials: tuple[tuple[Check, tuple[Trial, ...]], ...]
    blames: tuple[str, ...] = ()
    violations: Mapping[str, tuple[Violation, ...] | None] = {}

    @property
    def earned(self) -> Fraction:
        """The fraction of the problem's points earned, from 0 to 1, exact."""
        return sum((check.share * fraction for check, fraction in self.fractions()), Fraction(0))

    def fractions(self) -> list[tuple[Check, Fraction]]:
        """Return each check with the fraction of it that is earned.

        A property holds for nearly any function (one that returns zeros changes no input), so properties, rules and
        efficiency earn in proportion to what the checks of values, examples, gradients and errors earned.
        """
        plain = [(check, self.own(check, trials)) for check, trials in self.trials]
        weighty = [(check.share, part) for check, part in plain if not check.proportional]
        weight = sum((share for share, _ in weighty), Fraction(0))
        factor = sum((share * part for share, part in weighty), Fraction(0)) / weight if weight else Fraction(1)
        return [(check, part * (factor if check.proportional else 1)) for check, part in plain]

    def own(self, check: Check, trials: Sequence[Trial]) -> Fraction:
        """Return what a check earned by itself; rules and efficiency that were not looked at cost nothing."""
        if isinstance(check.plan, Rules):
            broken = self.violations.get(check.key, ())
            return Fraction(0) if broken is None else max(Fraction(0), 1 - check.plan.each * len(broken))
        if isinstance(check.plan, Efficiency) and not trials:
            return Fraction(1)
        return _mean([trial.verdict.share for trial in trials])


def run(
    engine: Engine,
    source: Source,
    calls: Sequence[Sequence[Call]],
    limits: Mapping[str, Limits],
    *,
    together: bool = False,
    shown: Collection[int] | None = None,
) -> tuple[Ran, tuple[tuple[Outcome, ...], ...]]:
    """Run the calls of many cases on one source; return the run and the outcomes, grouped as the calls were.

    `shown` are the places of the cases whose outcome the source's author may see (by default all).
    """
    flat = [(call, shown is None or place in shown) for place, group in enumerate(calls) for call in group]
    places = {number for number, (_, seen) in enumerate(flat) if seen}
    ran = engine.run(source, [call for call, _ in flat], limits, together=together, shown=places)
    return ran, regroup(ran.outcomes, calls)


def regroup(outcomes: Sequence[Outcome], calls: Sequence[Sequence[Call]]) -> tuple[tuple[Outcome, ...], ...]:
    """Return a flat list of outcomes grouped as `calls` are."""
    rest = iter(outcomes)
    return tuple(tuple(next(rest) for _ in group) for group in calls)


def public_first(problems: Sequence[Problem], drawn: Sequence[Case]) -> tuple[Case, ...]:
    """Return the cases with the public ones in front.

    A worker makes a function's calls in this order, so a submission cannot show in a public case what a hidden one was.
    """
    shown = public(problems, drawn)
    order = sorted(range(len(drawn)), key=lambda place: place not in shown)
    return tuple(drawn[place] for place in order)


def public(problems: Sequence[Problem], cases: Sequence[Case]) -> frozenset[int]:
    """Return the places of the cases whose outcome a student sees."""
    hidden = {(each.function, check.key) for each in problems for check in each.checks if check.visibility == "hidden"}
    return frozenset(place for place, case in enumerate(cases) if (case.function, case.check) not in hidden)


def judge(
    problem: Problem,
    cases: Sequence[Case],
    got: Sequence[tuple[Outcome, ...]],
    want: Sequence[tuple[Outcome, ...]],
    known: Sequence[Verdict | None] = (),
) -> Judged:
    """Judge the cases of one problem; some verdicts may be `known`.

    Raises RubricError where the reference did not return what it must.
    """
    checks = {check.key: check for check in problem.checks}
    trials: dict[str, list[Trial]] = {check.key: [] for check in problem.checks}
    for index, (case, mine, theirs) in enumerate(zip(cases, got, want, strict=True)):
        verdict = known[index] if known else None
        if verdict is None:
            verdict = comparison.judge(checks[case.check], problem.returns, case, mine, theirs)
        trials[case.check].append(Trial(case=case, got=mine, want=theirs, verdict=verdict))
    return Judged(problem=problem, trials=tuple((check, tuple(trials[check.key])) for check in problem.checks))


def judge_all(
    problems: Sequence[Problem],
    cases: Sequence[Case],
    got: Sequence[tuple[Outcome, ...]],
    want: Sequence[tuple[Outcome, ...]],
    known: Mapping[int, Verdict] = {},
) -> dict[str, Judged]:
    """Judge every problem's cases; return them by function, in the rubric's order.

    `known` are verdicts found already, by their cases' places.
    """
    judged = {}
    for problem in problems:
        own = [index for index, case in enumerate(cases) if case.function == problem.function]
        judged[problem.function] = judge(
            problem,
            [cases[i] for i in own],
            [got[i] for i in own],
            [want[i] for i in own],
            [known.get(i) for i in own] if known else (),
        )
    return judged


def value_of(session: Session, function: str, arguments: tuple[Value, ...]) -> Value:
    """Return what the reference's function gives in `session`; raise ReferenceFailure if it does not return."""
    outcome = session.call(function, arguments)
    if isinstance(outcome, Returned):
        return outcome.value
    if isinstance(outcome, Raised):
        what = inert(f"{outcome.type}: {outcome.message}")
    elif isinstance(outcome, Stopped):
        what = inert(outcome.detail or outcome.reason)
    else:
        what = inert(outcome.found or "-")
    raise ReferenceFailure(say("The reference's {function} did not return: {what}", function=function, what=what))


def _mean(shares: Sequence[Fraction]) -> Fraction:
    return sum(shares, Fraction(0)) / len(shares) if shares else Fraction(0)
