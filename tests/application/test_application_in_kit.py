"""Whatever is made of a course has its application in it: a kit, an autograder, a parcel for another machine."""

import subprocess
import sys

import pytest

from grader import grading
from grader.application.building import build
from grader.author.kit.autograder import autograder
from grader.author.kit.kit import build as build_kit
from grader.author.kit.kit import drawn_apart, leaks, write_kit
from grader.author.kit.wheel import Wheel
from grader.course.parcels import lay, parcel
from grader.grading import prepare, read
from tests.application.conftest import REFERENCE, RUBRIC, STUB

FILES = {"application/count.py", "application/count.html", "application/words.txt"}


@pytest.fixture
def plan(course):
    """Return the course's plan; its submission is a stub."""
    (course / "work.py").write_text(STUB, "utf-8")
    return read(course / "grading.yaml")


@pytest.fixture
def kit(plan, engine, tmp_path_factory):
    """Return the folder of the course's kit."""
    made = build_kit(prepare(drawn_apart(plan), engine))
    assert leaks(made, prepare(plan, engine)) == []
    folder = tmp_path_factory.mktemp("kit") / "kit"
    write_kit(made.files, folder)
    return folder


def test_a_kit_has_the_application_and_nothing_of_the_reference(kit):
    assert {*FILES} <= {file.relative_to(kit).as_posix() for file in kit.rglob("*") if file.is_file()}
    texts = [file.read_text("utf-8") for file in kit.rglob("*") if file.is_file()]
    assert not any("2 * np.asarray(x)" in text for text in texts)


def test_the_application_works_in_a_kit_for_what_the_kit_checks(kit, app, engine):
    """`add` has no public check, so the kit cannot tell whether it is right: once it is written, it may be used."""
    built = build(read(kit / "grading.yaml").rubric)
    assert built.needs["summed"] == ("double", "add")
    said = app(kit).said
    assert "Next: double" in said
    (kit / "work.py").write_text(REFERENCE, "utf-8")
    out = kit / "out.html"
    command = [sys.executable, "-m", "grader", "app", "export", str(out)]
    ended = subprocess.run(command, cwd=kit, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert "runNetwork" in out.read_text("utf-8")


def test_files_from_elsewhere_have_a_place_in_a_kit(course, engine, tmp_path_factory):
    other = tmp_path_factory.mktemp("elsewhere") / "long words.txt"
    (course / "application/words.txt").rename(other)
    listed = f"data: {{words.txt: '{other}'}}"
    (course / "grading.yaml").write_text(RUBRIC.replace("data: [application/words.txt]", listed), "utf-8")
    made = build_kit(prepare(drawn_apart(read(course / "grading.yaml")), engine))
    assert made.files["application/words.txt"] == b"one two three\n"
    assert str(other.parent) not in made.files["grading.yaml"].decode()


def test_an_autograder_has_all_that_its_rubric_names(plan):
    made = autograder(plan, Wheel(name="pingfen-0-py3-none-any.whl", data=b""))
    assert {f"course/{name}" for name in FILES} <= {*made.files}


def test_a_parcel_has_all_that_its_rubric_names(plan, engine, tmp_path_factory):
    there = tmp_path_factory.mktemp("there")
    laid = lay(parcel(plan, None, engine, "", ()), there)
    assert laid.digest == plan.digest
    assert laid.rubric.application is not None
    assert grading.prepare(laid, engine).tasks
