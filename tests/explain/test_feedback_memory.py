"""What was learnt of known mistakes and of the reference with one submission serves the next."""

import numpy as np

from grader.execution import open_engine
from grader.grading.memo import SMALL, Memo
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
    memo, session = Memo(), Counted()
    for one in (np.ones(3), np.ones(3), np.ones((1, 3)), np.zeros(3)):
        answer = memo.answer(session, "f", (one, 2))
        assert answer.value[0] == one.sum()
    assert session.calls == 3
    memo.answer(session, "g", (np.ones(3), 2))
    memo.answer(session, "f", (np.ones(3), 2.0))
    assert session.calls == 5


def test_large_answers_are_not_kept():
    memo, session = Memo(), Counted(SMALL + 1)
    for _ in range(2):
        memo.answer(session, "f", (np.ones(3),))
    assert session.calls == 2
    assert not memo.answers


def test_the_next_submission_is_told_the_same(tmp_path):
    engine = open_engine()
    try:
        desk = Desk(engine, tmp_path)
        wrong = [next(each for each in KNOWN if each.name == "pads_after_only"), VARIANTS[0]]
        first = [desk.problem(one) for one in wrong]
        memo = desk.memo
        kept = len(memo.outcomes), len(memo.answers)
        again = [desk.problem(one) for one in wrong]
    finally:
        engine.close()
    assert kept[0] and (len(memo.outcomes), len(memo.answers)) == kept
    assert [(one.mistake, one.diagnosis) for one in first] == [(one.mistake, one.diagnosis) for one in again]
