"""What was learnt of known mistakes and of the reference with one submission serves the next."""

import numpy as np

from grader.execution import open_engine
from grader.grading.reference_answers import SMALL, ReferenceAnswers
from grader.model import Returned
from tests.explain.feedback_kit import KNOWN, VARIANTS, Desk


class Counted:
    """A session that gives its arguments' sum and counts its calls."""

    def __init__(self, size=1):
        self.calls, self.size = 0, size

    def call(self, function, arguments):
        self.calls += 1
        return Returned(value=np.full(self.size, float(np.sum(arguments[0]))), arguments=None)


def test_the_reference_is_asked_once_for_the_same_arguments():
    answers, session = ReferenceAnswers(), Counted()
    for one in (np.ones(3), np.ones(3), np.ones((1, 3)), np.zeros(3)):
        answer = answers.answer(session, "f", (one, 2))
        assert answer.value[0] == one.sum()
    assert session.calls == 3
    answers.answer(session, "g", (np.ones(3), 2))
    answers.answer(session, "f", (np.ones(3), 2.0))
    assert session.calls == 5


def test_large_answers_are_not_kept():
    answers, session = ReferenceAnswers(), Counted(SMALL + 1)
    for _ in range(2):
        answers.answer(session, "f", (np.ones(3),))
    assert session.calls == 2
    assert not answers.replies


def test_the_next_submission_is_told_the_same(tmp_path):
    engine = open_engine()
    try:
        desk = Desk(engine, tmp_path)
        wrong = [next(each for each in KNOWN if each.name == "pads_after_only"), VARIANTS[0]]
        first = [desk.problem(one) for one in wrong]
        answers = desk.answers
        kept = len(answers.outcomes), len(answers.replies)
        again = [desk.problem(one) for one in wrong]
    finally:
        engine.close()
    assert kept[0] and (len(answers.outcomes), len(answers.replies)) == kept
    assert [(one.mistake, one.diagnosis) for one in first] == [(one.mistake, one.diagnosis) for one in again]
