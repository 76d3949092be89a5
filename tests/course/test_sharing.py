"""Chunks are shared out in a window; whoever kills is found, alone, and everybody gets exactly one report."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.grading import GradedWork, GradingJob
from grader.course.sharing import shared
from grader.errors import EngineError, Fault, RubricError, Span, UsageError
from grader.language import say


def report(job):
    return GradedWork(
        submission=job.submission, variant="", frame=job.killed.encode(), pieces=(), loading=None, bodies={},
        graded=not job.killed, afresh=1,
    )  # fmt: skip


class Fakes:
    """Hands that die at some submissions; with `together`, all that is out dies, as in a local pool."""

    def __init__(self, killers, room, together, once=()):
        self.killers, self.room, self.together, self.once = set(killers), room, together, set(once)
        self.out, self.most = [], 0

    def give(self, chunk):
        self.out.append(chunk)
        self.most = max(self.most, len(self.out))

    def taken(self):
        assert self.out
        dead = [chunk for chunk in self.out if self._kills(chunk)]
        came = self.out if self.together or not dead else [self.out[0]]
        came, self.out = [*came], [chunk for chunk in self.out if chunk not in came]
        for chunk in came:
            died = bool(dead) if self.together else chunk in dead
            yield chunk, None if died else [report(job) for job in chunk]
        for chunk in dead if self.together else [each for each in came if each in dead]:
            self.once -= {job.submission for job in chunk}

    def _kills(self, chunk):
        return any(job.submission in self.killers | self.once for job in chunk)

    def close(self):
        self.out.clear()


def run(count, fakes, size):
    jobs = (GradingJob(submission=number) for number in range(count))
    return list(shared(jobs, fakes, size=size, alone=lambda alone: map(report, alone)))


@given(
    count=st.integers(0, 120),
    killers=st.sets(st.integers(0, 119), max_size=3),
    once=st.sets(st.integers(0, 119), max_size=3),
    room=st.integers(1, 5),
    size=st.sampled_from([1, 2, 7, 50]),
    together=st.booleans(),
)
def test_everybody_has_one_report_and_only_who_kills_is_not_graded(count, killers, once, room, size, together):
    fakes = Fakes(killers, room, together, once - killers)
    found = run(count, fakes, size)
    assert sorted(each.submission for each in found) == list(range(count))
    assert {each.submission for each in found if not each.graded} == {each for each in killers if each < count}
    assert fakes.most <= room


def test_what_kills_is_not_graded_and_says_so():
    (found,) = [each for each in run(100, Fakes({17}, 4, False), 50) if not each.graded]
    assert found.submission == 17


def test_no_more_is_read_than_is_out():
    """Memory does not grow with the class."""
    read = []

    def jobs():
        for number in range(1000):
            read.append(number)
            yield GradingJob(submission=number)

    came = shared(jobs(), Fakes((), 3, False), size=10, alone=lambda alone: map(report, alone))
    next(came)
    assert len(read) == 30


def test_where_everything_kills_the_machine_is_at_fault():
    with pytest.raises(EngineError, match="died 21 times in a row"):
        run(1000, Fakes(range(1000), 4, False), 50)
    with pytest.raises(EngineError, match="times in a row"):
        run(1000, Fakes(range(1000), 4, True), 1)


@pytest.mark.parametrize(
    "error",
    [
        UsageError(say("no {what}", what="way"), say("there")),
        RubricError([Fault(at=Span(path="a", line=2), message=say("wrong"))]),
    ],
)
def test_an_error_of_another_process_arrives_whole(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and str(again) == str(error)
    assert (again.message, again.hint) == (error.message, error.hint)
    assert getattr(again, "faults", None) == getattr(error, "faults", None)
