"""What was handed in lies in the current folder, under the names of libraries: none of it is run outside a worker."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/linear_regression"
NAMESAKES = ["numpy", "msgspec", "yaml", "click", "rich", "jinja2", "watchfiles", "json", "tempfile", "html",
             "subprocess", "hashlib", "gettext", "traceback", "threading", "inspect", "ctypes", "pickle"]  # fmt: skip
"""Packages and standard modules that grading imports, most of them late."""
SCRIPT = [str(Path(sys.executable).with_name("grade"))]
MODULE = [sys.executable, "-m", "grader"]
SAFE = [sys.executable, "-P", "-m", "grader"]


@pytest.fixture
def handed_in(tmp_path):
    """A folder with a submission, and beside it a file and a folder for each namesake: each leaves a mark when run."""
    folder = tmp_path / "eve"
    folder.mkdir()
    shutil.copy(EXAMPLE / "solutions/regression.py", folder / "regression.py")
    mark = f"open({str(tmp_path / 'mark')!r}, 'a').write(__name__ + '\\n')\nraise ImportError(__name__)\n"
    for name in NAMESAKES:
        (folder / f"{name}.py").write_text(mark, "utf-8")
    (folder / "numpy").mkdir()
    (folder / "numpy/__init__.py").write_text(mark, "utf-8")
    return folder


def run(command, folder, **environment):
    env = {**os.environ, "LC_ALL": "C.UTF-8", **environment}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=env)


def marks(folder):
    mark = folder.parent / "mark"
    return mark.read_text("utf-8") if mark.exists() else ""


@pytest.mark.parametrize("path", ["", ":", ".", "FOLDER", "/nowhere:"])
@pytest.mark.parametrize("form", ["text", "html"])
def test_check_imports_nothing_from_here(form, path, handed_in):
    code = (
        "import sys; sys.path[:0] = ['']; sys.ps1 = '> '\n"
        "from grader import check\n"
        f"found = check(rubric={str(EXAMPLE / 'grading.yaml')!r}, lang='en'); print(found.graded)\n"
        + ("found._repr_html_()\n" if form == "html" else "")
    )
    # The session itself starts without the folder: what a student's own session imports is the student's.
    lead = f"import os\nos.environ['PYTHONPATH'] = {path.replace('FOLDER', str(handed_in))!r}\n"
    result = run([sys.executable, "-P", "-c", lead + code], handed_in)
    assert (result.stdout, result.returncode) == ("True\n", 0), result.stderr
    assert marks(handed_in) == ""


def test_check_tells_an_error_without_importing_from_here(handed_in):
    code = "import sys; sys.path.insert(0, ''); from grader import check; check('los', lang='zh')"
    result = run([sys.executable, "-P", "-c", code], handed_in)
    assert "grading.yaml" in result.stdout and result.stderr == ""
    assert marks(handed_in) == ""


@pytest.mark.parametrize("command", [SCRIPT, SAFE], ids=["grade", "-P -m grader"])
@pytest.mark.parametrize("words", [["."], ["regression.py", "--format", "html"], ["--help"], ["nowhere.py"]])
def test_grade_imports_nothing_from_here(words, command, handed_in):
    result = run([*command, "--rubric", str(EXAMPLE / "grading.yaml"), *words], handed_in)
    assert result.returncode == (2 if words == ["nowhere.py"] else 0), result.stderr
    assert marks(handed_in) == ""


@pytest.mark.parametrize("words", [["."], ["regression.py", "--format", "html"]])
def test_python_m_grader_imports_from_here_only_what_python_itself_does(words, handed_in):
    """Python puts the folder in front and looks for the package: what is imported from then on is ours to choose."""
    result = run([*MODULE, "--rubric", str(EXAMPLE / "grading.yaml"), *words], handed_in)
    assert result.returncode == 0, result.stderr
    assert marks(handed_in) == ""


@pytest.mark.parametrize("command", [[sys.executable, "-m", "pytest"], [sys.executable, "-P", "-m", "pytest"]])
def test_the_pytest_plugin_imports_nothing_from_here(command, handed_in):
    for name in ("json", "tempfile", "html", "subprocess", "hashlib", "gettext", "traceback", "threading", "inspect",
                 "ctypes", "pickle"):  # fmt: skip
        (handed_in / f"{name}.py").unlink()  # pytest itself imports these, before any plugin
    words = ["-p", "grader.pytest_plugin", "-p", "no:cacheprovider", "-v", "-c", os.devnull]
    result = run([*command, *words, str(EXAMPLE / "grading.yaml")], handed_in, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert "loss::" in result.stdout, result.stdout + result.stderr
    assert marks(handed_in) == ""


def test_a_grader_of_the_students_own_breaks_neither_grade_nor_check(tmp_path):
    for name in ("grader", "cli"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not me')\n", "utf-8")
    shutil.copy(EXAMPLE / "solutions/regression.py", tmp_path / "regression.py")
    words = ["--rubric", str(EXAMPLE / "grading.yaml"), "regression.py"]
    assert run([*SCRIPT, *words], tmp_path).returncode == 0
    code = f"import grader, os; os.chdir({str(tmp_path)!r}); print(grader.check(rubric={words[1]!r}).graded)"
    assert run([sys.executable, "-P", "-c", code], tmp_path).stdout.endswith("True\n")


def test_a_checkout_that_is_not_installed_runs_from_its_own_root(tmp_path):
    (tmp_path / "grader").symlink_to(ROOT / "grader")
    import numpy as np

    installed = str(Path(np.__file__).parents[1])
    words = ["--rubric", str(EXAMPLE / "grading.yaml"), str(EXAMPLE / "solutions")]
    lead = f"import sys; sys.path.append({installed!r}); sys.argv[1:] = {words!r}\n"
    code = lead + "import runpy; runpy.run_module('grader', run_name='__main__', alter_sys=True)"
    bare = [sys.executable, "-S", "-c", code]  # without site-packages' list of editable installs
    assert run(bare, tmp_path).returncode == 0
    session = f"import sys; sys.path.append({installed!r}); from grader import check\n"
    result = run([sys.executable, "-S", "-c", session + "print(check(1, lang='en'))"], tmp_path)
    assert "A int cannot be checked." in result.stdout, result.stderr
