"""Many submissions at once: a gradebook, a report each, a folder of them."""

import csv
import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from cli_runs import as_process, in_process

from grader.report.naming import names_of

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
    assert run.stderr == b""
    assert (folder / "book.csv").read_bytes().startswith(b"\xef\xbb\xbfsubmission,status,")
    table = list(csv.reader((folder / "book.csv").read_text("utf-8-sig").splitlines()))
    assert [(row[0], row[1], row[2]) for row in table[2:]] == [
        ("in/=bob()", "full marks", "10"),
        ("in/alice", "full marks", "10"),
        ("in/carol.py", "not attempted", "0"),
        ("in/dora.ipynb", "cannot be read", "0"),
        ("in/notes.log", "cannot be read", "0"),
    ]
    reasons = {row[0]: row[-1] for row in table[2:]}
    assert reasons["in/alice"] == "" and "not valid JSON" in reasons["in/dora.ipynb"]
    assert reasons["in/notes.log"].startswith("in/notes.log is not a Python file, notebook, folder or .zip.")
    piped = grade("in/alice", "in/carol.py", "--format", "csv", "--lang", "zh", cwd=folder)
    assert piped.stdout.decode("utf-8-sig").startswith("提交,状态,必做,选做,总分,loss,gradient\n")


def test_a_report_each_beside_a_line_each(folder):
    run = grade("in", "--each", "--out", "reports", "--format", "html", "--lang", "en", cwd=folder)
    assert run.stdout.decode().startswith("5 submissions\n\n"), run.stderr
    made = sorted(path.name for path in (folder / "reports").iterdir())
    assert made == ["alice.html", "bob().html", "carol.py.html", "dora.ipynb.html", "notes.log.html"]
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


NOT_CODE = {
    "carol.tar.gz": "Archives of this kind are not opened",
    "dave.rar": "Archives of this kind are not opened",
    "eve.7z": "Archives of this kind are not opened",
    "fred.docx": "is not a Python file, notebook, folder or .zip",
    "ivy.pyw": "let its name end in .py or .ipynb",
    "kim.ipynb.json": "let its name end in .py or .ipynb",
    "lee": "is not a Python file, notebook, folder or .zip",
    "broken.zip": "not a zip archive",
    "rar_105_assignsubmission_file/hw.rar": "only hw.rar. Archives of this kind are not opened",
    "pdf_106_assignsubmission_file/report.pdf": "only report.pdf",
    "text_107_assignsubmission_onlinetext/onlinetext.html": "only onlinetext.html",
    "two/a.py": "holds 2 files that could be the submission",
    "__fay__/": "nor any other file",
    "only_tools/__MACOSX/._hw.py": "nor any other file",
}
LEFT_BY_TOOLS = (
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "~$dave.docx",
    "__MACOSX/._hw.py",
    "__pycache__/x.pyc",
    ".gil.py",
)


@pytest.mark.parametrize("format", ["csv", "json", "text"])
def test_every_entry_of_a_class_has_its_line_with_the_reason(tmp_path, format):
    for name in (*NOT_CODE, "two/b.py", *LEFT_BY_TOOLS):
        path = tmp_path / "in" / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.write_text("def loss(w): return 0\n", "utf-8")
    for lang, rest in (("en", "Archives of this kind"), ("zh", "这种压缩包")):
        run = grade("in", "--each", "--format", format, "--lang", lang, cwd=tmp_path)
        assert run.returncode == 1 and rest in run.stdout.decode("utf-8-sig")
    if format != "csv":
        run = grade("in", "--each", "--format", format, "--lang", "en", cwd=tmp_path)
        told = " ".join(run.stdout.decode().split())
        for name, why in NOT_CODE.items():
            assert f"in/{name.split('/')[0]}" in told and all(part in told for part in why.split(". ")), told
        assert not any(f"in/{name.split('/')[0]}" in told for name in LEFT_BY_TOOLS)
        return
    run = grade("in", "--each", "--format", "csv", "--lang", "en", cwd=tmp_path)
    rows = {row["submission"]: row for row in csv.DictReader(run.stdout.decode("utf-8-sig").splitlines())}
    assert len(rows) == 1 + len(NOT_CODE)
    for name, why in NOT_CODE.items():
        row = rows[f"in/{name.split('/')[0]}"]
        assert row["status"] == "cannot be read" and why in row["reason"], row


def test_an_entry_alone_in_a_class_has_its_line_too(tmp_path):
    (tmp_path / "in/amy").mkdir(parents=True)
    run = grade("in", "--each", "--format", "csv", "--lang", "en", cwd=tmp_path)
    assert run.returncode == 1 and b"in/amy,cannot be read,0" in run.stdout


def test_an_archive_that_holds_one_archive_is_opened_and_no_third(tmp_path):
    full = (EXAMPLE / "solutions/regression.py").read_bytes()

    def packed(name, data):
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            archive.writestr(name, data)
            archive.writestr("__MACOSX/._" + name, b"x")
        return written.getvalue()

    (tmp_path / "in/bob").mkdir(parents=True)
    twice = packed("hw.zip", packed("regression.py", full))
    (tmp_path / "in/amy.zip").write_bytes(twice)
    (tmp_path / "in/bob/hw.zip").write_bytes(twice)
    (tmp_path / "in/eve.zip").write_bytes(packed("again.zip", twice))
    run = grade("in", "--each", "--format", "csv", "--lang", "en", cwd=tmp_path)
    table = [row[:2] for row in csv.reader(run.stdout.decode("utf-8-sig").splitlines())][2:]
    assert table == [["in/amy.zip", "full marks"], ["in/bob", "full marks"], ["in/eve.zip", "cannot be read"]]


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
    table = [row[:3] for row in csv.reader(run.stdout.decode("utf-8-sig").splitlines())][2:]
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
    assert run.returncode == 2 and "A report in the format junit holds one submission; 5 were given." in said
    assert "Or name one of these by --format: text, json, markdown, github, csv" in said
