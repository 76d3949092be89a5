"""`check` in a script, a REPL and a notebook: the same report, and the reference never in the student's process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/linear_regression"
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""Other plugins take longer to load than ours to grade."""


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


def test_a_cell_that_was_not_run_is_told_so(tmp_path):
    code = f"""
import sys, types
shell = types.SimpleNamespace(user_ns={{"In": ["", "from grader import check", "import numpy as np", "check('loss')"]}})
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: shell)
from grader import check
print(check("loss", rubric={str(EXAMPLE / "grading.yaml")!r}, lang="en"))
print(check("los", rubric={str(EXAMPLE / "grading.yaml")!r}, lang="en"))
"""
    result = run(code, tmp_path)
    assert "No cell that was run so far defines loss." in result.stdout, result.stdout + result.stderr
    assert "The rubric has no function called los." in result.stdout


def test_cells_with_checks_add_no_notes(tmp_path):
    solved = (EXAMPLE / "solutions/regression.py").read_text("utf-8")
    code = f"""
import sys, types
cells = ["", "from grader import check", {solved!r}, "check(loss)", "check('gradient')", "check()"]
shell = types.SimpleNamespace(user_ns={{"In": cells}})
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: shell)
from grader import check
print(check("loss", rubric={str(EXAMPLE / "grading.yaml")!r}, lang="en"))
"""
    result = run(code, tmp_path)
    assert "passed" in result.stdout and "Note" not in result.stdout, result.stdout + result.stderr


def test_a_notebook_session_brings_the_helpers_in_its_folder_and_the_data_they_name(tmp_path):
    solved = (EXAMPLE / "solutions/regression.py").read_text("utf-8").replace("def ", "def my_")
    (tmp_path / "helpers.py").write_text("# coding: gbk\n# 帮手\nfrom deeper import *\n", "gbk")
    (tmp_path / "deeper.py").write_text(solved + "\nassert open('data/two.txt').read() == '2'\n", "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/two.txt").write_text("2", "utf-8")
    (tmp_path / "json.py").write_text("raise SystemExit", "utf-8")
    cell = "import json, missing\nimport helpers\ndef loss(*given):\n    return helpers.my_loss(*given)\n"
    code = f"""
import sys, types
shell = types.SimpleNamespace(user_ns={{"In": ["", {cell!r}]}})
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: shell)
from grader import check
print(check("loss", rubric={str(EXAMPLE / "grading.yaml")!r}, lang="en"))
"""
    result = run(code, tmp_path)
    assert "passed" in result.stdout and "failed" not in result.stdout, result.stdout + result.stderr


def test_a_name_the_rubric_lacks_says_what_there_is_and_raises_nothing():
    result = run("from grader import check; check('los', lang='en'); check('los', lang='zh')", EXAMPLE)
    assert (result.returncode, result.stderr) == (0, "")
    english, chinese = result.stdout[: result.stdout.index("评分")], result.stdout
    assert "The rubric has no function called los.\nIt has: loss, gradient" in english
    assert "los" in chinese.split("gradient", 1)[1] and "评分标准" in chinese


def test_a_script_prints_the_report_once_in_the_language_asked_for():
    result = run("from grader import check; found = check('loss', lang='en'); print(found.graded)", EXAMPLE)
    assert result.stdout.count("not attempted") == 1 and result.stdout.endswith("True\n"), result.stderr
    result = run("import sys; sys.ps1 = '>>> '; from grader import check; found = check('loss', lang='en')", EXAMPLE)
    assert result.stdout == ""  # a prompt shows what an expression gives


def test_check_without_a_name_grades_all():
    result = run("from grader import check; check(lang='en')", EXAMPLE)
    assert "loss" in result.stdout and "gradient" in result.stdout, result.stderr


def test_what_is_no_function_is_told_so():
    result = run("from grader import check; check(5, lang='en')", EXAMPLE)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("A int cannot be checked.\nGive check a function or its name")


def test_a_faulty_rubric_is_told_in_a_notebook_without_a_traceback(tmp_path):
    (tmp_path / "grading.yaml").write_text("title: <b>\nlanguage: zh\nprolems: {}\n", "utf-8")
    code = """
import sys, types
shell = types.SimpleNamespace(user_ns={"In": ["", "x = 1"]})
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: shell)
from grader import check
print(check(lang="zh")._repr_html_())
"""
    result = run(code, tmp_path)
    assert result.stderr == "" and result.stdout.startswith("<pre>grading.yaml:1:1: ")
    assert "problems" in result.stdout and "<b>" not in result.stdout and "有误" in result.stdout


def test_the_students_session_never_reads_the_reference():
    code = "from grader import check; check('loss'); import sys; print(sorted(m for m in sys.modules if 'grader' in m))"
    loaded = run(code, EXAMPLE).stdout
    assert "grader.rubric" not in loaded and "grader.grading" not in loaded


def test_pytest_shows_every_check(tmp_path):
    run_pytest = [sys.executable, "-m", "pytest", "-p", "grader.pytest_plugin", "-p", "no:cacheprovider", "-v"]
    result = subprocess.run(
        [*run_pytest, str(EXAMPLE / "grading.yaml"), "-c", "/dev/null", f"--rootdir={tmp_path}"],
        capture_output=True, text=True, check=False, cwd=tmp_path, env={**os.environ, **ALONE},
    )  # fmt: skip
    assert "6 skipped" in result.stdout, result.stdout
    assert "loss::" in result.stdout and "gradient::" in result.stdout


def plugin(folder, *words, **environment):
    command = [sys.executable, "-m", "pytest", "-p", "grader.pytest_plugin", "-p", "no:cacheprovider", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, env={**os.environ, **ALONE, **environment}
    )


def test_pytest_in_a_fresh_folder(tmp_path):
    assert (
        subprocess.run([sys.executable, "-m", "grader", "init", "demo", "--lang", "en"], cwd=tmp_path).returncode == 0
    )
    folder = tmp_path / "demo"
    untouched = re.search(r"=+ (\d+) skipped in", plugin(folder).stdout)
    assert untouched is not None
    solved = (folder / "solutions/demo.py").read_text("utf-8")
    wrong = solved.replace("-np.mean(np.log(right))", "-np.sum(np.log(right))")
    (folder / "assignment/demo.py").write_text(wrong, "utf-8")
    run = plugin(folder)
    found = re.search(r"(\d+) failed, (\d+) passed", run.stdout)
    assert found is not None and int(found[1]) < 4 and int(found[1]) + int(found[2]) == int(untouched[1]), run.stdout
    assert "With twice as many samples" in run.stdout and "Traceback" not in run.stdout
    for label in ("input", "expected"):
        assert re.search(rf"^  {label} +\S", run.stdout, re.MULTILINE), run.stdout
    assert re.search(r"^  .*demo\.py:\d+$", run.stdout, re.MULTILINE), run.stdout
    rubric = folder / "grading.yaml"
    rubric.write_text(rubric.read_text("utf-8").replace("points: 3", "pionts: 3", 1), "utf-8")
    run = plugin(folder, LC_ALL="zh_CN.UTF-8", PYTHONUTF8="1")
    assert run.returncode and "是不是想写 `points`" in run.stdout and "Traceback" not in run.stdout


def test_what_only_informs_fails_no_run(tmp_path):
    (tmp_path / "grading.yaml").write_text(
        "title: t\nlanguage: en\nseed: 1\nsubmission: s.py\nreference: r.py\nproblems:\n"
        "  f: {points: 1, checks: [{values: v, draw: {x: 0..9}}]}\n"
        "  g: {points: 0, checks: [{values: v, draw: {x: 0..9}}]}\nmanual: {essay: {points: 3}}\n",
        "utf-8",
    )
    right = "def f(x):\n    return x + 1\n\n\ndef g(x):\n    return x + 2\n"
    (tmp_path / "r.py").write_text(right, "utf-8")
    (tmp_path / "s.py").write_text(right.replace("x + 2", "x + 3"), "utf-8")
    done = plugin(tmp_path, "-rx")
    assert done.returncode == 0 and "1 passed, 1 xfailed" in done.stdout, done.stdout
    assert "The value differs" in done.stdout


def test_json_is_what_the_plugin_reads():
    result = subprocess.run(
        [sys.executable, "-m", "grader", "--format", "json"], cwd=EXAMPLE, capture_output=True, check=False
    )
    report = json.loads(result.stdout)
    assert [problem["function"] for problem in report["problems"]] == ["loss", "gradient"]
