"""What is learnt with one submission and serves the next; it is gone when grading ends."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from grader.execution import Session
from grader.model import Absent, Case, Mistake, Outcome, Returned, Value

SMALL = 1 << 12
"""An outcome with no more numbers than these is remembered for the next submission."""
MOST = 1 << 12
"""Answers remembered at most."""


class Memo:
    """What was learnt with one rubric and its reference so far.

    `mistakes` are the author's, as read, by function; `outcomes` what came of them, by their symbol and the case;
    `answers` what the reference gave when a diagnosis asked it; `questions` how often a case may ask what stands in for
    its helpers.
    """

    def __init__(self) -> None:
        self.mistakes: dict[str, tuple[Mistake, ...]] = {}
        self.outcomes: dict[tuple[str, str, int, int], Outcome] = {}
        self.answers: dict[tuple[object, ...], Outcome] = {}
        self.questions: dict[tuple[object, ...], int] = {}
        self._origin = ("", "")

    def read(self, path: str, reference: str, functions: Collection[str]) -> list[Mistake]:
        """Return the mistakes of these functions from the file at `path`, none for "".

        Right submissions need none of them, so they are read only now. Raises RubricError with their faults.
        """
        new = [function for function in functions if function not in self.mistakes]
        if new and path:
            from grader.rubric.mistakes import mistakes

            self._origin = (path, reference)
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
        from grader.explain.failing import size
        from grader.values import fingerprint

        place = (function, fingerprint(arguments))
        found = self.answers.get(place)
        if found is None:
            found = session.call(function, arguments)
            if len(self.answers) < MOST and size(arguments) <= SMALL and _small(found):
                self.answers[place] = found
        return found

    def _verify(self) -> None:
        """Read the whole file with care: in haste it is taken on trust that each mistake is a function."""
        from grader.rubric.mistakes import mistakes

        path, reference = self._origin
        mistakes(Path(path), reference)


def _small(outcome: Outcome) -> bool:
    from grader.explain.failing import size

    return not isinstance(outcome, Returned) or size(outcome.value) <= SMALL
