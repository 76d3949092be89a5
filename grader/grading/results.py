"""Adds up one function: trials to cases, cases to checks, checks to a problem. Points are exact until shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from msgspec.structs import replace

from grader import submission
from grader.checks.kind import kind_of
from grader.explain import Explanation
from grader.explain.sentences import NEARLY, named, of_outcome, python_name, sentence
from grader.grading.judging import Judged
from grader.grading.status import deciding, headline, status_of_all, status_of_problem, status_of_trial, whereabouts
from grader.language import Inert, Message, inert, listed, plain, say, say_count
from grader.model import (
    Absent,
    CaseResult,
    Check,
    CheckResult,
    Exhibit,
    Mismatch,
    Outcome,
    Part,
    Problem,
    ProblemResult,
    Raised,
    Returned,
    Signature,
    Span,
    Status,
    Stopped,
    Submission,
    Trial,
    Value,
    Violation,
    Withheld,
)
from grader.report.lines import show_place
from grader.report.points import show_points

Full: TypeAlias = "Exhibit | Withheld"

MOST_TOLD = 4
"""Violations that a check's sentence tells; the others are counted."""


def problem_result(judged: Judged, student: Submission, signature: Signature, told: Explanation) -> ProblemResult[Full]:
    """Return one function's result, with what is found about why it fails in `told`."""
    problem = judged.problem
    status: Status = "error" if told.undefined else status_of_problem(judged, student)
    results = _Results(judged, student, signature)
    checks = tuple(results.check(check, trials) for check, trials in judged.trials)
    if status == "not_attempted":  # a stub changes no input, too, and such a check passes without a point
        idle = [bool(check.share) and not judged.fraction(check) for check, _ in judged.trials]
        checks = tuple(replace(check, status=status) if no else check for no, check in zip(idle, checks, strict=True))
    telling = [check.demand.telling for check, _ in judged.trials]
    right = any(result.status == "passed" and tells for result, tells in zip(checks, telling, strict=True))
    if told.more or not right:
        # A check's own hint speaks of its own cases; where everything is wrong the reason is another. And where hints
        # come one at each try, it would tell the last one first. What a public check shows its hint may speak of.
        spoken = not told.more
        checks = tuple(
            check if spoken and check.visibility == "public" else replace(check, hint=None) for check in checks
        )
    failing = [check for check, tells in zip(checks, telling, strict=True) if tells and check.status != "passed"]
    if failing[1:]:  # one cause: a later check's hint speaks of a special case, and that is not the only one that fails
        checks = tuple(replace(check, hint=None) if check in failing[1:] else check for check in checks)
    at, listing = whereabouts(problem.function, status, student)
    return ProblemResult(
        function=problem.function,
        title=problem.title,
        status=status,
        score=judged.earned * problem.points,
        max_score=problem.points,
        bonus=problem.bonus,
        subject=problem.subject,
        message=_undefined(told, problem, student) or headline(judged, status, checks, student),
        diagnosis=told.diagnosis,
        found_at=student.source.span(told.line) if told.line else None,
        mistake=told.mistake,
        checks=checks,
        at=at,
        listing=listing,
        blames=judged.blames,
        hints=told.hints,
        more_hints=told.more,
    )


def _undefined(told: Explanation, problem: Problem, student: Submission) -> Message | None:
    if not told.undefined:
        return None
    refused = submission.refused(told.undefined, student)
    if refused is None and problem.subject == "variable":
        return say("The line that sets it fails: {what}", what=plain(told.undefined))
    return refused or say("Its def line fails: {what}", what=plain(told.undefined))


class _Results:
    """Makes the results of one function's checks and cases."""

    def __init__(self, judged: Judged, student: Submission, signature: Signature) -> None:
        self.judged, self.problem, self.student, self.signature = judged, judged.problem, student, signature

    def check(self, check: Check, trials: Sequence[Trial]) -> CheckResult[Full]:
        """Return one check's result: its points, its cases, and the sentence of the first that is not right."""
        judged, fraction = self.judged, self.judged.fraction(check)
        if not check.demand.drawn:
            return _of_text(judged, check, fraction)
        one = self._timed if check.demand.timed else self._case
        results = tuple(one(check, judged.shorter.get((check.key, trial.case.index), trial)) for trial in trials)
        wrong = next((case for case in results if case.status != "passed"), None)
        unmeasured = judged.unmeasured(check, trials)
        status = status_of_all(judged.passed(check), [each.status for each in results])
        if unmeasured:
            status = "not_attempted"
        return CheckResult(
            name=check.name,
            kind=check.kind,
            visibility=check.visibility,
            status="failed" if status == "partial" and not fraction else status,
            score=fraction * check.share * self.problem.points,
            max_score=check.share * self.problem.points,
            message=wrong.message if wrong else _unmeasured(judged) if unmeasured else None,
            hint=check.hint if wrong else None,
            all_or_nothing=check.all_or_nothing,
            cases=results,
        )

    def _timed(self, check: Check, trial: Trial) -> CaseResult[Full]:
        """Return only whether a timed case was right and quick enough, of a public check too.

        The submission has seen hidden cases by then, so nothing that it printed, raised or returned is told.
        """
        outcome = deciding(trial)
        slow = next((each for each in trial.verdict.mismatches if each.category == "slow"), None)
        late = isinstance(outcome, Stopped) and outcome.reason in ("timeout", "cpu", "unreached")
        said = of_outcome(outcome, self.problem.limits, public=False) if late else None
        if slow is not None:
            said = sentence(slow, public=False, kind=kind_of(check))
        elif trial.verdict.share == 1:
            said = say("Right.")
        return CaseResult(
            index=trial.case.index,
            status="passed" if trial.verdict.share == 1 else "timeout" if late else "failed",
            share=trial.verdict.share,
            category="slow" if slow is not None else "",
            message=said or say("The result is not right here, so its time does not count."),
            exhibit=Withheld(exhibit=self._exhibit(check, trial), seed=trial.case.seed, seconds=_seconds(trial)),
        )

    def _case(self, check: Check, trial: Trial) -> CaseResult[Full]:
        """Return the result of a case that was called; `lent`: with the reference's helpers."""
        public, outcome, status = check.visibility == "public", deciding(trial), status_of_trial(trial)
        if trial.lent == "worse" or (trial.lent and status == "passed"):
            return self._lent(check, trial, status)
        said = None if status == "passed" else self._without_value(trial, public=public)
        mismatch = trial.verdict.mismatches[0] if trial.verdict.mismatches and said is None else None
        told = mismatch if public or mismatch is None else self._veiled(check, trial)
        if said is None:
            said = sentence(told, public=public, kind=kind_of(check)) if told else say("Right.")
        shown = self._exhibit(check, trial)
        return CaseResult(
            index=trial.case.index,
            status=status,
            share=trial.verdict.share,
            category=told.category if told else "",
            output=named(told, public=public) if told else "",
            differing=mismatch.differing if mismatch else 0,
            total=mismatch.total if mismatch else 0,
            magnitude=_magnitude(mismatch.worst_relative) if mismatch else None,
            error=python_name(outcome.type) if isinstance(outcome, Raised) else "",
            at=self._at(shown, outcome, trial, public=public),
            message=said,
            exhibit=shown if public else Withheld(exhibit=shown, seed=trial.case.seed, seconds=_seconds(trial)),
        )

    def _lent(self, check: Check, trial: Trial, status: Status) -> CaseResult[Full]:
        """Return the result of a case that was decided with the reference's helpers; its outcome is not shown."""
        call = trial.case.calls[0]
        shown = Exhibit(
            inputs=call.inputs(self.signature.parameters),
            want=_wanted(check, trial),
            got=None,
            returned=False,
            stdout=inert(""),
            error=inert(""),
        )
        right = say("Right with right helpers.")
        return CaseResult(
            index=trial.case.index,
            status=status,
            share=trial.verdict.share,
            message=right if status == "passed" else say("Worse with right helpers than with your own."),
            exhibit=shown
            if check.visibility == "public"
            else Withheld(exhibit=shown, seed=trial.case.seed, seconds=0.0),
        )

    def _veiled(self, check: Check, trial: Trial) -> Mismatch:
        """Return as much of the mismatch as a hidden case may tell."""
        from grader.comparison.structure import veiled

        return veiled(trial.verdict.mismatches, self.judged.disclosures.get(check.key, "all"), self.problem.returns)

    def _without_value(self, trial: Trial, *, public: bool) -> Message | None:
        """Return the sentence for a case that gave no value."""
        outcome = deciding(trial)
        if isinstance(outcome, Absent) and not outcome.found and self.problem.function in self.student.symbols:
            if self.problem.subject == "variable":
                return say("It has no value, because the line that sets it failed.")
            return say("It was not called, because its def line failed.")
        if isinstance(outcome, Stopped) and outcome.samples:
            return self._endless(outcome, trial, public=public)
        if isinstance(outcome, Stopped) and outcome.reason == "exit" and (line := self._exit(trial)):
            return say("Line {line} ends the whole program; the function must return instead.", line=line.line)
        if not isinstance(outcome, Raised):
            return of_outcome(outcome, self.problem.limits, public=public)
        from grader.explain.raised import of_raised

        return of_raised(outcome, self.student, trial, self.signature, public=public)

    def _exit(self, trial: Trial) -> Span | None:
        """Return the line of the function that ended the program, if there is only one that it can have been."""
        from grader.explain.endless import line_of_exit

        line = line_of_exit(self.student, trial.case.function)
        return self.student.source.span(line) if line else None

    def _endless(self, outcome: Stopped, trial: Trial, *, public: bool) -> Message | None:
        """Return the sentence for a call that had to be stopped, with the line where it was."""
        from grader.explain.endless import sentence

        limits, function = self.problem.limits, trial.case.function
        late = outcome.reason == "timeout" and outcome.seconds < NEARLY * limits.seconds
        said = None if late else sentence(outcome, self.student, function, limits, public=public)
        return said or of_outcome(outcome, limits, public=public)

    def _at(self, shown: Exhibit, outcome: Outcome, trial: Trial, *, public: bool) -> Span | None:
        """Return the student's own line that raised, or that did not end, as far as it may be told."""
        if isinstance(outcome, Stopped) and outcome.samples and trial.verdict.share != 1:
            from grader.explain.endless import line_of

            line = line_of(outcome, self.student, trial.case.function, public=public)
            return self.student.source.span(line) if line else None
        if isinstance(outcome, Stopped) and outcome.reason == "exit" and trial.verdict.share != 1:
            return self._exit(trial)
        if public or not isinstance(outcome, Raised) or trial.verdict.share == 1:
            return shown.frames[-1][0] if public and shown.frames else None
        from grader.explain.scene import visible_frames

        own = visible_frames(outcome, self.student, trial.case.function, public=False)
        return self.student.source.span(own[-1].line) if own else None

    def _exhibit(self, check: Check, trial: Trial) -> Exhibit:
        """Return all that may be shown of the case; values are as they crossed the wire, texts are inert."""
        outcome, want = deciding(trial), _wanted(check, trial)
        got, said = outcome.value if isinstance(outcome, Returned) else None, None
        if check.demand.compares and check.compare.free and isinstance(outcome, Returned) and want is not None:
            from grader.checks.compared import nearest, spoken

            both = nearest(check, self.problem.returns, trial.case, got, want)
            got, want, said = both.got, both.want, spoken(check.compare)
        call = trial.case.calls[min(trial.verdict.call, len(trial.case.calls) - 1)]
        return Exhibit(
            inputs=call.inputs(self.signature.parameters),
            want=want,
            got=got,
            returned=isinstance(outcome, Returned),
            compared=said,
            mismatches=trial.verdict.mismatches,
            steps=kind_of(check).told(check, trial) if trial.verdict.share < 1 else (),
            handout=_shown(check, self.problem.returns, trial, outcome),
            stdout=inert(getattr(outcome, "stdout", ""), 2000, lines=True),
            error=_error(outcome),
            frames=frames(outcome, self.student),
        )


def _unmeasured(judged: Judged) -> Message:
    if not judged.blames or not judged.earned:
        return say("Not measured: it must be right first.")
    return say(
        "Not measured: with a right {helpers} in place of yours it is not quick enough; mend {helpers} first.",
        helpers=listed(judged.blames),
    )


def _wanted(check: Check, trial: Trial) -> Value:
    return _reference_value(trial) if check.demand.compares or check.demand.pictured else None


def _reference_value(trial: Trial) -> Value:
    return trial.want[0].value if trial.want and isinstance(trial.want[0], Returned) else None


def frames(outcome: object, student: Submission) -> tuple[tuple[Span, Inert], ...]:
    """Return the student's own lines of a traceback, innermost last, each with its text.

    A line that the file does not have is left out.
    """
    if not isinstance(outcome, Raised):
        return ()
    lines = submission.lines(student)
    return tuple(
        (student.source.span(frame.line), inert(lines[frame.line - 1], 200))
        for frame in outcome.frames
        if 0 < frame.line <= len(lines)
    )


def _error(outcome: object) -> Inert:
    if isinstance(outcome, Raised):
        return inert(" ".join(f"{outcome.type}: {outcome.message}".split()) if outcome.message else outcome.type)
    return inert(outcome.detail) if isinstance(outcome, Stopped) else Inert("")


def _shown(check: Check, returns: tuple[Part, ...], trial: Trial, outcome: object) -> tuple[tuple[str, str, str], ...]:
    if trial.verdict.share == 1:
        return ()
    kind = kind_of(check)
    expected = kind.labelled(returns, trial.case, _reference_value(trial))
    if not isinstance(outcome, Returned):
        return tuple((label, text, "") for label, text in expected)
    mine = kind.labelled(returns, trial.case, outcome.value)
    return tuple(
        (label, text, str(inert(other, 2000, lines=True)))
        for (label, text), (_, other) in zip(expected, mine, strict=True)
    )


def _seconds(trial: Trial) -> float:
    return sum(outcome.seconds for outcome in trial.got if not isinstance(outcome, Absent))


def _magnitude(relative: float) -> int | None:
    """Return the power of ten of a relative error: coarse, so that the expected value cannot be worked out from it."""
    return math.floor(math.log10(relative)) if 0 < relative < math.inf else None


def _of_text(judged: Judged, check: Check, fraction: Fraction) -> CheckResult[Full]:
    """Return the result of a check of the student's text: a case for each violation, with its line and its price."""
    found = judged.violations.get(check.key, ())
    results = tuple(_violation(judged, check, number, each) for number, each in enumerate(found or ()))
    passed = judged.passed(check)
    return CheckResult(
        name=check.name,
        kind=check.kind,
        visibility=check.visibility,
        status="not_attempted" if found is None else "passed" if passed == 1 else "partial" if fraction else "failed",
        score=fraction * check.share * judged.problem.points,
        max_score=check.share * judged.problem.points,
        message=_together([result.message for result in results]),
        hint=check.hint if results else None,
        all_or_nothing=check.all_or_nothing,
        cases=results,
    )


def _violation(judged: Judged, check: Check, number: int, found: Violation) -> CaseResult[Full]:
    kind = kind_of(check)
    if check.penalty is not None:
        price = check.penalty.of(number + 1) - check.penalty.of(number)
    else:
        part = kind.price(number + 1) - kind.price(number)
        price = part * check.share * judged.problem.points * judged.proportion(check)
    place, what = show_place(found.at), found.message
    message = say("{place}: {what}.", place=place, what=what)
    if price:
        message = say("{place}: {what} (−{points} points).", place=place, what=what, points=show_points(price))
    return CaseResult(index=number, status="failed", share=Fraction(0), at=found.at, message=message)


def _together(messages: list[Message]) -> Message | None:
    """Return the sentences as one, the first ones whole."""
    if not messages:
        return None
    whole = messages[0]
    for message in messages[1:MOST_TOLD]:
        whole = say("{first} {then}", first=whole, then=message)
    more = len(messages) - MOST_TOLD
    if more > 0:
        whole = say("{first} {then}", first=whole, then=say_count("… and {count} more", "… and {count} more", more))
    return whole
