"""Judges what came of the tasks, function by function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from grader.checks.kind import kind_of
from grader.model import (
    Check,
    Outcome,
    Problem,
    Task,
    Trial,
    Verdict,
    Violation,
)

if TYPE_CHECKING:
    from grader.comparison.structure import Disclosure


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
        return sum((check.share * self.fraction(check, trials) for check, trials in self.trials), Fraction(0))

    def fraction(self, check: Check, trials: Sequence[Trial]) -> Fraction:
        """Return the fraction of a check that is earned."""
        return self.counted(check) * self.own(check, trials)

    def counted(self, check: Check) -> Fraction:
        """Return how much of what a check earns by itself counts.

        A property holds for nearly any function (one that returns zeros changes no input), so all others earn in
        proportion to what the checks of the `earning` weight earned.
        """
        return Fraction(1) if check.demand.weight == self.earning else self._earnt

    @cached_property
    def _earnt(self) -> Fraction:
        weighty = [each for each in self.trials if each[0].demand.weight == self.earning]
        weight = sum((check.share for check, _ in weighty), Fraction(0))
        part = sum((check.share * self.own(check, trials) for check, trials in weighty), Fraction(0))
        return part / weight if weight else Fraction(1)

    @cached_property
    def disclosures(self) -> Mapping[str, Disclosure]:
        """What hidden checks may tell of the structure of what they want, by key; a check not named tells all."""
        from grader.comparison.structure import disclosures

        return disclosures(self.problem.returns, self.trials)

    @cached_property
    def earning(self) -> int:
        """The weight of the checks that earn by themselves; what is worth nothing is not among them."""
        return max((check.demand.weight for check, _ in self.trials if check.share), default=0)

    def own(self, check: Check, trials: Sequence[Trial]) -> Fraction:
        """Return what a check earned by itself; what was not looked at yet costs nothing, rules or efficiency."""
        if not check.demand.drawn:
            broken = self.violations.get(check.key, ())
            return Fraction(0) if broken is None else 1 - kind_of(check).price(len(broken))
        if check.demand.timed and not trials:
            return Fraction(0 if self.timed else 1)
        return _mean([trial.verdict.share for trial in trials])

    def unmeasured(self, check: Check, trials: Sequence[Trial]) -> bool:
        """Return whether a check is of efficiency, and that could not be measured."""
        return self.timed and check.demand.timed and not trials


def judge(
    problems: Sequence[Problem],
    tasks: Sequence[Task],
    got: Sequence[tuple[Outcome, ...]],
    known: Mapping[int, Verdict] = {},
) -> dict[str, Judged]:
    """Judge what came of each task; return the problems' trials by function, in the order of `problems`.

    `known` are verdicts found already, by their tasks' places. Raises RubricError where the reference did not return
    what it must.
    """
    checks = {(problem.function, check.key): (problem, check) for problem in problems for check in problem.checks}
    trials: dict[tuple[str, str], list[Trial]] = {key: [] for key in checks}
    for place, (task, outcomes) in enumerate(zip(tasks, got, strict=True)):
        case = task.case
        problem, check = checks[task.key]
        verdict = known.get(place) or check.demand.judge(check, problem.returns, case, outcomes, task.want)
        trials[task.key].append(Trial(task=task, got=outcomes, verdict=verdict))
    return {
        problem.function: Judged(
            problem=problem,
            trials=tuple((check, tuple(trials[problem.function, check.key])) for check in problem.checks),
        )
        for problem in problems
    }


def _mean(shares: Sequence[Fraction]) -> Fraction:
    return sum(shares, Fraction(0)) / len(shares) if shares else Fraction(0)
