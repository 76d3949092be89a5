"""Those who stand behind one hand-in are one: by the roster's groups, or by what an export says of one submission."""

import csv
import io
import re
import zipfile
from datetime import timedelta

import pytest
from namings import START, make_gradescope

from grader.course.insight.clusters import clusters
from grader.course.insight.gathering import gather
from tests.course.conftest import REFERENCE, WRONG_DOUBLE, Class

CUBED = REFERENCE.replace("2 * x", "x ** 3 + 5")
ODD = WRONG_DOUBLE.replace("3 * x", "3 * x + x % 3 - x // 7")
PEOPLE = ("ann", "bob", "cleo", "dan")


def graded(classroom, works, groups, at=START):
    """Grade what Gradescope hands out; `groups` has the others by who handed in for them."""
    (classroom.folder / "roster.csv").write_text(
        "id,email\n" + "".join(f"{each},{each}@uni.edu\n" for each in PEOPLE), "utf-8"
    )
    folder = classroom.folder / f"out {at:%d}"
    make_gradescope(folder, {name: {"hw.py": text} for name, text in works.items()}, groups=groups, at=at)
    done = classroom.command(str(folder), "--roster", "roster.csv", "--jobs", "1")
    assert done.returncode in (0, 1), done.stderr
    return classroom


@pytest.fixture(params=["export", "roster"])
def pair(request, tmp_path):
    """Return a class in which ann and bob handed in one wrong work together, and cleo a right one."""
    made = Class(tmp_path)
    if request.param == "export":
        return graded(made, {"ann": ODD, "cleo": REFERENCE}, {"ann": ["bob"]})
    (made.folder / "roster.csv").write_text("id,group\nann,A\nbob,A\ncleo,\n", "utf-8")
    made.hand_in("ann", ODD)
    made.hand_in("cleo", REFERENCE)
    made.run("--roster", "roster.csv")
    return made


def found(classroom):
    with classroom.store as store:
        return clusters(gather(store))


def test_one_hand_in_is_no_lead(pair):
    told = pair.command("similar").stdout
    assert "2 people or groups" in told and "1. " not in told


def test_one_hand_in_is_one_file_for_dolos(pair):
    assert "2 files for Dolos" in pair.command("similar", "--to", "dolos=class.zip").stdout
    with zipfile.ZipFile(pair.folder / "class.zip") as whole:
        names = [row["full_name"] for row in csv.DictReader(io.StringIO(whole.read("info.csv").decode()))]
    assert "ann, bob" in names


def test_one_hand_in_shows_nothing_that_was_misunderstood_by_several(pair):
    assert [(len(each.people), each.units) for each in found(pair)] == [(2, 1)]
    assert pair.command("report", "site").returncode == 0
    text = (pair.folder / "site" / "index.html").read_text("utf-8")
    assert "No mistake was made in two hand-ins." in text
    page = (pair.folder / "site" / "function-1.html").read_text("utf-8")
    assert "1 mistake was made in one hand-in only." in page
    assert re.search(r'class="alone"[^>]*><title>2<', page)


def test_one_hand_in_is_not_enough_to_learn_from(pair):
    assert "nothing to propose" in pair.command("learn").stderr
    assert "double, 2 students" in pair.command("learn", "--least", "1").stderr


def test_equal_texts_of_two_hand_ins_are_a_lead_and_a_cluster(classroom):
    graded(classroom, {"ann": ODD, "bob": ODD, "cleo": REFERENCE}, {})
    assert "1. ann – bob" in classroom.command("similar").stdout
    assert [(len(each.people), each.units) for each in found(classroom)] == [(2, 2)]
    assert "double, 2 students" in classroom.command("learn").stderr


def test_a_group_and_another_are_two(classroom):
    graded(classroom, {"ann": ODD, "cleo": ODD, "dan": REFERENCE}, {"ann": ["bob"]})
    assert "1. ann, bob – cleo" in classroom.command("similar").stdout
    (cluster,) = found(classroom)
    assert (len(cluster.people), cluster.units, cluster.alike) == (3, 2, 3)


def test_who_gave_the_same_answers_is_not_told_of_one_hand_in(classroom):
    """One diagnosis, and other wrong answers of each hand-in."""
    graded(classroom, {"ann": CUBED, "cleo": CUBED.replace("+ 5", "+ 6")}, {"ann": ["bob"]})
    assert {each.alike for each in found(classroom)} == {1}


def test_who_handed_in_alone_afterwards_stands_alone(classroom):
    graded(classroom, {"ann": ODD, "cleo": REFERENCE}, {"ann": ["bob"]})
    graded(classroom, {"bob": WRONG_DOUBLE}, {}, at=START + timedelta(days=1))
    assert {(each.people, each.units) for each in found(classroom)} == {(("ann",), 1), (("bob",), 1)}
