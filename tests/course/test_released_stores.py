"""A store of each schema that there ever was goes on under this grader: `stores/N.sql` is a dump of one of version N.

A dump is written once, by the grader whose newest schema it has, and is never changed afterwards. A new migration comes
with the dump of a store that it made: `GOLDEN=write` writes that one, and no other.
"""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from grader.course.store import schema
from tests.course.conftest import REFERENCE, STUB, WRONG_DOUBLE, WRONG_TOTAL, Class

STORES = Path(__file__).parent / "stores"
DUMPS = sorted(STORES.glob("*.sql"))
PEOPLE = {"ann": REFERENCE, "bob": WRONG_DOUBLE, "eve": WRONG_TOTAL, "lea": STUB}
SCORES = {"ann": 12, "bob": 6, "eve": 9, "lea": 0, "zoe": None}
"""What each of them has in every dump: ann with a mark by hand, bob after an override was taken back, eve with one."""


def course(folder):
    """Lay out the course that the dumps are of; return its class."""
    classroom = Class(folder)
    (folder / "roster.csv").write_text("id,name\n" + "".join(f"{each},{each.title()} N\n" for each in SCORES), "utf-8")
    for person, text in PEOPLE.items():
        classroom.hand_in(person, text)
    return classroom


def fill(classroom, *, parts):
    """Make the store whose dump is kept: graded, if it can be so in two `parts` that are merged, and decided upon."""
    for part in (1, 2) if parts else ():
        classroom.run("--roster", "roster.csv", "--shard", f"{part}/2", "--store", f"{part}.db")
    if not parts:
        classroom.run("--roster", "roster.csv")
    (classroom.folder / "m.csv").write_text("name,item,points,comment\nann,essay,2,Well done.\n", "utf-8")
    said = ("--why", "was seen", "--who", "prof")
    for words in (
        *([("merge", "1.db", "2.db")] if parts else []),
        ("override", "eve", "--points", "9", *said),
        ("override", "bob", "--points", "8", *said),
        ("undo", "3"),
        ("note", "lea", "Was ill.", "--who", "prof"),
        ("manual", "import", "m.csv", "--who", "tutor"),
    ):
        done = classroom.command(*words)
        assert done.returncode == 0, (words, done.stderr)


def dumped(path, folder):
    """Return a store as a text that says nothing of the machine that made it."""
    with sqlite3.connect(path) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        lines = [f"PRAGMA user_version = {version};", *connection.iterdump()]
    return "\n".join(lines).replace(str(folder), "/course") + "\n"


def test_every_schema_has_its_dump(tmp_path):
    """A migration that comes without one could not be tried on the stores that it is for."""
    newest = STORES / f"{len(schema.MIGRATIONS)}.sql"
    if os.environ.get("GOLDEN") == "write" and not newest.exists():
        classroom = course(tmp_path)
        fill(classroom, parts=True)
        newest.write_text(dumped(classroom.path, tmp_path), "utf-8")
    wanted = [STORES / f"{number}.sql" for number in range(1, len(schema.MIGRATIONS) + 1)]
    assert {*DUMPS, newest} == {*wanted} and newest.exists(), f"{newest} is missing; {__doc__}"
    for number, file in enumerate(wanted, 1):
        assert file.read_text("utf-8").startswith(f"PRAGMA user_version = {number};\n")


@pytest.fixture(params=DUMPS, ids=lambda file: file.stem)
def kept(request, tmp_path):
    """The course with a store of a schema; what was handed in is where it was."""
    classroom = course(tmp_path)
    classroom.path.parent.mkdir()
    with sqlite3.connect(classroom.path) as connection:
        connection.executescript(request.param.read_text("utf-8").replace("/course", str(tmp_path)))
    return classroom


def test_it_is_shown_exported_and_verified(kept):
    told = kept.command("show").stdout
    assert all(person in told for person in SCORES)
    assert "9 / 12" in kept.command("show", "eve").stdout and "Was ill." in kept.command("show", "lea").stdout
    assert kept.command("export", "--to", "jsonl=all.jsonl").returncode == 0
    lines = map(json.loads, (kept.folder / "all.jsonl").open(encoding="utf-8"))
    assert {line["person"]["id"]: line["report"] and line["report"]["score"] for line in lines} == SCORES
    assert kept.command("verify").returncode == 0


def test_its_reports_can_be_read_whole(kept):
    for person, score in SCORES.items():
        report = kept.standing(person).report
        assert (report and report.score) == score
        shown = [case for one in (report.problems if report else ()) for check in one.checks for case in check.cases]
        assert all(case.exhibit is not None for case in shown if case.status == "failed")


def test_it_goes_on(kept):
    """Nobody's score changes until somebody asks for it, and what was decided then stays."""
    kept.run("--roster", "roster.csv")
    assert kept.scores() == SCORES
    kept.hand_in("zoe", REFERENCE)
    kept.run("--roster", "roster.csv")
    assert kept.scores() == SCORES | {"zoe": 10}
    done = kept.command("regrade", "--apply", "--newer-grader", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert kept.scores() == SCORES | {"zoe": 10}
    kept.mend("points: 6", "points: 7")
    assert kept.command("regrade", "--apply", "--newer-grader", "--jobs", "1").returncode == 0
    assert kept.scores() == SCORES | {"ann": 13, "bob": 7, "zoe": 11}
    assert kept.command("verify").returncode == 0
