"""The examples are strong: each holds in every look of `grade check`, and its audit comes to 95% at least."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*/grading.yaml"))


def grade(*words):
    command = [sys.executable, "-m", "grader", *words, "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("rubric", EXAMPLES, ids=lambda path: path.parent.name)
def test_all_that_check_looks_at_holds(rubric):
    ran = grade("check", "--rubric", str(rubric))
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout


@pytest.mark.parametrize("rubric", EXAMPLES, ids=lambda path: path.parent.name)
def test_slips_mistakes_and_hollow_answers_lose_points(rubric):
    ran = grade("audit", "--rubric", str(rubric), "--min", "95%")
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
