"""The `grade` command as a person or a CI job runs it: words, exit codes, files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]


def grade(*words, cwd=ROOT, **environment):
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, words)],
        cwd=cwd, capture_output=True, text=True, check=False, encoding="utf-8",
        env={**os.environ, **environment},
    )  # fmt: skip


def test_full_marks_exit_0():
    grade("solutions/cnn.py")  # who grades first is told what else runs
    run = grade("solutions/cnn.py")
    assert (run.returncode, run.stderr) == (0, "")
    assert "必做 100 / 100" in run.stdout and "选做 50 / 50" in run.stdout


def test_the_untouched_assignment_exits_1_and_says_where_to_begin():
    run = grade("assignment/")
    assert run.returncode == 1
    assert run.stdout.count("未作答") == 8 and "必做 0 / 100" in run.stdout
    assert "zero_pad" in run.stdout.splitlines()[-1]


def test_without_a_path_the_rubrics_submission_is_graded():
    assert grade().stdout == grade("assignment/cnn.py").stdout


def test_languages():
    assert "required 0 / 100" in grade("assignment", "--lang", "en").stdout
    assert "必做 0 / 100" in grade("assignment", "--lang", "zh").stdout


def test_json_follows_the_published_schema():
    schema = json.loads((ROOT / "docs/report.schema.json").read_text("utf-8"))
    for audience in ("student", "instructor"):
        run = grade("examples/submissions/stride_forgotten.py", "--format", "json", "--audience", audience)
        report = json.loads(run.stdout)
        jsonschema.validate(report, schema)
        assert report["schema"] == "grade/report/v1"
        assert (report["seed"] is None) == (audience == "student")


def test_several_submissions_go_on_after_one_that_cannot_be_read(tmp_path):
    bad = tmp_path / "bad.ipynb"
    bad.write_text("{", "utf-8")
    run = grade("solutions/cnn.py", bad, "solutions/cnn.py", "--format", "json")
    first, second, third = json.loads(run.stdout)
    assert run.returncode == 1
    assert first["score"] == third["score"] == 100
    assert {problem["status"] for problem in second["problems"]} == {"ungradable"}


def test_only_and_output(tmp_path):
    target = tmp_path / "report.html"
    run = grade("solutions/cnn.py", "--only", "zero_pad", "--format", "html", "--output", target)
    assert (run.returncode, run.stdout) == (0, "")
    page = target.read_text("utf-8")
    assert "zero_pad" in page and "pool_forward" not in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.py"], "nowhere.py"),
        (["--only", "zero_pda"], "zero_pda"),
        (["--rubric", "no.yaml"], "no.yaml"),
        (["README.md"], "README.md"),
    ],
)
def test_usage_errors_exit_2_and_name_what_is_wrong(words, said):
    run = grade(*words)
    assert run.returncode == 2
    assert said in run.stderr and "Traceback" not in run.stderr
    assert run.stdout == ""


def test_no_rubric_says_what_to_do(tmp_path):
    run = grade(cwd=tmp_path, LANG="zh_CN.UTF-8", LC_ALL="")
    assert run.returncode == 2
    assert "grading.yaml" in run.stderr and "--rubric" in run.stderr and "上级目录" in run.stderr


def test_a_faulty_rubric_is_told_with_carets_and_nothing_is_graded(tmp_path):
    text = (ROOT / "examples/linear_regression/grading.yaml").read_text("utf-8")
    folder = tmp_path / "a"
    folder.mkdir()
    for name in ("solutions", "assignment"):
        (folder / name).symlink_to(ROOT / "examples/linear_regression" / name)
    faulty = text.replace("points: 4", "poins: 4").replace("normal(m, n)", "norml(m, n)")
    (folder / "grading.yaml").write_text(faulty, "utf-8")
    run = grade(cwd=folder)
    assert run.returncode == 2
    assert run.stderr.count("^") >= 2
    assert "points" in run.stderr and "normal" in run.stderr and "grading.yaml:" in run.stderr


def test_a_rubric_inside_a_submission_is_never_taken(tmp_path):
    folder = tmp_path / "student"
    folder.mkdir()
    (folder / "cnn.py").write_text("x = 1\n", "utf-8")
    (folder / "grading.yaml").write_text("title: mine\n", "utf-8")
    run = grade(folder, "--format", "json")
    assert json.loads(run.stdout)["max_score"] == 100


def test_output_to_an_ascii_terminal_does_not_break():
    run = subprocess.run(
        [sys.executable, "-m", "grader", "assignment"], cwd=ROOT, capture_output=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    )  # fmt: skip
    assert run.returncode == 1 and b"zero_pad" in run.stdout and run.stdout.isascii()
    assert b"Traceback" not in run.stderr


def test_attempts_show_one_hint_more_when_the_function_changes(tmp_path):
    text = (ROOT / "solutions/cnn.py").read_text("utf-8")
    wrong = text.replace("((0, 0), (pad, pad), (pad, pad), (0, 0))", "((0, 0), (0, pad), (0, pad), (0, 0))")
    folder = tmp_path / "course"
    folder.mkdir()
    for name in ("solutions", "assignment"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "grading.yaml").write_bytes((ROOT / "grading.yaml").read_bytes())
    file = tmp_path / "cnn.py"

    def hints():
        run = grade(file, "--only", "zero_pad", "--format", "json", cwd=folder)
        return len(json.loads(run.stdout)["problems"][0]["hints"])

    file.write_text(wrong, "utf-8")
    assert [hints(), hints()] == [1, 1]
    file.write_text(wrong.replace("    return X_pad", "    # again\n    return X_pad"), "utf-8")
    assert hints() == 2


def test_several_submissions_end_with_a_line_each(tmp_path):
    bad = tmp_path / "bad.ipynb"
    bad.write_text("{", "utf-8")
    lines = grade("solutions/cnn.py", "assignment", bad, "--lang", "en").stdout.splitlines()
    table = lines[lines.index("3 submissions") + 2 :]
    assert "100 / 100" in table[0] and "not attempted" in table[1] and str(bad)[-12:] in table[2]


def test_a_bug_of_ours_is_not_graded_and_leaks_nothing(tmp_path):
    code = (
        "import sys\nimport grader.grading as command\n"
        "def broken(*_, **__):\n    raise TypeError('secret 12345')\n"
        "command.grade = broken\nsys.argv = ['grade', 'solutions/cnn.py']\n"
        "from grader.cli.entry import main\nmain()\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 3
    assert "12345" not in run.stdout + run.stderr and "TypeError" in run.stdout
