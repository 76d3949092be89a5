"""A student kit of a rubric with variants: everybody's public cases, no secret, and a page that says so."""

import subprocess
import sys


def grade(folder, *words):
    command = [sys.executable, "-m", "grader", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def kit(squares, name):
    made = grade(squares, "release", name)
    assert made.returncode == 0, made.stderr
    return {path.name: path.read_text("utf-8") for path in (squares / name).iterdir() if path.is_file()}


def test_a_kit_has_the_public_cases_of_everybody_and_no_variants(squares):
    before = kit(squares, "before")
    rubric = squares / "grading.yaml"
    rubric.write_text(f"variants: per_student\n{rubric.read_text('utf-8')}", "utf-8")
    after = kit(squares, "after")
    assert after["grading.yaml"] == before["grading.yaml"]
    assert after["expected.json"] == before["expected.json"]
    assert "hidden cases that nobody else has" in after["README.md"]
    assert "hidden cases that nobody else has" not in before["README.md"]
