"""Runs cases on a source and judges what came of them, function by function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from grader import comparison
from grader.model import Case, Check, Efficiency, Kind, Outcome, Problem, Rules, Verdict, Violation, earning

if TYPE_CHECKING:
    from grader.comparison.structure import Level


class Trial(Struct, frozen=True, kw_only=True, eq=False):
    """One case, what came of it on both sides, and the verdict.

    If it was `lent` the reference's helpers, the verdict's share is what was earned with these, better or worse; all
    else is of the first look, with the student's own.
    """

    case: Case
    got: tuple[Outcome, ...]
    want: tuple[Outcome, ...]
    verdict: Verdict
    lent: Literal["", "better", "worse"] = ""


class Judged(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """All trials of one problem, check by check, in the rubric's order.

    `blames` are the student's helpers that had to be replaced by the reference's for these points. `violations` are
    those of each check of rules, by its key, once it was held against the text; `None` where there is nothing to hold
    it against. `timed` says that efficiency was measured: what has no trials then could not be.
    """

    problem: Problem
    trials: tuple[tuple[Check, tuple[Trial, ...]], ...]
    blames: tuple[str, ...] = ()
    violations: Mapping[str, tuple[Violation, ...] | None] = {}
    timed: bool = False

    @cached_property
    def earned(self) -> Fraction:
        """The fraction of the problem's points earned, from 0 to 1, exact."""
        return sum((check.share * fraction for check, fraction in self.fractions), Fraction(0))

    @cached_property
    def fractions(self) -> list[tuple[Check, Fraction]]:
        """Each check with the fraction of it that is earned."""
        return [(check, self.counted(check) * self.own(check, trials)) for check, trials in self.trials]

    def counted(self, check: Check) -> Fraction:
        """Return how much of what a check earns by itself counts.

        A property holds for nearly any function (one that returns zeros changes no input), so all others earn in
        proportion to what the checks of the `earning` kinds earned.
        """
        return Fraction(1) if check.kind in self.earning else self._earnt

    @cached_property
    def _earnt(self) -> Fraction:
        weighty = [each for each in self.trials if each[0].kind in self.earning]
        weight = sum((check.share for check, _ in weighty), Fraction(0))
        part = sum((check.share * self.own(check, trials) for check, trials in weighty), Fraction(0))
        return part / weight if weight else Fraction(1)

    @cached_property
    def levels(self) -> Mapping[str, Level]:
        """What hidden checks may tell of the structure of what they want, by key; a check not named tells all."""
        from grader.comparison.structure import levels

        return levels(
            self.problem.returns, [(check, [trial.want for trial in trials]) for check, trials in self.trials]
        )

    @cached_property
    def earning(self) -> frozenset[Kind]:
        """The kinds of checks that earn by themselves; what is worth nothing is not among them."""
        return earning([check.kind for check, _ in self.trials if check.share])

    def own(self, check: Check, trials: Sequence[Trial]) -> Fraction:
        """Return what a check earned by itself; what was not looked at yet costs nothing, rules or efficiency."""
        if isinstance(check.plan, Rules):
            broken = self.violations.get(check.key, ())
            return Fraction(0) if broken is None else max(Fraction(0), 1 - check.plan.each * len(broken))
        if isinstance(check.plan, Efficiency) and not trials:
            return Fraction(0 if self.timed else 1)
        return _mean([trial.verdict.share for trial in trials])

    def unmeasured(self, check: Check, trials: Sequence[Trial]) -> bool:
        """Return whether a check is of efficiency, and that could not be measured."""
        return self.timed and isinstance(check.plan, Efficiency) and not trials


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


def _mean(shares: Sequence[Fraction]) -> Fraction:
    return sum(shares, Fraction(0)) / len(shares) if shares else Fraction(0)
