"""Every example is a whole assignment: its reference gets full marks, its stub is not attempted."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*/grading.yaml"))


def grade(rubric, folder):
    command = [sys.executable, "-m", "grader", "--rubric", str(rubric), str(rubric.parent / folder), "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("rubric", EXAMPLES, ids=lambda path: path.parent.name)
def test_reference_is_full_and_stub_is_untouched(rubric):
    full = grade(rubric, "solutions")
    assert (full.returncode, full.stderr) == (0, ""), full.stdout
    stub = grade(rubric, "assignment")
    assert stub.returncode == 1
    rows = [line for line in stub.stdout.splitlines() if line.startswith(("○", "◐", "✓", "✗"))]
    assert rows and all(line.startswith("○") for line in rows), stub.stdout


def test_there_are_examples():
    assert EXAMPLES
