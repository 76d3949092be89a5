"""Reading takes a bounded time, and what takes longer is the file's fault, not ours."""

import signal

import pytest

from grader import submission
from grader.errors import SubmissionError
from grader.submission import costs, syntax

SLIPS = "def f(x):\n    y = “x\n    return y\n\n" * 5500


def test_a_file_that_takes_too_long_cannot_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(costs, "SECONDS", 0.05)
    monkeypatch.setattr(syntax, "MOST_HOLES", len(SLIPS))
    (tmp_path / "s.py").write_text(SLIPS, "utf-8")
    with pytest.raises(SubmissionError, match="takes too long"):
        submission.load(tmp_path / "s.py", ["f"])
    (tmp_path / "s.py").write_text("def f(x):\n    return x\n", "utf-8")
    assert "f" in submission.load(tmp_path / "s.py", ["f"]).symbols


@pytest.mark.parametrize("instead", [None, SystemError, ValueError])
def test_it_is_out_whatever_became_of_the_exception(instead):
    """A finalizer swallows it; where Python's own parser runs it becomes a SystemError."""
    with pytest.raises(costs.TookTooLong), costs.bounded(0.02):
        try:
            while True:
                pass
        except costs.TookTooLong:
            if instead:
                raise instead from None


def test_other_exceptions_pass():
    with pytest.raises(ValueError, match="mine"), costs.bounded(5):
        raise ValueError("mine")


def test_the_timer_is_put_back(tmp_path):
    before = signal.getsignal(signal.SIGPROF)
    (tmp_path / "s.py").write_text("def f(x):\n    return x\n", "utf-8")
    submission.load(tmp_path / "s.py", ["f"])
    assert signal.getsignal(signal.SIGPROF) == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
