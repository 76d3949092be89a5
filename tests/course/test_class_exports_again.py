"""A folder that was named by mistake does not decide how the class is read afterwards."""

import shutil

import pytest
from namings import make_canvas, make_git, make_gradescope, make_moodle, make_nbgrader, make_plain, write, zipped

from tests.course.conftest import RIGHT, STUB

PEOPLE = {name: {"hw.py": RIGHT + f"\n# {name}\n"} for name in ("alice", "bob", "carol")}
ROSTER = "id,name\nalice,Alice\nbob,Bob\ncarol,Carol\n"


@pytest.fixture
def emptied(classroom):
    shutil.rmtree(classroom.folder / "handed in")
    (classroom.folder / "roster.csv").write_text(ROSTER, "utf-8")
    return classroom


def graded(classroom, *words):
    done = classroom.command(*words, "--jobs", "1")
    assert done.returncode in (0, 1), done.stderr
    return done.stdout + done.stderr


def test_a_course_of_nbgraders_is_known_by_what_was_submitted(emptied):
    make_nbgrader(emptied.folder / "in", PEOPLE)
    told = graded(emptied, "in", "--roster", "roster.csv")
    assert "3 entries, 3 new" in told and "3 of 3 people" in told


@pytest.mark.parametrize("make", [make_canvas, make_git, make_gradescope, make_moodle, make_nbgrader, make_plain])
@pytest.mark.parametrize("with_roster", [True, False])
def test_somebody_from_nowhere_takes_no_export(emptied, make, with_roster):
    roster = ["--roster", "roster.csv"] if with_roster else []
    write(emptied.folder / "wrong", {"submitted/hw.py": RIGHT, "export/hw.py": RIGHT})
    graded(emptied, "wrong", "--roster", "roster.csv")
    made = make(emptied.folder / "in" / ("" if make is make_nbgrader else "export"), PEOPLE)
    assert "3 entries, 3 new" in graded(emptied, str(made), *roster)
    assert "Nothing new to grade" in graded(emptied, str(made), *roster)


def test_somebody_from_nowhere_takes_no_zip(emptied):
    write(emptied.folder / "wrong", {"export/hw.py": RIGHT})
    graded(emptied, "wrong", "--roster", "roster.csv")
    zipped(make_moodle(emptied.folder / "in", PEOPLE), emptied.folder / "export.zip")
    assert "3 entries, 3 new" in graded(emptied, "export.zip")


def test_who_is_on_an_earlier_roster_keeps_the_folder_that_is_called_so(emptied):
    (emptied.folder / "roster.csv").write_text(ROSTER + "submitted,\n", "utf-8")
    make_plain(emptied.folder / "plain", PEOPLE)
    graded(emptied, "plain", "--roster", "roster.csv")
    made = make_nbgrader(emptied.folder / "in", PEOPLE)
    assert "1 entry, 1 new" in graded(emptied, str(made))


def test_somebody_from_nowhere_still_has_the_folder_that_is_called_so(emptied):
    write(emptied.folder / "in", {"zoe/hw.py": RIGHT, "alice/hw.py": RIGHT})
    graded(emptied, "in", "--roster", "roster.csv")
    write(emptied.folder / "again", {"zoe/hw.py": STUB, "zoe/data.csv": "1\n"})
    graded(emptied, "again/zoe")
    assert emptied.standing("zoe").attempts == 2


def test_who_is_not_on_the_roster_is_added_and_can_be_left_out(emptied):
    write(emptied.folder / "in", {"zoe/hw.py": RIGHT, "alice/hw.py": RIGHT})
    told = graded(emptied, "in", "--roster", "roster.csv")
    assert "`zoe` is not on the roster, and was added to the class." in told
    assert "grade class leave zoe --why …" in told


def test_an_entry_of_a_group_is_one(emptied):
    (emptied.folder / "roster.csv").write_text("id,group\nalice,Red\nbob,Red\n", "utf-8")
    make_plain(emptied.folder / "in", {"alice": {"hw.py": RIGHT}})
    assert "1 entry, 1 new" in graded(emptied, "in", "--roster", "roster.csv")
