"""Whether a result is of an older rubric follows from what it was graded by: no decision and no policy changes that."""

import re

import pytest

from grader.course.insight.gathering import gather
from grader.course.standings import standings
from tests.course.conftest import REFERENCE, RIGHT, RUBRIC, WRONG_DOUBLE, WRONG_TOTAL

CUBED = REFERENCE.replace("2 * x", "x * x * x")
POLICIES = """
policies:
  deadline: 2099-10-10 23:59 +08:00
  grace: 15 min
"""
MARKS = "name,item,points\ndan,essay,2\n"
EXTENSIONS = "student,extra,why\nann,2 days,ill\ndan,1 day,ill\n"


@pytest.fixture
def regraded(classroom):
    """Return a class that was regraded after a policy changed."""
    classroom.rubric(RUBRIC + POLICIES)
    for person, text in (("ann", RIGHT), ("bob", WRONG_DOUBLE), ("cleo", WRONG_TOTAL), ("dan", CUBED), ("eve", CUBED)):
        classroom.hand_in(person, text)
    classroom.run()
    classroom.mend("15 min", "20 min")
    done(classroom, "regrade", "--apply", "--jobs", "1")
    return classroom


def done(classroom, *words):
    found = classroom.command(*words)
    assert found.returncode == 0, found.stderr
    return found


def spoken_of(classroom):
    """Return of whom the report speaks, and what `similar` and `learn` say of the class."""
    with classroom.store as store:
        view = gather(store)
    return {
        "members": [each.person.id for each in view.members],
        "older": view.older,
        "similar": done(classroom, "similar").stdout,
        "learn": re.findall(r"\w+, \d+ students", done(classroom, "learn").stderr),
    }


def decide(classroom, kind):
    (classroom.folder / "marks.csv").write_text(MARKS, "utf-8")
    (classroom.folder / "more.csv").write_text(EXTENSIONS, "utf-8")
    override = ("override", "dan", "--points", "3", "--why", "x")
    words = {
        "override": [override],
        "override of a function": [(*override, "--item", "double")],
        "extension": [("extend", "more.csv")],
        "mark": [("manual", "import", "marks.csv")],
        "leave": [("leave", "zoe", "--why", "x")],
        "note": [("note", "dan", "asks")],
        "withdrawn": [override, ("withdraw", "1", "--why", "x")],
        "undone": [override, ("undo", "3")],
        "leave and back": [("leave", "dan", "--why", "x"), ("withdraw", "1", "--why", "x")],
    }
    for each in words[kind]:
        done(classroom, *each)


@pytest.mark.parametrize(
    "kind",
    ["override", "override of a function", "extension", "mark", "leave", "note", "withdrawn", "undone",
     "leave and back"],
)  # fmt: skip
def test_after_a_decision_the_class_is_the_same_people(regraded, kind):
    (regraded.folder / "roster.csv").write_text("id\nann\nbob\ncleo\ndan\neve\nzoe\n", "utf-8")
    regraded.run("--roster", "roster.csv")
    before, digests = spoken_of(regraded), rubrics(regraded)
    assert before["members"] == ["ann", "bob", "cleo", "dan", "eve"] and before["older"] == 0
    assert before["learn"] == ["double, 2 students"]
    decide(regraded, kind)
    assert spoken_of(regraded) == before
    assert rubrics(regraded) == digests
    assert "another rubric" not in before["similar"]


def rubrics(classroom):
    with classroom.store as store:
        found = {one.person.id: one.report for one in standings(store) if one.report is not None}
    return {person: (each.rubric_digest, each.rubric_file_digest) for person, each in found.items()}


def test_a_policy_that_changes_makes_no_result_an_older_one(regraded):
    before = spoken_of(regraded)
    regraded.mend("20 min", "25 min")
    assert spoken_of(regraded) == before
    regraded.hand_in("fay", RIGHT)
    regraded.run()
    after = spoken_of(regraded)
    assert after["members"] == [*before["members"], "fay"] and after["older"] == 0


@pytest.mark.parametrize("decided", [False, True])
def test_an_item_that_changes_does_until_all_are_graded_by_it(regraded, decided):
    regraded.mend("draw: {x: 1..9}", "draw: {x: 1..8}")
    regraded.hand_in("fay", RIGHT)
    regraded.run()
    if decided:
        decide(regraded, "override")
    with regraded.store as store:
        view = gather(store)
    assert [each.person.id for each in view.members] == ["fay"] and view.older == 5
    done(regraded, "regrade", "--jobs", "1")
    with regraded.store as store:
        assert gather(store).older == 5, "what is only proposed counts for nobody"
    done(regraded, "regrade", "--apply", "--jobs", "1")
    assert spoken_of(regraded)["older"] == 0


def test_a_newer_grader_makes_no_result_an_older_one(regraded):
    with regraded.store as store, store.change():
        store.connection.execute("UPDATE reports SET key = 'earlier'")
        store.connection.execute("UPDATE runs SET detail = json_set(detail, '$.key', 'earlier')")
    regraded.hand_in("fay", RIGHT)
    regraded.run()
    with regraded.store as store:
        view = gather(store)
    assert len(view.members) == 6 and view.older == 0
