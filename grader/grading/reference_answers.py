"""What the author's code answered while one submission was graded, kept in memory for the next ones of a class."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from grader.execution import Session
from grader.grading.variants import called_as
from grader.model import Absent, Case, Mistake, Outcome, Returned, Rubric, Value
from grader.values import element_count, fingerprint

SMALL = 1 << 12
"""Numbers in an outcome that is remembered, at most."""
MOST = 1 << 12
"""Answers remembered at most."""


class ReferenceAnswers:
    """What one rubric's reference and known mistakes answered so far.

    `mistakes` are the author's, as read, by function. `outcomes` are what came of them, by their symbol and the case.
    `replies` are what the reference gave when a diagnosis asked it. `questions` are how many questions a case may ask
    the reference's helpers in a second look.
    """

    def __init__(self) -> None:
        self.mistakes: dict[str, tuple[Mistake, ...]] = {}
        self.outcomes: dict[tuple[str, str, int, int], Outcome] = {}
        self.replies: dict[tuple[object, ...], Outcome] = {}
        self.questions: dict[tuple[object, ...], int] = {}
        self._whole: Callable[..., tuple[Mistake, ...]] = lambda *_: ()

    def read(self, rubric: Rubric, reference: str, functions: Collection[str]) -> list[Mistake]:
        """Return the mistakes of these functions from the rubric's file, if it has one.

        They are read when the first wrong submission needs them. Raises RubricError with their faults.
        """
        new = [function for function in functions if function not in self.mistakes]
        if new and rubric.mistakes:
            from grader.rubric.mistakes import mistakes

            self._whole = partial(mistakes, Path(rubric.mistakes), reference, programs=rubric.programs)
            found = self._whole(new)
            self.mistakes |= {name: tuple(one for one in found if one.function == name) for name in new}
        return [mistake for function in functions for mistake in self.mistakes.get(function, ())]

    def outcome(self, session: Session, mistake: Mistake, case: Case) -> Outcome:
        """Return what comes of a mistake in one case. Raises RubricError if one of those read is no function."""
        place = (mistake.symbol, case.check, case.index, case.seed)
        found = self.outcomes.get(place)
        if found is None:
            found = session.make(called_as(mistake.symbol, case.calls[0]))
            if isinstance(found, Absent):
                self._whole()  # with the check that each mistake is a function, which `read` leaves out
            if _small(found):
                self.outcomes[place] = found
        return found

    def answer(self, session: Session, function: str, arguments: tuple[Value, ...]) -> Outcome:
        """Return what the reference makes of these arguments: those of a case, changed as a slip would."""
        place = (function, fingerprint(arguments))
        found = self.replies.get(place)
        if found is None:
            found = session.call(function, arguments)
            if len(self.replies) < MOST and element_count(arguments) <= SMALL and _small(found):
                self.replies[place] = found
        return found


def _small(outcome: Outcome) -> bool:
    return not isinstance(outcome, Returned) or element_count(outcome.value) <= SMALL
