"""Judges what came of the tasks, and what the student's text breaks, function by function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from grader.checks.kind import kind_of
from grader.comparison.values import fitted
from grader.model import Check, Outcome, Problem, Rubric, Stopped, Submission, Task, Trial, Verdict, Violation

if TYPE_CHECKING:
    from grader.comparison.structure import Disclosure


class Judged(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """All trials of one problem, check by check, in the rubric's order.

    `blames` are the student's helpers that had to be replaced by the reference's for these points. `violations` are
    what each check of the student's text found, by the check's key; `None` where there is no such text. `timed` says
    that the checks that are timed have been: one without trials then could not be measured. What is `unwritten` is
    still a stub, and what its given lines do right earns nothing. `shorter` are what is shown in place of failing
    trials, by their check's key and their index.
    """

    problem: Problem
    trials: tuple[tuple[Check, tuple[Trial, ...]], ...]
    blames: tuple[str, ...] = ()
    violations: Mapping[str, tuple[Violation, ...] | None] = {}
    timed: bool = False
    unwritten: bool = False
    shorter: Mapping[tuple[str, int], Trial] = {}

    @cached_property
    def earned(self) -> Fraction:
        """The fraction of the problem's points earned, from 0 to 1, exact."""
        return sum((check.share * self.fraction(check) for check, _ in self.trials), Fraction(0))

    def fraction(self, check: Check) -> Fraction:
        """Return the fraction of a check's points that is earned, from 0 to 1."""
        return Fraction(0) if self.unwritten else self.proportion(check) * self.passed(check)

    def proportion(self, check: Check) -> Fraction:
        """Return how much of what passes in a check is earned.

        A property holds for nearly any function (one that returns zeros changes no input). So the checks of the
        `top_weight` earn by themselves, and all others in proportion to what these earned together.
        """
        return Fraction(1) if check.demand.weight == self.top_weight else self._top_earned

    @cached_property
    def _top_earned(self) -> Fraction:
        top = [each for each in self.trials if each[0].demand.weight == self.top_weight]
        weight = sum((check.share for check, _ in top), Fraction(0))
        part = sum((check.share * self.passed(check) for check, _ in top), Fraction(0))
        return part / weight if weight else Fraction(1)

    @cached_property
    def disclosures(self) -> Mapping[str, Disclosure]:
        """What hidden checks may tell of the structure of what they want, by key; a check not named tells all."""
        from grader.comparison.structure import disclosures

        return disclosures(self.problem.returns, self.trials)

    @cached_property
    def top_weight(self) -> int:
        """The greatest weight of the problem's checks that are worth something."""
        return max((check.demand.weight for check, _ in self.trials if check.share), default=0)

    def passed(self, check: Check) -> Fraction:
        """Return how much of a check passes, from 0 to 1; all of one that was not held or timed yet.

        Of a check that is all or nothing, a part is nothing.
        """
        return self._passed[check.key]

    @cached_property
    def _passed(self) -> Mapping[str, Fraction]:
        parts = {check.key: (check, self._part(check, trials)) for check, trials in self.trials}
        return {key: Fraction(0) if check.all_or_nothing and part < 1 else part for key, (check, part) in parts.items()}

    def _part(self, check: Check, trials: Sequence[Trial]) -> Fraction:
        if not check.demand.drawn:
            found = self.violations.get(check.key, ())
            return Fraction(0) if found is None else 1 - kind_of(check).price(len(found))
        if check.demand.timed and not trials:
            return Fraction(0 if self.timed else 1)
        return check.demand.passed(check, self.problem.returns, trials)

    @property
    def is_right(self) -> bool:
        """Whether all points are earned, and no check takes any off."""
        priced = (self.passed(check) for check, _ in self.trials if check.penalty is not None)
        return self.earned == 1 and all(part == 1 for part in priced)

    def unmeasured(self, check: Check, trials: Sequence[Trial]) -> bool:
        """Return whether a check is timed, and could not be measured."""
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
        verdict = known.get(place) or check.demand.judge(
            fitted(check, task), problem.returns, case, outcomes, task.want
        )
        trials[task.key].append(Trial(task=task, got=outcomes, verdict=verdict))
    _excuse(trials)
    return {
        problem.function: Judged(
            problem=problem,
            trials=tuple((check, tuple(trials[problem.function, check.key])) for check in problem.checks),
        )
        for problem in problems
    }


def _excuse(trials: Mapping[tuple[str, str], list[Trial]]) -> None:
    """Give full marks where a call was stopped among calls of a function that is stopped in cases of its own, too.

    That function loses points there; one mistake costs points once.
    """
    endless = {name for (name, _), each in trials.items() for trial in each if not _among(trial) and _is_stopped(trial)}
    for each in trials.values():
        for place, trial in enumerate(each):
            if _among(trial) & endless and _is_stopped(trial) and not isinstance(trial.got[0], Stopped):
                each[place] = replace(trial, verdict=Verdict(share=Fraction(1)))


def _among(trial: Trial) -> set[str]:
    """Return the other functions that a case calls around its own."""
    return {name for call in trial.case.calls for name, _ in call.beside if name != call.function}


def _is_stopped(trial: Trial) -> bool:
    return any(isinstance(outcome, Stopped) and outcome.reason != "unreached" for outcome in trial.got)


def with_violations(judged: Mapping[str, Judged], student: Submission, rubric: Rubric) -> dict[str, Judged]:
    """Return the functions with checks of the student's text, such as rules, with the violations found in it."""
    ruled = {name: [check for check, _ in one.trials if not check.demand.drawn] for name, one in judged.items()}
    if not any(ruled.values()):
        return {}
    from grader.submission.costs import TimeLeft

    time_left = TimeLeft()
    graded = [problem.function for problem in rubric.problems]
    return {
        name: replace(
            judged[name],
            violations={check.key: kind_of(check).violations(student, name, graded, time_left) for check in checks},
        )
        for name, checks in ruled.items()
        if checks
    }
