"""Two processes on one store: one grades at a time, whoever reads goes on, and no decision is overwritten."""

import os
import signal
import subprocess
import sys

import pytest

from grader.course import runs
from tests.course.conftest import RIGHT

HOLDS = """
import os, sys
from pathlib import Path
from grader.course.store.claim import claimed
with claimed(Path(sys.argv[1])):
    child = os.fork()
    if child:
        print(child, flush=True)
    sys.stdin.read()
"""
"""Holds the store, as a run does, with a process that it started, until it is ended."""
posix = pytest.mark.skipif(os.name != "posix", reason="the lock is POSIX's")


@pytest.fixture
def holder(graded):
    """Yield a process that holds the store, and the id of one that it started."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", HOLDS, str(graded.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    child = int(process.stdout.readline())
    yield process
    process.kill()
    os.kill(child, signal.SIGKILL)
    process.communicate()


@posix
@pytest.mark.parametrize(
    "words", [["handed in"], ["regrade"], ["regrade", "--apply"], ["undo", "1"]], ids=lambda words: " ".join(words)
)
def test_what_grades_waits_for_nobody_and_says_who_is_at_work(graded, holder, words):
    graded.hand_in("bob", RIGHT)
    refused = graded.command(*words)
    assert refused.returncode == 2
    assert f"process {holder.pid}, since 20" in refused.stderr
    assert "--shard" in refused.stderr and "Wait until" in refused.stderr
    assert graded.scores() == {"ann": 10, "bob": 6, "cleo": 4}


@posix
@pytest.mark.parametrize(
    "words",
    [["show"], ["show", "bob"], ["verify"], ["diff", "1", "1"], ["export", "--to", "csv=g.csv"],
     ["report", "out", "--no-run"], ["override", "bob", "--points", "7", "--why", "ill"]],
    ids=lambda words: words[0],
)  # fmt: skip
def test_who_reads_or_decides_goes_on_beside_a_run(graded, holder, words):
    done = graded.command(*words)
    assert done.returncode == 0, done.stderr


@posix
def test_a_killed_run_holds_nothing(graded, holder):
    holder.kill()
    holder.wait()
    graded.hand_in("bob", RIGHT)
    graded.run()
    assert graded.scores()["bob"] == 10


@pytest.mark.parametrize(
    "words",
    [["override", "bob", "--points", "9", "--why", "ill"], ["manual", "import", "m.csv"]],
    ids=lambda words: words[0],
)
def test_a_regrade_is_not_applied_over_what_was_decided_since_it_was_counted(graded, monkeypatch, words):
    (graded.folder / "m.csv").write_text("name,item,points\nbob,essay,2\n", "utf-8")
    graded.mend("points: 6", "points: 7")
    own = runs.apply

    def apply(*arguments):
        monkeypatch.setattr(runs, "apply", own)
        assert graded.command(*words).returncode == 0
        own(*arguments)

    monkeypatch.setattr(runs, "apply", apply)
    refused = graded.command("regrade", "--apply", "--jobs", "1")
    assert refused.returncode == 2
    assert "of: bob. Nothing is applied." in refused.stderr and "Give the same command again" in refused.stderr
    before = graded.scores()["bob"]
    assert before in (9, 8) and graded.scores()["ann"] == 10
    assert graded.command("regrade", "--apply", "--jobs", "1").returncode == 0
    assert graded.scores() == {"ann": 11, "bob": 9, "cleo": 4}
    assert graded.command("verify").returncode == 0
