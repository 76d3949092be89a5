"""The smallest part of a failing case that still fails, for what a report shows of it.

Steps are left out in ever smaller blocks as long as the case still fails in the same way (A. Zeller and R. Hildebrandt,
Simplifying and isolating failure-inducing input, IEEE TSE 28, 2002). The student's code and the reference run each try
in workers of their own, and only public cases are looked at.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from grader.checks.kind import kind_of
from grader.execution import Engine, Session
from grader.grading.judging import Judged
from grader.grading.prepared import Prepared
from grader.model import Check, Returned, Submission, Trial

MOST = 3
"""Failing cases of a check that are looked at: a report shows the first."""
TRIES, SECONDS = 300, 1.0
"""Tries, and seconds, for one function's cases."""


def shortened(
    prepared: Prepared, student: Submission, engine: Engine, judged: Mapping[str, Judged]
) -> dict[str, Judged]:
    """Return the problems with failing public cases of several steps, with the smallest trials that still fail."""
    found: dict[str, Judged] = {}
    for name, one in judged.items():
        wrong = [(check, trial) for check, trials in one.trials for trial in _failing(check, trials)]
        if not wrong or prepared.plan.expected is not None:  # a kit has no reference to ask
            continue
        limits = prepared.limits[name]
        with (
            engine.session(student.source, limits) as theirs,
            engine.session(prepared.plan.reference.source, limits) as ours,
        ):
            search = _Search(one, theirs, ours)
            shorter = {(check.key, trial.case.index): search.least(check, trial) for check, trial in wrong}
            found[name] = replace(one, shorter=shorter)
    return found


def _failing(check: Check, trials: Sequence[Trial]) -> Sequence[Trial]:
    """Return the first trials of a public check that can be made shorter."""
    if check.visibility != "public" or not check.demand.drawn:
        return ()
    kind = kind_of(check)
    return [
        trial
        for trial in trials
        if trial.verdict.mismatches and isinstance(trial.got[0], Returned) and kind.steps_in(trial.case) > 0
    ][:MOST]


class _Search:
    """Looks for smaller cases of one problem, in sessions of the student's code and the reference."""

    def __init__(self, judged: Judged, student: Session, reference: Session) -> None:
        self._returns = judged.problem.returns
        self._student, self._reference = student, reference
        self._left, self._until = TRIES, time.monotonic() + SECONDS

    def least(self, check: Check, trial: Trial) -> Trial:
        """Return the smallest trial found that fails as this one does."""
        kept, best = list(range(kind_of(check).steps_in(trial.case))), trial
        size = len(kept)
        while size:
            for start in range(0, len(kept), size):
                fewer = kept[:start] + kept[start + size :]
                smaller = self._tried(check, trial, fewer)
                if smaller is not None:
                    kept, best = fewer, smaller
                    break
            else:
                size //= 2
            size = min(size, len(kept))
        return best

    def _tried(self, check: Check, trial: Trial, kept: Sequence[int]) -> Trial | None:
        """Return the trial of these steps alone, if it fails in the same output and asks for nothing else."""
        if not self._left or time.monotonic() > self._until:
            return None
        self._left -= 1
        kind = kind_of(check)
        case = kind.shorter(trial.case, kept)
        want = self._reference.make(case.truth[0])
        if not kind.fair(trial.case, case, trial.want[0], want):
            return None
        got = self._student.make(case.calls[0])
        verdict = check.demand.judge(check, self._returns, case, [got], [want])
        if not verdict.mismatches or verdict.mismatches[0].output != trial.verdict.mismatches[0].output:
            return None
        shown = replace(verdict, share=trial.verdict.share, by_part=trial.verdict.by_part)
        return Trial(task=replace(trial.task, case=case, want=(want,)), got=(got,), verdict=shown)
