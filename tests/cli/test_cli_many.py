"""Many submissions at once: a gradebook, a report each, a folder of them."""

import csv
import json
import os
import zipfile
from pathlib import Path

import pytest
from cli_runs import as_process, in_process

from grader.cli.writing import names_of

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/linear_regression"
RUBRIC = EXAMPLE / "grading.yaml"


def grade(*words, cwd, by=in_process):
    return by([*words, "--rubric", RUBRIC], cwd=cwd, environment={})


@pytest.fixture
def folder(tmp_path):
    full = (EXAMPLE / "solutions/regression.py").read_text("utf-8")
    for name in ("alice", "=bob()", ".hidden", "__pycache__"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "regression.py").write_text(full, "utf-8")
    (tmp_path / "in" / "carol.py").write_text((EXAMPLE / "assignment/regression.py").read_text("utf-8"), "utf-8")
    (tmp_path / "in" / "dora.ipynb").write_text("{", "utf-8")
    (tmp_path / "in" / "notes.log").write_text("x", "utf-8")
    return tmp_path


def test_a_gradebook_of_a_folder(folder):
    run = grade("in", "--each", "--format", "csv", "--lang", "en", "--output", "book.csv", cwd=folder, by=as_process)
    assert (run.returncode, run.stdout) == (1, b"")
    said = b"In in only folders and the files .py, .ipynb and .zip are submissions. Passed over: notes.log\n"
    assert run.stderr.replace(b"\r", b"") == said
    assert (folder / "book.csv").read_bytes().startswith(b"\xef\xbb\xbfsubmission,status,")
    table = list(csv.reader((folder / "book.csv").read_text("utf-8-sig").splitlines()))
    assert [(row[0], row[1], row[2]) for row in table[1:]] == [
        ("in/=bob()", "full marks", "10"),
        ("in/alice", "full marks", "10"),
        ("in/carol.py", "not attempted", "0"),
        ("in/dora.ipynb", "cannot be read", "0"),
    ]
    piped = grade("in/alice", "in/carol.py", "--format", "csv", "--lang", "zh", cwd=folder)
    assert piped.stdout.decode("utf-8-sig").startswith("提交,状态,必做,选做,总分,loss,gradient\n")


def test_a_report_each_beside_a_line_each(folder):
    run = grade("in", "--each", "--out", "reports", "--format", "html", "--lang", "en", cwd=folder)
    assert run.stdout.decode().startswith("4 submissions\n\n") and len(run.stdout.splitlines()) == 6, run.stderr
    made = sorted(path.name for path in (folder / "reports").iterdir())
    assert made == ["alice.html", "bob().html", "carol.py.html", "dora.ipynb.html"]
    page = (folder / "reports" / "alice.html").read_text("utf-8")
    assert "gradient" in page and "7" in page and "seed" not in page.lower()


def test_hidden_values_are_for_instructors_only(folder):
    wrong = (EXAMPLE / "solutions/regression.py").read_text("utf-8").replace("np.mean(", "2 * np.mean(")
    (folder / "in" / "carol.py").write_text(wrong, "utf-8")
    for audience in ("student", "instructor"):
        words = ["in/carol.py", "in/alice", "--out", audience, "--format", "json", "--audience", audience]
        assert grade(*words, cwd=folder).returncode == 1
        text = (folder / audience / "carol.py.json").read_text("utf-8")
        assert ('"instructor":' in text) == (audience == "instructor")


def test_a_gradebook_with_a_page_each(folder):
    run = grade("in", "--each", "--out", "pages", "--format", "csv", cwd=folder)
    assert run.stdout.decode("utf-8-sig").startswith("提交,")
    assert (folder / "pages" / "alice.html").read_text("utf-8").lstrip().startswith("<!")


def test_several_in_a_format_for_one_say_how_before_anything_is_graded(folder):
    run = grade("in/alice", "in/carol.py", "--format", "html", "--lang", "en", cwd=folder)
    assert run.returncode == 2 and b"--out FOLDER" in run.stderr


def test_an_empty_folder_holds_no_submissions(tmp_path):
    (tmp_path / "in").mkdir()
    run = grade("in", "--each", "--lang", "en", cwd=tmp_path)
    assert run.returncode == 2 and b"The folder in holds no submissions." in run.stderr


@pytest.mark.parametrize("out", ["in/reports", "in", "in/alice/reports"])
def test_reports_never_become_submissions(folder, out):
    run = grade("in", "--each", "--out", out, "--lang", "en", cwd=folder)
    assert run.returncode == 2 and b"Name a folder outside of it" in run.stderr
    assert not (folder / "in/reports").exists()


def test_no_two_reports_have_one_name():
    given = ["x/A.py", "x/a.py", "x/b/c", "x/b-c", "x/..", "x/\\x1b[31m"]
    assert names_of(given, "txt") == [
        "A.py.txt",
        "a.py-2.txt",
        "b-c-2.txt",
        "b-c.txt",
        "submission.txt",
        "x1b_31m.txt",
    ]
    assert names_of(["one/cnn.py"], "xml") == ["cnn.py.xml"]


@pytest.mark.parametrize("others", [["_bob.py"], ["=bob.py"], ["-bob.py", "__bob.py"], ["b/ob.py", "bob.py-2"]])
def test_nobodys_report_stands_under_anothers_name(others):
    given = [f"class/{name}" for name in (*others, "bob.py")]
    names = names_of(given, "json")
    assert names[-1] == "bob.py.json" and len(set(names)) == len(given)
    assert dict(zip(given, names, strict=True)).get("class/bob.py-2", "bob.py-2.json") == "bob.py-2.json"


def test_a_name_that_has_to_be_changed_takes_no_ones_file(folder):
    wrong = (EXAMPLE / "assignment/regression.py").read_text("utf-8")
    (folder / "in/_carl.py").write_text((EXAMPLE / "solutions/regression.py").read_text("utf-8"), "utf-8")
    (folder / "in/carl.py").write_text(wrong, "utf-8")
    grade("in", "--each", "--out", "reports", "--format", "json", cwd=folder)
    report = json.loads((folder / "reports/carl.py.json").read_text("utf-8"))
    assert (report["submission"], report["score"]) == ("in/carl.py", 0)
    report = json.loads((folder / "reports/carl.py-2.json").read_text("utf-8"))
    assert (report["submission"], report["score"]) == ("in/_carl.py", 10)


def test_who_hands_in_another_kind_of_file_is_not_lost_without_a_word(folder):
    for name in ("carol.tar.gz", "dave.rar", "eve.7z", "ivy.pyw", ".gil.py", "in.notes"):
        (folder / "in" / name).write_bytes(b"x")
    for name in ("__fay__", "__MACOSX"):
        (folder / "in" / name).mkdir()
    run = grade("in", "--each", "--format", "csv", "--lang", "en", cwd=folder)
    told = b"Passed over: __fay__, carol.tar.gz, dave.rar, eve.7z, in.notes, ivy.pyw, notes.log"
    assert told in run.stderr and b"Passed over" not in run.stdout
    assert "没有评" in grade("in", "--each", "--format", "csv", "--lang", "zh", cwd=folder).stderr.decode()
    for number in range(40):
        (folder / "in" / f"n{number}.rar").write_bytes(b"x")
    run = grade("in", "--each", "--format", "csv", "--lang", "en", cwd=folder)
    assert run.stderr.replace(b"\r", b"").endswith(", n2.rar, n20.rar, … (+27)\n".encode()), run.stderr


def test_a_folder_with_a_zip_is_who_handed_in_the_zip(folder):
    """Moodle makes a folder for each student, with what was uploaded in it."""
    full = (EXAMPLE / "solutions/regression.py").read_text("utf-8")
    using = "from tools import mean\n" + full.replace("np.mean(", "mean(")
    for name in ("hal/work.zip", "hal/._work.zip", "ida/work.zip", "ida/regression.py", "jan/one.zip", "jan/two.zip"):
        (folder / "moodle" / name).parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(folder / "moodle" / name, "w") as archive:
            archive.writestr("regression.py", using)
            archive.writestr("tools.py", "import numpy as np\nmean = np.mean\n")
    (folder / "moodle/ida/regression.py").write_text((EXAMPLE / "assignment/regression.py").read_text("utf-8"), "utf-8")
    run = grade("moodle", "--each", "--official", "--format", "csv", "--lang", "en", cwd=folder)
    table = [row[:3] for row in csv.reader(run.stdout.decode("utf-8-sig").splitlines())][1:]
    assert table == [
        ["moodle/hal", "full marks", "10"],
        ["moodle/ida", "not attempted", "0"],
        ["moodle/jan", "cannot be read", "0"],
    ]
    assert grade("moodle/hal", "--official", cwd=folder).returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows has other links")
def test_a_link_in_such_a_folder_is_no_zip(folder):
    with zipfile.ZipFile(folder / "there.zip", "w") as archive:
        archive.writestr("regression.py", (EXAMPLE / "solutions/regression.py").read_text("utf-8"))
    for name in ("amy", "eve"):
        (folder / "moodle" / name).mkdir(parents=True)
    (folder / "moodle/eve/work.zip").symlink_to("../../there.zip")
    run = grade("moodle", "--each", "--format", "csv", "--lang", "en", cwd=folder)
    assert b"moodle/eve,cannot be read,0" in run.stdout


def test_a_format_that_holds_one_submission_names_those_that_hold_several(folder):
    run = grade("in", "--each", "--format", "junit", "--lang", "en", cwd=folder)
    said = " ".join(run.stderr.decode().split())
    assert run.returncode == 2 and "A report in the format junit holds one submission; 4 were given." in said
    assert "Or name one of these by --format: text, json, markdown, github, csv" in said
