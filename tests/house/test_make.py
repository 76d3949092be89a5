"""`make grade` on a fresh machine installs what grading needs and no more, and says so first."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.progress import LONGEST

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def make(tmp_path):
    if shutil.which("make") is None:
        pytest.skip("there is no make here")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)

    def dry(*words):
        env = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
        run = subprocess.run(["make", "-n", *words], cwd=tmp_path, capture_output=True, text=True, check=True, env=env)
        return run.stdout.splitlines()

    dry.folder = tmp_path
    return dry


def test_grading_installs_the_core_and_says_so_first(make):
    lines = make("grade")
    (install,) = [number for number, line in enumerate(lines) if "pip install" in line]
    assert lines[install].endswith(" -e '.[app]'") and "[dev]" not in "".join(lines)
    assert lines[install - 1].startswith('echo "Installing the grader and what it needs')
    assert lines[-2:] == [".venv/bin/grade solutions/cnn.py", ".venv/bin/grade assignment/cnn.py || test $? -eq 1"]
    assert make("grade", "FILE=my work.py")[-1] == ".venv/bin/grade 'my work.py' || test $? -eq 1"


def test_the_application_needs_no_more_than_grading(make):
    assert make("app")[-1] == ".venv/bin/grade app 'solutions/cnn.py'"
    assert make("app", "FILE=my work.py")[-1] == ".venv/bin/grade app 'my work.py'"
    assert "[dev]" not in "".join(make("app"))


def test_testing_installs_the_rest_too(make):
    installs = [line for line in make("test") if "pip install" in line]
    assert len(installs) == 1 and installs[0].endswith("-e '.[dev]'")


@pytest.mark.parametrize("stamp", [".core-stamp", ".stamp"])
def test_what_is_installed_is_not_installed_again(make, stamp):
    (make.folder / ".venv/bin").mkdir(parents=True)
    (make.folder / ".venv/bin/pip").touch()
    (make.folder / ".venv" / stamp).touch()
    assert not [line for line in make("grade") if "pip" in line or "venv .venv" in line]


def test_the_files_that_are_dealt_first_are_there():
    assert [file for file in LONGEST if not (ROOT / "tests" / file).is_file()] == []
