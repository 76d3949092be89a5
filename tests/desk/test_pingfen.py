"""A `grader.py` beside the work is the student's, and is left alone: the name to import is `pingfen`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/linear_regression"
GRADE = [str(Path(sys.executable).with_name("grade"))]
MODULE = [sys.executable, "-m", "pingfen"]
HELPER = "from grader import squared\n\n\ndef loss(X, y, w, b):\n    return squared(X @ w + b - y)\n"
FAKE_NOTEBOOK = """
import sys, types
shell = types.SimpleNamespace(user_ns={"In": ["", %r]})
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: shell)
"""


@pytest.fixture
def folder(tmp_path):
    """A student's folder: the work takes something from a `grader.py` of the student's own."""
    for name in ("grading.yaml", "assignment", "solutions"):
        place = tmp_path / name
        (shutil.copytree if (EXAMPLE / name).is_dir() else shutil.copy)(EXAMPLE / name, place)
    (tmp_path / "regression.py").write_text(HELPER, "utf-8")
    own = "import numpy as np\nscore = 7\n\n\ndef squared(error):\n    return np.mean(error**2)\n"
    (tmp_path / "grader.py").write_text(own, "utf-8")
    return tmp_path


def run(command, folder):
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=env)


@pytest.mark.parametrize("command", [GRADE, MODULE], ids=["grade", "python -m pingfen"])
def test_grade(command, folder):
    result = run([*command, "regression.py", "--lang", "en"], folder)
    assert "required 4 / 10" in result.stdout, result.stdout + result.stderr
    assert result.returncode == 1


@pytest.mark.parametrize("first", ["", "import grader; "])
def test_a_session_has_both(first, folder):
    code = (
        f"import sys; assert sys.path[0] == ''; {first}from pingfen import check\n"
        "import regression\n"
        "found = check(regression.loss, lang='en')\n"
        "import grader; print(found.graded, grader.score)\n"
    )
    result = run([sys.executable, "-c", code], folder)
    assert result.stdout.endswith("True 7\n") and "loss" in result.stdout, result.stdout + result.stderr


def test_a_notebook_is_graded_with_it(folder):
    code = FAKE_NOTEBOOK % HELPER + "from pingfen import check\nfound = check('loss', lang='en'); print(found)\n"
    code += "print('srcdoc' in found._repr_html_())\nimport grader; print(grader.score)\n"
    result = run([sys.executable, "-c", code], folder)
    assert "passed" in result.stdout and result.stdout.endswith("True\n7\n"), result.stdout + result.stderr


def test_a_session_imports_nothing_called_grader(folder):
    code = "import sys; from pingfen import check; check('loss'); print([m for m in sys.modules if 'grader' in m])"
    assert run([sys.executable, "-c", code], folder).stdout.endswith("[]\n")


def test_both_names_offer_the_same():
    import grader
    import pingfen

    assert pingfen.__all__ == grader.__all__
    assert pingfen.__version__ == grader.__version__
