"""`--to KIND=FILE`: any number of files for platforms in one run, each written whatever becomes of the others."""

import csv
import json
import re
from pathlib import Path

import pytest
from cli_runs import in_process, in_text

from grader.report import FILES, FORMATS, canvas, format_of, gradebook

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/linear_regression"
RUBRIC = EXAMPLE / "grading.yaml"
RIGHT = (EXAMPLE / "solutions/regression.py").read_text("utf-8")
STUB = (EXAMPLE / "assignment/regression.py").read_text("utf-8")
WORKSHEET = (
    "标识符,全名,电子邮件地址,状态,成绩,最高分,允许更改成绩,最后修改（学生）,最后修改（教师）,反馈评语\r\n"
    "参与者11,Ada Lovelace,ada@example.org,已提交,,10.00,是,-,-,\r\n"
    "参与者12,Leonhard Euler,leo@example.org,已提交,,10.00,是,-,-,\r\n"
    "参与者13,Emmy Noether,emmy@example.org,没有提交,,10.00,是,-,-,\r\n"
)


def grade(*words, cwd, **environment):
    return in_text(in_process([*words, "--rubric", RUBRIC, "--lang", "en"], cwd=cwd, environment=environment))


@pytest.fixture
def folder(tmp_path):
    """Two submissions as Moodle gives them out, one right and one not attempted."""
    for name, text in (("Ada Lovelace_11", RIGHT), ("Leonhard Euler_12", STUB)):
        own = tmp_path / "in" / f"{name}_assignsubmission_file_"
        own.mkdir(parents=True)
        (own / "regression.py").write_text(text, "utf-8")
    (tmp_path / "ws.csv").write_text(WORKSHEET, "utf-8", newline="")
    return tmp_path


def test_one_run_writes_all_files_and_the_report(folder):
    run = grade(
        "in", "--each", "--to", "moodle=moodle.csv", "--fill", "moodle=ws.csv", "--to", "moodle-feedback=feedback.zip",
        "--to", "csv=grades.csv", "--to", "jsonl=all.jsonl", "--to", "html-class=site/", "--to", "markdown=all.md",
        "--to", "junit=junit", "--to", "html=pages", cwd=folder,
    )  # fmt: skip
    assert run.returncode == 1 and "required 10 / 10" in run.stdout
    assert run.stderr == "moodle.csv: 1 row is nobody's here, and stays as it is: Emmy Noether\n"
    filled = (folder / "moodle.csv").read_bytes().decode()
    assert [row[4] for row in csv.reader(filled.splitlines())] == ["成绩", "10", "0", ""] and "\r\n" in filled
    assert (folder / "feedback.zip").read_bytes()[:2] == b"PK"
    assert (folder / "grades.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert [json.loads(line)["report"]["score"] for line in (folder / "all.jsonl").open(encoding="utf-8")] == [10, 0]
    names = ["Ada_Lovelace_11_assignsubmission_file", "Leonhard_Euler_12_assignsubmission_file"]
    for place, suffix in (("junit", "xml"), ("pages", "html"), ("site/students", "html")):
        assert sorted(path.name for path in (folder / place).iterdir()) == [f"{name}.{suffix}" for name in names]
    assert (folder / "site/index.html").read_text("utf-8").count('href="students/') == 2
    assert (folder / "all.md").read_text("utf-8").count("## ") == 2


def test_one_submission_is_one_file_unless_a_folder_is_named(folder):
    one = "in/Ada Lovelace_11_assignsubmission_file_"
    words = ["--to", "gradescope=results.json", "--to", "html=there/", "--to", "prairielearn=pl.json"]
    run = grade(one, *words, cwd=folder)
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads((folder / "results.json").read_text("utf-8"))["score"] == 10
    assert json.loads((folder / "pl.json").read_text("utf-8"))["score"] == 1
    assert len(list((folder / "there").iterdir())) == 1


def test_to_and_format_write_the_same(folder):
    one = "in/Leonhard Euler_12_assignsubmission_file_/regression.py"
    for kind in FORMATS:
        if kind in ("classroom50", "html-class"):
            continue
        printed = grade(one, "--format", kind, "--output", f"{kind}.a", cwd=folder)
        to = grade(one, "--to", f"{kind}={kind}.b", cwd=folder)
        assert (printed.returncode, to.returncode) == (1, 1), to.stderr
        first, second = ((folder / f"{kind}.{end}").read_text("utf-8") for end in "ab")
        assert unstable(first) == unstable(second)


def unstable(text):
    """Return a report without what differs from run to run: how long it took, and a random token."""
    return re.sub(r'"?(execution_)?(time|seconds)"?[=:]\s*"?[\d.]+"?|::[a-z-]*:*[0-9a-f]{32}(::)?', "", text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "csv"], "--to csv names no format and file."),
        (["--to", "=x.csv"], "--to =x.csv names no format and file."),
        (["--to", "latex=x"], "There is no report format latex."),
        (["--to", "csv=a.csv", "--to", "jsonl=./a.csv"], "a.csv is to be written twice."),
        (["--to", "moodle=a.csv"], "Moodle takes marks in its own worksheet only."),
        (["--to", "csv=a.csv", "--fill", "csv=ws.csv"], "The format csv fills in no file."),
        (["--fill", "moodle=ws.csv"], "ws.csv is filled in nowhere."),
        (["--to", "moodle=a.csv", "--fill", "moodle=none.csv"], "none.csv: No such file"),
        (["--to", "csv=in/a.csv"], "in/a.csv lies in a folder where everything is a submission"),
        (["--to", "csv=link/a.csv"], "link is a link"),
    ],
)
def test_wrong_words_are_told_before_anything_is_graded(folder, words, said):
    (folder / "link").symlink_to(folder / "in")
    run = grade("in", "--each", *words, cwd=folder)
    assert run.returncode == 2 and said in run.stderr and run.stdout == ""


def test_what_cannot_be_written_is_told_and_the_others_are_written(folder):
    (folder / "old.csv").write_text("kept", "utf-8")
    wrong = WORKSHEET.replace("10.00", "100.00")
    (folder / "ws.csv").write_text(wrong, "utf-8")
    run = grade(
        "in", "--each", "--to", "csv=ws.csv/a.csv", "--to", "moodle=old.csv", "--fill", "moodle=ws.csv",
        "--to", "classroom50=c50", "--to", "jsonl=all.jsonl", cwd=folder,
    )  # fmt: skip
    assert run.returncode == 2
    assert "The report cannot be written to ws.csv: File exists" in run.stderr
    assert "ws.csv: The file to fill in grades out of 100, the rubric out of 10." in run.stderr
    assert "Set the assignment's points there to 10" in run.stderr and "CLASSROOM" in run.stderr
    assert (folder / "old.csv").read_text("utf-8") == "kept"
    assert len((folder / "all.jsonl").read_text("utf-8").splitlines()) == 2


def test_a_fault_of_ours_in_one_file_is_told_and_the_others_are_written(folder, monkeypatch):
    monkeypatch.setattr(gradebook, "FORMAT", gradebook.Format(table=lambda standings, language: [][0]))
    run = grade("in", "--each", "--to", "csv=a.csv", "--to", "jsonl=all.jsonl", cwd=folder)
    assert run.returncode == 3 and "The grader itself failed here (IndexError" in run.stderr
    assert not (folder / "a.csv").exists() and (folder / "all.jsonl").exists()
    assert run.stdout.count("required 10 / 10") == 1, "the reports are told once"


def test_where_nothing_could_be_graded_the_files_say_so(folder):
    (folder / "bad.yaml").write_text("title: [", "utf-8")
    words = ["in", "--each", "--rubric", "bad.yaml", "--to", "jsonl=all.jsonl", "--to", "moodle=m.csv"]
    run = in_text(in_process([*words, "--fill", "moodle=ws.csv", "--lang", "en"], cwd=folder, environment={}))
    assert run.returncode == 2
    assert json.loads((folder / "all.jsonl").read_text("utf-8"))["report"]["score"] is None
    assert (folder / "m.csv").read_bytes() == (folder / "ws.csv").read_bytes()


def test_classroom_50_and_github_in_their_runners(folder):
    environment = {
        "CLASSROOM": "c", "ASSIGNMENT": "a", "USERNAME": "ada", "SUBMISSION_TAG": "submit/1", "COMMIT_URL": "https://x",
        "RELEASE_URL": "https://y", "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }  # fmt: skip
    one = "in/Ada Lovelace_11_assignsubmission_file_"
    run = grade(one, "--to", "classroom50=result.json", "--to", "github=log.txt", cwd=folder, **environment)
    assert run.returncode == 0
    assert json.loads((folder / "result.json").read_text("utf-8"))["score"] == 1000
    assert "title=Autograding complete::Points 10/10" in (folder / "log.txt").read_text("utf-8")
    assert (folder / "summary.md").read_text("utf-8").startswith("## ")


def test_a_name_without_a_suffix_is_a_folder_where_the_format_has_pages(folder):
    assert grade("in", "--each", "--to", "html-class=out/site", cwd=folder).returncode == 1
    assert (folder / "out/site/index.html").is_file() and (folder / "out/site/students").is_dir()


def test_what_is_refused_leaves_no_folder(folder):
    run = grade("in", "--each", "--to", "classroom50=there/", cwd=folder)
    assert run.returncode == 2 and "CLASSROOM" in run.stderr
    assert not (folder / "there").exists()


def test_files_that_are_no_text_are_for_to_alone(folder):
    run = grade("in", "--each", "--format", "canvas", cwd=folder)
    assert run.returncode == 2 and "--to" not in run.stdout
    assert all(format_of(name).file is not None for name in FILES) and canvas.FORMAT.fills == "may"


def test_canvas_downloads_are_known_by_their_numbers(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/lovelaceada_101_7001_regression.py").write_text(RIGHT, "utf-8")
    (tmp_path / "in/eulerleonhard_LATE_102_7002_regression.py").write_text(STUB, "utf-8")
    head = "Student,ID,SIS Login ID,Section,Linear regression (5)\nPoints Possible,,,,10\n"
    book = f'{head}"L, Ada",101,a,,\n"E, Leo",102,e,,\n'
    (tmp_path / "book.csv").write_text(book, "utf-8")
    run = grade("in", "--each", "--to", "canvas=out.csv", "--fill", "canvas=book.csv", cwd=tmp_path)
    assert run.stderr == ""
    filled = (tmp_path / "out.csv").read_text("utf-8")
    assert filled == f'{head}"L, Ada",101,a,,10\n"E, Leo",102,e,,0\n'
