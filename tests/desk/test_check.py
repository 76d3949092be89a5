"""`check` in a script, a REPL and a notebook: the same report, and the reference never in the student's process."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/linear_regression"


def run(code, cwd):
    return subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, check=False)


def test_check_by_name_grades_the_rubrics_submission():
    result = run("from grader import check; print(check('loss'))", EXAMPLE)
    assert "loss" in result.stdout and "gradient" not in result.stdout, result.stderr
    assert "未作答" in result.stdout


def test_check_of_a_function_grades_its_file():
    code = "import sys; sys.path.insert(0, 'solutions'); import regression; from grader import check\n"
    result = run(code + "print(check(regression.loss)); print('solutions' in str(sys.modules))", EXAMPLE)
    assert "通过" in result.stdout, result.stderr


def test_a_notebook_session_is_graded_from_its_cells(tmp_path):
    solved = (EXAMPLE / "solutions/regression.py").read_text("utf-8")
    code = f"""
import sys, types
cells = ["", {solved!r}, "check(loss)"]
shell = types.SimpleNamespace(user_ns={{"In": cells}})
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: shell)
from grader import check
result = check("loss", rubric={str(EXAMPLE / "grading.yaml")!r})
print(result)
print("HTML", "<iframe sandbox srcdoc=" in result._repr_html_(), "<script" in result._repr_html_())
"""
    result = run(code, tmp_path)
    assert "通过" in result.stdout and "HTML True False" in result.stdout, result.stdout + result.stderr


def test_a_name_the_rubric_lacks_says_what_there_is():
    result = run("from grader import check; print(check('los'))", EXAMPLE)
    assert result.returncode and "loss" in result.stderr


def test_the_students_session_never_reads_the_reference():
    code = "from grader import check; check('loss'); import sys; print(sorted(m for m in sys.modules if 'grader' in m))"
    loaded = run(code, EXAMPLE).stdout
    assert "grader.rubric" not in loaded and "grader.grading" not in loaded


def test_pytest_shows_every_check(tmp_path):
    run_pytest = [sys.executable, "-m", "pytest", "-p", "grader.pytest_plugin", "-p", "no:cacheprovider", "-v", "-n0"]
    result = subprocess.run(
        [*run_pytest, str(EXAMPLE / "grading.yaml"), "-c", "/dev/null", f"--rootdir={tmp_path}"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert "6 skipped" in result.stdout, result.stdout
    assert "loss::" in result.stdout and "gradient::" in result.stdout


def test_json_is_what_the_plugin_reads():
    result = subprocess.run(
        [sys.executable, "-m", "grader", "--format", "json"], cwd=EXAMPLE, capture_output=True, check=False
    )
    report = json.loads(result.stdout)
    assert [problem["function"] for problem in report["problems"]] == ["loss", "gradient"]
