"""What the author's code answered while one submission was graded, kept in memory for the next ones of a class."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path

from grader.execution import Session, StandIn, Wait
from grader.grading.variants import called_as
from grader.model import Absent, Case, Mistake, Outcome, Raised, Returned, Rubric, Value
from grader.values import element_count, fingerprint

SMALL = 1 << 12
"""Numbers in an outcome that is remembered, at most."""
MOST = 1 << 12
"""Answers remembered at most."""
STEPS = 1 << 14
"""Questions of second looks remembered at most: the shipped assignment's largest function asks 2,000."""


class Transcript:
    """What the reference's helpers were asked, one question after the other, and what they answered.

    A helper may remember what it was asked. So an answer is known only where all questions before it were the same.
    """

    def __init__(self) -> None:
        self.outcome: Outcome | None = None
        self.then: dict[tuple[object, ...], Transcript] = {}


class ReferenceAnswers:
    """What one rubric's reference and known mistakes answered so far.

    `mistakes` are the author's, as read, by function. `outcomes` are what came of them, by their symbol and the case.
    `replies` are what the reference gave when a diagnosis asked it. `questions` are how many questions a case may ask
    the reference's helpers in a second look, and `asked` what each function asked them there.
    """

    def __init__(self) -> None:
        self.mistakes: dict[str, tuple[Mistake, ...]] = {}
        self.outcomes: dict[tuple[str, str, int, int], Outcome] = {}
        self.replies: dict[tuple[object, ...], Outcome] = {}
        self.questions: dict[tuple[object, ...], int] = {}
        self.asked: dict[tuple[str, tuple[str, ...]], Transcript] = {}
        self._steps = 0
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

    def remembered(self, answer: StandIn, asker: str, helpers: tuple[str, ...]) -> StandIn:
        """Return what answers as `answer` does, a session's of its own, from what earlier submissions asked.

        When the first question comes that none of them asked, those before it are asked in the session, too.
        """
        at = self.asked.setdefault((asker, helpers), Transcript())
        waiting: list[tuple[str, str, tuple[Value, ...], Mapping[str, Value]]] = []

        def ask(asker: str, helper: str, arguments: tuple[Value, ...], given: Mapping[str, Value]) -> Wait[Outcome]:
            nonlocal at
            at = self._step(at, (helper, fingerprint(arguments), fingerprint(dict(given))), arguments)
            here = at
            if here.outcome is not None:
                waiting.append((asker, helper, arguments, given))
                return here.outcome
            while waiting:
                yield from answer(*waiting.pop(0))
            came = yield from answer(asker, helper, arguments, given)
            if isinstance(came, Raised) or (isinstance(came, Returned) and _small(came)):
                here.outcome = came
            return came

        return ask

    def _step(self, at: Transcript, question: tuple[object, ...], arguments: tuple[Value, ...]) -> Transcript:
        """Return what follows `at` with this question; it is not remembered where that would take too much memory."""
        found = at.then.get(question)
        if found is None:
            found = Transcript()
            if self._steps < STEPS and element_count(arguments) <= SMALL:
                self._steps += 1
                at.then[question] = found
        return found


def _small(outcome: Outcome) -> bool:
    return not isinstance(outcome, Returned) or element_count(outcome.value) <= SMALL
