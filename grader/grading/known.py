"""Known mistakes: the author's wrong variants, run when the first submission fails and compared with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from grader import comparison
from grader.execution import Session
from grader.grading.judging import Judged, Trial
from grader.model import Absent, Case, Check, Mistake, Outcome, Raised, Returned, Source, Value

SMALL = 1 << 12
"""An outcome with no more numbers than these is remembered for the next submission."""
MOST = 1 << 12
"""Answers remembered at most."""


class Memory(Struct, eq=False):
    """What is known of the author's mistakes so far, so that a class is not told it anew with every submission.

    `mistakes` are those read, by function, from the file and the reference's text that are their `origin`; `outcomes`
    what came of them, by their symbol and the case; `answers` what the reference gave when a diagnosis asked it;
    `questions` how often a case may ask what stands in for its helpers.
    """

    origin: tuple[str, str] = ("", "")
    mistakes: dict[str, tuple[Mistake, ...]] = field(default_factory=dict)
    outcomes: dict[tuple[str, str, int, int], Outcome] = field(default_factory=dict)
    answers: dict[tuple[object, ...], Outcome] = field(default_factory=dict)
    questions: dict[tuple[object, ...], int] = field(default_factory=dict)

    def read(self, path: str, reference: str, functions: Collection[str]) -> list[Mistake]:
        """Return the mistakes of these functions from the file at `path`, none for "".

        Right submissions need none of them, so they are read only now. Raises RubricError with their faults.
        """
        new = [function for function in functions if function not in self.mistakes]
        if new and path:
            from grader.rubric.mistakes import mistakes

            self.origin = (path, reference)
            found = mistakes(Path(path), reference, new)
            self.mistakes |= {name: tuple(one for one in found if one.function == name) for name in new}
        return [mistake for function in functions for mistake in self.mistakes.get(function, ())]

    def outcome(self, session: Session, mistake: Mistake, case: Case) -> Outcome:
        """Return what comes of a mistake in one case. Raises RubricError if one of those read is no function."""
        place = (mistake.symbol, case.check, case.index, case.seed)
        found = self.outcomes.get(place)
        if found is None:
            found = session.call(mistake.symbol, case.calls[0].arguments)
            if isinstance(found, Absent):
                self._verify()
            if _small(found):
                self.outcomes[place] = found
        return found

    def answer(self, session: Session, function: str, arguments: tuple[Value, ...]) -> Outcome:
        """Return what the reference makes of these arguments: those of a case, changed as a slip would."""
        from grader.explain.values import key

        place = (function, key(arguments))
        found = self.answers.get(place)
        if found is None:
            found = session.call(function, arguments)
            if len(self.answers) < MOST and size(arguments) <= SMALL and _small(found):
                self.answers[place] = found
        return found

    def _verify(self) -> None:
        """Read the whole file with care: in haste it is taken on trust that each mistake is a function."""
        from grader.rubric.mistakes import mistakes

        path, reference = self.origin
        mistakes(Path(path), reference)


def _small(outcome: Outcome) -> bool:
    return not isinstance(outcome, Returned) or size(outcome.value) <= SMALL


def size(value: Value) -> int:
    """Return about how many numbers there are in `value`."""
    if isinstance(value, tuple | list):
        return sum(map(size, value))
    if isinstance(value, dict):
        return sum(map(size, value.values()))
    return int(getattr(value, "size", 1))


ENOUGH = 12
"""Failing cases compared at most: a variant that agrees on a dozen drawn cases agrees."""


def recognise(session: Session, mistakes: Sequence[Mistake], judged: Judged, memory: Memory) -> Mistake | None:
    """Return the known mistake that does what the student's function does, if any.

    It gives the student's answer on the failing cases, and on those that pass: who is wrong in fewer cases has made
    another mistake. `session` is on a source made by `beside`: the variants run beside the reference, never beside the
    student's code.
    """
    failing, passing = _telling(judged)
    if not failing:
        return None
    strict = all(isinstance(trial.got[0], Raised) for trial in failing)
    checks = {check.key: check for check, _ in judged.trials}
    tried = [(trial, checks[trial.case.check]) for trial in (*failing[:ENOUGH], *passing)]

    def does(mistake: Mistake) -> bool:
        return all(
            _same(memory.outcome(session, mistake, trial.case), trial.got[0], mistake, check, strict)
            for trial, check in tried
        )

    own = (mistake for mistake in mistakes if mistake.function == judged.problem.function)
    return next(filter(does, own), None)


def beside(source: Source, mistakes: Sequence[Mistake]) -> Source:
    """Return the reference's source with the variants of `mistakes` behind it."""
    return replace(source, text="\n\n\n".join([source.text, *(mistake.text for mistake in mistakes)]))


def _telling(judged: Judged) -> tuple[list[Trial], list[Trial]]:
    """Return the failing and the passing cases that say something: the function gave a value or raised.

    Smallest inputs come first: most variants differ on the first case they are tried on, so it should be the quickest.
    """
    trials = [
        trial
        for check, trials in judged.trials
        for trial in trials
        if check.telling and isinstance(trial.got[0], Returned | Raised)
    ]
    trials.sort(key=lambda trial: size(trial.case.calls[0].arguments))
    return [one for one in trials if one.verdict.share < 1], [one for one in trials if one.verdict.share == 1]


def _same(theirs: Outcome, mine: Outcome, mistake: Mistake, check: Check, strict: bool) -> bool:
    """Return whether the mistake does what the student did; `strict` asks for an exception's words too."""
    if isinstance(mine, Raised) and isinstance(theirs, Raised):
        words = theirs.message.replace(mistake.symbol, mistake.function)
        return mine.type == theirs.type and (not strict or mine.message == words)
    if not isinstance(mine, Returned) or not isinstance(theirs, Returned):
        return False
    return not comparison.differences(mine.value, theirs.value, check.compare)
