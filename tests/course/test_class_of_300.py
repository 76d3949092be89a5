"""A class of 300 on the shipped assignment, in every naming at once, from the first run to the last undo.

The tests are one story, in the order of the file. The submissions are those of the corpus and of the implementations.
"""

import csv
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.course.standings import standings
from grader.report import FILES, FORMATS, format_of
from tests.course import namings
from tests.course.conftest import Class
from tests.report.platform_readers import READERS, RUNNER

ROOT = Path(__file__).parents[2]
PEOPLE = 300
"""Who handed in a work of the corpus; others of the class are named below."""
BROKEN, PARTNER, ABSENT = "broken", "partner", ("absent1", "absent2")
EVERYBODY = PEOPLE + 4
FILLED = {
    "moodle": lambda path, people, title, most: namings.moodle_worksheet(path, people, most=most),
    "moodle-feedback": lambda path, people, title, most: namings.moodle_worksheet(path, people, most=most),
    "canvas": lambda path, people, title, most: namings.canvas_gradebook(path, people, title=title, most=most),
}
"""What platforms give out to be filled in."""
pytestmark = pytest.mark.slow
START = datetime(2026, 10, 9, 8, 0, tzinfo=UTC)
DEADLINE = "2026-10-09 16:30 +08:00"
"""Half an hour after the first hand-in of each naming: they come a minute apart."""


def works():
    """The texts of everything that single people may have handed in."""
    corpus = sorted((ROOT / "tests" / "corpus").glob("*/submission.py"))
    return [file.read_bytes() for file in corpus[::4]]


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """The class, laid out as six platforms would export it, with a roster of everybody."""
    folder = tmp_path_factory.mktemp("class")
    shutil.copy(ROOT / "grading.yaml", folder)
    for name in ("assignment", "solutions"):
        shutil.copytree(ROOT / name, folder / name)
    texts = works()
    people = {f"s{number:03}": {"cnn.py": texts[number % len(texts)]} for number in range(PEOPLE)}
    parts = [dict(list(people.items())[start::6]) for start in range(6)]
    exports = folder / "exports"
    namings.make_plain(exports / "plain", parts[0] | {BROKEN: {"cnn.py": b"\0\0"}})
    namings.zipped(namings.make_canvas(exports / "canvas files", parts[1]), exports / "submissions.zip")
    shutil.rmtree(exports / "canvas files")
    namings.make_moodle(exports / "moodle", parts[2])
    namings.make_gradescope(exports / "gradescope", parts[3], groups={min(parts[3]): [PARTNER]}, at=START)
    namings.make_nbgrader(exports / "nbgrader", parts[4], at=START)
    namings.make_git(exports / "git", parts[5], at=START)
    rows = ["id,name,email,section,canvas,moodle,github,number"]
    for person in [*people, BROKEN, PARTNER, *ABSENT]:
        number = namings.number(person)
        rows.append(f"{person},{person} Person,{person}@uni.edu,A,{number},{number},{person},{number}")
    (folder / "roster.csv").write_text("\n".join(rows) + "\n", "utf-8")
    found = Class.__new__(Class)
    found.folder = folder
    return found


def run_words():
    parts = ("plain", "submissions.zip", "moodle", "gradescope", "nbgrader/submitted", "git")
    return [*(f"exports/{part}" for part in parts), "--roster", "roster.csv", "--jobs", "2", "--lang", "en"]


def reports(story):
    connection = sqlite3.connect(f"file:{story.path}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT count(*) FROM reports").fetchone()[0]
    except sqlite3.OperationalError:  # not there yet
        return 0
    finally:
        connection.close()


def test_a_run_that_is_killed_keeps_what_was_finished(story):
    command = [sys.executable, "-P", "-m", "grader", "class", *run_words()]
    run = subprocess.Popen(command, cwd=story.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while time.monotonic() < until and (not story.path.exists() or reports(story) < 10):
        time.sleep(0.1)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert reports(story) >= 10


def test_the_same_command_goes_on(story):
    before = reports(story)
    command = [sys.executable, "-P", "-m", "grader", "class", *run_words()]
    done = subprocess.run(command, cwd=story.folder, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode in (0, 1), done.stderr
    assert f" of {EVERYBODY} people are graded.\n" in done.stdout
    assert f"Handed in nothing: {', '.join(ABSENT)}\n" in done.stdout
    assert f"cannot be graded: {BROKEN}" in done.stdout
    assert reports(story) > before
    scores = story.scores()
    assert len(scores) == EVERYBODY
    assert [person for person, score in scores.items() if score is None] == [*ABSENT]


def test_with_nothing_new_nothing_is_graded(story):
    before = story.scores()
    assert "Nothing new to grade" in story.command(*run_words()).stdout
    assert story.scores() == before


def test_a_mended_rubric_is_shown_with_its_causes(story):
    before = story.scores()
    story.mend("total: 100 ", "total: 105 ")
    story.mend(
        "  conv_single_step:\n    title: {zh: 单步卷积, en: One convolution step}\n    points: 15",
        "  conv_single_step:\n    title: {zh: 单步卷积, en: One convolution step}\n    points: 20",
    )
    told = story.command("regrade", "--jobs", "2", "--lang", "en", "--csv", "changes.csv").stdout
    assert "+5 conv_single_step: worth 20, before 15 (rubric)" in told
    rows = list(csv.DictReader((story.folder / "changes.csv").open(encoding="utf-8")))
    assert len({row["student"] for row in rows}) > PEOPLE / 3
    assert {row["of"] for row in rows} == {"conv_single_step"}
    assert story.scores() == before


def test_it_is_applied(story):
    before = story.scores()
    done = story.command("regrade", "--apply", "--jobs", "2", "--lang", "en")
    assert "is applied" in done.stdout, done.stderr
    after = story.scores()
    assert {after[person] - before[person] for person in before if before[person] is not None} <= {0, 5}


def test_an_override_stays(story):
    scores = story.scores()
    person = min((score, person) for person, score in scores.items() if score is not None and person != BROKEN)[1]
    story.command("override", person, "--points", "88", "--why", "was ill", "--who", "prof")
    story.command("regrade", "--apply", "--jobs", "1")
    assert story.scores()[person] == 88


def test_a_late_policy_is_arithmetic_in_each_report(story):
    before = story.scores()
    text = (story.folder / "grading.yaml").read_text("utf-8")
    story.rubric(f"{text}\npolicies:\n  deadline: {DEADLINE}\n  late: {{each: 1 day, take: 20%}}\n")
    story.command("regrade", "--apply", "--jobs", "1", "--lang", "en")
    after = story.scores()
    late = [person for person in before if before[person] is not None and after[person] != before[person]]
    assert 30 < len(late) < PEOPLE / 2
    person = next(each for each in late if before[each] == 105)
    assert after[person] == 84
    assert "105 − 21 (late by" in story.command("show", person, "--lang", "en").stdout
    (story.folder / "extensions.csv").write_text(f"student,extra,why\n{person},2 days,was away\n", "utf-8")
    story.command("extend", "extensions.csv", "--who", "prof")
    assert story.scores()[person] == 105


@pytest.fixture(scope="module")
def everybody(story):
    """How everybody stands where the story is first asked for it: with overrides, lateness and an extension."""
    with story.store as store:
        return list(standings(store))


@pytest.mark.parametrize("kind", READERS)
def test_each_platform_has_its_file(story, everybody, kind):
    """Of everybody: who had an override, who was late, handed in nothing or what cannot be read, and a group."""
    people = [one.person for one in everybody]
    title, most = everybody[-1].report.assignment.en, f"{float(everybody[-1].report.max_score):.2f}"
    for fill, book in FILLED.items():
        if not (story.folder / f"{fill}.csv").exists():
            book(story.folder / f"{fill}.csv", [person.id for person in people], title, most)
    words = ["--fill", f"{kind}={kind}.csv"] if kind in FILLED else []
    place = f"to/{kind}" + "/" * bool(format_of(kind).links)
    done = story.command("export", "--to", f"{kind}={place}", *words, "--lang", "en", **RUNNER)
    assert done.returncode == 0, done.stderr
    told = READERS[kind].read(story.folder / "to" / kind, people)
    wanted = {one.person.id: READERS[kind].wanted(one) for one in everybody}
    assert told == pytest.approx({person: mark for person, mark in wanted.items() if mark is not None}, abs=0.01)


def test_what_can_be_filled_in_is_among_them():
    assert {kind for kind in (*FORMATS, *FILES) if format_of(kind).fills} <= FILLED.keys()
    assert {*FORMATS, *FILES} == READERS.keys()


def test_the_last_runs_are_taken_back(story):
    last = int(story.command("show", "--lang", "en").stdout.split("Run ")[-1].split(":")[0])
    before = story.scores()
    assert story.command("undo", str(last)).returncode == 0
    assert sum(before[person] != score for person, score in story.scores().items()) == 1


def test_the_journal_holds(story):
    assert story.command("verify").returncode == 0
