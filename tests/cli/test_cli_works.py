"""Whose the named paths are: no entry of a class leads elsewhere, and no file among others has a neighbour's helper."""

import csv
import json
import os
import shutil
from pathlib import Path

import pytest
from cli_runs import as_process, in_process

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/linear_regression"
RIGHT = (EXAMPLE / "solutions/regression.py").read_text("utf-8")
USING = RIGHT.replace("import numpy as np\n", "import numpy as np\nimport h5py\nfrom bob_tools import mean\n").replace(
    "np.mean(", "mean("
)
HELPER = "import numpy as np\nmean = np.mean\nprint('CANARY')\n"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has other links")


def grade(*words, cwd, ci="", by=in_process):
    return by([*words, "--lang", "en"], cwd=cwd, environment={"CI": ci})


def scores(*words, cwd, ci=""):
    """Return each submission's status and points."""
    run = grade(*words, "--format", "csv", cwd=cwd, ci=ci)
    said = [line for line in run.stderr.splitlines() if b"also runs code" not in line]
    assert run.returncode in (0, 1) and not said, run.stderr
    return {row[0]: (row[1], row[2]) for row in [*csv.reader(run.stdout.decode("utf-8-sig").splitlines())][2:]}


FULL, NONE = ("full marks", "10"), ("cannot be read", "0")


@pytest.fixture
def course(tmp_path):
    shutil.copytree(EXAMPLE, tmp_path, ignore=shutil.ignore_patterns("__pycache__", ".grade"), dirs_exist_ok=True)
    for name in ("zoe", "bob"):
        (tmp_path / "works" / name).mkdir(parents=True)
        (tmp_path / "works" / name / "regression.py").write_text(RIGHT, "utf-8")
    return tmp_path


@pytest.fixture
def linked(course):
    """Return a course where some in the class handed in links."""
    for name, target in {
        "alice": "../solutions", "carl.py": "../solutions/regression.py", "dora": "nowhere", "eve.py": "/dev/zero",
        "fay.notes": "../solutions", "gil": "gil",
    }.items():  # fmt: skip
        (course / "works" / name).symlink_to(target)
    (course / "works/hal/work").mkdir(parents=True)
    (course / "works/hal/work/regression.py").symlink_to(course / "solutions/regression.py")
    (course / "works/ivy").mkdir()
    (course / "works/ivy/work").symlink_to(course / "solutions")
    os.mkfifo(course / "works/joe.py")
    return course


STRAY = ("alice", "carl.py", "dora", "eve.py", "fay.notes", "gil", "hal", "ivy", "joe.py")


def test_a_link_in_a_class_costs_its_own_submission_a_sentence_and_no_other(linked):
    wanted = {f"works/{name}": NONE for name in STRAY} | {"works/bob": FULL, "works/zoe": FULL}
    assert scores("works", "--each", cwd=linked) == wanted
    (linked / "mine").symlink_to("works")
    assert set(scores("mine", "--each", cwd=linked).values()) == {FULL, NONE}  # what the instructor names may be a link
    said = grade("works", "--each", "--format", "json", cwd=linked).stdout.decode()
    assert "works/alice is a link; links are not followed." in said


def test_what_a_shell_names_is_not_followed_either(linked):
    several = sorted(path.relative_to(linked) for path in (linked / "works").iterdir())
    assert scores(*several, cwd=linked)["works/alice"] == NONE
    inside = [Path("works", name, "regression.py") for name in ("alice", "bob", "zoe")]
    assert [*scores(*inside, cwd=linked).values()] == [NONE, FULL, FULL]
    assert [*scores(*(linked / path for path in inside), cwd=linked).values()] == [NONE, FULL, FULL]
    found = scores("works", "works/alice", "--each", cwd=linked)
    assert found["works/alice"] == NONE and found["works/zoe"] == FULL


def test_in_official_grading_no_link_below_the_working_folder_is_followed(linked):
    for words in (["--official"], ["--audience", "instructor"]):
        run = grade("works/alice/regression.py", *words, cwd=linked)
        assert (run.returncode, run.stdout) == (2, b"") and b"works/alice is a link" in run.stderr
        assert [*scores("works/carl.py", *words, cwd=linked).values()] == [NONE]
        assert [*scores("works/zoe/regression.py", *words, cwd=linked).values()] == [FULL]


@pytest.mark.parametrize("words", [["--official"], ["--audience", "instructor"]])
def test_an_instructors_own_link_costs_nobody_a_point(course, words):
    """A loop over the class names each file by itself, through a link to where the class lies."""
    (course / "works").rename(course / "share")
    (course / "works").symlink_to("share")
    for name in ("bob", "zoe"):
        run = grade(f"works/{name}/regression.py", *words, cwd=course)
        assert (run.returncode, run.stdout) == (2, b"")
        assert b"was not graded: works is a link" in run.stderr
        whole = str(course / f"works/{name}/regression.py")
        assert run.stderr.decode().rstrip().endswith(f"name the whole path: {whole}")
        assert [*scores(whole, *words, cwd=course).values()] == [FULL]
    assert [*scores("works", "--each", *words, cwd=course).values()] == [FULL, FULL]
    assert [*scores("works/bob/regression.py", "works/zoe/regression.py", *words, cwd=course).values()] == [FULL, FULL]


def test_the_authors_files_may_be_reached_by_links(course):
    (course / "solutions").rename(course / "elsewhere")
    (course / "solutions").symlink_to("elsewhere")
    assert [*scores("solutions/regression.py", "--official", cwd=course).values()] == [FULL]


def test_a_students_own_folder_may_be_reached_by_a_link(course):
    (course / "work").symlink_to("works/zoe")
    assert [*scores("work/regression.py", cwd=course).values()] == [FULL]


@pytest.mark.parametrize("name", ["a" * 300 + ".py", "a/" * 3000 + "x.py"])
def test_a_path_that_is_too_long_is_told(course, name):
    run = grade(name, cwd=course)
    assert run.returncode == 2 and b"cannot be read: File name too long" in run.stderr


@pytest.mark.parametrize("name", ["new\nline", os.fsdecode(b"sur\xff"), "字" * 84, "=1+1", "-x"])
def test_odd_names_have_their_reports(course, name):
    (course / "works/zoe").rename(course / "works" / name)
    run = grade("works", "--each", "--out", "reports", cwd=course, by=as_process)
    assert run.returncode == 0, run.stderr
    assert len([*(course / "reports").iterdir()]) == 2


@pytest.fixture
def flat(course):
    """Return a course with a flat folder, in which Alice imports what Bob wrote."""
    (course / "flat").mkdir()
    for name, text in {"alice.py": USING, "bob_tools.py": HELPER, "bob.py": RIGHT}.items():
        (course / "flat" / name).write_text(text, "utf-8")
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": USING}]}
    (course / "flat/carol.ipynb").write_text(json.dumps(book), "utf-8")
    return course


@pytest.mark.parametrize(
    "words",
    [
        ["flat", "--each"],
        ["flat/alice.py", "flat/bob.py"],
        ["flat/alice.py", "./works/../flat/bob.py"],
        ["flat/alice.py", "flat"],
        ["flat/alice.py", "--official"],
        ["flat/carol.ipynb", "--official"],
        ["flat/alice.py", "--audience", "instructor"],
    ],
)
def test_a_file_among_others_has_no_helper(flat, words):
    run = grade(*words, "--format", "json", cwd=flat)
    found = json.loads(run.stdout)
    for report in found if isinstance(found, list) else [found]:
        if Path(report["submission"]).name in ("alice.py", "carol.ipynb"):
            assert report["score"] < 10
    assert b"If bob_tools is yours, hand it in together with this file" in run.stdout
    assert b"CANARY" not in run.stdout


def test_whether_a_neighbour_has_such_a_file_is_not_told(flat):
    words = ["flat/alice.py", "--official", "--format", "json"]
    there = json.loads(grade(*words, cwd=flat).stdout)
    (flat / "flat/bob_tools.py").unlink()
    gone = json.loads(grade(*words, cwd=flat).stdout)
    assert there["problems"] == gone["problems"] and there["notes"] == gone["notes"]


def test_alone_in_a_students_own_check_it_has(flat):
    assert [*scores("flat/alice.py", cwd=flat).values()] == [FULL]
    assert [*scores("alice.py", cwd=flat / "flat").values()] == [FULL]


@pytest.mark.parametrize("ci", ["", "1"])
def test_so_has_the_rubrics_submission_and_a_folder_always(course, ci):
    (course / "assignment/regression.py").write_text(USING, "utf-8")
    (course / "assignment/bob_tools.py").write_text(HELPER, "utf-8")
    for words in ([], ["assignment/regression.py"], ["assignment"], [course / "assignment"]):
        assert [*scores(*words, cwd=course, ci=ci).values()] == [FULL]
    assert [*scores("regression.py", cwd=course / "assignment", ci=ci).values()] == [FULL]
    (course / "works/zoe/bob_tools.py").write_text(HELPER, "utf-8")
    (course / "works/zoe/regression.py").write_text(USING, "utf-8")
    assert scores("works", "--each", cwd=course, ci=ci)["works/zoe"] == FULL


def test_a_helper_that_is_someones_submission_is_told(flat):
    (flat / "flat/bob_tools.py").write_text(HELPER + RIGHT, "utf-8")
    run = grade("flat/alice.py", cwd=flat)
    said = " ".join(run.stdout.decode().split())
    assert "bob_tools.py was not loaded: It defines a graded function" in said
