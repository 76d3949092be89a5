"""Many submissions at once: a gradebook, a report each, a folder of them."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli.filing import names_of

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/linear_regression"
RUBRIC = EXAMPLE / "grading.yaml"


def grade(*words, cwd):
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, words), "--rubric", str(RUBRIC)],
        cwd=cwd, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


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
    run = grade("in", "--each", "--format", "csv", "--lang", "en", "--output", "book.csv", cwd=folder)
    assert (run.returncode, run.stdout, run.stderr) == (1, b"", b"")
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


def test_no_two_reports_have_one_name():
    given = ["x/A.py", "x/a.py", "x/b/c", "x/b-c", "x/..", "x/\\x1b[31m"]
    assert names_of(given, "text") == [
        "A.py.txt",
        "a.py-2.txt",
        "b-c.txt",
        "b-c-2.txt",
        "submission.txt",
        "x1b_31m.txt",
    ]
    assert names_of(["one/cnn.py"], "junit") == ["cnn.py.xml"]
