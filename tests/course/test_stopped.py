"""A run that is stopped or killed: nothing that was finished is lost, the same command goes on, nobody is left over."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from class_kit import course_in

from grader.course.standings import standings
from grader.course.store import Store, journal
from tests.processes import below, of_process, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the processes of a run are looked for in /proc")
COUNT = 40


def started(folder, jobs):
    command = [sys.executable, "-P", "-m", "grader", "class", "run", "handed", "--jobs", jobs, "--lang", "en"]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def finished(folder, jobs):
    """Let the same command go on to its end; return what it said."""
    run = started(folder, jobs)
    out, err = run.communicate(timeout=200)
    assert run.returncode == 0, err
    return out + err


def reports(folder):
    """The reports that are kept: their numbers, and what is in them."""
    store = folder / ".grade" / "class.db"
    if not store.exists():
        return {}
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
        try:
            return dict(connection.execute("SELECT submission, hex(body) FROM reports").fetchall())
        except sqlite3.OperationalError:  # it is being made
            return {}


def gone(processes):
    """Whether all of these have ended."""
    return all((of_process(pid) or (0, ""))[1] != start for pid, (start, _) in processes.items())


@pytest.fixture
def course(tmp_path):
    course_in(tmp_path, COUNT)
    return tmp_path


def whole(folder):
    with Store(folder / ".grade" / "class.db") as store:
        assert journal.faults(store.connection) == []
        return [(one.person.id, one.report.score, one.attempts) for one in standings(store)]


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_kill_9_at_any_moment_loses_nothing_that_was_finished(course, jobs):
    """One after the other: before anything is graded, after the first report, in the middle, near the end."""
    afresh = []
    for enough in (0, 1, COUNT // 2, COUNT - 4):
        before = reports(course)
        run = started(course, jobs)
        if enough:
            until(lambda most=enough, run=run: len(reports(course)) >= most or run.poll() is not None)
        else:
            time.sleep(0.4)
        processes = below(run.pid)
        os.kill(run.pid, signal.SIGKILL)
        run.communicate()
        until(lambda all_of=processes: gone(all_of), 30)
        after = reports(course)
        assert before.items() <= after.items()  # what was finished is there, and is not graded again
        afresh.append(len(after) - len(before))
    kept = reports(course)
    finished(course, jobs)
    assert kept.items() <= reports(course).items()
    assert len(reports(course)) == COUNT and sum(afresh) == len(kept) < COUNT
    found = whole(course)
    assert [each[0] for each in found] == [f"s{number:03}" for number in range(COUNT)]
    assert [each[1] for each in found] == [[5, 3, 2, 2][number % 4] for number in range(COUNT)]
    assert {each[2] for each in found} == {1}
    assert "Nothing new to grade" in finished(course, jobs)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_is_obeyed_at_once_and_says_how_to_go_on(course, jobs):
    """In a terminal all processes of the group get the signal, so they do here."""
    run = started(course, jobs)
    until(lambda: len(reports(course)) >= 3)
    processes = below(run.pid)
    assert processes
    began = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert time.monotonic() - began < 15
    assert run.returncode == 130
    assert "Traceback" not in out + err and "Warning" not in err
    assert "Stopped with Ctrl-C." in err and "same command goes on" in err
    until(lambda: gone(processes), 30)
    kept = reports(course)
    assert 3 <= len(kept) < COUNT
    finished(course, jobs)
    assert kept.items() <= reports(course).items() and len(reports(course)) == COUNT


@pytest.mark.slow
def test_ctrl_c_of_the_parent_alone_ends_all(course):
    run = started(course, "2")
    until(lambda: len(reports(course)) >= 3)
    processes = below(run.pid)
    os.kill(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130 and "Traceback" not in err
    until(lambda: gone(processes), 30)


@pytest.mark.slow
def words_of(pid):
    """Return the command line of a process, nothing of one that has ended: student code comes and goes."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_process_of_the_crew_that_is_killed_loses_nothing(course):
    """Only the main process writes; what was out with the one that died is graded once more."""
    run = started(course, "2")
    until(lambda: len(reports(course)) >= 3)
    crew = [pid for pid in below(run.pid) if b"spawn_main" in words_of(pid)]
    assert len(crew) == 2
    os.kill(crew[0], signal.SIGKILL)
    _, err = run.communicate(timeout=200)
    assert run.returncode == 0, err
    assert len(whole(course)) == COUNT and len(reports(course)) == COUNT
